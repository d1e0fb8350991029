# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.factory import (
    SYSTEM,
    absent,
    healthy_bond,
    healthy_host,
    known,
    member,
    mixed_rate_host,
    unknown,
)
from unit.rule_case import Case, blind, fires, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

HOST = healthy_host()
BOND, ENO2 = "bond0", "bond0/eno2"
ODD_DELAY = {"options.miimon": 100, "options.updelay": 250}
LINUX_7 = healthy_host(KERNEL_UPSTREAM="7.2.13")
LONELY = healthy_host(healthy_bond(members=[member()], XMIT_HASH_POLICY="layer2"))
MACHINE_ID_MAC = known(
    known(HOST, BOND, bf.MAC_ADDRESS_POLICY, "persistent"), BOND, bf.MAC, "9a:11:22:33:44:55"
)


def configured(**settings: Any) -> HostFacts:
    """The healthy host with these options in its configuration."""
    intent = {f"options.{name}": value for name, value in settings.items()}
    return known(
        HOST,
        BOND,
        bf.INTENT,
        {"ifupdown": {"files": [], "settings": intent, "members": [], "at_boot": True}},
    )


def hashed(policy: str, **changes: Any) -> HostFacts:
    return healthy_host(healthy_bond(XMIT_HASH_POLICY=policy, **changes))


LINK_CASES = [
    fires("miimon-zero", "0", known(HOST, BOND, bf.MIIMON, 0), "bond0 options.miimon: 0"),
    silent("miimon-zero", "100", HOST),
    blind("miimon-zero", "hidden", unknown(HOST, BOND, bf.MIIMON), "options.miimon"),
    fires(
        "delay-rounded",
        "both delays",
        configured(miimon=100, updelay=250, downdelay=50),
        "bond0 options.updelay: 250 ms by ifupdown; the kernel makes it 200 ms",
        "bond0 options.downdelay: 50 ms by ifupdown; the kernel makes it 0 ms",
    ),
    fires("delay-rounded", "running miimon", configured(updelay=30), "bond0 options.updelay: 30"),
    silent(
        "intent-differs",
        "a delay that the kernel rounded is told by delay-rounded",
        known(configured(miimon=100, updelay=250), BOND, bf.UPDELAY, 200),
    ),
    silent(
        "delay-rounded",
        "of a manager that does nothing",
        known(HOST, BOND, bf.INTENT, {"netplan": {"acts": False, "settings": ODD_DELAY}}),
    ),
    silent("delay-rounded", "multiple", configured(miimon=100, updelay=200)),
    silent("delay-rounded", "not configured", absent(HOST, BOND, bf.INTENT)),
    blind("delay-rounded", "unreadable", unknown(HOST, BOND, bf.INTENT), "bond0 intent"),
    fires("downdelay-set", "200", known(HOST, BOND, bf.DOWNDELAY, 200), "options.downdelay: 200"),
    silent("downdelay-set", "0", HOST),
    blind("downdelay-set", "hidden", unknown(HOST, BOND, bf.DOWNDELAY), "downdelay"),
    fires("use-carrier-off", "0", known(HOST, BOND, bf.USE_CARRIER, 0), "options.use_carrier: 0"),
    silent("use-carrier-off", "1", HOST),
    silent("use-carrier-off", "no such option", absent(HOST, BOND, bf.USE_CARRIER)),
    blind("use-carrier-off", "hidden", unknown(HOST, BOND, bf.USE_CARRIER), "use_carrier"),
    fires("min-links-zero", "0", known(HOST, BOND, bf.MIN_LINKS, 0), "options.min_links: 0"),
    silent("min-links-zero", "1", HOST),
    silent("min-links-zero", "one member", known(LONELY, BOND, bf.MIN_LINKS, 0)),
    blind("min-links-zero", "hidden", unknown(HOST, BOND, bf.MIN_LINKS), "min_links"),
    fires("min-links-over-members", "3", known(HOST, BOND, bf.MIN_LINKS, 3), "min_links: 3"),
    silent("min-links-over-members", "2", known(HOST, BOND, bf.MIN_LINKS, 2)),
    blind("min-links-over-members", "hidden", unknown(HOST, BOND, bf.MIN_LINKS), "min_links"),
    fires("min-links-no-spare", "2", known(HOST, BOND, bf.MIN_LINKS, 2), "min_links: 2, all"),
    silent("min-links-no-spare", "1", HOST),
    blind("min-links-no-spare", "hidden", unknown(HOST, BOND, bf.MIN_LINKS), "min_links"),
]

LACP_CASES = [
    fires(
        "ad-select-not-stable",
        "count",
        known(HOST, BOND, bf.AD_SELECT, "count"),
        "ad_select: count",
    ),
    silent("ad-select-not-stable", "stable", HOST),
    blind("ad-select-not-stable", "hidden", unknown(HOST, BOND, bf.AD_SELECT), "ad_select"),
    fires("lacp-rate-slow", "slow", known(HOST, BOND, bf.LACP_RATE, "slow"), "lacp_rate: slow"),
    silent("lacp-rate-slow", "fast", HOST),
    blind("lacp-rate-slow", "hidden", unknown(HOST, BOND, bf.LACP_RATE), "lacp_rate"),
    fires(
        "lacp-rate-asymmetric",
        "63/61",
        mixed_rate_host(),
        "bond0 options.lacp_rate: we fast (3 s), partner of eno1, eno2 slow",
    ),
    fires(
        "lacp-rate-asymmetric",
        "61/63",
        known(HOST, BOND, bf.LACP_RATE, "slow"),
        "we slow (90 s), partner of eno1, eno2 fast",
    ),
    silent("lacp-rate-asymmetric", "63/63", HOST),
    silent(
        "lacp-rate-asymmetric",
        "a silent partner asks for nothing",
        known(known(HOST, ENO2, mf.ACTOR_STATE, 71), ENO2, mf.PARTNER_STATE, 0),
    ),
    blind(
        "lacp-rate-asymmetric",
        "hidden",
        unknown(HOST, ENO2, mf.PARTNER_STATE),
        "partner.port_state",
    ),
    fires("lacp-passive", "off", known(HOST, BOND, bf.LACP_ACTIVE, "off"), "lacp_active: off"),
    silent("lacp-passive", "on", HOST),
    silent("lacp-passive", "no such option", absent(HOST, BOND, bf.LACP_ACTIVE)),
    blind("lacp-passive", "hidden", unknown(HOST, BOND, bf.LACP_ACTIVE), "lacp_active"),
    fires("all-slaves-active", "1", known(HOST, BOND, bf.ALL_SLAVES_ACTIVE, 1), "slaves_active: 1"),
    silent("all-slaves-active", "0", HOST),
    blind("all-slaves-active", "hidden", unknown(HOST, BOND, bf.ALL_SLAVES_ACTIVE), "slaves_act"),
    fires(
        "coupled-control-off",
        "off",
        known(HOST, BOND, bf.COUPLED_CONTROL, "off"),
        "options.coupled_control: off",
    ),
    silent("coupled-control-off", "on", HOST),
    silent("coupled-control-off", "no such option", absent(HOST, BOND, bf.COUPLED_CONTROL)),
    blind("coupled-control-off", "hidden", unknown(HOST, BOND, bf.COUPLED_CONTROL), "coupled"),
    fires("lacp-strict-off", "off", known(LINUX_7, BOND, bf.LACP_STRICT, "off"), "strict: off"),
    silent("lacp-strict-off", "on", known(LINUX_7, BOND, bf.LACP_STRICT, "on")),
    silent("lacp-strict-off", "Linux 6 has none", unknown(HOST, BOND, bf.LACP_STRICT)),
    blind("lacp-strict-off", "hidden", unknown(LINUX_7, BOND, bf.LACP_STRICT), "lacp_strict"),
]

MAC_CASES = [
    fires(
        "mac-policy-persistent",
        "a MAC that no member has",
        MACHINE_ID_MAC,
        "bond0 mac_address_policy: persistent, MAC 9a:11:22:33:44:55",
    ),
    silent("mac-policy-persistent", "none", HOST),
    silent(
        "mac-policy-persistent",
        "the MAC of a member all the same",
        known(MACHINE_ID_MAC, BOND, bf.MAC, SYSTEM),
    ),
    blind(
        "mac-policy-persistent",
        "unreadable",
        unknown(HOST, BOND, bf.MAC_ADDRESS_POLICY),
        "mac_address_policy",
    ),
    fires(
        "mac-policy-suspect",
        "actor 7, partner 69",
        known(known(MACHINE_ID_MAC, ENO2, mf.ACTOR_STATE, 7), ENO2, mf.PARTNER_STATE, 69),
        "bond0 mac_address_policy: persistent, and the partner is DEFAULTED",
    ),
    silent("mac-policy-suspect", "LACP is fine", MACHINE_ID_MAC),
    blind(
        "mac-policy-suspect",
        "unreadable",
        unknown(HOST, BOND, bf.MAC_ADDRESS_POLICY),
        "mac_address_policy",
    ),
]

HASH_CASES = [
    fires(
        "hash-layer2-one-gateway",
        "one router, both families",
        hashed("layer2", GATEWAYS=["192.0.2.1", "fe80::1"]),
        "bond0 options.xmit_hash_policy: layer2, gateway 192.0.2.1, fe80::1",
    ),
    silent("hash-layer2-one-gateway", "layer2+3", HOST),
    silent("hash-layer2-one-gateway", "no gateway", hashed("layer2", GATEWAYS=[])),
    silent(
        "hash-layer2-one-gateway",
        "two routers",
        hashed("layer2", GATEWAYS=["192.0.2.1", "2.2.2.2"]),
    ),
    silent("hash-layer2-one-gateway", "a hypervisor's bridge", hashed("layer2", BRIDGE="br0")),
    silent("hash-layer2-one-gateway", "one member", LONELY),
    blind(
        "hash-layer2-one-gateway",
        "routes not readable",
        unknown(hashed("layer2"), BOND, bf.GATEWAYS),
        "gateways",
    ),
    fires("hash-fragments", "layer3+4", hashed("layer3+4"), "xmit_hash_policy: layer3+4"),
    fires("hash-fragments", "encap3+4", hashed("encap3+4"), "xmit_hash_policy: encap3+4"),
    silent("hash-fragments", "layer2+3", HOST),
    blind("hash-fragments", "hidden", unknown(HOST, BOND, bf.XMIT_HASH_POLICY), "xmit_hash"),
    fires(
        "hash-srcmac-one-source", "one VLAN", hashed("vlan+srcmac"), "xmit_hash_policy: vlan+srcmac"
    ),
    silent("hash-srcmac-one-source", "layer2+3", HOST),
    silent("hash-srcmac-one-source", "a bridge", hashed("vlan+srcmac", BRIDGE="br0")),
    silent("hash-srcmac-one-source", "VLANs", hashed("vlan+srcmac", VLANS=[{"id": 1}, {"id": 2}])),
    blind(
        "hash-srcmac-one-source",
        "VLANs not readable",
        unknown(hashed("vlan+srcmac"), BOND, bf.VLANS),
        "vlans",
    ),
]

CASES = LINK_CASES + LACP_CASES + MAC_CASES + HASH_CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_options(case: Case) -> None:
    prove(case)
