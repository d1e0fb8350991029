# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.catalogue import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import (
    NO_POLICY,
    PolicyError,
    parse_policy,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy_reader import (
    EXPECTATIONS,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.waiver import Waiver

WHOLE = """
expect:
  mtu: 9000
  lacp_rate: fast
  lacp_active: on
  xmit_hash_policy: layer3+4
  miimon: 100
  updelay: 200
  downdelay: 0
  min_links: 1
  ad_select: stable
  members: 2
  speed_mbps: 25000
  duplex: full
  features: {rx-gro: on, rx-lro: false}
  drivers: [ice, mlx5_core]
  firmware: {ice: ["4.80 *"]}
  partner_systems: ["00:1C:73:AA:BB:CC", 001c.73aa.bbcd]
  partner_keys: [12, 11]
  vlans: [20, 10]
bonds:
  bond1: {mtu: 1500, miimon: null, members: [eno3, eno4]}
rules:
  hash-fragments: off
  lacp-rate-slow: warning
  min-links-zero: {enabled: false}
  single-member: {severity: error}
  member-down: on
  fleet-firmware-outlier: off
waivers:
  - rule: partner-silent
    subject: bond0/eno2
    host: "db*"
    reason: switch port waits for a part
    until: 2027-01-31
"""


def test_a_whole_policy_as_yaml_reads_it() -> None:
    policy = parse_policy(yaml.safe_load(WHOLE))
    assert policy.expected("bond0") == {
        "mtu": 9000,
        "lacp_rate": "fast",
        "lacp_active": "on",
        "xmit_hash_policy": "layer3+4",
        "miimon": 100,
        "updelay": 200,
        "downdelay": 0,
        "min_links": 1,
        "ad_select": "stable",
        "members": 2,
        "speed_mbps": 25000,
        "duplex": "full",
        "features": {"rx-gro": True, "rx-lro": False},
        "drivers": ["ice", "mlx5_core"],
        "firmware": {"ice": ["4.80 *"]},
        "partner_systems": ["00:1c:73:aa:bb:cc", "00:1c:73:aa:bb:cd"],
        "partner_keys": [11, 12],
        "vlans": [10, 20],
    }
    other = policy.expected("bond1")
    assert other["mtu"] == 1500
    assert other["members"] == ["eno3", "eno4"]
    assert "miimon" not in other
    assert policy.severities == {
        "hash-fragments": "off",
        "lacp-rate-slow": "warning",
        "min-links-zero": "off",
        "single-member": "error",
        "fleet-firmware-outlier": "off",
    }
    assert policy.waivers == (
        Waiver("partner-silent", "switch port waits for a part", "2027-01-31", "bond0/eno2", "db*"),
    )


@pytest.mark.parametrize("data", [None, {}, {"expect": None, "waivers": None, "rules": {}}])
def test_nothing_expected(data: dict[str, Any] | None) -> None:
    assert parse_policy(data) == NO_POLICY


def test_severity() -> None:
    policy = parse_policy({"rules": {"member-down": "info", "churned": False}})
    assert policy.severity("member-down", "error") == "info"
    assert policy.severity("churned", "warning") is None
    assert policy.severity("partner-silent", "error") == "error"


YAML_TIME = yaml.safe_load("2027-01-31 09:00:00")


def waiver(**changes: object) -> dict[str, Any]:
    fine: dict[str, Any] = {"rule": "member-down", "reason": "x", "until": "2027-01-31"}
    return {"waivers": [{**fine, **changes}]}


@pytest.mark.parametrize(
    "until",
    [datetime.date(2027, 1, 31), YAML_TIME, "2027-01-31"],
)
def test_a_date_in_every_form_that_yaml_and_json_give(until: object) -> None:
    assert parse_policy(waiver(until=until)).waivers[0].until == "2027-01-31"


WRONG: list[tuple[str, Any, str]] = [
    ("not a map", ["x"], "bond_audit_policy: expected a map of keys and values, got ['x'] (list)"),
    ("unknown section", {"expects": {}}, "unknown key 'expects', did you mean 'expect'?"),
    (
        "unknown key",
        {"expect": {"lacp_rat": "fast"}},
        "bond_audit_policy.expect: unknown key 'lacp_rat', did you mean 'lacp_rate'?",
    ),
    ("unknown key of a bond", {"bonds": {"bond0": {"mut": 1}}}, "bond_audit_policy.bonds.bond0:"),
    (
        "wrong type",
        {"expect": {"mtu": "9000"}},
        "policy.expect.mtu: expected a number of bytes from 68 to 65535, got '9000' (str)",
    ),
    ("switch for a number", {"expect": {"mtu": True}}, "expect.mtu: expected"),
    ("out of range", {"expect": {"mtu": 10}}, "expect.mtu: expected"),
    ("no such rate", {"expect": {"lacp_rate": "quick"}}, "expected slow or fast, got 'quick'"),
    ("no such hash", {"expect": {"xmit_hash_policy": "layer4"}}, "one of layer2, layer3+4"),
    ("negative", {"expect": {"miimon": -1}}, "expect.miimon: expected milliseconds"),
    ("no members", {"expect": {"members": 0}}, "expect.members: expected a number of members"),
    ("members of no list", {"expect": {"members": "eno1"}}, "expect.members"),
    ("member names", {"expect": {"members": ["eno1", 2]}}, "expect.members"),
    ("no drivers", {"expect": {"drivers": []}}, "expect.drivers: expected a list of driver"),
    ("firmware of no list", {"expect": {"firmware": {"ice": "4.80"}}}, "expect.firmware"),
    ("firmware of no map", {"expect": {"firmware": ["4.80"]}}, "expect.firmware"),
    ("feature neither on nor off", {"expect": {"features": {"gro": 1}}}, "expect.features"),
    ("feature without a name", {"expect": {"features": {1: True}}}, "expect.features"),
    ("MAC read as a number", {"expect": {"partner_systems": [7784172610]}}, "in quotes"),
    ("no MAC", {"expect": {"partner_systems": ["00:1c:73"]}}, "expect.partner_systems"),
    ("letters that are no MAC", {"expect": {"partner_systems": ["zz1c.73aa.bbcc"]}}, "partner_s"),
    ("VLAN 0", {"expect": {"vlans": [0]}}, "expect.vlans: expected a list of VLAN ids"),
    (
        "unknown rule",
        {"rules": {"partner-silence": "off"}},
        "policy.rules: there is no rule 'partner-silence', did you mean 'partner-silent'?",
    ),
    ("rule by number", {"rules": {7: "off"}}, "expected the id of a rule, got 7 (int)"),
    (
        "no such severity",
        {"rules": {"member-down": "fatal"}},
        "rules.member-down: expected off, on",
    ),
    (
        "severity in a list",
        {"rules": {"member-down": ["error"]}},
        "rules.member-down: expected off",
    ),
    (
        "unknown key of a rule",
        {"rules": {"member-down": {"level": "info"}}},
        "rules.member-down: unknown key 'level'",
    ),
    (
        "enabled neither true nor false",
        {"rules": {"member-down": {"enabled": "maybe"}}},
        "rules.member-down.enabled: expected true or false, got 'maybe'",
    ),
    ("waivers in no list", {"waivers": {"rule": "x"}}, "waivers: expected a list"),
    ("waiver of no rule", waiver(rule=None), "waivers[0].rule: expected the id of a rule"),
    ("waiver of an unknown rule", waiver(rule="x"), "waivers[0].rule: there is no rule 'x'"),
    ("waiver without a reason", waiver(reason=" "), "waivers[0].reason: expected a text"),
    ("waiver without a date", waiver(until=None), "waivers[0].until: expected the last day"),
    ("no such day", waiver(until="2027-02-30"), "waivers[0].until"),
    ("date in words", waiver(until="next week"), "waivers[0].until"),
    ("subject of no text", waiver(subject=2), "waivers[0].subject: expected a text"),
    ("unknown key of a waiver", waiver(expires="2027-01-31"), "unknown key 'expires'"),
]


@pytest.mark.parametrize(("data", "says"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG])
def test_errors_name_the_place_and_the_cure(data: Any, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(data)
    assert says in str(caught.value)
    assert str(caught.value).startswith("bond_audit_policy")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "expect",
                    "rules",
                    "waivers",
                    "mtu",
                    "members",
                    "member-down",
                    "rule",
                    "until",
                    "x",
                ]
            )
            | st.integers(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["expect", "bonds", "rules", "waivers"]), JSON))
def test_garbage_raises_policy_errors_only(data: dict[str, Any]) -> None:
    try:
        policy = parse_policy(data)
    except PolicyError:
        return
    assert set(policy.severities) <= {*load(), *(r for r in policy.severities if "fleet-" in r)}


POLICY_PAGE = Path(__file__).resolve().parents[5] / "docs" / "policy.md"


def test_the_example_of_the_policy_page_is_a_policy() -> None:
    text = POLICY_PAGE.read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    policy = parse_policy(yaml.safe_load(example)["bond_audit_policy"])
    assert policy.expected("bond0")["mtu"] == 9000
    assert policy.severity("hash-fragments", "info") is None
    assert policy.waivers[0].until == "2027-01-31"


@pytest.mark.parametrize("key", EXPECTATIONS)
def test_the_policy_page_says_what_the_reader_says(key: str) -> None:
    text = POLICY_PAGE.read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{key}` |")]
    assert EXPECTATIONS[key][0] in row
