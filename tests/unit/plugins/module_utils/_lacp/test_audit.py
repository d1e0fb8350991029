# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from unit.factory import (
    NOW,
    healthy_bond,
    healthy_host,
    known,
    member,
    record,
    three_members,
    unknown,
)

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import (
    DISABLED,
    NO_BOND,
    NO_MEMBER,
    Audit,
    audit,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import (
    NO_POLICY,
    parse_policy,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import (
    BOND,
    ERROR,
    FAILED,
    FLEET,
    HOST as HOST_SCOPE,
    INFO,
    MEMBER,
    NOT_EVALUABLE,
    PASSED,
    WAIVED,
    Deviation,
    Rule,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.views import NOT_LACP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.views import (
        HostView,
        MemberView,
    )

HOST = healthy_host()
ENO2 = "bond0/eno2"
BROKEN = known(
    known(known(HOST, ENO2, mf.PARTNER_STATE, 69), ENO2, mf.LACPDU_ILLEGAL_RX, 3),
    ENO2,
    mf.LACPDU_UNKNOWN_RX,
    200,
)
HOST_RULES = [rule.id for rule in load().values() if rule.scope != FLEET]
OLD = healthy_bond("bond9", MODE="active-backup")
TEAM = healthy_bond("team0", KIND="team", MODE="active-backup")


def judge(facts: HostFacts, policy: dict[str, Any] | None = None, **changes: Any) -> Audit:
    return audit(facts, parse_policy(policy), now_utc_s=NOW, **changes)


@pytest.mark.parametrize(
    ("bond", "port", "command"),
    [
        ("bond0", "eno2.7", "ip link set dev eno2.7 up"),
        ("bond0", "$(id)", "ip link set dev '$(id)' up"),
        ("bond0", "a'b`", "ip link set dev 'a'\"'\"'b`' up"),
        ("bond0", "BOND;x", "ip link set dev 'BOND;x' up"),
        ("MEMBER", "eno1", "ip link set dev eno1 up"),
    ],
)
def test_commands_of_a_remedy_can_be_pasted(bond: str, port: str, command: str) -> None:
    down = member(port, 1, ADMIN_UP=False, CARRIER=False, MII_STATUS="down")
    findings = judge(healthy_host(healthy_bond(bond, [down]))).findings
    (finding,) = [f for f in findings if f.rule == "member-down"]
    assert finding.remedy.startswith(f"{command}, unless")


def test_findings_carry_what_a_stranger_needs() -> None:
    finding = judge(BROKEN).findings[0]
    assert (finding.rule, finding.severity, finding.subject) == ("partner-defaulted", ERROR, ENO2)
    assert finding.parameter == "partner.port_state"
    assert finding.observed == "69 (activity aggregation defaulted)"
    assert f"{ENO2} partner.port_state (test)" in finding.source
    assert "ethtool -S eno2" in finding.remedy
    assert finding.outcome == FAILED


def test_worst_first() -> None:
    findings = judge(BROKEN).findings
    assert [f.severity for f in findings] == [ERROR, INFO, INFO]
    assert [f.rule for f in findings] == [
        "partner-defaulted",
        "illegal-lacpdu-seen",
        "slow-protocol-unknown",
    ]


def test_the_result_is_plain_data() -> None:
    result = judge(BROKEN).as_result()
    assert json.loads(json.dumps(result)) == result
    assert list(result["outcomes"]) == sorted(HOST_RULES)
    assert result["outcomes"]["partner-defaulted"] == {"outcome": "failed", "reasons": []}
    assert result["summary"]["error"] == 1
    assert result["summary"]["info"] == 2
    assert result["summary"]["worst"] == "error"
    by_outcome = ("passed", "failed", "not_evaluable", "disabled")
    assert sum(result["summary"][name] for name in by_outcome) == len(HOST_RULES)


def test_an_unknown_value_is_neither_passed_nor_failed() -> None:
    outcome = judge(unknown(HOST, ENO2, mf.PARTNER_STATE)).outcomes["partner-defaulted"]
    assert outcome.outcome == NOT_EVALUABLE
    assert outcome.reasons == ("bond0/eno2 partner.port_state: needs CAP_NET_ADMIN",)


def test_one_unknown_member_does_not_hide_the_fault_of_another() -> None:
    facts = known(three_members(), ENO2, mf.PARTNER_STATE, 69)
    facts = unknown(facts, "bond0/eno3", mf.PARTNER_STATE)
    result = judge(facts)
    assert result.outcomes["partner-defaulted"].outcome == FAILED
    assert result.outcomes["partner-defaulted"].reasons
    assert [f.subject for f in result.findings if f.rule == "partner-defaulted"] == [ENO2]


@pytest.mark.parametrize("bond", [OLD, TEAM], ids=["active-backup", "team"])
def test_other_bonds_are_named_and_not_judged(bond: Any) -> None:
    result = judge(healthy_host(bond))
    assert result.not_judged == {bond.name: NOT_LACP}
    assert result.findings == ()
    judged = {o.outcome for o in result.outcomes.values()}
    assert judged == {NOT_EVALUABLE, DISABLED}
    assert result.outcomes["member-down"].reasons == (NO_BOND,)


def test_a_host_without_bonds_is_not_healthy_but_not_evaluable() -> None:
    result = judge(HOST._replace(bonds=()))
    assert result.summary()["passed"] == 0
    assert result.summary()["worst"] == "none"
    assert {o.reasons for o in result.outcomes.values() if o.reasons} == {(NO_BOND,)}


def test_a_bond_of_unknown_mode_keeps_rules_from_passing() -> None:
    hidden = unknown(healthy_host(healthy_bond(), OLD), "bond9", bf.MODE, reason="renamed")
    outcome = judge(hidden).outcomes["member-down"]
    assert outcome.outcome == NOT_EVALUABLE
    assert outcome.reasons == ("bond9 mode: renamed",)


def test_a_bond_without_members() -> None:
    result = judge(healthy_host(healthy_bond(members=[])))
    assert result.outcomes["partner-silent"].reasons == (NO_MEMBER,)
    assert result.outcomes["bond-without-members"].outcome == FAILED


def test_severities_and_switches_of_the_policy() -> None:
    policy = {"rules": {"partner-defaulted": "warning", "slow-protocol-unknown": "off"}}
    result = judge(BROKEN, policy)
    assert {f.rule: f.severity for f in result.findings} == {
        "partner-defaulted": "warning",
        "illegal-lacpdu-seen": "info",
    }
    assert result.outcomes["slow-protocol-unknown"].outcome == DISABLED
    assert result.summary()["worst"] == "warning"


WAIVERS = [
    ("all subjects", {}, True),
    ("the member", {"subject": ENO2}, True),
    ("all members", {"subject": "bond0/*"}, True),
    ("the bond and what is in it", {"subject": "bond0"}, True),
    ("another member", {"subject": "bond0/eno1"}, False),
    ("another bond", {"subject": "bond1"}, False),
    ("the host by its own name", {"host": "h1"}, True),
    ("the host by its name in the inventory", {"host": "web*.example"}, True),
    ("another host", {"host": "h2"}, False),
    ("its last day", {"until": "2026-11-20"}, True),
    ("past its last day", {"until": "2026-11-19"}, False),
]


@pytest.mark.parametrize(
    ("part", "holds"), [row[1:] for row in WAIVERS], ids=[r[0] for r in WAIVERS]
)
def test_waivers(part: dict[str, str], *, holds: bool) -> None:
    waiver = {"rule": "partner-defaulted", "reason": "part ordered", "until": "2027-01-31", **part}
    result = judge(BROKEN, {"waivers": [waiver]}, hosts=["web1.example"])
    finding = next(f for f in result.findings if f.rule == "partner-defaulted")
    assert finding.outcome == (WAIVED if holds else FAILED)
    assert (finding.waiver or "").startswith("part ordered (until 20") is holds
    summary = result.summary()
    assert summary["waived"] == int(holds)
    assert summary["worst"] == ("info" if holds else "error")
    # What is waived still deviates; it comes last.
    assert result.outcomes["partner-defaulted"].outcome == FAILED
    assert (result.findings[-1] is finding) is holds


def test_a_waiver_that_holds_counts_more_than_one_that_lapsed() -> None:
    both = [
        {"rule": "partner-defaulted", "reason": "old", "until": "2026-01-01"},
        {"rule": "partner-defaulted", "reason": "new", "until": "2027-01-01"},
    ]
    result = judge(BROKEN, {"waivers": both})
    assert result.findings[-1].waiver == "new (until 2027-01-01)"
    assert result.outcomes["waiver-expired"].outcome == PASSED


def rule_of(rule_id: str, scope: str, check: Any) -> Rule:
    return Rule(rule_id, "options", scope, ERROR, "t", "w.", "r", "s", check)


def broken(view: MemberView) -> Iterator[Deviation]:
    yield Deviation("first", "x", "y")
    raise TypeError(f"odd value of {view.name}")


def fine(view: HostView) -> Iterator[Deviation]:
    yield Deviation("bonds", "none", str(len(view.bonds)))


def test_a_rule_that_breaks_costs_its_own_outcome_only() -> None:
    rules = {
        "broken": rule_of("broken", MEMBER, broken),
        "fine": rule_of("fine", HOST_SCOPE, fine),
        "elsewhere": rule_of("elsewhere", FLEET, broken),
    }
    result = judge(HOST, rules=rules)
    assert result.bugs == (
        "rule broken broke on bond0/eno1: TypeError: odd value of eno1",
        "rule broken broke on bond0/eno2: TypeError: odd value of eno2",
    )
    assert result.outcomes["fine"].outcome == FAILED
    # What it found before it broke is kept.
    assert result.outcomes["broken"].outcome == FAILED
    assert result.outcomes["broken"].reasons == result.bugs
    assert "elsewhere" not in result.outcomes


def test_a_broken_rule_that_found_nothing_never_passes() -> None:
    def breaks(_view: Any) -> Iterator[Deviation]:
        raise KeyError("queue")

    result = judge(HOST, rules={"breaks": rule_of("breaks", BOND, breaks)})
    assert result.outcomes["breaks"].outcome == NOT_EVALUABLE
    assert result.bugs


def test_what_is_no_slip_propagates() -> None:
    def stops(_view: Any) -> Iterator[Deviation]:
        raise MemoryError

    with pytest.raises(MemoryError):
        judge(HOST, rules={"stops": rule_of("stops", BOND, stops)})


def test_values_of_a_strange_shape_break_no_audit() -> None:
    strange: Any = ["bond0.10"]  # as a saved file may have it
    result = judge(known(HOST, "bond0", bf.VLANS, strange))
    assert result.bugs
    assert result.outcomes["member-down"].outcome == PASSED


def test_nothing_known_gives_no_finding() -> None:
    """A bond of which nobody could read anything but its mode is neither healthy nor at fault."""
    bare = healthy_bond()._replace(
        record=record({bf.KIND: "bond", bf.MODE: "802.3ad"}),
        members=(member()._replace(record=record({})), member("eno2")._replace(record=record({}))),
    )
    result = audit(HOST._replace(bonds=(bare,)), NO_POLICY, now_utc_s=NOW)
    assert [f for f in result.findings if f.severity == ERROR] == []
    assert result.bugs == ()
    passed = {rule for rule, o in result.outcomes.items() if o.outcome == PASSED}
    assert not [rule for rule in passed if load()[rule].scope == MEMBER]
