# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures from the field: what the whole catalogue says of them, and what it must not say.

Each test is a mistake that another tool made, or a picture that was measured on a real kernel.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unit.factory import (
    NOW,
    absent,
    healthy_bond,
    healthy_host,
    known,
    member,
    mixed_rate_host,
    mlag_host,
    three_members,
    unknown,
)

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import Audit, audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import (
    AGGREGATION,
    COLLECTING,
    DEFAULTED,
    DISTRIBUTING,
    EXPIRED,
    FORWARDING,
    SYNCHRONIZATION,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import (
    ERROR,
    INFO,
    MEMBER,
    NOT_EVALUABLE,
    PASSED,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import (
    load as load_snapshot,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

HOST = healthy_host()
ENO1, ENO2 = "bond0/eno1", "bond0/eno2"
TOP = Path(__file__).resolve().parents[6]
SAMPLES = Path(os.environ.get("BONDPROOF_SAMPLES") or TOP / "../shared/samples").resolve()


def judge(facts: HostFacts) -> Audit:
    result = audit(facts, NO_POLICY, now_utc_s=NOW)
    assert result.bugs == ()
    return result


def errors(facts: HostFacts) -> list[str]:
    """What is above info, as 'rule subject'."""
    return [f"{f.rule} {f.subject}" for f in judge(facts).findings if f.severity != INFO]


def with_states(facts: HostFacts, name: str, actor: int, partner: int) -> HostFacts:
    return known(known(facts, name, mf.ACTOR_STATE, actor), name, mf.PARTNER_STATE, partner)


def test_mii_up_is_not_healthy() -> None:
    """Both links are up, carrier is up, and LACP is dead on both."""
    facts = absent(HOST, "bond0", bf.PARTNER_SYSTEM)
    for name, actor in ((ENO1, 79), (ENO2, 71)):
        facts = absent(with_states(facts, name, actor, 0), name, mf.PARTNER_SYSTEM)
    facts = known(known(facts, ENO2, mf.AGGREGATOR_ID, 2), "bond0", bf.AGGREGATOR_PORTS, 1)
    assert errors(facts) == [f"partner-silent {ENO1}", f"partner-silent {ENO2}"]


def test_one_silent_partner_is_one_finding() -> None:
    facts = absent(with_states(three_members(), ENO2, 71, 0), ENO2, mf.PARTNER_SYSTEM)
    for field, value in (
        (mf.AGGREGATOR_ID, 2),
        (mf.PARTNER_KEY, 1),
        (mf.PARTNER_PORT, 1),
        (mf.PARTNER_SYSTEM_PRIORITY, 65535),
    ):
        facts = known(facts, ENO2, field, value)
    facts = known(facts, ENO2, mf.STATE, "backup")
    facts = known(facts, ENO2, mf.CHURN_ACTOR, "churned")
    facts = known(facts, ENO2, mf.CHURN_PARTNER, "churned")
    facts = known(facts, "bond0", bf.AGGREGATOR_PORTS, 2)
    assert errors(facts) == [f"partner-silent {ENO2}"]


def test_the_stuck_transmit_path_is_one_finding() -> None:
    """The Vyatta picture on Linux: actor 15, partner 69, state backup, all else as before."""
    facts = known(with_states(HOST, ENO2, 15, 69), ENO2, mf.STATE, "backup")
    assert errors(facts) == [f"partner-defaulted {ENO2}"]


def test_rate_asymmetry_is_no_fault() -> None:
    assert errors(mixed_rate_host()) == []


def test_an_mlag_pair_is_no_fault() -> None:
    assert errors(mlag_host()) == []


def test_a_miskeyed_mlag_leg_is_one_finding() -> None:
    """Own aggregator, actor 7, partner 15, one port of two: the key says it all."""
    facts = with_states(HOST, ENO2, 7, 15)
    for field, value in ((mf.AGGREGATOR_ID, 2), (mf.PARTNER_KEY, 12)):
        facts = known(facts, ENO2, field, value)
    facts = known(known(facts, ENO2, mf.STATE, "backup"), "bond0", bf.AGGREGATOR_PORTS, 1)
    assert errors(facts) == ["partner-key-differs bond0"]


def test_a_dead_link_with_the_last_good_state_is_one_finding() -> None:
    """Before 6.12.97 a port without link keeps 63/63; its key is 0, its speed unknown."""
    facts = known(known(HOST, ENO2, mf.MII_STATUS, "down"), ENO2, mf.CARRIER, value=False)
    facts = absent(absent(known(facts, ENO2, mf.ACTOR_KEY, 0), ENO2, mf.SPEED), ENO2, mf.DUPLEX)
    facts = known(facts, "bond0", bf.AGGREGATOR_PORTS, 1)
    assert errors(facts) == [f"member-down {ENO2}"]


def test_a_black_hole_is_seen() -> None:
    """Both members 'ACTIVE 63', but one partner never collects: coupled control goes on sending."""
    assert errors(with_states(HOST, ENO2, 63, 15)) == [f"partner-not-forwarding {ENO2}"]


def test_stale_churn_is_no_fault() -> None:
    facts = known(known(HOST, ENO2, mf.CHURN_ACTOR, "churned"), ENO2, mf.CHURN_PARTNER, "churned")
    assert errors(facts) == []


def test_an_unprivileged_read_is_not_no_partner() -> None:
    facts = HOST
    for name in (ENO1, ENO2):
        facts = unknown(
            facts,
            name,
            *(field for field in mf.ALL if field.path.startswith(("actor.", "partner."))),
        )
    facts = unknown(facts, "bond0", bf.PARTNER_SYSTEM, bf.AGGREGATOR_ID, bf.SYSTEM_MAC)
    result = judge(facts)
    assert [f for f in result.findings if f.severity == ERROR] == []
    for rule in ("partner-silent", "partner-defaulted", "no-partner", "partner-key-differs"):
        assert result.outcomes[rule].outcome == NOT_EVALUABLE
    assert result.outcomes["member-down"].outcome == PASSED


def test_port_states_without_privilege_are_enough_for_the_main_rules() -> None:
    """rtnetlink gives state octets to everybody; just the identities are hidden."""
    facts = HOST
    hidden = [
        f
        for f in mf.ALL
        if f.path.startswith(("actor.", "partner.")) and not f.path.endswith("port_state")
    ]
    for name in (ENO1, ENO2):
        facts = unknown(facts, name, *hidden)
    result = judge(with_states(facts, ENO2, 71, 0))
    assert [f.rule for f in result.findings if f.severity == ERROR] == ["partner-silent"]
    assert result.outcomes["partner-defaulted"].outcome == PASSED


def test_one_failure_does_not_hide_the_rest() -> None:
    facts = with_states(with_states(three_members(), ENO1, 71, 0), ENO2, 15, 69)
    facts = known(facts, "bond0/eno3", mf.MII_STATUS, "down")
    assert errors(facts) == [
        f"partner-silent {ENO1}",
        f"partner-defaulted {ENO2}",
        "member-down bond0/eno3",
    ]


def test_names_survive_into_the_finding() -> None:
    odd = '<script>"eno 1"'
    facts = healthy_host(healthy_bond(members=[member(odd, 1, ACTOR_STATE=71), member("eno2", 2)]))
    (finding,) = [f for f in judge(facts).findings if f.severity == ERROR]
    assert finding.subject == f"bond0/{odd}"


# All combinations of the bits that matter; activity and timeout do not.
BITS = (AGGREGATION, SYNCHRONIZATION, COLLECTING, DISTRIBUTING, DEFAULTED, EXPIRED)
OCTETS = [sum(chosen) for n in range(len(BITS) + 1) for chosen in itertools.combinations(BITS, n)]


@pytest.mark.parametrize("actor", OCTETS)
def test_every_pair_of_states_is_healthy_or_named(actor: int) -> None:
    rules = {
        name: rule
        for name, rule in load().items()
        if rule.family == "negotiation" and rule.scope == MEMBER
    }
    bond = healthy_bond(members=[member()])
    facts = healthy_host(bond)
    for partner in OCTETS:
        result = audit(
            with_states(facts, ENO1, actor | 1, partner | 1),
            NO_POLICY,
            now_utc_s=NOW,
            rules=rules,
        )
        found = [f.rule for f in result.findings if f.severity == ERROR]
        assert (found == []) is (actor == partner == FORWARDING), (actor, partner, found)
        assert len(found) <= 2, (actor, partner, found)


# See tests/fixtures/snapshots/README.md for what is wrong on these hosts, on purpose.
RECORDED = [
    "vlan-on-member bond0/eno2",
    "partner-silent bond1/enp1",
    "partner-silent bond1/enp2",
    "member-down bond4/fresh1",
    "member-down bond4/fresh2",
    "ingress-qdisc-differs bond0",
    "address-on-member bond0/eno2",
]


@pytest.mark.parametrize("kernel", ["6.1", "6.12"])
@pytest.mark.parametrize(
    ("reader", "also"),
    [("root", "partner-system-differs bond2"), ("auditor", "split-aggregators bond2")],
)
def test_recorded_hosts(kernel: str, reader: str, also: str) -> None:
    """Real kernels, read with and without privilege: the same faults, one of them less exact."""
    path = TOP / "tests" / "fixtures" / "snapshots" / f"linux-{kernel}-{reader}.json"
    facts = facts_from(load_snapshot(path.read_text(encoding="utf-8")))
    assert sorted(errors(facts)) == sorted([*RECORDED, also])
    assert set(judge(facts).not_judged) == {"bond3", "team0"}


SAMPLE_VERDICTS = {
    "BONDINFO_1.txt": None,
    "BONDINFO_CORRUPT.txt": None,
    "BONDINFO_MODE_2.txt": None,
    "BONDINFO_MODE_4.txt": ["no-partner bond0", "split-aggregators bond0"],
    "BONDINFO_MODE_5.txt": None,
    "BONDINFO_MODE_7.txt": None,
    "BONDINFO_UNKNOWN_BOND_MODE.txt": None,
    "BOND_MODE_4.txt": ["member-down bond0/enp0s8", "partner-silent bond0/enp0s9"],
    "bond0_no_partner_one_link_down.txt": [
        "member-down bond0/enp1s0f0",
        "partner-silent bond0/enp1s0f1",
    ],
    "el6_v3.6.0_no_active_aggregator.txt": ["member-down bond0/eth0", "member-down bond0/eth1"],
    "mlx5_40g_no_lacp_partner.txt": [
        "partner-silent bond0/enp145s0f0",
        "partner-silent bond0/enp145s0f1",
    ],
    "unprivileged_200g.txt": [],
    "unprivileged_healthy.txt": [],
    "veth_no_partner_just_created.txt": [
        "partner-silent bond0/h1-eth0",
        "partner-silent bond0/h1-eth1",
    ],
}


@pytest.mark.parametrize("name", SAMPLE_VERDICTS)
def test_samples_of_other_people(name: str) -> None:
    """Just /proc/net/bonding, as a stranger sent it; None: no rule may judge it."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples at {SAMPLES}: set BONDPROOF_SAMPLES")
    text = (SAMPLES / "proc_net_bonding" / name).read_bytes()
    facts = facts_from(
        Snapshot(files={"/proc/net/bonding/bond0": text}, folders={"/proc/net/bonding": ("bond0",)})
    )
    result = judge(facts)
    wanted = SAMPLE_VERDICTS[name]
    assert errors(facts) == (wanted or [])
    assert ("bond0" in result.not_judged) is (wanted is None)
    if wanted is None:
        assert result.summary()["passed"] == 0
