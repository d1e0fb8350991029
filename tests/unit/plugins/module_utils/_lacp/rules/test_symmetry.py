# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from unit.factory import (
    absent,
    healthy_bond,
    healthy_host,
    known,
    member,
    three_members,
    unknown,
)
from unit.rule_case import Case, blind, fires, judged, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)

HEALTHY = healthy_host()
ENO1, ENO2 = "bond0/eno1", "bond0/eno2"
DOWN = known(known(HEALTHY, ENO2, mf.CARRIER, value=False), ENO2, mf.MII_STATUS, "down")
SMALL_VLAN = [{"name": "bond0.7", "id": 7, "mtu": 1500, "admin_up": True}]
JUST_V6_LINK_LOCAL = ["fe80::1/64", "FEBF::1/10"]

CASES = [
    fires(
        "member-mtu-below-bond",
        "one member of three",
        known(three_members(), "bond0/eno3", mf.MTU, 1500),
        "bond0/eno3 mtu: 1500",
    ),
    fires(
        "member-mtu-below-bond",
        "one byte less, and the other member not readable",
        unknown(known(HEALTHY, ENO1, mf.MTU, 8999), ENO2, mf.MTU),
        "bond0/eno1 mtu: 8999",
    ),
    silent("member-mtu-below-bond", "equal", HEALTHY),
    silent("member-mtu-below-bond", "larger", known(HEALTHY, ENO1, mf.MTU, 9216)),
    blind("member-mtu-below-bond", "bond unknown", unknown(HEALTHY, "bond0", bf.MTU), "bond0 mtu"),
    fires(
        "member-mtu-above-bond",
        "larger",
        known(HEALTHY, ENO1, mf.MTU, 9216),
        "bond0/eno1 mtu: 9216",
    ),
    silent("member-mtu-above-bond", "equal", HEALTHY),
    blind("member-mtu-above-bond", "unknown", unknown(HEALTHY, ENO1, mf.MTU), "bond0/eno1 mtu"),
    fires(
        "vlan-mtu-below-bond",
        "VLAN made before the bond's MTU was raised",
        known(HEALTHY, "bond0", bf.VLANS, SMALL_VLAN),
        "bond0 vlans.bond0.7.mtu: 1500",
    ),
    silent("vlan-mtu-below-bond", "equal", HEALTHY),
    silent("vlan-mtu-below-bond", "no VLANs", absent(HEALTHY, "bond0", bf.VLANS)),
    blind("vlan-mtu-below-bond", "unknown", unknown(HEALTHY, "bond0", bf.VLANS), "bond0 vlans"),
    fires(
        "speed-differs",
        "two members: nobody can say which is odd",
        known(HEALTHY, ENO2, mf.SPEED, 10000),
        "bond0 speed_mbps: eno1 25000, eno2 10000",
    ),
    fires(
        "speed-differs",
        "three members: the odd one is named",
        known(three_members(), "bond0/eno3", mf.SPEED, 10000),
        "bond0 speed_mbps: eno3 10000; the other 2 25000",
    ),
    silent("speed-differs", "equal", HEALTHY),
    silent("speed-differs", "a member without carrier", known(DOWN, ENO2, mf.SPEED, 10000)),
    silent("speed-differs", "a driver without a speed", absent(HEALTHY, ENO2, mf.SPEED)),
    blind("speed-differs", "unknown", unknown(HEALTHY, ENO2, mf.SPEED), "bond0/eno2 speed_mbps"),
    fires(
        "speed-unknown",
        "a virtual NIC with neither",
        absent(absent(HEALTHY, ENO1, mf.SPEED), ENO1, mf.DUPLEX),
        "bond0/eno1 duplex: the driver reports none",
        "bond0/eno1 speed_mbps: the driver reports none",
    ),
    silent("speed-unknown", "known", HEALTHY),
    silent("speed-unknown", "a link that is down has none", absent(DOWN, ENO2, mf.SPEED)),
    blind("speed-unknown", "not readable", unknown(HEALTHY, ENO1, mf.SPEED), "speed_mbps"),
    fires(
        "bonding-speed-stale",
        "bonding read it before the link had it",
        absent(HEALTHY, ENO1, mf.BONDING_SPEED),
        "bond0/eno1 bonding_speed_mbps: none",
    ),
    fires(
        "bonding-speed-stale",
        "the link came back faster",
        known(HEALTHY, ENO1, mf.BONDING_SPEED, 10000),
        "bond0/eno1 bonding_speed_mbps: 10000",
    ),
    silent("bonding-speed-stale", "equal", HEALTHY),
    silent("bonding-speed-stale", "down", known(DOWN, ENO2, mf.BONDING_SPEED, 10000)),
    silent("bonding-speed-stale", "driver has no speed", absent(HEALTHY, ENO1, mf.SPEED)),
    blind(
        "bonding-speed-stale", "unknown", unknown(HEALTHY, ENO1, mf.BONDING_SPEED), "bonding_speed"
    ),
    fires(
        "duplex-half", "half", known(HEALTHY, ENO1, mf.DUPLEX, "half"), "bond0/eno1 duplex: half"
    ),
    silent("duplex-half", "full", HEALTHY),
    silent("duplex-half", "half, but down", known(DOWN, ENO2, mf.DUPLEX, "half")),
    blind("duplex-half", "unknown", unknown(HEALTHY, ENO1, mf.DUPLEX), "duplex"),
    fires(
        "member-mac-differs",
        "changed behind the bond's back",
        known(HEALTHY, ENO2, mf.MAC, "02:00:00:00:99:02"),
        "bond0/eno2 mac: 02:00:00:00:99:02",
    ),
    silent("member-mac-differs", "the bond's", HEALTHY),
    blind("member-mac-differs", "unknown", unknown(HEALTHY, ENO2, mf.MAC), "mac"),
    fires(
        "permanent-mac-duplicate",
        "cloned",
        known(HEALTHY, ENO2, mf.PERMANENT_MAC, "02:00:00:00:01:01"),
        "bond0 permanent_mac: 02:00:00:00:01:01 on eno1, eno2",
    ),
    silent("permanent-mac-duplicate", "one each", HEALTHY),
    silent("permanent-mac-duplicate", "a device without", absent(HEALTHY, ENO2, mf.PERMANENT_MAC)),
    blind(
        "permanent-mac-duplicate", "unknown", unknown(HEALTHY, ENO2, mf.PERMANENT_MAC), "permanent"
    ),
    fires(
        "vlan-on-member",
        "a VLAN past the bond",
        known(
            HEALTHY, ENO1, mf.VLANS, [{"name": "eno1.7", "id": 7, "mtu": 1500, "admin_up": True}]
        ),
        "bond0/eno1 vlans.eno1.7: VLAN 7 on eno1",
    ),
    silent("vlan-on-member", "none", HEALTHY),
    blind("vlan-on-member", "unknown", unknown(HEALTHY, ENO1, mf.VLANS), "vlans"),
    fires(
        "address-on-member",
        "IPv4 and IPv6, one finding each",
        known(HEALTHY, ENO1, mf.ADDRESSES, ["192.0.2.3/24", "2001:db8::3/64", "fe80::3/64"]),
        "bond0/eno1 addresses: 192.0.2.3/24",
        "bond0/eno1 addresses: 2001:db8::3/64",
    ),
    silent("address-on-member", "none", HEALTHY),
    silent(
        "address-on-member",
        "link-local only: nothing routes by it",
        known(HEALTHY, ENO1, mf.ADDRESSES, JUST_V6_LINK_LOCAL),
    ),
    blind("address-on-member", "unknown", unknown(HEALTHY, ENO1, mf.ADDRESSES), "addresses"),
    fires(
        "lacp-group-missing",
        "removed",
        known(HEALTHY, ENO1, mf.MULTICAST, ["01:00:5e:00:00:01"]),
        "bond0/eno1 multicast: 01:00:5e:00:00:01",
    ),
    fires(
        "lacp-group-missing",
        "no group at all",
        absent(HEALTHY, ENO1, mf.MULTICAST),
        "bond0/eno1 multicast: none",
    ),
    silent("lacp-group-missing", "there", HEALTHY),
    silent(
        "lacp-group-missing",
        "bond down: bonding takes the group away",
        known(known(HEALTHY, "bond0", bf.ADMIN_UP, value=False), ENO1, mf.MULTICAST, []),
    ),
    blind("lacp-group-missing", "unknown", unknown(HEALTHY, ENO1, mf.MULTICAST), "multicast"),
    fires(
        "vf-member",
        "a virtual function",
        known(HEALTHY, ENO1, mf.SRIOV_ROLE, "vf"),
        "bond0/eno1 sriov.role: virtual function",
    ),
    silent("vf-member", "physical functions", HEALTHY),
    silent("vf-member", "a device without SR-IOV", absent(HEALTHY, ENO1, mf.SRIOV_ROLE)),
    blind("vf-member", "unknown", unknown(HEALTHY, ENO1, mf.SRIOV_ROLE), "sriov.role"),
    fires(
        "qdisc-differs",
        "a shaper on one of two ports of a kind",
        known(HEALTHY, ENO2, mf.QDISC, "tbf"),
        "bond0 qdisc: eno1 mq, eno2 tbf",
    ),
    silent("qdisc-differs", "equal", HEALTHY),
    silent(
        "qdisc-differs",
        "a NIC with one queue beside one with many",
        known(known(HEALTHY, ENO2, mf.QDISC, "fq_codel"), ENO2, mf.DRIVER, "r8169"),
    ),
    blind("qdisc-differs", "unknown", unknown(HEALTHY, ENO2, mf.QDISC), "bond0/eno2 qdisc"),
    fires(
        "ingress-qdisc-differs",
        "a filter on one member",
        known(HEALTHY, ENO2, mf.INGRESS_QDISC, "clsact"),
        "bond0 ingress_qdisc: eno1 none, eno2 clsact",
    ),
    silent("ingress-qdisc-differs", "none", HEALTHY),
    silent(
        "ingress-qdisc-differs",
        "an agent on all members",
        known(known(HEALTHY, ENO1, mf.INGRESS_QDISC, "clsact"), ENO2, mf.INGRESS_QDISC, "clsact"),
    ),
    blind(
        "ingress-qdisc-differs",
        "unknown",
        unknown(HEALTHY, ENO2, mf.INGRESS_QDISC),
        "ingress_qdisc",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_symmetry(case: Case) -> None:
    prove(case)


def test_a_bond_with_one_member_is_symmetric() -> None:
    lonely = healthy_host(healthy_bond(members=[member()]))
    for name in ("speed-differs", "qdisc-differs", "permanent-mac-duplicate"):
        prove(silent(name, "one member", lonely))


def test_the_remedy_of_a_small_mtu_names_member_and_value() -> None:
    (finding,) = judged(CASES[0]).findings
    assert "ip link set dev eno3 mtu 9000" in finding.remedy
