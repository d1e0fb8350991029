# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every rule of the catalogue: its text, its cases, its silence on healthy hosts."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unit import factory
from unit.rule_case import Case, hour_before

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import (
    LAPSED,
    audit,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import (
    FAILED,
    FLEET,
    INFO,
    NOT_EVALUABLE,
    PASSED,
    Rule,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

# Whoever imported the rules of the fleet before made them part of the catalogue, too.
RULES = [rule for rule in load().values() if rule.scope != FLEET]
# It reads the policy and nothing of the host: there is nothing that could be unknown.
NEVER_BLIND = {LAPSED}
HEALTHY = {
    "two members": factory.healthy_host(),
    "three members": factory.three_members(),
    "MLAG pair, ports 0x8000 apart": factory.mlag_host(),
    "fast here, slow there": factory.mixed_rate_host(),
    "two bonds": factory.healthy_host(
        factory.healthy_bond(),
        factory.healthy_bond(
            "bond1", [factory.member("eno3", 3), factory.member("eno4", 4)], IFINDEX=11
        ),
    ),
}


def cases() -> list[Case]:
    """The cases of all test files beside this one."""
    found: list[Case] = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path != Path(__file__):
            spec = importlib.util.spec_from_file_location(f"cases_of_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            found += getattr(module, "CASES", [])
    return found


@pytest.fixture(scope="module")
def outcomes() -> dict[str, set[str]]:
    """Outcomes that the cases ask for, by rule."""
    found: dict[str, set[str]] = {}
    for case in cases():
        found.setdefault(case.rule, set()).add(case.outcome)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_has_a_firing_a_silent_and_a_blind_case(rule: Rule, outcomes: dict[str, set[str]]) -> None:
    wanted = {FAILED, PASSED} | (set() if rule.id in NEVER_BLIND else {NOT_EVALUABLE})
    assert wanted - outcomes.get(rule.id, set()) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_text_is_for_an_operator(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.id)
    assert 0 < len(rule.title) <= 90
    assert not rule.title.endswith(".")
    assert rule.why.endswith((".", ")"))
    assert rule.remedy
    assert rule.reference
    assert "  " not in rule.why + rule.remedy + rule.reference


@pytest.mark.parametrize("facts", HEALTHY.values(), ids=HEALTHY.keys())
@pytest.mark.parametrize("compare", [False, True], ids=["one reading", "two readings"])
def test_a_healthy_host_gives_nothing_above_info(facts: HostFacts, *, compare: bool) -> None:
    earlier = hour_before(facts) if compare else None
    result = audit(facts, NO_POLICY, earlier=earlier, now_utc_s=factory.NOW)
    assert [f for f in result.findings if f.severity != INFO] == []
    assert result.bugs == ()
    if compare:
        blind = {r: o.reasons for r, o in result.outcomes.items() if o.outcome == NOT_EVALUABLE}
        assert blind == {}
