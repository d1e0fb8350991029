# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of who is in the bond: managers that take it apart, limits, detaching (R15, R19, R23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import (
    BOTH,
    CONCLUSIVE,
    EACH_MEMBER,
    LIKELY,
    NONE,
    SWITCH,
    THE_BOND,
    THE_HOST,
    Match,
    diagnosis_rule,
)
from ..evidence import AFTER, BEFORE, mapping, rows, whole
from ..evidence_events import link_events, memberships
from ..evidence_time import utc_ns
from ..fact import NotEvaluable
from ..kernel_lines import MANAGER, MEMBERSHIP
from ..port_state import AGGREGATION
from ..window import NS, RECEIVED, SENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import Case, LogEntry, MemberCase

_SOON_NS = 10 * NS


@diagnosis_rule(
    "R15",
    group="membership",
    scope=THE_BOND,
    title="Something on this host takes the bond apart",
    remedy="Stop the second manager, or whatever re-creates the bond",
    timed=True,
)
def taken_apart(case: Case) -> Iterator[Match]:
    """A lost carrier never releases a member; only a program on this host does."""
    told, hit = _announced(case)
    for line in _lines(case, MEMBERSHIP):
        line.seen(case.evidence)
        told.append((line.at_ns or 0, f"{line.text} ({line.at})"))
        if line.member in case.names:
            hit[line.member] = None
    told += [(0, text) for text in _recreated(case)]
    if not told:
        _need_any_source(case)
        return
    managers = [line for line in _lines(case, MANAGER) if line.member]
    texts = list(dict.fromkeys(text for _at, text in sorted(told)))
    text = f"{case.evidence.bond_name()}: {'; '.join(texts[:3])}" + _period(told)
    if managers:
        managers[0].seen(case.evidence)
        text += f"; {managers[0].text!r} at that time"
    yield Match(THE_HOST, BOTH, CONCLUSIVE, text, tuple(hit) or tuple(case.names))


def _announced(case: Case) -> tuple[list[tuple[int, str]], dict[str, None]]:
    told: list[tuple[int, str]] = []
    hit: dict[str, None] = {}
    for leg in case.legs:
        for moment in memberships(case.evidence, leg.name):
            moment.seen(case.evidence)
            told.append((moment.at_ns, f"{moment.text} ({moment.at})"))
            hit[leg.name] = None
    for moment in link_events(case.evidence, case.evidence.bond_name(), "device"):
        moment.seen(case.evidence)
        told.append((moment.at_ns, f"{moment.text} ({moment.at})"))
    return told, hit


def _lines(case: Case, kind: str) -> list[LogEntry]:
    """Lines of that kind within the window; without a window or a time nothing ties them to it."""
    span = case.evidence.span()
    if span is None:
        return []
    return [
        line
        for line in case.log
        if line.kind == kind
        and line.at_ns is not None
        and span[0] <= line.at_ns <= span[1]
        and (line.member or case.evidence.bond_name() in line.text)
    ]


def _recreated(case: Case) -> Iterator[str]:
    """The bond is another device than before, or is gone."""
    name = case.evidence.bond_name(BEFORE)
    try:
        before = case.evidence.fact(BEFORE, "", "ifindex")
    except NotEvaluable:
        return
    if name not in mapping(mapping(case.packet.get(AFTER)).get("bonds")):
        if isinstance(case.packet.get(AFTER), dict):
            yield f"{name} was there before the window and is gone after it"
        return
    try:
        after = case.evidence.fact(AFTER, "", "ifindex")
    except NotEvaluable:
        return
    if before != after:
        yield f"{name} is a new device: interface index {before} -> {after}"


def _need_any_source(case: Case) -> None:
    if case.log or "link_events" in case.evidence.wire:
        return
    case.fact("ifindex", BEFORE)
    case.fact("ifindex")


def _period(told: list[tuple[int, str]]) -> str:
    """Whether it comes back at a steady period, as a controller's loop does."""
    times = sorted({at for at, text in told if at and "Enslaving" in text})
    gaps = [after - before for before, after in zip(times, times[1:])]
    if len(gaps) < 2 or max(gaps) > 1.2 * min(gaps):
        return ""
    return f"; it comes back every {sum(gaps) / len(gaps) / NS:.0f} s"


@diagnosis_rule(
    "R19",
    group="membership",
    scope=THE_BOND,
    title="Fewer ports than min_links, and the members are fine",
    remedy="Lower min_links, or add members",
)
def too_few(case: Case) -> Iterator[Match]:
    """All members work, and the limit is still not met: the limit is what is wrong."""
    limit = whole(case.fact("options.min_links")) or 0
    if case.legs and all(leg.is_well() for leg in case.legs) and len(case.legs) < limit:
        count = f"there are {len(case.legs)} members, all of them well"
        text = f"{case.evidence.bond_name()}: min_links is {limit}, and {count}"
        yield Match(THE_HOST, NONE, CONCLUSIVE, text, tuple(case.names))
        return
    for port in case.pairing.ports.values():
        wanted, bundled = port.maybe("lag.min_links"), port.maybe("lag.members_bundled")
        if isinstance(wanted, int) and isinstance(bundled, int) and bundled < wanted:
            if bundled >= len(case.legs):
                text = f"{port.name}: min-links is {wanted}, and {bundled} are bundled"
                yield Match(SWITCH, NONE, CONCLUSIVE, text, tuple(case.names))
            return


@diagnosis_rule(
    "R23",
    group="membership",
    scope=EACH_MEMBER,
    title="A LACPDU without Aggregation, and the switch port gave up",
    remedy="Set the link down before detaching a member; bounce the switch port",
    timed=True,
)
def individual(leg: MemberCase) -> Iterator[Match]:
    """Linux says farewell with Aggregation cleared; some switches disable the port for that."""
    leg.evidence.need_wire()
    found = leg.lane(SENT)
    for at, row in rows(found[1].get("states")) if found else ():
        was, now, moment = (
            whole(row.get("before")),
            whole(row.get("after")),
            utc_ns(row.get("at")),
        )
        if row.get("whose") != "actor" or None in (was, now, moment):
            continue
        if was is not None and now is not None and was & ~now & AGGREGATION:
            steps = ("wire", "lanes", found[0] if found else 0, "states", at, "after")
            leg.evidence.see("our state", now, *steps)
            if _gave_up(leg, moment or 0):
                text = f"{leg.name}: we sent a LACPDU without Aggregation at {row.get('at')}, then "
                text += "the far end fell silent or made the port individual"
                yield Match(SWITCH, NONE, LIKELY, text)
                return


def _gave_up(leg: MemberCase, moment: int) -> bool:
    if leg.case.pairing.ports.get(leg.name):
        state = leg.switch().maybe("member.state")
        if state in ("individual", "err_disabled", "suspended"):
            return True
    for _lane, _at, gap in leg.gaps(RECEIVED):
        start = utc_ns(gap.get("start"))
        if gap.get("open") and start is not None and moment - NS <= start <= moment + _SOON_NS:
            return True
    return False
