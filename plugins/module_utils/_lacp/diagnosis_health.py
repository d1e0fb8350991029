# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a bond is well, as far as that is known; and whether the window was long enough."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .diagnosis_rule import CONCLUSIVE, LIKELY, NOT_EVALUABLE
from .evidence_events import losses, restarted_near
from .fact import NotEvaluable
from .model import KIND_BOND, MODE_LACP
from .port_state import words
from .window import RECEIVED, SENT, utc_text

if TYPE_CHECKING:
    from .diagnosis_case import Case, MemberCase
    from .diagnosis_rule import Entry
    from .evidence import Value

INSUFFICIENT_WINDOW = "insufficient_window"
_PERIODS = 3
_LONGEST_S = 90


def window_of(case: Case) -> dict[str, Any]:
    """Start, end, length, and how long it should have been for the rate in use."""
    span, length = case.evidence.span(), listened_s(case)
    needed = needed_s(case)
    sufficient = None if length is None else length >= needed
    return {
        "start": utc_text(span[0]) if span else None,
        "end": utc_text(span[1]) if span else None,
        "length_s": None if length is None else round(length, 3),
        "needed_s": needed,
        "sufficient": sufficient,
        "reason": INSUFFICIENT_WINDOW if sufficient is False else "",
    }


def listened_s(case: Case) -> float | None:
    """Length of the window in seconds."""
    return case.evidence.length_s()


def needed_s(case: Case) -> int:
    """Three periods of the slowest rate in use; of the slow one where that is not known."""
    periods = []
    for leg in case.legs:
        for direction in (SENT, RECEIVED):
            try:
                periods.append(leg.period_s(direction))
            except NotEvaluable:  # noqa: PERF203 - a handful
                continue
    return _PERIODS * max(periods) if periods else _LONGEST_S


def _other_mode(case: Case) -> str:
    """Why LACP cannot be judged, if the bond is of another mode; '' if it is not known to be."""
    mode = case.known("mode")
    if case.known("kind") not in (None, KIND_BOND) or mode in (None, MODE_LACP):
        return ""
    return f"{case.evidence.bond_name()} is of mode {mode}, not {MODE_LACP}: it speaks no LACP"


class Health:
    """is_healthy, how sure, and the sentence; unwell: the members that are known not to be."""

    def __init__(self, case: Case, trace: list[Entry]) -> None:
        case.evidence.forget()
        self._case = case
        self._open = [entry for entry in trace if entry.outcome == NOT_EVALUABLE]
        self.unwell: list[str] = []
        self.reasons: list[str] = []
        self.values: tuple[Value, ...] = ()
        self.facts: list[tuple[str, str, tuple[Value, ...]]] = []
        other = _other_mode(case)
        if other:
            self.reasons.append(other)
        for leg in case.legs if not other else ():
            self._look_at(leg)
        self.values = tuple(case.evidence.seen.values())
        self.is_healthy = bool(case.legs) and not self.reasons
        window = window_of(case)
        self._short = window["reason"]
        self.needed_s = window["needed_s"]
        self.heard = bool(case.legs) and all(self._is_heard(leg) for leg in case.legs)
        if self.is_healthy and not self.heard and not self._counted():
            self.is_healthy = False
            self.reasons.append(self._nothing_heard())
        enough = window["sufficient"] and self.heard
        self.confidence = CONCLUSIVE if enough else LIKELY
        self.text = self._text()

    def _look_at(self, leg: MemberCase) -> None:
        try:
            if not leg.forwards():
                self.unwell.append(leg.name)
                self.reasons.append(self._why_not(leg))
            elif self._is_elsewhere(leg):
                self.unwell.append(leg.name)
                self.reasons.append(f"{leg.name} is not in the active aggregator")
            else:
                self._tell(leg)
                self._lost_something(leg)
        except NotEvaluable as gap:
            self.reasons.append(str(gap))

    def _why_not(self, leg: MemberCase) -> str:
        if not leg.link_up():
            return f"{leg.name} has no link"
        actor, partner = leg.state("actor"), leg.state("partner")
        return f"{leg.name} does not carry traffic: ours {words(actor)}, theirs {words(partner)}"

    def _tell(self, leg: MemberCase) -> None:
        """The facts of a member that is well, in a line: (member, sentence, values)."""
        actor, partner = leg.state("actor"), leg.state("partner")
        text = f"{leg.name}: our state {actor}, theirs {partner}"
        with suppress(NotEvaluable):
            text += f"; {leg.tap(RECEIVED)} LACPDUs came in, {leg.tap(SENT)} went out"
        near = tuple(v for v in self._case.evidence.seen.values() if leg.name in v.pointer)
        self.facts.append((leg.name, text, near))

    def _is_elsewhere(self, leg: MemberCase) -> bool:
        mine, active = leg.known("aggregator_id"), self._case.known("active_aggregator.id")
        return None not in (mine, active) and mine != active

    def _lost_something(self, leg: MemberCase) -> None:
        """A loss in the window that no rule accuses anybody of is still no health."""
        found = losses(leg.evidence, leg.name)
        # A silence at our own tap that the far end did not mind, and restarts, are told elsewhere.
        serious = [
            moment
            for moment in found
            if moment.kind != "lost"
            and not restarted_near(leg.evidence, leg.name, moment.at_ns, 60)
        ]
        if serious:
            serious[0].seen(leg.evidence)
            self.unwell.append(leg.name)
            self.reasons.append(f"{leg.name}: {serious[0].text} at {serious[0].at}")

    def _is_heard(self, leg: MemberCase) -> bool:
        """Whether the far end described us as its partner within this very window."""
        try:
            return leg.tap(RECEIVED) > 0
        except NotEvaluable:
            return False

    def _counted(self) -> bool:
        """Whether the kernel's counters show LACPDUs both ways where nobody listened."""
        if self._case.evidence.has_wire():
            return False
        try:
            return bool(self._case.legs) and all(
                leg.kernel(RECEIVED) > 0 and leg.kernel(SENT) > 0 for leg in self._case.legs
            )
        except NotEvaluable:
            return False

    def _nothing_heard(self) -> str:
        length = listened_s(self._case)
        told = "an unknown time" if length is None else f"{length:.1f} s"
        if self._short:
            return (
                f"{INSUFFICIENT_WINDOW}: both ends say that all is well, but no LACPDU came on "
                f"each member in {told}; {self.needed_s} s are needed at this rate"
            )
        return f"both ends say that all is well, but nothing shows LACPDUs in the window of {told}"

    def _text(self) -> str:
        names = ", ".join(leg.name for leg in self._case.legs)
        if not self._case.legs:
            return "there is nothing to judge: the packet names no bond with members"
        if not self.is_healthy:
            return f"no rule accuses anybody: {'; '.join(self.reasons)}"
        text = f"{names}: both ends are in sync, collecting and distributing, and nothing was lost"
        if not self._case.evidence.has_wire():
            text += " by the kernel's own counters; nobody listened to the LACPDUs themselves"
        if self._short:
            length = listened_s(self._case) or 0
            text += (
                f" ({INSUFFICIENT_WINDOW}: {length:.1f} s were watched, {self.needed_s} s are "
                "needed to say more)"
            )
        return text
