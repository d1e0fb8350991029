# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_remediate returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._host.clock import utc_text
from .._lacp.remedy_watch import NOTHING_TO_DO

if TYPE_CHECKING:
    from .._lacp.remedy_watch import Decision

SCHEMA = "bondproof.lacp/remedy/1"
REPAIRED, COULD_NOT, WOULD_REPAIR = "repaired", "could_not", "would_repair"
_TAKEN_OVER = ("changed", "members", "managers", "recovered", "notes", "diff")


class Report:
    """Grows while the run goes on; whatever happens, it can be returned."""

    def __init__(self, bond: str, *, is_check: bool) -> None:
        self._bond = bond
        self._is_check = is_check
        self._began = utc_text()
        self._decision: Decision | None = None
        self.outcome = NOTHING_TO_DO
        self.text = ""
        self.worse = False
        self.armed = False  # links may have been touched from here on
        self.plan: list[dict[str, str]] = []
        self.before: dict[str, Any] = {}
        self.during: list[dict[str, str]] = []
        self.after: dict[str, Any] = {}
        self.repairs: dict[str, Any] = {}

    def begin(self, shown: dict[str, Any]) -> None:
        """Take over how the bond stands before anything."""
        self.before = shown

    def decided(self, decision: Decision) -> None:
        """Take over what is to be done."""
        self._decision = decision
        self.text = decision.text

    def end(self, outcome: str, text: str) -> None:
        """Take over how it ended."""
        self.outcome, self.text = outcome, text

    def as_result(self, member: dict[str, Any]) -> dict[str, Any]:
        """Plain data; member: what bond_member's part of the run returns."""
        return {
            **{name: member[name] for name in _TAKEN_OVER},
            "schema": SCHEMA,
            "bond": self._bond,
            "outcome": self.outcome,
            "worse": self.worse,
            "decision": self._decision.as_result() if self._decision is not None else None,
            "plan": self.plan,
            "repairs": self.repairs,
            "began": self._began,
            "ended": utc_text(),
            "before": self.before,
            "during": self.during,
            "after": self.after,
        }
