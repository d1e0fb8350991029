# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Negotiation of the bond as a whole: members, links, the active aggregator and its partner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import bond_fields as bf
from ..ports import (
    bond_down,
    hears,
    in_active_aggregator,
    link_down,
    require_running,
    surely,
)
from ..rule import BOND, ERROR, INFO, WARNING, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "negotiation"


@rule(
    "bond-admin-down",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="The bond is administratively down",
    why="LACP does not run on a bond that is down: its machines stand still, and the partner times "
    "out. What the members show is old, so nothing else about them is judged.",
    remedy="ip link set dev BOND up; or remove the bond from the configuration, if nobody needs "
    "it.",
    reference="drivers/net/bonding/bond_main.c: bond_close cancels bond_3ad_state_machine_handler",
)
def bond_admin_down(bond: BondView) -> Iterator[Deviation]:
    if not bond.value(bf.ADMIN_UP):
        yield Deviation("admin_up", "up", "down")


@rule(
    "bond-without-members",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The bond has no members",
    why="It has no link, and carries nothing.",
    remedy="Add its members: ip link set dev MEMBER down; ip link set dev MEMBER master BOND; then "
    "find out why the network manager did not.",
    reference="drivers/net/bonding/bond_main.c: bond_enslave",
)
def bond_without_members(bond: BondView) -> Iterator[Deviation]:
    if not bond.members and not bond_down(bond):
        yield Deviation("member_names", "members", "none")


@rule(
    "single-member",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The bond has one member only",
    why="It is legal, but there is no redundancy: the first failure takes the bond down.",
    remedy="If a second member was meant: find out why it is missing. A policy with members: 2 "
    "makes it an error.",
    reference="drivers/net/bonding/bond_3ad.c",
)
def single_member(bond: BondView) -> Iterator[Deviation]:
    if len(bond.members) == 1:
        yield Deviation("member_names", "two or more", bond.members[0].name)


@rule(
    "no-active-aggregator",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The bond has no active aggregator",
    why="Although a member has a link, bonding found no aggregator to use: the bond carries "
    "nothing.",
    remedy="journalctl -k | grep BOND; check duplex and speed of the members (ethtool): a port of "
    "half duplex or unknown speed cannot aggregate.",
    reference="drivers/net/bonding/bond_3ad.c: ad_agg_selection_logic",
)
def no_active_aggregator(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    if bond.maybe(bf.AGGREGATOR_ID) is None and not all(link_down(m) for m in bond.members):
        yield Deviation("active_aggregator.id", "an aggregator", "none")


@rule(
    "no-partner",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The active aggregator has no partner",
    why="The bond forwards without anybody having agreed to it: it looks up, and the switch may "
    "drop or duplicate its traffic. Members that are known to hear nobody are reported one by one.",
    remedy="cat /proc/net/bonding/BOND as root: which member sits in the active aggregator, and "
    "does the switch port behind it run LACP?",
    reference="drivers/net/bonding/bond_3ad.c: ad_agg_selection_logic activates an aggregator "
    "without a partner when there is no better one",
)
def no_partner(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    if bond.maybe(bf.PARTNER_SYSTEM) is not None:
        return
    explained = any(surely(_silent, member) for member in bond.members)
    if not explained and not all(link_down(m) for m in bond.members):
        yield Deviation("active_aggregator.partner_system", "a partner system", "none")


def _silent(member: MemberView) -> bool:
    return not link_down(member) and not hears(member)


def _elsewhere(member: MemberView) -> bool:
    return not in_active_aggregator(member)


@rule(
    "bond-no-carrier",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The bond has no carrier although a member has a link",
    why="Nothing can be sent through the bond.",
    remedy="ip -d link show BOND: min_links, lacp_strict, the aggregator; journalctl -k | grep "
    "BOND.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_set_carrier",
)
def bond_no_carrier(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    if bond.value(bf.CARRIER) or not bond.members or _ports_missing(bond):
        return
    if not all(link_down(member) for member in bond.members):
        yield Deviation("carrier", "up", "down")


def _ports_missing(bond: BondView) -> bool:
    """Whether min_links explains a missing carrier (min-links-unmet tells)."""
    return bond.known_or(bf.AGGREGATOR_PORTS, 1) < max(bond.known_or(bf.MIN_LINKS, 0), 1)


@rule(
    "min-links-unmet",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="Fewer links than min_links",
    why="The bond takes its carrier down while the active aggregator has fewer ports with a link "
    "than min_links: working members carry nothing.",
    remedy="Repair the missing members, or lower min_links: ip link set dev BOND type bond "
    "min_links N.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_set_carrier",
)
def min_links_unmet(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    wanted = bond.value(bf.MIN_LINKS)
    ports = bond.maybe(bf.AGGREGATOR_PORTS) if wanted else None
    if ports is not None and ports < wanted <= len(bond.members):
        yield Deviation(
            "active_aggregator.ports", f"{wanted} or more (min_links)", f"{ports} with a link"
        )


@rule(
    "fewer-ports-than-members",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The active aggregator has fewer ports than the bond has members",
    why="A member that is not in the active aggregator carries nothing. Those that are down, hear "
    "no partner or sit in another aggregator are reported for themselves; here some are missing "
    "for a reason that could not be read.",
    remedy="cat /proc/net/bonding/BOND as root: compare 'Aggregator ID' of each member with that "
    "of the active aggregator.",
    reference="drivers/net/bonding/bond_3ad.c: __get_active_agg, bond_3ad_get_active_agg_info",
)
def fewer_ports_than_members(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    ports = bond.maybe(bf.AGGREGATOR_PORTS)
    if ports is None or ports >= len(bond.members):
        return
    explained = [
        m for m in bond.members if any(surely(p, m) for p in (link_down, _silent, _elsewhere))
    ]
    if ports < len(bond.members) - len(explained):
        yield Deviation("active_aggregator.ports", str(len(bond.members)), str(ports))
