# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a member lost something in the window, and what moved its link: from wire, kernel, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .evidence import AFTER, BEFORE, Value, mapping, pointer, rows
from .evidence_time import utc_ns
from .fact import NotEvaluable
from .window import NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .evidence import Evidence

# Fields of link events that are about the link itself.
CARRIER = ("carrier", "mii_status", "operstate")
# A carrier that goes within this time of an administrative change goes because of it.
_TOGETHER_NS = NS
_LOST = ("lost", "expired", "left")


class Moment(NamedTuple):
    """Something that happened to a member; pointer leads to it in the packet."""

    at_ns: int
    at: str
    kind: str
    text: str
    pointer: str

    def seen(self, evidence: Evidence) -> None:
        """Remember it as something that decided."""
        evidence.seen[self.pointer] = Value(self.kind, f"{self.at} {self.text}", self.pointer)


def link_events(evidence: Evidence, member: str, *what: str) -> list[Moment]:
    """Changes of these fields of a member or bond that were announced while listening."""
    found = []
    for at, row in rows(evidence.wire.get("link_events")):
        moment = utc_ns(row.get("at"))
        if moment is None or row.get("member") != member or row.get("what") not in what:
            continue
        text = f"{member}: {row['what']} {row.get('before')} -> {row.get('after')}"
        steps = pointer("wire", "link_events", at)
        found.append(Moment(moment, str(row["at"]), str(row["what"]), text, steps))
    return found


def link_losses(evidence: Evidence, member: str) -> list[Moment]:
    """Where the carrier went, or bonding took the link for down."""
    return [
        moment
        for moment in link_events(evidence, member, "carrier", "mii_status")
        if moment.text.endswith(("up -> down", "up -> fail", "up -> gone"))
    ]


def admin_losses(evidence: Evidence, member: str) -> list[Moment]:
    """Where somebody on this host set it down."""
    return [m for m in link_events(evidence, member, "admin") if m.text.endswith("up -> down")]


def memberships(evidence: Evidence, member: str) -> list[Moment]:
    """Where it left or joined the bond, or ceased to be."""
    return link_events(evidence, member, "master", "device")


def restarts(evidence: Evidence, member: str) -> list[Moment]:
    """All that makes a port begin anew: link, administration, membership."""
    return sorted(
        [
            *link_events(evidence, member, "carrier", "mii_status", "admin"),
            *memberships(evidence, member),
        ]
    )


def restarted_near(evidence: Evidence, member: str, at_ns: int, before_s: float) -> bool:
    """Whether the port began anew in that time before a moment, or within a second after it."""
    return any(
        at_ns - int(before_s * NS) <= moment.at_ns <= at_ns + _TOGETHER_NS
        for moment in restarts(evidence, member)
    )


def because_of_admin(evidence: Evidence, member: str, loss: Moment) -> bool:
    """Whether a carrier went because somebody on this host set the interface down."""
    return any(
        abs(loss.at_ns - moment.at_ns) <= _TOGETHER_NS
        for moment in (*admin_losses(evidence, member), *memberships(evidence, member))
    )


def losses(evidence: Evidence, member: str) -> list[Moment]:
    """All that was lost on a member in the window, in the order of time."""
    found = [*link_losses(evidence, member), *admin_losses(evidence, member)]
    found.extend(memberships(evidence, member))
    for at, row in rows(evidence.wire.get("events")):
        moment = utc_ns(row.get("at"))
        if moment is None or row.get("member") != member or row.get("kind") not in _LOST:
            continue
        kind, text = str(row["kind"]), str(row.get("text"))
        found.append(Moment(moment, str(row["at"]), kind, text, pointer("wire", "events", at)))
    return sorted(found)


def link_moved(evidence: Evidence, member: str) -> int:
    """How often the link changed in the window; NotEvaluable if nothing counted that."""
    announced = [
        moment
        for moment in link_events(evidence, member, "carrier")
        if not because_of_admin(evidence, member, moment)
    ]
    for moment in announced[:5]:
        moment.seen(evidence)
    if announced:
        return len(announced)
    counts = list(_counted(evidence, member))
    if counts:
        return max(counts)
    if "link_events" in evidence.wire:
        evidence.see("link events", 0, "wire", "link_events")
        return 0
    raise NotEvaluable(f"{member}: nothing counted how often its link changed in the window")


def _counted(evidence: Evidence, member: str) -> Iterator[int]:
    for path in ("carrier_changes", "link_failure_count"):
        try:
            yield evidence.delta(member, path)
        except NotEvaluable:  # noqa: PERF203 - two of them
            continue


def mac_moved(evidence: Evidence) -> Iterator[tuple[str, object, object]]:
    """(field, before, after) of the bond's own identity that differ between the facts."""
    for path in ("mac", "system.mac"):
        try:
            before, after = (evidence.fact(when, "", path) for when in (BEFORE, AFTER))
        except NotEvaluable:
            continue
        if before != after and None not in (before, after):
            yield path, before, after


def wire_length_s(evidence: Evidence) -> float | None:
    """How long was listened, in seconds; None if nobody listened."""
    length = mapping(evidence.wire.get("window")).get("length_ms")
    return length / 1000 if isinstance(length, (int, float)) else None
