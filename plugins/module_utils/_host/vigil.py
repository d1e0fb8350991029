# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches a bond until it is well or its time is up; remembers each change of state on the way."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING

from .._lacp.plan import Refused
from .._lacp.remedy import Picture
from .._lacp.remedy_watch import SILENCE_S
from .._lacp.snapshot import ReadFailure
from .._lacp.watch import changes, looks, proc_fields
from . import files
from .clock import utc_text
from .links import ORDER, Links
from .packet_socket import PacketSocket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._lacp.remedy_watch import Decision, Vigil
    from .._lacp.stuck import Stand
    from .._lacp.watch import Look

_MOST_EVENTS = 2000
_MOST_FRAMES = 1000
_TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")
_LACP = b"\x88\x09\x01"  # slow protocols, subtype LACP


class RecordedLinks(Links):
    """Links that keep what changed and when, whoever looks: the 'during' of an evidence file."""

    def __init__(self, bond: str, names: Sequence[str]) -> None:
        """Open the channels; Refused, OSError."""
        super().__init__(bond, names)
        self._bond_name = bond
        self._last: dict[str, dict[str, str]] = {}
        self.events: list[dict[str, str]] = []

    def stand(self) -> Stand:
        """How they stand now; Refused if the bond is gone."""
        found = super().stand()
        self._keep({look.ifindex: look for look in (found.bond, *found.ports.values())})
        return found

    def _announced(self, data: bytes) -> None:
        # A member that is back at once was never seen out by those who only look.
        self._keep({look.ifindex: look for look in looks(data, ORDER) if not look.gone})

    def _keep(self, seen: Mapping[int, Look]) -> None:
        at = utc_text()
        for index, look in seen.items():
            if index not in self._names and index != self._bond:
                continue
            now = {**look.fields}
            if index != self._bond:
                now["master"] = self._bond_name if look.master == self._bond else "none"
            before = self._last.setdefault(look.name, now)
            self._last[look.name] = now
            for what, was, is_ in changes(before, now):
                if len(self.events) < _MOST_EVENTS:
                    event = {"at": at, "member": look.name, "what": what}
                    self.events.append({**event, "before": was, "after": is_})


def watch(links: Links, bond: str, vigil: Vigil, seconds: float, *, listen: bool) -> Decision:
    """Look for so long, or until nothing ails the bond, and judge; Refused, OSError.

    listen: hear at the members' taps whether the partner's LACPDUs arrive there.
    """
    start = time.monotonic()
    ears = _Ears(links.stand().members()) if listen else None
    try:
        stand = links.until(vigil.add, seconds).stand
        # Before a switch is called silent it must have had the time to speak.
        stand = links.until(vigil.add_or_hear, max(0.0, SILENCE_S - seconds)).stand
        heard = ears.heard() if ears is not None else None
    finally:
        if ears is not None:
            ears.close()
    return vigil.decide(picture(bond, stand, heard), round(time.monotonic() - start, 2))


def picture(bond: str, stand: Stand, heard: frozenset[str] | None = None) -> Picture:
    """A stand with what only files tell; Refused where this user may not read them."""
    content = files.read(f"/proc/net/bonding/{bond}")
    if isinstance(content, ReadFailure):
        raise Refused(f"/proc/net/bonding/{bond} cannot be read: {content.text}")
    active = files.read(f"/sys/class/net/{bond}/bonding/lacp_active", 64)
    # Kernels without the option are always active.
    is_active = isinstance(active, ReadFailure) or not active.startswith(b"off")
    return Picture(stand, proc_fields(content), is_active, heard)


class _Ears:
    """A packet tap on each member."""

    def __init__(self, names: Sequence[str]) -> None:
        self._taps: dict[str, PacketSocket] = {}
        try:
            self._taps.update((name, PacketSocket(name)) for name in names)
        except OSError as error:
            self.close()
            cure = "; CAP_NET_RAW is needed" if error.errno == errno.EPERM else ""
            raise Refused(f"listen: {error.strerror}{cure}") from error

    def heard(self) -> frozenset[str]:
        """The members at which a LACPDU of somebody else arrived."""
        return frozenset(name for name, tap in self._taps.items() if _has_lacpdu(tap))

    def close(self) -> None:
        for tap in self._taps.values():
            tap.close()


def _has_lacpdu(tap: PacketSocket) -> bool:
    try:
        frames = list(tap.frames(_MOST_FRAMES))
    except OSError:  # the member has just gone down or away
        return False
    return any(not frame.is_sent and _is_lacpdu(frame.data) for frame in frames)


def _is_lacpdu(data: bytes) -> bool:
    at = 12
    while data[at : at + 2] in _TAGS:
        at += 4
    return data[at : at + 3] == _LACP
