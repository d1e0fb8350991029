# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from lab.errors import LabError
from lab.managers import UNITS, render
from lab.reader import parse
from lab.topology import MANAGERS, Bond

TEXT = """
hosts:
  h1:
    bonds:
      bond0:
        members: [eno1, eno2]
        options: {lacp_rate: fast, miimon: 100, xmit_hash_policy: layer3+4%s}
        mtu: 9000
        address: 10.0.0.1/24
        vlans: {100: {mtu: 1500, address: 10.1.0.1/24}}
"""


def bond(options: str = "") -> Bond:
    return parse(TEXT % options, "t", "t.yml").hosts["h1"].bonds["bond0"]


@pytest.mark.parametrize("manager", [name for name in MANAGERS if name != "none"])
def test_files_name_bond_members_options_and_vlan(manager: str) -> None:
    files = render(manager, bond())
    text = "".join(files.values())
    for word in ("bond0", "eno1", "eno2", "802.3ad", "fast", "layer3+4", "9000", "100"):
        assert word in text
    assert all(path.startswith("etc/") for path in files)
    assert UNITS[manager]


def test_a_bridge_that_is_not_written_is_refused() -> None:
    with pytest.raises(LabError, match=r"bridge above it under netplan.*Cure: manager: networkd"):
        render("netplan", replace(bond(), bridge="br0"))


def test_networkd_counts_milliseconds() -> None:
    text = render("networkd", bond())["etc/systemd/network/10-bond0.netdev"]
    assert "MIIMonitorSec=100ms\n" in text
    assert "LACPTransmitRate=fast\n" in text


def test_netplan_is_yaml_with_numbers() -> None:
    text = render("netplan", bond())["etc/netplan/50-bond0.yaml"]
    parameters = yaml.safe_load(text)["network"]["bonds"]["bond0"]["parameters"]
    assert parameters["mii-monitor-interval"] == 100


@pytest.mark.parametrize(
    ("manager", "options", "option"),
    [
        ("ifupdown", ", min_links: 1", "min_links"),
        ("networkd", ", lacp_active: on", "lacp_active"),
        ("netplan", ", ad_actor_sys_prio: 1", "ad_actor_sys_prio"),
    ],
)
def test_an_option_that_the_manager_cannot_set(manager: str, options: str, option: str) -> None:
    with pytest.raises(LabError, match=f"{manager} cannot set {option}.*Cure: "):
        render(manager, bond(options))
