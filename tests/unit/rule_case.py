# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One case of one rule. A test file of rules has a list CASES; test_every_rule.py counts them.

CASES = [
    fires("miimon-zero", "zero", known(HOST, "bond0", bf.MIIMON, 0), "bond0 options.miimon: 0"),
    silent("miimon-zero", "healthy", HOST),
    blind("miimon-zero", "hidden", unknown(HOST, "bond0", bf.MIIMON), "options.miimon"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    prove(case)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import host_fields as hf
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import (
    LAPSED,
    Audit,
    audit,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.earlier import (
    counters_of,
    earlier_from,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import parse_policy
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import (
    FAILED,
    NOT_EVALUABLE,
    PASSED,
)

from .factory import NOW, known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.views import Earlier

HOUR = 3600.0  # seconds


@dataclass(frozen=True)
class Case:
    """found: 'subject parameter: observed', each part of one finding; reasons: why it is blind."""

    rule: str
    name: str
    facts: HostFacts
    outcome: str
    found: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    policy: Mapping[str, Any] | None = None
    earlier: Earlier | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def fires(
    rule: str,
    name: str,
    facts: HostFacts,
    *found: str,
    policy: Mapping[str, Any] | None = None,
    earlier: Earlier | None = None,
) -> Case:
    """The rule fails with just these deviations."""
    return Case(rule, name, facts, FAILED, found, policy=policy, earlier=earlier)


def silent(
    rule: str,
    name: str,
    facts: HostFacts,
    *,
    policy: Mapping[str, Any] | None = None,
    earlier: Earlier | None = None,
) -> Case:
    """The rule passes."""
    return Case(rule, name, facts, PASSED, policy=policy, earlier=earlier)


def blind(
    rule: str,
    name: str,
    facts: HostFacts,
    *reasons: str,
    policy: Mapping[str, Any] | None = None,
    earlier: Earlier | None = None,
) -> Case:
    """The rule cannot be evaluated; the reasons name what is missing."""
    return Case(rule, name, facts, NOT_EVALUABLE, reasons=reasons, policy=policy, earlier=earlier)


def hour_before(facts: HostFacts) -> Earlier:
    """The counters of these facts, as an audit an hour ago saved them."""
    earlier = earlier_from(counters_of(known(facts, "", hf.UTC, "2026-11-20T11:00:00Z")))
    assert earlier.utc_s == NOW - HOUR
    return earlier


def judged(case: Case) -> Audit:
    """Put the one rule of a case to its facts; the others, too, if it speaks of them."""
    rules = load()
    return audit(
        case.facts,
        parse_policy(case.policy),
        earlier=case.earlier,
        now_utc_s=NOW,
        rules=rules if case.rule == LAPSED else {case.rule: rules[case.rule]},
    )


def prove(case: Case) -> None:
    """Assert outcome, deviations and reasons, and that no rule broke."""
    result = judged(case)
    findings = [finding for finding in result.findings if finding.rule == case.rule]
    told = [f"{f.subject} {f.parameter}: {f.observed}".strip() for f in findings]
    assert not result.bugs
    outcome = result.outcomes[case.rule]
    assert outcome.outcome == case.outcome, (told, outcome.reasons)
    assert len(told) == len(case.found), told
    for part in case.found:
        assert any(part in text for text in told), (part, told)
    for reason in case.reasons:
        assert reason in "; ".join(outcome.reasons), outcome.reasons
    for finding in findings:
        assert finding.expected
        assert finding.remedy
        assert "MEMBER" not in finding.remedy or "/" not in finding.subject
