# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule is, what it yields, and the catalogue that the decorator fills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple

ERROR = "error"
WARNING = "warning"
INFO = "info"
SEVERITIES = (ERROR, WARNING, INFO)

FAILED = "failed"
PASSED = "passed"
NOT_EVALUABLE = "not_evaluable"
WAIVED = "waived"

HOST = "host"
BOND = "bond"
MEMBER = "member"
FLEET = "fleet"
SCOPES = (HOST, BOND, MEMBER, FLEET)

FAMILIES = (
    "negotiation",
    "symmetry",
    "options",
    "intent",
    "physical",
    "known-bad",
    "policy",
    "fleet",
)


@dataclass(frozen=True)
class Deviation:
    """One parameter that is wrong; remedy only where it is more exact than the rule's."""

    parameter: str
    expected: str
    observed: str
    remedy: str = ""


class Finding(NamedTuple):
    """A deviation with all that a reader who was not there needs; outcome is failed or waived."""

    rule: str
    severity: str
    title: str
    subject: str
    parameter: str
    expected: str
    observed: str
    source: tuple[str, ...]
    why: str
    remedy: str
    outcome: str = FAILED
    waiver: str | None = None

    def as_result(self) -> dict[str, Any]:
        """Plain data, a key per attribute."""
        result: dict[str, Any] = self._asdict()
        result["source"] = list(self.source)
        return result


Check = Callable[[Any], Iterable[Deviation]]


class Rule(NamedTuple):
    """One question put to one kind of subject.

    check takes a view of the subject (views.py) and yields a Deviation per parameter that is
    wrong; a value that is not known makes it not evaluable all by itself. reference names the
    kernel file, 802.1AX clause, driver fix or incident the rule rests on.
    """

    id: str
    family: str
    scope: str
    severity: str
    title: str
    why: str
    remedy: str
    reference: str
    check: Check


CATALOGUE: dict[str, Rule] = {}


def rule(
    rule_id: str,
    *,
    family: str,
    scope: str,
    severity: str,
    title: str,
    why: str,
    remedy: str,
    reference: str,
) -> Callable[[Check], Check]:
    """Enter a function into the catalogue; ValueError for a second rule of the same id."""

    def enter(check: Check) -> Check:
        if rule_id in CATALOGUE:
            raise ValueError(f"rule {rule_id}: there are two of this id")
        if family not in FAMILIES or scope not in SCOPES or severity not in SEVERITIES:
            raise ValueError(f"rule {rule_id}: unknown family, scope or severity")
        CATALOGUE[rule_id] = Rule(
            rule_id, family, scope, severity, title, why, remedy, reference, check
        )
        return check

    return enter
