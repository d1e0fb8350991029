# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_member returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lacp.plan_member import ABSENT, CYCLED, POKE, REENSLAVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._host.apply_member import Done
    from .._host.apply_safeguard import Restored
    from .._lacp.plan_member import Plan, Wish
    from .._lacp.stuck import Stand

SCHEMA = "bondproof.lacp/member/1"
_WORDS = {POKE: "poked", REENSLAVE: "cycled", ABSENT: "removed", "present": "added"}


class MemberResult:
    """Of one member; it grows while the run goes on."""

    def __init__(self, name: str, survives: bool | None, why: str) -> None:  # noqa: FBT001 - tri-state
        self.name = name
        self.survives = survives
        self.why = why
        self.outcome = "not reached"
        self.text = ""
        self.rung = ""
        self.done = 0
        self.seconds: float | None = None
        self.changed = False
        self.plan: Plan | None = None
        self.restored: Restored | None = None

    def end(self, done: Done) -> None:
        """Take over how its plan ended."""
        self.rung, self.done, self.text = done.rung, done.done, done.text
        self.seconds = round(done.seconds, 3)
        self.outcome = _WORDS.get(done.rung, "cycled") if done.well else "not well"
        if done.well and not self.changed:
            self.outcome = "nothing to do"

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        plan = self.plan
        steps = [step.as_result() for step in plan.steps()] if plan is not None else []
        return {
            "member": self.name,
            "outcome": self.outcome,
            "text": self.text,
            "method": self.rung,
            "seconds": self.seconds,
            "plan": steps,
            "steps_done": self.done,
            "survives_reload": self.survives,
            "survives_why": self.why,
            "restored": self.restored.as_result() if self.restored is not None else None,
        }


class Result:
    """Of the whole run."""

    def __init__(self, wish: Wish, *, is_check: bool) -> None:
        self._wish = wish
        self._is_check = is_check
        self.members: dict[str, MemberResult] = {}
        self.managers: list[str] = []
        self.notes: list[str] = []
        self.recovered: list[Restored] = []
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}

    def begin(self, plans: Sequence[Plan], stand: Stand) -> None:
        """Take over what is planned, and how the members stand."""
        self._before = _shown(stand, list(self.members))
        self._after = dict(self._before)
        for plan in plans:
            member = self.members[plan.member]
            member.plan = plan
            if plan.nothing:
                member.outcome, member.text = "nothing to do", plan.nothing
            elif self._is_check:
                member.outcome, member.changed = "planned", plan.changes
                self._after[plan.member] = self._predicted(plan.member)

    def _predicted(self, name: str) -> str:
        if self._wish.state == ABSENT:
            return "no member"
        if self._wish.state == CYCLED and self._wish.wait_for == "none":
            return self._before[name]
        return "member, works at both ends"

    def after(self, stand: Stand) -> None:
        """Take over how the members stand in the end."""
        self._after = _shown(stand, list(self.members))

    def as_result(self) -> dict[str, Any]:
        """Plain data for exit_json or fail_json."""
        return {
            "changed": any(member.changed for member in self.members.values())
            or bool(self.recovered),
            "schema": SCHEMA,
            "bond": self._wish.bond,
            "state": self._wish.state,
            "members": [member.as_result() for member in self.members.values()],
            "managers": self.managers,
            "recovered": [one.as_result() for one in self.recovered],
            "notes": self.notes,
            "diff": {"before": self._before, "after": self._after},
        }


def _shown(stand: Stand, names: Sequence[str]) -> dict[str, str]:
    """One line for each member, in words that are the same for the same state."""
    found = {}
    for name in names:
        if not stand.joined(name):
            found[name] = "no member"
        elif stand.well(name):
            found[name] = "member, works at both ends"
        else:
            found[name] = f"member, {stand.complaint(name).partition(': ')[2] or 'gone'}"
    return found
