# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the driver of a member says of it: decodes the replies of SIOCETHTOOL, never raises.

Structures: include/uapi/linux/ethtool.h, in the byte order of the host that was read. Permanent
addresses are not asked for: bonding sends LACPDUs from the address that it saw at enslavement,
which rtnetlink and procfs report and which may differ from the one burnt in.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import counters, member_fields as fields
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .fact import Field
    from .record import RecordBuilder
    from .snapshot import Snapshot

SOURCE = "ethtool"
_UNKNOWN_SPEED = 0xFFFFFFFF
_DUPLEX = {0: "half", 1: "full"}
_PORTS = {0: "tp", 1: "aui", 2: "mii", 3: "fibre", 4: "bnc", 5: "da", 0xEF: "none", 0xFF: "other"}
_FEC = ("none", "auto", "off", "rs", "baser", "llrs")  # ETHTOOL_FEC_*_BIT


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:  # noqa: ARG001 - contributors share one signature
    """Add what ethtool's replies say of a member; nothing if it was not asked."""
    if (name, "GDRVINFO") not in snapshot.ethtool:
        return
    replies = _Replies(snapshot, name, into)
    driver = _driver(replies)
    _link(replies)
    _features(replies)
    _sizes(replies)
    _private_flags(replies)
    _counters(replies, driver)


class _Replies:
    """The replies of one interface, and where what they say goes."""

    def __init__(self, snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
        self._snapshot = snapshot
        self.name = name
        self.into = into
        self.order = ">" if snapshot.facts.get("byteorder") == "big" else "<"

    def raw(self, command: str) -> bytes | ReadFailure:
        """Return a reply, or why there is none."""
        owner = "" if command == "GSTRINGS/features" else self.name
        return self._snapshot.ethtool.get(
            (owner, command), ReadFailure("ENODATA", "the driver was not asked")
        )

    def pair(self, names: str, values: str, *targets: Field[Any]) -> tuple[bytes, bytes] | None:
        """Return two replies that mean something together; None, after saying why, if one fails.

        A reply that was not asked for is one that the driver said it does not have.
        """
        found = self.raw(names), self.raw(values)
        if isinstance(found[0], bytes) and isinstance(found[1], bytes):
            return found[0], found[1]
        for reply in reversed(found):
            if isinstance(reply, ReadFailure):
                unasked = reply.errno == "ENODATA"
                self.fail(values, ReadFailure("EOPNOTSUPP", "") if unasked else reply, *targets)
                break
        return None

    def unpack(self, command: str, layout: str, *targets: Field[Any]) -> tuple[Any, ...] | None:
        """Return the fields of a reply; None, after saying why, if it cannot be had."""
        reply = self.raw(command)
        if isinstance(reply, bytes):
            layout = self.order + layout
            if len(reply) >= struct.calcsize(layout):
                return struct.unpack_from(layout, reply)
            reply = ReadFailure("EBADMSG", f"the reply has {len(reply)} bytes only")
        self.fail(command, reply, *targets)
        return None

    def fail(self, command: str, failure: ReadFailure, *targets: Field[Any]) -> None:
        """Say of the targets that there is none, or that it cannot be known."""
        for target in targets:
            if failure.errno == "EOPNOTSUPP":
                self.into.absent(target, SOURCE)
            else:
                self.into.unknown(target, f"ethtool {command}: {failure.text} ({failure.errno})")

    def add(self, target: Field[Any], value: Any) -> None:  # noqa: ANN401 - of the field's own type
        """Add a value; None says that there is none."""
        if value is None:
            self.into.absent(target, SOURCE)
        else:
            self.into.known(target, value, SOURCE)


def _driver(replies: _Replies) -> str:
    """Decode struct ethtool_drvinfo; returns the driver's name, empty if it could not be had."""
    found = replies.unpack(
        "GDRVINFO", "4x32s32s32s32s", fields.DRIVER, fields.DRIVER_VERSION, fields.FIRMWARE
    )
    if found is None:
        return ""
    driver, version, firmware, bus = (_text(part) for part in found)
    replies.add(fields.DRIVER, driver or None)
    replies.add(fields.DRIVER_VERSION, version or None)
    replies.add(fields.FIRMWARE, None if firmware in ("", "N/A") else firmware)
    if bus and bus != "N/A":  # many drivers leave it empty: that says nothing
        replies.add(fields.BUS, bus)
    return driver


def _link(replies: _Replies) -> None:
    """Decode struct ethtool_link_settings: speed, duplex, port, autoneg."""
    targets = (fields.SPEED, fields.DUPLEX, fields.AUTONEG, fields.PORT_TYPE)
    found = replies.unpack("GLINKSETTINGS", "4xIBBxB3xb", *targets)
    if found is None:
        return
    speed, duplex, port, autoneg, mask_words = found
    if mask_words < 0:  # the answer of the handshake: all else in it is zero
        replies.fail(
            "GLINKSETTINGS", ReadFailure("EPROTO", "the kernel refused our mask size"), *targets
        )
        return
    replies.add(fields.SPEED, speed if 0 < speed < _UNKNOWN_SPEED else None)
    replies.add(fields.DUPLEX, _DUPLEX.get(duplex))
    replies.add(fields.AUTONEG, bool(autoneg))
    replies.add(fields.PORT_TYPE, _PORTS.get(port, f"{port:#x}"))


def _features(replies: _Replies) -> None:
    """Decode struct ethtool_gfeatures: available, requested, active, never_changed bits."""
    found = replies.pair("GSTRINGS/features", "GFEATURES", fields.FEATURES)
    if found is None:
        return
    names, bits = found
    blocks = [
        struct.unpack_from(replies.order + "IIII", bits, at) for at in range(8, len(bits) - 15, 16)
    ]
    features = {}
    for index, name in enumerate(_strings(names)):
        if name and index < 32 * len(blocks):
            available, _requested, active, _never_changed = blocks[index // 32]
            if (available | active) >> index % 32 & 1:
                features[name] = bool(active >> index % 32 & 1)
    replies.add(fields.FEATURES, features)


def _sizes(replies: _Replies) -> None:
    """Rings, channels, pause and FEC: structs of 32-bit numbers behind the command."""
    rings = replies.unpack("GRINGPARAM", "4xI8xII8xI", fields.RINGS)
    if rings is not None:
        replies.add(fields.RINGS, dict(zip(("rx_max", "tx_max", "rx", "tx"), rings)))
    channels = replies.unpack("GCHANNELS", "20xIIII", fields.CHANNELS)
    if channels is not None:
        replies.add(fields.CHANNELS, dict(zip(("rx", "tx", "other", "combined"), channels)))
    pause = replies.unpack("GPAUSEPARAM", "4xIII", fields.PAUSE)
    if pause is not None:
        replies.add(fields.PAUSE, dict(zip(("autoneg", "rx", "tx"), map(bool, pause))))
    fec = replies.unpack("GFECPARAM", "4xI", fields.FEC)
    if fec is not None:
        active = " ".join(name for bit, name in enumerate(_FEC) if fec[0] >> bit & 1)
        replies.add(fields.FEC, None if active == "none" else active or None)


def _private_flags(replies: _Replies) -> None:
    pair = replies.pair("GSTRINGS/private", "GPFLAGS", fields.PRIVATE_FLAGS)
    if pair is None:
        return
    found = replies.unpack("GPFLAGS", "4xI", fields.PRIVATE_FLAGS)
    if found is not None:
        known = enumerate(_strings(pair[0])[:32])
        replies.add(
            fields.PRIVATE_FLAGS, {name: bool(found[0] >> bit & 1) for bit, name in known if name}
        )


def _counters(replies: _Replies, driver: str) -> None:
    """Decode struct ethtool_stats; a driver that has no counter at all makes both maps absent."""
    targets = (fields.ERRORS, fields.RAW_ERRORS)
    found = replies.pair("GSTRINGS/stats", "GSTATS", *targets)
    if found is None:
        return
    names, numbers = found
    labels = _strings(names)
    count = (len(numbers) - 8) // 8
    if len(labels) != count or struct.unpack_from(replies.order + "I", numbers, 4)[0] != count:
        moved = ReadFailure("EAGAIN", "the driver's counters changed while they were read")
        replies.fail("GSTATS", moved, *targets)
        return
    values = struct.unpack_from(f"{replies.order}{count}Q", numbers, 8)
    plan = counters.plan(driver, labels)
    replies.add(fields.ERRORS, {key: sum(values[at] for at in places) for key, places in plan.sums})
    replies.add(fields.RAW_ERRORS, {name: values[at] for name, at in plan.raw})


@lru_cache(maxsize=16)  # the same for all devices of a driver
def _strings(reply: bytes) -> tuple[str, ...]:
    """Decode struct ethtool_gstrings: names of 32 bytes behind three numbers."""
    return tuple(_text(reply[at : at + 32]) for at in range(12, len(reply) - 31, 32))


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace").strip()
