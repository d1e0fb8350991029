# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a router from its screens alone: what they show is known, what they hide is unknown.

The word for the LACP state shows one bit of the actor's octet, so the octet stays unknown unless a
capture or teamd itself tells it. Where several texts speak of one thing, the last one counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import (
    bond_fields as b,
    member_fields as m,
    tcpdump_text,
    vyatta_bonds,
    vyatta_interfaces,
    vyatta_members,
)
from .model import Bond, HostFacts, Member, Problem
from .places import SCREENS
from .port_state import ZERO_MAC
from .record import RecordBuilder
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .snapshot import Snapshot

SCREEN, CAPTURE = "screen", "tcpdump"
_UP = {"up": True, "down": False, "admin-down": False}
_PORT = ("system_priority", "key", "port", "port_priority", "state")
_ACTOR = (m.ACTOR_SYSTEM_PRIORITY, m.ACTOR_KEY, m.ACTOR_PORT, m.ACTOR_PORT_PRIORITY, m.ACTOR_STATE)
_PARTNER = (
    m.PARTNER_SYSTEM_PRIORITY,
    m.PARTNER_KEY,
    m.PARTNER_PORT,
    m.PARTNER_PORT_PRIORITY,
    m.PARTNER_STATE,
)


class Screens:
    """Everything that some texts say, read once; texts in the order in which they were printed."""

    def __init__(self, texts: list[str], systems: list[str], addresses: list[str]) -> None:
        self.member_tables: list[list[dict[str, Any]]] = []
        self.bonds: dict[str, dict[str, Any]] = {}
        self.interfaces: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        for at, text in enumerate(texts):
            found = vyatta_members.parse(text)
            self.member_tables.append(found["tables"])
            for table in vyatta_bonds.parse(text)["tables"]:
                self.bonds.update({bond["name"]: bond for bond in table["bonds"]})
            for table in vyatta_interfaces.parse(text)["tables"]:
                self.interfaces.update({one["name"]: one for one in table["interfaces"]})
            self.frames += tcpdump_text.parse(text)["frames"]
            for complaint in found["refusals"]:
                place = f"text {at + 1}, line {complaint['line']}"
                self.problems.append(Problem(place, f"{complaint['kind']}: {complaint['text']}"))
        for frame in self.frames:
            frame["sent_by"] = tcpdump_text.sent_by(frame, systems, addresses)

    def rows(self, bond: str) -> list[dict[str, Any]]:
        """Each showing of a bond with its members, in order."""
        return [
            shown
            for tables in self.member_tables
            for table in tables
            for shown in table["bonds"]
            if shown["name"] == bond
        ]

    def members(self, bond: str) -> list[str]:
        """Members in the last showing of a bond."""
        shown = self.rows(bond)
        return [row["name"] for row in shown[-1]["members"]] if shown else []

    def row(self, bond: str, member: str) -> dict[str, Any] | None:
        """The last showing of a member."""
        shown = [row for one in self.rows(bond) for row in one["members"] if row["name"] == member]
        return shown[-1] if shown else None

    def names(self) -> list[str]:
        """All bonds that any screen names."""
        shown = {
            row["name"]
            for tables in self.member_tables
            for table in tables
            for row in table["bonds"]
            if row["name"]
        }
        return sorted(shown.union(self.bonds))


def facts(screens: Screens) -> HostFacts:
    """The facts that screens alone give; never raises."""
    bonds = []
    for name in screens.names():
        into = RecordBuilder()
        _bond(screens, name, into)
        ports = []
        for port in screens.members(name):
            record = RecordBuilder()
            _member(screens, name, port, record)
            ports.append(Member(port, record.build()))
        bonds.append(Bond(name, into.build(), tuple(ports)))
    return HostFacts(RecordBuilder().build(), tuple(bonds), tuple(screens.problems))


def of_snapshot(snapshot: Snapshot) -> Screens | None:
    """The screens that a snapshot holds; None if there are none."""
    texts = [
        str(snapshot.text(path))
        for path in sorted(snapshot.files)
        if path.startswith(SCREENS) and not isinstance(snapshot.file(path), ReadFailure)
    ]
    return _read(tuple(texts)) if texts else None


@lru_cache(maxsize=4)
def _read(texts: tuple[str, ...]) -> Screens:
    return Screens(list(texts), [], [])


def names(snapshot: Snapshot) -> list[str]:
    """Bonds whose members a screen shows."""
    screens = of_snapshot(snapshot)
    return [] if screens is None else [name for name in screens.names() if screens.members(name)]


def members(snapshot: Snapshot, name: str) -> list[str] | None:
    """Members of a bond as a screen shows them; None if none does."""
    screens = of_snapshot(snapshot)
    return (screens.members(name) or None) if screens else None


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what screens in a snapshot show of a bond."""
    screens = of_snapshot(snapshot)
    if screens is not None and name in screens.names():
        _bond(screens, name, into)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add what they show of a member."""
    screens = of_snapshot(snapshot)
    if screens is not None:
        _member(screens, bond, name, into)


def _bond(screens: Screens, name: str, into: RecordBuilder) -> None:
    row = screens.bonds.get(name)
    shown = screens.interfaces.get(name)
    if row:
        into.known(b.MODE, row["mode"], SCREEN)
        into.known(b.ADMIN_UP, row["state"] == "up", SCREEN)
        into.known(b.CARRIER, row["link"] == "up", SCREEN)
    elif shown and shown["link"] in _UP:
        into.known(b.ADMIN_UP, shown["state"] == "up", SCREEN)
        into.known(b.CARRIER, _UP[shown["link"]], SCREEN)
    tables = screens.rows(name)
    flagged = [one for table in tables for one in table["members"] if one["flags"]]
    if flagged:  # only the screens of 5600 and DANOS have the column: their bonds are teamd's
        into.known(b.KIND, "team", SCREEN)
        if not row and any(one["flags"]["lacp"] for one in flagged):
            into.known(b.MODE, "802.3ad", SCREEN)
    into.known(b.MEMBERS, screens.members(name), SCREEN)


def _member(screens: Screens, bond: str, name: str, into: RecordBuilder) -> None:
    row = screens.row(bond, name)
    if row is None:
        return
    shown = screens.interfaces.get(name)
    if shown and shown["link"] in _UP:
        into.known(m.ADMIN_UP, shown["state"] == "up", SCREEN)
        into.known(m.CARRIER, _UP[shown["link"]], SCREEN)
    counters = {
        key: row[key]
        for key in ("rx_packets", "tx_packets", "rx_bytes", "tx_bytes")
        if row[key] is not None
    }
    into.known(m.STATISTICS, counters, SCREEN)
    _known(m.TEAM_SELECTED, row["selected"], SCREEN, into)
    told = [
        frame
        for frame in screens.frames
        if frame["interface"] == name and frame["actor"] and frame["partner"]
    ]
    _sides(told, into)
    if row["flags"] and not any(frame["sent_by"] == "host" for frame in told):
        word = row["flags"]["shown"]
        into.unknown(m.ACTOR_STATE, f"the screen shows {word!r} only: its highest bit")


def _sides(frames: list[dict[str, Any]], into: RecordBuilder) -> None:
    """Actor and partner as the last frame of each sender has them of itself."""
    own = next((one["actor"] for one in reversed(frames) if one["sent_by"] == "host"), None)
    theirs = next((one["actor"] for one in reversed(frames) if one["sent_by"] == "partner"), None)
    for side, system, fields in (
        (own, m.ACTOR_SYSTEM, _ACTOR),
        (theirs, m.PARTNER_SYSTEM, _PARTNER),
    ):
        if side is None:
            continue
        if side["system"] == ZERO_MAC:
            into.absent(system, CAPTURE)
        else:
            into.known(system, side["system"], CAPTURE)
        for field, key in zip(fields, _PORT):
            _known(field, side[key], CAPTURE, into)


def _known(field: Any, value: object, source: str, into: RecordBuilder) -> None:  # noqa: ANN401
    if value is not None:
        into.known(field, value, source)
