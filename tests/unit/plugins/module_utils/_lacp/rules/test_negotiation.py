# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.factory import absent, healthy_host, known, mixed_rate_host, unknown
from unit.rule_case import Case, blind, fires, hour_before, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

HOST = healthy_host()
ENO2 = "bond0/eno2"


def states(actor: int, partner: int, facts: HostFacts = HOST) -> HostFacts:
    """The facts with these port states on eno2."""
    return known(known(facts, ENO2, mf.ACTOR_STATE, actor), ENO2, mf.PARTNER_STATE, partner)


def with_churn(facts: HostFacts, actor: str, partner: str = "none") -> HostFacts:
    return known(known(facts, ENO2, mf.CHURN_ACTOR, actor), ENO2, mf.CHURN_PARTNER, partner)


# Both ends passive: eno1 is in sync for now, whatever eno2 is.
PASSIVE = known(known(HOST, "bond0", bf.LACP_ACTIVE, "off"), "bond0/eno1", mf.PARTNER_STATE, 62)
PASSIVE_FLAPPED = known(with_churn(states(62, 62, PASSIVE), "monitoring"), ENO2, mf.LACPDU_TX, 9000)
NO_CARRIER = known(known(HOST, ENO2, mf.CARRIER, value=False), ENO2, mf.MII_STATUS, "down")
ADMIN_DOWN = known(NO_CARRIER, ENO2, mf.ADMIN_UP, value=False)
BOND_DOWN = known(HOST, "bond0", bf.ADMIN_UP, value=False)
SILENT = absent(states(71, 0), ENO2, mf.PARTNER_SYSTEM)
UNHEARD = states(15, 69)
OTHER_AGGREGATOR = known(states(7, 15), ENO2, mf.AGGREGATOR_ID, 2)
HIDDEN = unknown(HOST, ENO2, mf.ACTOR_STATE)
HIDDEN_PARTNER = unknown(HOST, ENO2, mf.PARTNER_STATE)
FLAPPED = known(with_churn(HOST, "monitoring"), ENO2, mf.LACPDU_TX, 9000)
CHURNED_TWICE = known(HOST, ENO2, mf.CHURN_ACTOR_COUNT, 2)
ILLEGAL = known(HOST, ENO2, mf.LACPDU_ILLEGAL_RX, 3)

DOWN_CASES = [
    fires("member-down", "no carrier", NO_CARRIER, "bond0/eno2 mii_status: down: no carrier"),
    fires("member-down", "set down", ADMIN_DOWN, "down: administratively down"),
    fires(
        "member-down",
        "carrier lost, and no miimon to notice",
        known(HOST, ENO2, mf.CARRIER, value=False),
        "up: no carrier",
    ),
    fires(
        "member-down",
        "updelay runs",
        known(HOST, ENO2, mf.MII_STATUS, "going back"),
        "going back: carrier is back, waiting for updelay",
    ),
    fires(
        "member-down",
        "bonding could not read the speed",
        known(HOST, ENO2, mf.MII_STATUS, "down"),
        "down: carrier is up, but bonding holds the member down",
    ),
    fires(
        "member-down",
        "just /proc/net/bonding",
        unknown(known(HOST, ENO2, mf.MII_STATUS, "down"), ENO2, mf.CARRIER, mf.ADMIN_UP),
        "down: carrier not known",
    ),
    fires(
        "member-down",
        "MII status not readable",
        unknown(known(HOST, ENO2, mf.CARRIER, value=False), ENO2, mf.MII_STATUS),
        "unknown: no carrier",
    ),
    silent("member-down", "healthy", HOST),
    silent("member-down", "only MII status readable", unknown(HOST, ENO2, mf.CARRIER, mf.ADMIN_UP)),
    blind("member-down", "carrier, but no MII status", unknown(HOST, ENO2, mf.MII_STATUS), "mii"),
    blind("member-down", "bond down", BOND_DOWN, "bond0 is administratively down"),
]

HEARING_CASES = [
    fires(
        "partner-silent",
        "defaulted",
        SILENT,
        "eno2 actor.port_state: 71 (activity timeout aggregation defaulted); 5000 LACPDUs since",
    ),
    fires(
        "partner-silent",
        "heard now and then",
        known(SILENT, ENO2, mf.LACPDU_RX, 5100),
        "; 5100 LACPDUs since it joined, 100 of them in the last 3600 s",
        earlier=hour_before(SILENT),
    ),
    fires(
        "partner-silent",
        "not heard for long",
        SILENT,
        "; 5000 LACPDUs since it joined, none in the last 3600 s",
        earlier=hour_before(SILENT),
    ),
    fires("partner-silent", "just restarted", states(199, 0), "actor.port_state: 199"),
    fires(
        "partner-silent",
        "never a LACPDU",
        known(SILENT, ENO2, mf.LACPDU_RX, 0),
        "; none ever came",
    ),
    fires(
        "partner-silent",
        "read without privilege",
        unknown(SILENT, ENO2, mf.PARTNER_SYSTEM, mf.LACPDU_RX),
        "71 (activity timeout aggregation defaulted)",
    ),
    fires("partner-silent", "the only active port of no partner", states(79, 0), "79"),
    silent("partner-silent", "healthy", HOST),
    silent("partner-silent", "stale state of a port whose link is down", NO_CARRIER),
    blind("partner-silent", "state hidden", HIDDEN, "bond0/eno2 actor.port_state"),
    fires("actor-expired", "fast", states(143, 63), "bond0/eno2 actor.port_state: 143"),
    fires("actor-expired", "slow", states(141, 61), "bond0/eno2 actor.port_state: 141"),
    silent("actor-expired", "healthy", HOST),
    silent("actor-expired", "defaulted: partner-silent tells", states(199, 0)),
    blind("actor-expired", "state hidden", HIDDEN, "actor.port_state"),
    fires(
        "partner-defaulted",
        "the stuck transmit path",
        UNHEARD,
        "bond0/eno2 partner.port_state: 69 (activity aggregation defaulted)",
    ),
    fires("partner-defaulted", "udev's MAC", states(7, 69), "partner.port_state: 69"),
    silent("partner-defaulted", "healthy", HOST),
    silent("partner-defaulted", "slow partner", mixed_rate_host()),
    silent("partner-defaulted", "old news of a partner not heard", states(143, 71)),
    blind("partner-defaulted", "state hidden", HIDDEN_PARTNER, "bond0/eno2 partner.port_state"),
    fires("partner-expired", "lately", states(15, 135), "bond0/eno2 partner.port_state: 135"),
    silent("partner-expired", "healthy", HOST),
    silent("partner-expired", "defaulted tells more", states(15, 199)),
    blind("partner-expired", "state hidden", HIDDEN_PARTNER, "partner.port_state"),
    fires("port-individual", "ours", states(59, 63), "bond0/eno2 actor.port_state: 59"),
    fires("port-individual", "theirs", states(7, 3), "bond0/eno2 partner.port_state: 3"),
    fires("port-individual", "they leave", states(7, 0), "partner.port_state: 0 (no bits)"),
    silent("port-individual", "healthy", HOST),
    silent("port-individual", "the kernel's stand-in for a silent partner", SILENT),
    blind("port-individual", "state hidden", HIDDEN_PARTNER, "partner.port_state"),
]

SYNC_CASES = [
    fires("actor-not-in-sync", "unselected", states(7, 15), "actor.port_state: 7"),
    fires(
        "actor-not-in-sync",
        "unselected, aggregator not readable",
        unknown(states(7, 15), ENO2, mf.AGGREGATOR_ID),
        "actor.port_state: 7",
    ),
    silent("actor-not-in-sync", "healthy", HOST),
    silent("actor-not-in-sync", "in an aggregator of its own", OTHER_AGGREGATOR),
    silent("actor-not-in-sync", "they do not hear us", states(7, 69)),
    blind("actor-not-in-sync", "state hidden", HIDDEN, "actor.port_state"),
    fires("partner-not-in-sync", "suspended", states(15, 7), "partner.port_state: 7"),
    silent("partner-not-in-sync", "healthy", HOST),
    silent("partner-not-in-sync", "they do not hear us", UNHEARD),
    silent(
        "partner-not-in-sync",
        "in an aggregator of its own",
        known(states(7, 7), ENO2, mf.AGGREGATOR_ID, 2),
    ),
    blind("partner-not-in-sync", "state hidden", HIDDEN_PARTNER, "partner.port_state"),
    fires(
        "actor-not-forwarding", "attached only", states(15, 63), "not collecting or distributing"
    ),
    fires("actor-not-forwarding", "sends nothing", states(31, 63), "31"),
    silent("actor-not-forwarding", "healthy", HOST),
    silent("actor-not-forwarding", "waits for the partner", states(31, 15)),
    silent("actor-not-forwarding", "partner not in sync", states(15, 7)),
    blind("actor-not-forwarding", "state hidden", HIDDEN, "actor.port_state"),
    fires(
        "partner-not-forwarding",
        "black hole",
        states(63, 15),
        "bond0/eno2 partner.port_state: 15 (activity timeout aggregation synchronization): "
        "not collecting or distributing",
    ),
    fires("partner-not-forwarding", "sends nothing", states(63, 31), "31"),
    silent("partner-not-forwarding", "healthy", HOST),
    silent("partner-not-forwarding", "ours comes first", states(15, 15)),
    blind("partner-not-forwarding", "state hidden", HIDDEN_PARTNER, "partner.port_state"),
]

# Told by both-passive: what two passive ends drift into by themselves.
PASSIVE_CASES = [
    silent("partner-silent", "both passive", states(70, 0, PASSIVE)),
    silent("actor-expired", "both passive", states(142, 62, PASSIVE)),
    silent("partner-defaulted", "both passive", states(14, 70, PASSIVE)),
    silent("partner-expired", "both passive", states(14, 142, PASSIVE)),
    silent("actor-not-in-sync", "both passive", states(6, 62, PASSIVE)),
    silent("partner-not-in-sync", "both passive", states(14, 6, PASSIVE)),
    silent("lacp-flapped", "both passive", PASSIVE_FLAPPED, earlier=hour_before(HOST)),
    fires(
        "partner-silent",
        "passive, and another partner is active",
        states(70, 0, known(HOST, "bond0", bf.LACP_ACTIVE, "off")),
        "actor.port_state: 70",
    ),
]

TIME_CASES = [
    fires(
        "churned",
        "both",
        with_churn(states(7, 7), "churned", "churned"),
        "bond0/eno2 churn.actor_state: churned, 7",
        "bond0/eno2 churn.partner_state: churned, 7",
    ),
    silent("churned", "healthy", HOST),
    silent("churned", "stale: in sync by now", with_churn(HOST, "churned", "churned")),
    silent("churned", "told by partner-silent", with_churn(SILENT, "churned", "churned")),
    silent(
        "churned",
        "told by what keeps it in another aggregator",
        with_churn(OTHER_AGGREGATOR, "churned"),
    ),
    blind(
        "churned", "churn not readable", unknown(states(7, 63), ENO2, mf.CHURN_ACTOR), "churn.actor"
    ),
    fires(
        "lacp-flapped",
        "no carrier lost, yet monitoring",
        FLAPPED,
        "bond0/eno2 churn.actor_state: monitoring",
        earlier=hour_before(HOST),
    ),
    silent("lacp-flapped", "healthy", HOST),
    silent(
        "lacp-flapped",
        "the link went down and up",
        known(FLAPPED, ENO2, mf.CARRIER_CHANGES, 3),
        earlier=hour_before(HOST),
    ),
    silent("lacp-flapped", "not forwarding: others tell", with_churn(SILENT, "monitoring")),
    blind("lacp-flapped", "one reading", FLAPPED, "no earlier reading"),
    blind(
        "lacp-flapped",
        "the member rejoined",
        known(FLAPPED, ENO2, mf.LACPDU_TX, 40),
        "reset between the readings",
        earlier=hour_before(HOST),
    ),
    fires(
        "churn-growing",
        "two more",
        CHURNED_TWICE,
        "bond0/eno2 churn.actor_count: 2 more in 3600 s",
        earlier=hour_before(HOST),
    ),
    fires(
        "churn-growing",
        "one outage, counted at both ends",
        known(CHURNED_TWICE, ENO2, mf.CHURN_PARTNER_COUNT, 2),
        "bond0/eno2 churn.actor_count: 2 more in 3600 s",
        earlier=hour_before(HOST),
    ),
    silent(
        "churn-growing",
        "told by partner-silent",
        known(SILENT, ENO2, mf.CHURN_ACTOR_COUNT, 2),
        earlier=hour_before(HOST),
    ),
    silent(
        "churn-growing",
        "told by what keeps it in another aggregator",
        known(OTHER_AGGREGATOR, ENO2, mf.CHURN_ACTOR_COUNT, 2),
        earlier=hour_before(HOST),
    ),
    silent("churn-growing", "never", HOST),
    silent("churn-growing", "long ago", CHURNED_TWICE, earlier=hour_before(CHURNED_TWICE)),
    blind("churn-growing", "one reading", CHURNED_TWICE, "no earlier reading"),
]

PDU_CASES = [
    fires("no-lacpdu-sent", "none", known(HOST, ENO2, mf.LACPDU_TX, 0), "bond0/eno2 lacpdu.tx: 0"),
    silent("no-lacpdu-sent", "healthy", HOST),
    silent("no-lacpdu-sent", "down", known(NO_CARRIER, ENO2, mf.LACPDU_TX, 0)),
    blind("no-lacpdu-sent", "not counted", unknown(HOST, ENO2, mf.LACPDU_TX), "lacpdu.tx"),
    fires(
        "illegal-lacpdu-growing",
        "three more",
        ILLEGAL,
        "bond0/eno2 lacpdu.illegal_rx: 3 more in 3600 s",
        earlier=hour_before(HOST),
    ),
    silent("illegal-lacpdu-growing", "none ever", HOST),
    silent("illegal-lacpdu-growing", "old ones", ILLEGAL, earlier=hour_before(ILLEGAL)),
    blind("illegal-lacpdu-growing", "one reading", ILLEGAL, "no earlier reading"),
    fires("illegal-lacpdu-seen", "one reading", ILLEGAL, "bond0/eno2 lacpdu.illegal_rx: 3 since"),
    silent("illegal-lacpdu-seen", "none", HOST),
    silent("illegal-lacpdu-seen", "growth tells", ILLEGAL, earlier=hour_before(HOST)),
    blind(
        "illegal-lacpdu-seen", "hidden", unknown(HOST, ENO2, mf.LACPDU_ILLEGAL_RX), "lacpdu.illegal"
    ),
    fires(
        "slow-protocol-unknown",
        "OAM and a strange marker",
        known(known(HOST, ENO2, mf.LACPDU_UNKNOWN_RX, 7), ENO2, mf.MARKER_UNKNOWN_RX, 1),
        "bond0/eno2 lacpdu.unknown_rx: 7",
        "bond0/eno2 marker.unknown_rx: 1",
    ),
    silent("slow-protocol-unknown", "none", HOST),
    blind(
        "slow-protocol-unknown", "hidden", unknown(HOST, ENO2, mf.LACPDU_UNKNOWN_RX), "unknown_rx"
    ),
]

CASES = DOWN_CASES + HEARING_CASES + SYNC_CASES + PASSIVE_CASES + TIME_CASES + PDU_CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_negotiation(case: Case) -> None:
    prove(case)
