# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule of diagnosis is, what it finds, and the table that the decorator fills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

if TYPE_CHECKING:
    from .evidence import Value

THE_HOST, SWITCH, PHYSICAL, NOT_LACP = "host", "switch", "physical", "not_lacp"
HEALTHY, INSUFFICIENT = "healthy", "insufficient"
PARTIES = (THE_HOST, SWITCH, PHYSICAL)
FAULTS = (*PARTIES, NOT_LACP, HEALTHY, INSUFFICIENT)

TRANSMIT, RECEIVE, BOTH, NONE = "transmit", "receive", "both", "none"

CONCLUSIVE, LIKELY, HINT = "conclusive", "likely", "hint"
CONFIDENCES = (CONCLUSIVE, LIKELY, HINT)

MATCHED, NOT_MATCHED, NOT_EVALUABLE = "matched", "not matched", "not evaluable"

EACH_MEMBER, THE_BOND = "member", "bond"

# Of several that are equally sure, the headline is that of the first group.
GROUPS = (
    "pairing",
    "link",
    "configuration of the host",
    "one-way",
    "identity",
    "membership",
    "timing",
    "fleet",
    "software",
    "not LACP",
)


class Match(NamedTuple):
    """What a rule found on its subject.

    members: other than the subject; direction_sure: how sure the direction is, where that differs
    from how sure the fault is; excluded: parties that the evidence rules out; sums: arithmetic, a
    sentence each; against: what speaks against it, a sentence each.
    """

    fault: str
    direction: str
    confidence: str
    text: str
    members: tuple[str, ...] = ()
    direction_sure: str = ""
    excluded: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


Check = Callable[[Any], Iterable[Match]]


class DiagnosisRule(NamedTuple):
    """One question put to each member, or to the bond.

    timed: it compares times, so clocks that disagree cost it a step; switch: it needs what the
    switch says; remedy: what cures it.
    """

    id: str
    group: str
    scope: str
    title: str
    remedy: str
    timed: bool
    switch: bool
    check: Check


class Entry(NamedTuple):
    """A line of the trace: what one rule said of one subject."""

    rule: DiagnosisRule
    subject: str
    match: Match | None
    reason: str
    values: tuple[Value, ...]

    @property
    def outcome(self) -> str:
        """matched, not matched or not evaluable."""
        if self.match is not None:
            return MATCHED
        return NOT_EVALUABLE if self.reason else NOT_MATCHED


RULES: dict[str, DiagnosisRule] = {}


def diagnosis_rule(
    rule_id: str,
    *,
    group: str,
    scope: str,
    title: str,
    remedy: str,
    timed: bool = False,
    switch: bool = False,
) -> Callable[[Check], Check]:
    """Enter a function into the table; ValueError for a second rule of the same id."""

    def enter(check: Check) -> Check:
        if rule_id in RULES or group not in GROUPS:
            raise ValueError(f"rule {rule_id}: there are two of this id, or no group {group!r}")
        RULES[rule_id] = DiagnosisRule(rule_id, group, scope, title, remedy, timed, switch, check)
        return check

    return enter


def weaker(confidence: str) -> str:
    """One step less sure."""
    return CONFIDENCES[min(CONFIDENCES.index(confidence) + 1, len(CONFIDENCES) - 1)]
