# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Negotiation across the members: one partner, one key, one aggregator.

Members are compared as far as they hear a partner; those that do not are told of one by one. That
members sit in several aggregators is told by its cause where that can be read: another partner
system, another partner key, another key of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import bond_fields as bf, member_fields as mf
from ..fact import NotEvaluable
from ..ports import both_passive, hears, link_down, require_running, surely
from ..rule import BOND, ERROR, INFO, Deviation, rule
from ..spread import differences, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..fact import Field
    from ..spread import Read
    from ..views import BondView, MemberView

FAMILY = "negotiation"
SELECTION = "drivers/net/bonding/bond_3ad.c: ad_port_selection_logic"


def _differ(bond: BondView, field: Field[Any]) -> bool:
    """Whether a value is known to differ among the members that hear a partner."""
    known = [m.known_or(field, None) for m in bond.members if surely(hears, m)]
    return len({value for value in known if value is not None}) > 1


@rule(
    "partner-system-differs",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The members lead to different partners",
    why="A bond bundles ports to one partner system only; the members that lead to another one "
    "carry nothing. Two switches must be an MLAG pair that presents one system.",
    remedy="Check the cabling, and the MLAG system id and priority of both switches. If the second "
    "partner is a reserve on purpose (ad_select), lower the rule's severity in the policy.",
    reference=f"802.1AX-2014 6.4.14 (Selection); {SELECTION}",
)
def partner_system_differs(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    members = bond.members
    yield from differences(members, mf.PARTNER_SYSTEM.path, _read(mf.PARTNER_SYSTEM), where=hears)
    if not _differ(bond, mf.PARTNER_SYSTEM):
        field = mf.PARTNER_SYSTEM_PRIORITY
        yield from differences(members, field.path, _read(field), where=hears)


def _read(field: Field[Any]) -> Read:
    return lambda member: member.maybe(field)


@rule(
    "partner-key-differs",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="One partner, but different keys",
    why="The switch has the ports in different groups (port-channel, MLAG id): it will not bundle "
    "them, and the members with the minor key carry nothing.",
    remedy="On the switch: put the ports into one channel group; on an MLAG pair give both legs "
    "the same MLAG id.",
    reference=f"802.1AX-2014 6.4.14 (Selection); {SELECTION}",
)
def partner_key_differs(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    yield from differences(
        bond.members,
        mf.PARTNER_KEY.path,
        _read(mf.PARTNER_KEY),
        where=hears,
        like=lambda member: member.value(mf.PARTNER_SYSTEM),
    )


@rule(
    "actor-key-differs",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="This host offers different keys",
    why="Members are bundled only if they have the same key, which Linux makes of speed and duplex "
    "as bonding last read them; the odd ones carry nothing.",
    remedy="Give all members the same speed and duplex. If ethtool shows the same on all: take the "
    "odd member down and up again, so that bonding reads it anew.",
    reference="drivers/net/bonding/bond_3ad.c: __get_link_speed, ad_update_actor_keys",
)
def actor_key_differs(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    # Different speeds say it better (family symmetry).
    if not _differ(bond, mf.SPEED) and not _differ(bond, mf.DUPLEX):
        field = mf.ACTOR_KEY
        yield from differences(bond.members, field.path, _read(field), where=_linked)


def _linked(member: MemberView) -> bool:
    return not link_down(member)


@rule(
    "actor-system-differs",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="This host presents itself as different systems",
    why="The partner bundles ports of one system only. All members of a bond should have the "
    "system id that the bond took from its first member, or ad_actor_system.",
    remedy="Take the odd member down and add it anew, while another member forwards.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_bind_slave",
)
def actor_system_differs(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    yield from differences(bond.members, mf.ACTOR_SYSTEM.path, _read(mf.ACTOR_SYSTEM))


def _split(bond: BondView) -> tuple[dict[str, int], NotEvaluable | None]:
    """Aggregators by member, if they are several or not the active one.

    Members that hear nobody do not count; those of which it is not known do.
    """
    found: dict[str, int] = {}
    gap: NotEvaluable | None = None
    for member in bond.members:
        try:
            if not link_down(member) and not surely(_deaf, member):
                found[member.name] = member.value(mf.AGGREGATOR_ID)
        except NotEvaluable as reason:  # noqa: PERF203  one unknown member must not hide the rest
            gap = reason
    ids = set(found.values())
    if len(ids) == 1:
        active = bond.maybe(bf.AGGREGATOR_ID)
        found = {} if active in ids else found
    return found, gap


def _deaf(member: MemberView) -> bool:
    return not hears(member)


SELECTORS: tuple[Field[Any], ...] = (
    mf.PARTNER_SYSTEM,
    mf.PARTNER_SYSTEM_PRIORITY,
    mf.PARTNER_KEY,
    mf.ACTOR_KEY,
)


@rule(
    "split-aggregators",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="Members sit outside the active aggregator",
    why="Only the active aggregator carries traffic; the other members are idle though they look "
    "up. Why bonding keeps them apart could not be read.",
    remedy="Audit as root, or: cat /proc/net/bonding/BOND as root, and compare partner MAC "
    "address, keys and system priority of the members: the one that differs is the cause.",
    reference=f"802.1AX-2014 6.4.14 (Selection); {SELECTION}",
)
def split_aggregators(bond: BondView) -> Iterator[Deviation]:
    yield from _split_deviations(bond, alike=False)


@rule(
    "same-partner-split",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="Same partner and keys, but different aggregators",
    why="Partner system, partner key and our key agree, so the members belong together; bonding "
    "still keeps them in separate aggregators, and only one of them carries traffic. A race when "
    "members join, in bonding or the driver.",
    remedy="Take the odd member down and up again, while another forwards: ip link set dev NAME "
    "down; ip link set dev NAME up. Driver ice: needs kernel 6.12.31 or newer.",
    reference="systemd issue 11635; 'ice: Fix LACP bonds without SRIOV environment', fixed in "
    f"6.12.31; {SELECTION}",
)
def same_partner_split(bond: BondView) -> Iterator[Deviation]:
    yield from _split_deviations(bond, alike=True)


def _split_deviations(bond: BondView, *, alike: bool) -> Iterator[Deviation]:
    require_running(bond)
    aggregators, gap = _split(bond)
    # Where the members are known to differ in what selects the aggregator, that is the finding.
    if aggregators and not any(_differ(bond, field) for field in SELECTORS):
        members = [m for m in bond.members if m.name in aggregators]
        told_alike = len(members) > 1 and all(surely(_selectors_known, m) for m in members)
        if told_alike is alike:
            active = bond.known_or(bf.AGGREGATOR_ID, 0)
            wanted = f"{active} (the active one)" if active else "one for all"
            yield Deviation("aggregator_id", wanted, told(aggregators))
    if gap:
        raise gap


def _selectors_known(member: MemberView) -> bool:
    return all(member.value(field) is not None for field in SELECTORS)


@rule(
    "both-passive",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="This host is passive, and no partner is active",
    why="With lacp_active off a host answers only partners that speak first; none does. Two "
    "passive ends never start.",
    remedy="Set lacp_active on (the bond must be down for it: ip link set dev BOND type bond "
    "lacp_active on), or make the switch port active.",
    reference="802.1AX-2014 6.4.13 (Periodic Transmission machine)",
)
def neither_speaks_first(bond: BondView) -> Iterator[Deviation]:
    if both_passive(bond):
        yield Deviation(
            "options.lacp_active", "on, or a partner that is active", "off, and no active partner"
        )


@rule(
    "partner-is-this-host",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="The partner is this host itself",
    why="The partner's system id is that of a bond of this host: two bonds are cabled to each "
    "other, or a switch between them loops.",
    remedy="Follow the cable of the members named.",
    reference="drivers/net/bonding/bond_3ad.c: ad_rx_machine ('illegal loopback' if it is the same "
    "bond)",
)
def partner_is_this_host(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    own = {b.known_or(bf.SYSTEM_MAC, ""): b.name for b in bond.host.bonds}
    own[bond.value(bf.SYSTEM_MAC)] = bond.name
    for member in bond.members:
        partner = member.maybe(mf.PARTNER_SYSTEM) if hears(member) else None
        if partner in own:
            told_of = f"{member.name} has {partner}, which is {own[partner]}"
            yield Deviation(f"{member.name} partner.system", "another system", told_of)


@rule(
    "partner-port-shared",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Members lead to the same partner port number",
    why="Behind one switch a port number names one port, so two members that see the same one are "
    "not on separate ports (a hub, a bridge, a mirrored port). Some MLAG pairs use the same number "
    "on both legs: then it is fine. Numbers 0x8000 apart are the legs of an MLAG pair.",
    remedy="Compare with the switch which ports the members are cabled to (LLDP).",
    reference="802.1AX-2014 6.3.4 (Port identifier)",
)
def partner_port_shared(bond: BondView) -> Iterator[Deviation]:
    require_running(bond)
    # Another key is another group, which partner-key-differs tells.
    ports: dict[tuple[str | None, int, int], list[str]] = {}
    for member in bond.members:
        if hears(member):
            system = member.maybe(mf.PARTNER_SYSTEM)
            port = (system, member.value(mf.PARTNER_PORT), member.value(mf.PARTNER_KEY))
            ports.setdefault(port, []).append(member.name)
    for (system, number, _key), names in ports.items():
        if len(names) > 1:
            yield Deviation(
                "partner.port",
                "a port of its own",
                f"{', '.join(names)}: port {number} of {system}",
            )


@rule(
    "system-mac-stale",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="LACP uses another MAC than the bond has",
    why="The system id was taken from the bond's MAC when its first member joined, and the MAC was "
    "changed later. Any write of an actor option, or a restart of the network, makes LACP take the "
    "new one: the partner then drops the whole bond for a moment.",
    remedy="Set the MAC in the bond's configuration, so that it is there before the first member.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_initialize, "
    "bond_3ad_update_ad_actor_settings",
)
def system_mac_stale(bond: BondView) -> Iterator[Deviation]:
    if bond.maybe(bf.AD_ACTOR_SYSTEM) is None:
        system, mac = bond.value(bf.SYSTEM_MAC), bond.value(bf.MAC)
        if system != mac:
            yield Deviation("system.mac", f"{mac}, the bond's", system)
