# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.factory import (
    PARTNER,
    SYSTEM,
    absent,
    healthy_bond,
    healthy_host,
    known,
    member,
    mlag_host,
    three_members,
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
THREE = three_members()
BOND, ENO1, ENO2 = "bond0", "bond0/eno1", "bond0/eno2"
OTHER_PARTNER = "00:1c:73:00:00:99"

BOND_DOWN = known(HOST, BOND, bf.ADMIN_UP, value=False)
ENO2_DOWN = known(known(HOST, ENO2, mf.MII_STATUS, "down"), ENO2, mf.CARRIER, value=False)
ALL_DOWN = known(known(ENO2_DOWN, ENO1, mf.MII_STATUS, "down"), ENO1, mf.CARRIER, value=False)
EMPTY = healthy_host(healthy_bond(members=[]))
LONELY = healthy_host(healthy_bond(members=[member()]))
NO_MODE = unknown(HOST, BOND, bf.MODE)


def silenced(facts: HostFacts, *members: str) -> HostFacts:
    """The facts with members that hear no partner."""
    for name in members:
        facts = known(facts, name, mf.ACTOR_STATE, 71)
        facts = absent(known(facts, name, mf.PARTNER_STATE, 0), name, mf.PARTNER_SYSTEM)
    return facts


def elsewhere(facts: HostFacts, name: str = ENO2) -> HostFacts:
    """The facts with a member in an aggregator of its own that hears its partner."""
    for field, value in ((mf.AGGREGATOR_ID, 2), (mf.ACTOR_STATE, 7), (mf.PARTNER_STATE, 15)):
        facts = known(facts, name, field, value)
    return known(facts, BOND, bf.AGGREGATOR_PORTS, 1)


MISKEYED = known(elsewhere(HOST), ENO2, mf.PARTNER_KEY, 12)
OTHER_SWITCH = known(elsewhere(HOST), ENO2, mf.PARTNER_SYSTEM, OTHER_PARTNER)
NO_AGGREGATOR = absent(absent(HOST, BOND, bf.AGGREGATOR_ID), BOND, bf.PARTNER_SYSTEM)
UNPRIVILEGED = unknown(
    unknown(elsewhere(HOST), ENO1, mf.PARTNER_SYSTEM, mf.PARTNER_KEY, mf.ACTOR_KEY),
    ENO2,
    mf.PARTNER_SYSTEM,
    mf.PARTNER_KEY,
    mf.ACTOR_KEY,
)

BOND_CASES = [
    fires("bond-admin-down", "down", BOND_DOWN, "bond0 admin_up: down"),
    silent("bond-admin-down", "up", HOST),
    blind("bond-admin-down", "hidden", unknown(HOST, BOND, bf.ADMIN_UP), "admin_up"),
    fires("bond-without-members", "empty", EMPTY, "bond0 member_names: none"),
    silent("bond-without-members", "two", HOST),
    silent("bond-without-members", "down", known(EMPTY, BOND, bf.ADMIN_UP, value=False)),
    blind("bond-without-members", "mode hidden", NO_MODE, "bond0 mode"),
    fires("single-member", "one", LONELY, "bond0 member_names: eno1"),
    silent("single-member", "two", HOST),
    blind("single-member", "mode hidden", NO_MODE, "bond0 mode"),
    fires("no-active-aggregator", "none", NO_AGGREGATOR, "bond0 active_aggregator.id: none"),
    silent("no-active-aggregator", "one", HOST),
    silent("no-active-aggregator", "all down", absent(ALL_DOWN, BOND, bf.AGGREGATOR_ID)),
    blind("no-active-aggregator", "hidden", unknown(HOST, BOND, bf.AGGREGATOR_ID), "aggregator"),
    fires(
        "no-partner",
        "members not readable",
        unknown(
            unknown(absent(HOST, BOND, bf.PARTNER_SYSTEM), ENO1, mf.ACTOR_STATE),
            ENO2,
            mf.ACTOR_STATE,
        ),
        "bond0 active_aggregator.partner_system: none",
    ),
    silent("no-partner", "healthy", HOST),
    silent(
        "no-partner",
        "told member by member",
        silenced(absent(HOST, BOND, bf.PARTNER_SYSTEM), ENO1, ENO2),
    ),
    blind("no-partner", "hidden", unknown(HOST, BOND, bf.PARTNER_SYSTEM), "partner_system"),
    fires(
        "bond-no-carrier",
        "a member has a link",
        known(ENO2_DOWN, BOND, bf.CARRIER, value=False),
        "bond0 carrier: down",
    ),
    silent("bond-no-carrier", "healthy", HOST),
    silent("bond-no-carrier", "all down", known(ALL_DOWN, BOND, bf.CARRIER, value=False)),
    silent(
        "bond-no-carrier",
        "min_links",
        known(
            known(known(ENO2_DOWN, BOND, bf.CARRIER, value=False), BOND, bf.AGGREGATOR_PORTS, 1),
            BOND,
            bf.MIN_LINKS,
            2,
        ),
    ),
    blind("bond-no-carrier", "hidden", unknown(HOST, BOND, bf.CARRIER), "carrier"),
    fires(
        "min-links-unmet",
        "one of two",
        known(known(ENO2_DOWN, BOND, bf.AGGREGATOR_PORTS, 1), BOND, bf.MIN_LINKS, 2),
        "bond0 active_aggregator.ports: 1 with a link",
    ),
    silent("min-links-unmet", "healthy", HOST),
    silent("min-links-unmet", "more than members", known(HOST, BOND, bf.MIN_LINKS, 3)),
    blind("min-links-unmet", "hidden", unknown(HOST, BOND, bf.MIN_LINKS), "min_links"),
    fires(
        "fewer-ports-than-members",
        "nothing says why",
        known(HOST, BOND, bf.AGGREGATOR_PORTS, 1),
        "bond0 active_aggregator.ports: 1",
    ),
    fires(
        "fewer-ports-than-members",
        "one explained, one not",
        known(known(THREE, BOND, bf.AGGREGATOR_PORTS, 1), ENO2, mf.MII_STATUS, "down"),
        "bond0 active_aggregator.ports: 1",
    ),
    silent("fewer-ports-than-members", "healthy", HOST),
    silent("fewer-ports-than-members", "down", known(ENO2_DOWN, BOND, bf.AGGREGATOR_PORTS, 1)),
    silent(
        "fewer-ports-than-members",
        "silent partner",
        known(silenced(HOST, ENO2), BOND, bf.AGGREGATOR_PORTS, 1),
    ),
    silent("fewer-ports-than-members", "split", MISKEYED),
    blind("fewer-ports-than-members", "hidden", unknown(HOST, BOND, bf.AGGREGATOR_PORTS), "ports"),
]

PARTNER_CASES = [
    fires(
        "partner-system-differs",
        "two switches that are no pair",
        OTHER_SWITCH,
        f"bond0 partner.system: eno1 {PARTNER}, eno2 {OTHER_PARTNER}",
    ),
    fires(
        "partner-system-differs",
        "three members: the odd one is named",
        known(THREE, ENO2, mf.PARTNER_SYSTEM, OTHER_PARTNER),
        f"bond0 partner.system: eno2 {OTHER_PARTNER}; the other 2 {PARTNER}",
    ),
    fires(
        "partner-system-differs",
        "a third member not readable",
        unknown(
            known(THREE, ENO2, mf.PARTNER_SYSTEM, OTHER_PARTNER), "bond0/eno3", mf.PARTNER_SYSTEM
        ),
        f"eno2 {OTHER_PARTNER}",
    ),
    fires(
        "partner-system-differs",
        "legs of an MLAG pair with different priorities",
        known(HOST, ENO2, mf.PARTNER_SYSTEM_PRIORITY, 100),
        "bond0 partner.system_priority: eno1 32768, eno2 100",
    ),
    silent("partner-system-differs", "MLAG pair", mlag_host()),
    silent("partner-system-differs", "a silent partner is not another one", silenced(HOST, ENO2)),
    blind(
        "partner-system-differs", "hidden", unknown(HOST, ENO2, mf.PARTNER_SYSTEM), "partner.system"
    ),
    fires("partner-key-differs", "two groups", MISKEYED, "bond0 partner.key: eno1 11, eno2 12"),
    silent("partner-key-differs", "healthy", HOST),
    silent(
        "partner-key-differs",
        "keys of different partners do not compare",
        known(OTHER_SWITCH, ENO2, mf.PARTNER_KEY, 12),
    ),
    blind("partner-key-differs", "hidden", unknown(HOST, ENO2, mf.PARTNER_KEY), "partner.key"),
    fires(
        "actor-key-differs",
        "bonding's idea of the speed is old",
        known(HOST, ENO2, mf.ACTOR_KEY, 15),
        "bond0 actor.key: eno1 21, eno2 15",
    ),
    silent("actor-key-differs", "healthy", HOST),
    silent(
        "actor-key-differs",
        "speeds differ: symmetry tells",
        known(known(HOST, ENO2, mf.ACTOR_KEY, 15), ENO2, mf.SPEED, 10000),
    ),
    silent("actor-key-differs", "0 while down", known(ENO2_DOWN, ENO2, mf.ACTOR_KEY, 0)),
    blind("actor-key-differs", "hidden", unknown(HOST, ENO2, mf.ACTOR_KEY), "actor.key"),
    fires(
        "actor-system-differs",
        "two",
        known(HOST, ENO2, mf.ACTOR_SYSTEM, "02:00:00:00:01:02"),
        f"bond0 actor.system: eno1 {SYSTEM}, eno2 02:00:00:00:01:02",
    ),
    silent("actor-system-differs", "healthy", HOST),
    blind("actor-system-differs", "hidden", unknown(HOST, ENO2, mf.ACTOR_SYSTEM), "actor.system"),
    fires(
        "split-aggregators",
        "read without privilege",
        UNPRIVILEGED,
        "bond0 aggregator_id: eno1 1, eno2 2",
    ),
    fires(
        "split-aggregators",
        "the one that hears is not in the active aggregator",
        silenced(elsewhere(HOST), ENO1),
        "bond0 aggregator_id: eno2 2",
    ),
    fires(
        "split-aggregators",
        "an old /proc/net/bonding, without port states",
        unknown(
            unknown(
                known(HOST, ENO2, mf.AGGREGATOR_ID, 2), ENO2, mf.ACTOR_STATE, mf.PARTNER_SYSTEM
            ),
            ENO1,
            mf.ACTOR_STATE,
            mf.PARTNER_SYSTEM,
        ),
        "bond0 aggregator_id: eno1 1, eno2 2",
    ),
    fires(
        "split-aggregators",
        "not even the active aggregator is known",
        unknown(UNPRIVILEGED, BOND, bf.AGGREGATOR_ID),
        "bond0 aggregator_id: eno1 1, eno2 2",
    ),
    silent("split-aggregators", "healthy", HOST),
    silent(
        "split-aggregators",
        "all in the active one, whoever hears",
        unknown(HOST, ENO2, mf.ACTOR_STATE),
    ),
    blind(
        "split-aggregators",
        "one aggregator, but is it the active one?",
        unknown(HOST, BOND, bf.AGGREGATOR_ID),
        "bond0 active_aggregator.id",
    ),
    silent("split-aggregators", "keys tell why", MISKEYED),
    silent("split-aggregators", "systems tell why", OTHER_SWITCH),
    silent(
        "split-aggregators",
        "a silent partner sits alone as a rule",
        known(silenced(HOST, ENO2), ENO2, mf.AGGREGATOR_ID, 2),
    ),
    blind("split-aggregators", "hidden", unknown(HOST, ENO2, mf.AGGREGATOR_ID), "aggregator_id"),
    fires("same-partner-split", "race", elsewhere(HOST), "bond0 aggregator_id: eno1 1, eno2 2"),
    silent("same-partner-split", "healthy", HOST),
    silent("same-partner-split", "keys differ", MISKEYED),
    silent("same-partner-split", "not readable: split-aggregators tells", UNPRIVILEGED),
    blind("same-partner-split", "hidden", unknown(HOST, ENO2, mf.AGGREGATOR_ID), "aggregator_id"),
]

BOTH_ENDS_CASES = [
    fires(
        "both-passive",
        "they do not start",
        known(
            known(known(HOST, BOND, bf.LACP_ACTIVE, "off"), ENO1, mf.PARTNER_STATE, 62),
            ENO2,
            mf.PARTNER_STATE,
            60,
        ),
        "bond0 options.lacp_active: off",
    ),
    fires(
        "both-passive",
        "nobody is heard",
        silenced(known(HOST, BOND, bf.LACP_ACTIVE, "off"), ENO1, ENO2),
        "off, and no active partner",
    ),
    silent("both-passive", "healthy", HOST),
    silent("both-passive", "the partner is active", known(HOST, BOND, bf.LACP_ACTIVE, "off")),
    silent("both-passive", "a kernel without the option", absent(HOST, BOND, bf.LACP_ACTIVE)),
    blind("both-passive", "hidden", unknown(HOST, BOND, bf.LACP_ACTIVE), "lacp_active"),
    fires(
        "partner-is-this-host",
        "another bond of the host",
        known(
            healthy_host(
                healthy_bond(),
                healthy_bond(
                    "bond1", [member("eno3", 3)], SYSTEM_MAC="02:00:00:00:01:03", MAC=SYSTEM
                ),
            ),
            ENO2,
            mf.PARTNER_SYSTEM,
            "02:00:00:00:01:03",
        ),
        "bond0 eno2 partner.system: eno2 has 02:00:00:00:01:03, which is bond1",
    ),
    silent("partner-is-this-host", "healthy", HOST),
    blind("partner-is-this-host", "hidden", unknown(HOST, BOND, bf.SYSTEM_MAC), "system.mac"),
    fires(
        "partner-port-shared",
        "same number",
        known(HOST, ENO2, mf.PARTNER_PORT, 17),
        f"bond0 partner.port: eno1, eno2: port 17 of {PARTNER}",
    ),
    silent(
        "partner-port-shared",
        "same number in another group",
        known(known(HOST, ENO2, mf.PARTNER_PORT, 17), ENO2, mf.PARTNER_KEY, 12),
    ),
    silent("partner-port-shared", "MLAG legs 0x8000 apart", mlag_host()),
    silent(
        "partner-port-shared",
        "same number of other systems",
        known(known(HOST, ENO2, mf.PARTNER_PORT, 17), ENO2, mf.PARTNER_SYSTEM, OTHER_PARTNER),
    ),
    blind("partner-port-shared", "hidden", unknown(HOST, ENO2, mf.PARTNER_PORT), "partner.port"),
    fires(
        "system-mac-stale",
        "the MAC was changed later",
        known(HOST, BOND, bf.MAC, "02:00:00:00:77:01"),
        f"bond0 system.mac: {SYSTEM}",
    ),
    silent("system-mac-stale", "healthy", HOST),
    silent(
        "system-mac-stale",
        "set by hand",
        known(
            known(HOST, BOND, bf.SYSTEM_MAC, "02:00:00:00:77:01"),
            BOND,
            bf.AD_ACTOR_SYSTEM,
            "02:00:00:00:77:01",
        ),
    ),
    blind("system-mac-stale", "hidden", unknown(HOST, BOND, bf.SYSTEM_MAC), "system.mac"),
]

CASES = BOND_CASES + PARTNER_CASES + BOTH_ENDS_CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_negotiation_of_the_bond(case: Case) -> None:
    prove(case)
