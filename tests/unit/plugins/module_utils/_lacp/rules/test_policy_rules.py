# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.factory import NOW, PARTNER, absent, healthy_host, known, unknown
from unit.rule_case import Case, blind, fires, judged, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import DISABLED, audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy_reader import (
    EXPECTATIONS,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Field

HOST = healthy_host()
BOND, ENO2 = "bond0", "bond0/eno2"
DOWN = known(HOST, ENO2, mf.CARRIER, value=False)

# Key, the field it reads, what the healthy host has, and something else.
OPTIONS: list[tuple[str, Field[Any], Any, Any]] = [
    ("mtu", bf.MTU, 9000, 1500),
    ("lacp_rate", bf.LACP_RATE, "fast", "slow"),
    ("lacp_active", bf.LACP_ACTIVE, "on", "off"),
    ("xmit_hash_policy", bf.XMIT_HASH_POLICY, "layer2+3", "layer2"),
    ("miimon", bf.MIIMON, 100, 0),
    ("updelay", bf.UPDELAY, 0, 200),
    ("downdelay", bf.DOWNDELAY, 0, 200),
    ("min_links", bf.MIN_LINKS, 1, 0),
    ("ad_select", bf.AD_SELECT, "stable", "bandwidth"),
]


def rule_of(key: str) -> str:
    return f"policy-{key.replace('_', '-')}"


def expects(key: str, value: object) -> dict[str, Any]:
    return {"expect": {key: value}}


def waived(rule: str, until: str, **more: str) -> dict[str, Any]:
    return {"waivers": [{"rule": rule, "reason": "switch test", "until": until, **more}]}


OPTION_CASES = [
    case
    for key, field, has, other in OPTIONS
    for case in (
        fires(
            rule_of(key),
            "differs",
            known(HOST, BOND, field, other),
            f"bond0 {field.path}: {other}",
            policy=expects(key, has),
        ),
        silent(rule_of(key), "as expected", HOST, policy=expects(key, has)),
        blind(
            rule_of(key),
            "hidden",
            unknown(HOST, BOND, field),
            field.path,
            policy=expects(key, has),
        ),
    )
]

BOND_CASES = [
    silent(
        "policy-lacp-active",
        "a kernel without the option is active",
        absent(HOST, BOND, bf.LACP_ACTIVE),
        policy=expects("lacp_active", "on"),
    ),
    fires(
        "policy-mtu",
        "this bond is an exception",
        HOST,
        "bond0 mtu: 9000",
        policy={"expect": {"mtu": 9000}, "bonds": {"bond0": {"mtu": 1500}}},
    ),
    fires(
        "policy-members",
        "number",
        HOST,
        "bond0 member_names: 2: eno1, eno2",
        policy=expects("members", 4),
    ),
    fires(
        "policy-members",
        "names",
        HOST,
        "bond0 member_names: eno1, eno2",
        policy=expects("members", ["eno1", "eno3"]),
    ),
    silent("policy-members", "number", HOST, policy=expects("members", 2)),
    silent("policy-members", "names", HOST, policy=expects("members", ["eno2", "eno1"])),
    blind(
        "policy-members",
        "mode hidden",
        unknown(healthy_host(), BOND, bf.MODE),
        policy=expects("members", 2),
    ),
    fires(
        "policy-partner-systems",
        "wrong rack",
        HOST,
        f"bond0 active_aggregator.partner_system: {PARTNER}",
        policy=expects("partner_systems", ["00:1C:73:00:00:01", "001c.7300.0002"]),
    ),
    silent(
        "policy-partner-systems",
        "right rack, written as switches do",
        HOST,
        policy=expects("partner_systems", ["001c.73aa.bbcc"]),
    ),
    silent(
        "policy-partner-systems",
        "no partner: negotiation tells",
        absent(HOST, BOND, bf.PARTNER_SYSTEM),
        policy=expects("partner_systems", ["001c.7300.0002"]),
    ),
    blind(
        "policy-partner-systems",
        "hidden",
        unknown(HOST, BOND, bf.PARTNER_SYSTEM),
        "partner_system",
        policy=expects("partner_systems", [PARTNER]),
    ),
    fires(
        "policy-partner-keys",
        "other group",
        HOST,
        "bond0 active_aggregator.partner_key: 11",
        policy=expects("partner_keys", [7, 9]),
    ),
    silent("policy-partner-keys", "allowed", HOST, policy=expects("partner_keys", [7, 11])),
    blind(
        "policy-partner-keys",
        "hidden",
        unknown(HOST, BOND, bf.PARTNER_KEY),
        "partner_key",
        policy=expects("partner_keys", [11]),
    ),
    fires(
        "policy-vlans",
        "one missing, one too many",
        HOST,
        "bond0 vlans: 10 (missing: 20; not expected: 10)",
        policy=expects("vlans", [20]),
    ),
    silent("policy-vlans", "as expected", HOST, policy=expects("vlans", [10])),
    blind(
        "policy-vlans",
        "hidden",
        unknown(HOST, BOND, bf.VLANS),
        "vlans",
        policy=expects("vlans", [10]),
    ),
]

MEMBER_CASES = [
    fires(
        "policy-speed-mbps",
        "slow member",
        known(HOST, ENO2, mf.SPEED, 10000),
        "bond0/eno2 speed_mbps: 10000",
        policy=expects("speed_mbps", 25000),
    ),
    fires(
        "policy-speed-mbps",
        "a driver without a speed",
        absent(HOST, ENO2, mf.SPEED),
        "bond0/eno2 speed_mbps: none",
        policy=expects("speed_mbps", 25000),
    ),
    silent("policy-speed-mbps", "as expected", HOST, policy=expects("speed_mbps", 25000)),
    silent(
        "policy-speed-mbps",
        "without a link",
        absent(DOWN, ENO2, mf.SPEED),
        policy=expects("speed_mbps", 25000),
    ),
    blind(
        "policy-speed-mbps",
        "hidden",
        unknown(HOST, ENO2, mf.SPEED),
        "speed_mbps",
        policy=expects("speed_mbps", 25000),
    ),
    fires(
        "policy-duplex",
        "half",
        known(HOST, ENO2, mf.DUPLEX, "half"),
        "bond0/eno2 duplex: half",
        policy=expects("duplex", "full"),
    ),
    silent("policy-duplex", "full", HOST, policy=expects("duplex", "full")),
    blind(
        "policy-duplex",
        "hidden",
        unknown(HOST, ENO2, mf.DUPLEX),
        "duplex",
        policy=expects("duplex", "full"),
    ),
    fires(
        "policy-features",
        "one off, one unheard of",
        known(HOST, ENO2, mf.FEATURES, {"rx-gro": False}),
        "bond0/eno1 features.rx-lro: the driver has no such feature",
        "bond0/eno2 features.rx-gro: off",
        "bond0/eno2 features.rx-lro: the driver has no such feature",
        policy=expects("features", {"rx-gro": True, "rx-lro": False}),
    ),
    silent("policy-features", "as expected", HOST, policy=expects("features", {"rx-gro": "on"})),
    blind(
        "policy-features",
        "hidden",
        unknown(HOST, ENO2, mf.FEATURES),
        "features",
        policy=expects("features", {"rx-gro": True}),
    ),
    fires(
        "policy-drivers",
        "another",
        known(HOST, ENO2, mf.DRIVER, "tg3"),
        "bond0/eno2 driver: tg3",
        policy=expects("drivers", ["ice", "mlx5_core"]),
    ),
    silent("policy-drivers", "allowed", HOST, policy=expects("drivers", ["ice"])),
    blind(
        "policy-drivers",
        "hidden",
        unknown(HOST, ENO2, mf.DRIVER),
        "driver",
        policy=expects("drivers", ["ice"]),
    ),
    fires(
        "policy-firmware",
        "old",
        known(HOST, ENO2, mf.FIRMWARE, "4.20 0x80017784"),
        "bond0/eno2 firmware: 4.20 0x80017784",
        policy=expects("firmware", {"ice": ["4.80 *", "4.91 *"]}),
    ),
    silent("policy-firmware", "glob", HOST, policy=expects("firmware", {"ice": ["4.80 *"]})),
    silent("policy-firmware", "other driver", HOST, policy=expects("firmware", {"tg3": ["1"]})),
    blind(
        "policy-firmware",
        "hidden",
        unknown(HOST, ENO2, mf.FIRMWARE),
        "firmware",
        policy=expects("firmware", {"ice": ["4.80 *"]}),
    ),
]

NO_LINKS = known(known(HOST, "bond0/eno1", mf.CARRIER, value=False), ENO2, mf.CARRIER, value=False)
WAIVER_CASES = [
    fires(
        "waiver-expired",
        "the finding came back",
        known(HOST, BOND, bf.MIIMON, 0),
        "waivers: miimon-zero: switch test (until 2026-11-19)",
        policy=waived("miimon-zero", until="2026-11-19"),
    ),
    fires(
        "waiver-expired",
        "one waiver of two findings",
        NO_LINKS,
        "waivers: member-down on bond0: switch test (until 2026-11-19)",
        policy=waived("member-down", until="2026-11-19", subject="bond0"),
    ),
    silent(
        "waiver-expired",
        "its last day",
        known(HOST, BOND, bf.MIIMON, 0),
        policy=waived("miimon-zero", until="2026-11-20"),
    ),
    silent(
        "waiver-expired",
        "nothing it covers was found",
        HOST,
        policy=waived("miimon-zero", until="2020-01-01"),
    ),
]

CASES = OPTION_CASES + BOND_CASES + MEMBER_CASES + WAIVER_CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_policy(case: Case) -> None:
    prove(case)


def test_every_expectation_has_a_rule() -> None:
    rules = {rule for rule in load() if rule.startswith("policy-")}
    assert rules == {rule_of(key) for key in EXPECTATIONS}


def test_without_a_policy_its_rules_are_off() -> None:
    outcomes = audit(HOST, NO_POLICY, now_utc_s=NOW).outcomes
    off = {rule for rule, outcome in outcomes.items() if outcome.outcome == DISABLED}
    assert off == {rule_of(key) for key in EXPECTATIONS} | {"waiver-expired"}


def test_an_expectation_of_another_bond_is_not_judged_here() -> None:
    policy = {"bonds": {"bond7": {"mtu": 1500}}}
    result = judged(Case("policy-mtu", "", HOST, "", policy=policy))
    assert result.outcomes["policy-mtu"].outcome == DISABLED
