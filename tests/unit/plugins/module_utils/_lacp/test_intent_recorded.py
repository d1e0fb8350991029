# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration of hosts whose bonds were really set up by each manager."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    managers,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import RecordBuilder

from .config_tree import intent_of, record_of, snapshot_of

FIXTURES = Path(__file__).parents[4] / "fixtures" / "config"
USUAL = {
    "mode": "802.3ad",
    "options.lacp_rate": "fast",
    "options.miimon": 100,
    "options.xmit_hash_policy": "layer3+4",
}
WRITTEN = {**USUAL, "options.min_links": 1}
PORTS = ["eno1", "eno2"]

# name, bond: (managers of the bond, settings, members, addresses)
CASES: dict[tuple[str, str], tuple[str, dict[str, Any], list[str], list[str]]] = {
    ("ifupdown", "bond0"): ("ifupdown", USUAL, PORTS, ["10.99.1.1/24"]),
    ("ifupdown2", "bond0"): ("ifupdown2", WRITTEN, PORTS, ["10.99.1.4/24"]),
    ("networkmanager", "bond0"): (
        "NetworkManager",
        {**WRITTEN, "mtu": 1500},
        PORTS,
        ["10.99.1.2/24"],
    ),
    ("networkmanager", "bond7"): (
        "NetworkManager",
        {
            "mtu": 1400,
            "mode": "802.3ad",
            "options.ad_actor_sys_prio": 5,
            "options.ad_select": "bandwidth",
            "options.lacp_rate": "fast",
            "options.miimon": 200,
            "options.min_links": 1,
            "options.num_peer_notif": 3,
            "options.updelay": 400,
            "options.xmit_hash_policy": "vlan+srcmac",
        },
        ["y1"],
        [],
    ),
    ("netplan_networkd", "bond0"): ("netplan", {**WRITTEN, "mtu": 1500}, PORTS, ["10.99.1.3/24"]),
    ("netplan_networkd", "bond7"): (
        "systemd-networkd",
        {
            "mode": "802.3ad",
            "mtu": 1400,
            "mac": "02:11:22:33:44:55",
            "options.miimon": 200,
            "options.updelay": 1200,
            "options.downdelay": 400,
            "options.peer_notif_delay": 200,
            "options.num_peer_notif": 3,
            "options.resend_igmp": 2,
            "options.all_slaves_active": 1,
            "options.ad_select": "count",
            "options.ad_actor_system": "02:aa:bb:cc:dd:01",
            "options.ad_actor_sys_prio": 77,
            "options.ad_user_port_key": 9,
            "options.lacp_rate": "fast",
            "options.min_links": 1,
            "options.xmit_hash_policy": "encap3+4",
            "options.fail_over_mac": "none",
        },
        ["x1"],
        [],
    ),
}


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_intent(case: tuple[str, str]) -> None:
    host = recorded(case[0])
    manager, settings, members, addresses = CASES[case]
    found = intent_of(host["files"], host["interfaces"], case[1])
    assert list(found) == [manager]
    assert found[manager]["settings"] == settings
    assert found[manager]["members"] == members
    assert found[manager]["addresses"] == addresses
    assert found[manager]["at_boot"] is True


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_one_manager(case: tuple[str, str]) -> None:
    host = recorded(case[0])
    record = record_of(host["files"], host["interfaces"], case[1])
    assert record.fact(bond_fields.MANAGERS) == Known([CASES[case][0]], "configuration")


MANAGERS = {
    "ifupdown": ["ifupdown"],
    "ifupdown2": ["ifupdown2"],
    "networkmanager": ["NetworkManager"],
    "netplan_networkd": ["netplan", "systemd-networkd"],
}


@pytest.mark.parametrize("name", MANAGERS)
def test_managers_of_the_host(name: str) -> None:
    host = recorded(name)
    into = RecordBuilder()
    managers.host(snapshot_of(host["files"], host["interfaces"]), into)
    assert into.build().fact(host_fields.MANAGERS) == Known(MANAGERS[name], "configuration")
