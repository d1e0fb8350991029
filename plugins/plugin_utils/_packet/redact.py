# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and names replaced, each always by the same, so that a packet can be given away.

A MAC address keeps its first three octets, so that the vendor can still be named and commands for
its switches be given; group addresses are public and stay. Bonds, members and VLANs keep their
names.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.pdu import mac_octets
from ...module_utils._lacp.snapshot import ReadFailure
from .redact_frames import rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...module_utils._lacp.snapshot import Reading, Snapshot

_MAC = re.compile(
    r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})"
    r"(?![0-9A-Fa-f:-])"
)
# systemd.net-naming-scheme: a name may be made of the MAC itself.
_NAMED_BY_MAC = re.compile(r"\b(en|wl|ib)x([0-9a-f]{12})\b")
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\.\d)(?!\w)")
_V6 = re.compile(
    r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?![\w:])"
)
# A firmware's version may look like an address, and is none.
_VERSION = re.compile(r"(?i)version|firmware|\bfw\b|\bver\b|nvm|driver")
_VERSION_KEYS = frozenset(
    "firmware driver_version version release upstream os_version schema collection".split()
)
_VERSION_PLACES = ("/etc/os-release", "/sys/module/", "/proc/self/")
_BENCHMARK = int(ipaddress.IPv4Address("198.18.0.0"))  # RFC 2544: nobody's, 2^17 addresses
_DOCUMENTATION = int(ipaddress.IPv6Address("2001:db8::"))  # RFC 3849
_HIDDEN_DUMPS = ("addresses", "routes")


class Redactor:
    """Replaces consistently; the same key gives the same replacements, so hosts can be compared."""

    def __init__(self, key: bytes, names: Iterable[str] = ()) -> None:
        """names: of hosts, in full; their first labels are replaced, too."""
        self._key = key
        self._macs: dict[str, str] = {}
        self._taken: set[str] = set()
        self._targets: dict[bytes, bytes] = {}
        found = {name for name in names if name and not _is_address(name)}
        found |= {name.partition(".")[0] for name in found}
        # Longest first: a full name goes before its first label.
        words = sorted((name for name in found if name != "localhost"), key=len, reverse=True)
        self._names = (
            re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])")
            if words
            else None
        )

    def name(self, text: str) -> str:
        """What stands for the name of a host."""
        return "host-" + self._digest("name", text.partition(".")[0]).hex()[:6]

    def mac(self, text: str) -> str:
        """What stands for a MAC address; zero, broadcast and group addresses stay."""
        plain = text.lower().replace("-", ":")
        if int(plain[:2], 16) & 1 and not plain.startswith("33:33:ff"):
            return text
        if plain == "00:00:00:00:00:00":
            return text
        if plain not in self._macs:
            tail, turn = self._tail(plain, 0), 0
            while plain[:9] + tail in self._taken:
                turn += 1
                tail = self._tail(plain, turn)
            self._taken.add(plain[:9] + tail)
            self._macs[plain] = plain[:9] + tail
        return self._macs[plain] if ":" in text else self._macs[plain].replace(":", "-")

    def _tail(self, plain: str, turn: int) -> str:
        return self._digest("mac", f"{plain} {turn}" if turn else plain)[:3].hex(":")

    def text(self, text: str, *, is_version: bool = False) -> str:
        """Text with every address and name of a host replaced; is_version: dotted digits stay."""
        text = _MAC.sub(lambda found: self.mac(found.group()), text)
        text = _NAMED_BY_MAC.sub(self._interface, text)
        if not is_version:
            text = _V6.sub(self._v6, text)
            text = _V4.sub(self._v4, text)
        return (
            text if self._names is None else self._names.sub(lambda m: self.name(m.group()), text)
        )

    def log_line(self, text: str) -> str:
        """The same for a line of a log, which may tell of versions."""
        return self.text(text, is_version=bool(_VERSION.search(text)))

    def value(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 - any plain data
        """Plain data with every text in it replaced, names of keys included."""
        if isinstance(value, str):
            return self.text(value, is_version=key in _VERSION_KEYS)
        if isinstance(value, dict):
            return {
                self.text(str(k), is_version=True): self.value(v, str(k)) for k, v in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.value(item, key) for item in value]
        return value

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot; what it has of addresses and routes in binary is left out, and says so."""
        hidden = ReadFailure("ENODATA", "left out: addresses were replaced in this packet")
        return snapshot._replace(
            files={
                self.text(path, is_version=True): self._file(path, reading)
                for path, reading in snapshot.files.items()
            },
            folders={
                self.text(path, is_version=True): tuple(
                    self.text(n, is_version=True) for n in names
                )
                for path, names in snapshot.folders.items()
            },
            symlinks={
                self.text(path, is_version=True): self.text(target, is_version=True)
                for path, target in snapshot.symlinks.items()
            },
            dumps={
                name: hidden
                if name in _HIDDEN_DUMPS and isinstance(reading, bytes)
                else self._binary(reading)
                for name, reading in snapshot.dumps.items()
            },
            ethtool={
                (self.text(name, is_version=True), command): self._binary(reading)
                for (name, command), reading in snapshot.ethtool.items()
            },
            facts=self.value(dict(snapshot.facts)),
        )

    def frames(self, content: bytes) -> bytes:
        """A pcapng with the addresses in its frames, and of its interfaces, replaced."""
        return rewritten(content, self.mac, lambda name: self.text(name, is_version=True))

    def _file(self, path: str, reading: Reading) -> Reading:
        if isinstance(reading, ReadFailure):
            return reading
        # Latin-1 keeps every octet as it is; what is replaced is ASCII.
        text = self.text(reading.decode("latin-1"), is_version=path.startswith(_VERSION_PLACES))
        return text.encode("latin-1")

    def _binary(self, reading: Reading) -> Reading:
        """Octets of addresses that are known by now: facts and files go first."""
        if isinstance(reading, ReadFailure):
            return reading
        for plain, instead in self._macs.items():
            reading = reading.replace(mac_octets(plain), mac_octets(instead))
        for octets, other in self._targets.items():
            reading = reading.replace(octets, other)
        return reading

    def know(self, values: Any) -> None:  # noqa: ANN401 - any plain data
        """Learn the addresses in plain data before binary data are replaced."""
        self.value(values)

    def know_targets(self, addresses: Iterable[str]) -> None:
        """IPv4 addresses that link messages hold in binary (ARP targets)."""
        for text in addresses:
            if _V4.fullmatch(text):
                octets = ipaddress.IPv4Address(text).packed
                self._targets[octets] = ipaddress.IPv4Address(self.text(text)).packed

    def _interface(self, found: re.Match[str]) -> str:
        octets = bytes.fromhex(found[2]).hex(":")
        return f"{found[1]}x{self.mac(octets).replace(':', '')}"

    def _v4(self, found: re.Match[str]) -> str:
        try:
            address = ipaddress.IPv4Address(found.group())
        except ValueError:
            return found.group()
        if address.is_loopback or address.is_unspecified or found.group().startswith("255."):
            return found.group()
        number = int.from_bytes(self._digest("v4", str(address))[:3], "big") & 0x1FFFF
        return str(ipaddress.IPv4Address(_BENCHMARK + number))

    def _v6(self, found: re.Match[str]) -> str:
        try:
            address = ipaddress.IPv6Address(found.group())
        except ValueError:
            return found.group()
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            return found.group()
        number = int.from_bytes(self._digest("v6", str(address))[:8], "big")
        return str(ipaddress.IPv6Address(_DOCUMENTATION + number))

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind} {text}".encode("utf-8", "surrogatepass"), "sha256")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
