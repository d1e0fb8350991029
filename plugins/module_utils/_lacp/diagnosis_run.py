# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules put to a case: the trace, and what was found in it, the surest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .diagnosis_case import CLOCK_LIMIT_S, Case
from .diagnosis_rule import (
    CONCLUSIVE,
    EACH_MEMBER,
    HINT,
    INSUFFICIENT,
    LIKELY,
    DiagnosisRule,
    Entry,
    Match,
    weaker,
)
from .diagnosis_table import load
from .evidence import mapping
from .fact import NotEvaluable
from .switch_pairing import UNPROVEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .diagnosis_case import MemberCase

FLEET_RULE = "R16"


class Found(NamedTuple):
    """All that one rule found of one kind; match is the first, members are all that it hits."""

    rule: DiagnosisRule
    match: Match
    members: tuple[str, ...]
    confidence: str
    direction_confidence: str
    entries: tuple[Entry, ...]

    @property
    def text(self) -> str:
        """What was found, of every member."""
        told = dict.fromkeys(entry.match.text for entry in self.entries if entry.match)
        return "; ".join(told)


def run(case: Case) -> tuple[list[Entry], list[str]]:
    """The trace, and what is wrong with the packet itself, a sentence each."""
    trace: list[Entry] = []
    broken: list[str] = []
    for rule in load():
        if rule.scope == EACH_MEMBER:
            for leg in case.legs:
                trace.extend(_ask(rule, leg.name, leg, case, broken))
            if not case.legs:
                trace.append(Entry(rule, "", None, "the packet names no member", ()))
        else:
            trace.extend(_ask(rule, case.evidence.bond_name(), case, case, broken))
    return trace, broken


def _ask(
    rule: DiagnosisRule,
    name: str,
    subject: Case | MemberCase,
    case: Case,
    broken: list[str],
) -> list[Entry]:
    case.evidence.forget()
    entries: list[Entry] = []
    reason = ""
    try:
        for match in rule.check(subject):
            values = tuple(case.evidence.seen.values())
            entries.append(Entry(rule, name, match, "", values))
    except NotEvaluable as gap:
        reason = str(gap)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError) as error:
        # A packet from outside may hold anything; one part that is not as it should be must not
        # take the verdict on all others away.
        reason = f"the packet is not as it should be where this rule reads it: {error!r:.120}"
        broken.append(f"{rule.id} {name}: {reason}")
    if entries:
        return entries
    return [Entry(rule, name, None, reason, tuple(case.evidence.seen.values()))]


def gather(case: Case, trace: Iterable[Entry]) -> list[Found]:
    """Matches of a rule that say the same of several members, as one; in order of precedence."""
    groups: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in trace:
        match = entry.match
        if match is not None:
            key = (entry.rule.id, match.fault, match.direction, match.confidence)
            groups.setdefault(key, []).append(entry)
    found = []
    for entries in groups.values():
        match = entries[0].match
        if match is None:
            continue
        hit: dict[str, None] = {}
        for entry in entries:
            named = entry.match.members if entry.match else ()
            hit.update(dict.fromkeys(named or (entry.subject,)))
        sure = match.direction_sure or match.confidence
        found.append(
            Found(
                entries[0].rule,
                match,
                tuple(name for name in hit if name in case.names),
                _capped(case, entries, match.confidence),
                _capped(case, entries, sure),
                tuple(entries),
            )
        )
    return found


def caps(case: Case) -> list[str]:
    """Why every confidence is capped, a sentence each; [] if none is."""
    found = []
    if case.pairing.state == UNPROVEN:
        found.append(case.pairing.text)
    integrity = mapping(case.packet.get("integrity"))
    if integrity.get("state") == "tampered":
        files = integrity.get("files")
        names = ", ".join(map(str, files)) if isinstance(files, list) else ""
        found.append(f"the packet was altered after it was sealed: {names or 'see problems'}")
    return found


def _capped(case: Case, entries: list[Entry], confidence: str) -> str:
    if caps(case):
        return HINT
    return weaker(confidence) if _clock_doubt(case, entries) else confidence


def _clock_doubt(case: Case, entries: list[Entry]) -> bool:
    """Whether a rule that compares times did so across clocks that may disagree."""
    if not entries[0].rule.timed:
        return False
    offset = case.clock_offset_s()
    if offset is not None:
        return offset > CLOCK_LIMIT_S
    others = ("/switch_evidence", "/fleet")
    return any(v.pointer.startswith(others) for entry in entries for v in entry.values)


def level(found: Found) -> int:
    """How much it decides: 0 conclusive, 1 likely, 2 the direction only, 3 a hint."""
    match = found.match
    if match.fault == INSUFFICIENT:
        return 2 if match.direction_sure == CONCLUSIVE else 3
    return {CONCLUSIVE: 0, LIKELY: 1, HINT: 3}[match.confidence]


def ordered(found: list[Found]) -> list[Found]:
    """The headline first: the surest, of those the first in precedence.

    What is merely likely on one host gives way to what the fleet shows (R16).
    """
    places = {rule.id: place for place, rule in enumerate(load())}
    return sorted(
        found,
        key=lambda one: (level(one), one.rule.id != FLEET_RULE, places[one.rule.id]),
    )
