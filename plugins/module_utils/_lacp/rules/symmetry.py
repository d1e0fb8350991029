# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Symmetry of the members: what must be alike or traffic is lost (MTU, speed, MAC, attachments)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import bond_fields as b, member_fields as m
from ..rule import BOND, ERROR, INFO, MEMBER, WARNING, Deviation, rule
from ..spread import differences, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "symmetry"
MII_UP = "up"


@rule(
    "member-mtu-below-bond",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The member's MTU is smaller than the bond's",
    why="Frames that the bond may send are too long for this member, which drops them: ping and "
    "small requests work, large transfers hang on the flows that hash to it.",
    remedy="ip link set dev MEMBER mtu BOND_MTU; in the configuration set the MTU on the bond, "
    "which hands it to its members.",
    reference="drivers/net/bonding/bond_main.c: bond_change_mtu sets all members, and "
    "bond_slave_netdev_event does not refuse a later change of one of them",
)
def member_mtu_below_bond(member: MemberView) -> Iterator[Deviation]:
    mtu, wanted = member.value(m.MTU), member.bond.value(b.MTU)
    if mtu < wanted:
        cure = f"ip link set dev MEMBER mtu {wanted}; set the MTU on the bond only."
        yield Deviation("mtu", f"{wanted}, as {member.bond.name}", str(mtu), cure)


@rule(
    "member-mtu-above-bond",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="The member's MTU is larger than the bond's",
    why="Nothing is lost, but somebody set the member's MTU behind the bond's back: the next "
    "change of the bond's MTU undoes it.",
    remedy="Set the MTU on the bond only, or raise the bond's to what was meant.",
    reference="drivers/net/bonding/bond_main.c: bond_change_mtu",
)
def member_mtu_above_bond(member: MemberView) -> Iterator[Deviation]:
    mtu, wanted = member.value(m.MTU), member.bond.value(b.MTU)
    if mtu > wanted:
        yield Deviation("mtu", f"{wanted}, as {member.bond.name}", str(mtu))


@rule(
    "vlan-mtu-below-bond",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="A VLAN's MTU is smaller than the bond's",
    why="It is legal. But a VLAN keeps the MTU it was made with when the bond's is raised later, "
    "so jumbo frames may be missing just where they were wanted.",
    remedy="If the VLAN is meant to carry jumbo frames: ip link set dev VLAN mtu N, and in its "
    "configuration.",
    reference="net/8021q/vlan.c: vlan_device_event follows a smaller MTU below it, never a larger",
)
def vlan_mtu_below_bond(bond: BondView) -> Iterator[Deviation]:
    for vlan in bond.maybe(b.VLANS) or ():
        if vlan["mtu"] < bond.value(b.MTU):
            expected = f"{bond.value(b.MTU)}, as {bond.name}"
            yield Deviation(f"vlans.{vlan['name']}.mtu", expected, str(vlan["mtu"]))


def _linked(member: MemberView) -> bool:
    return member.value(m.CARRIER)


@rule(
    "speed-differs",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="Members run at different speeds",
    why="The actor key holds the speed, so members of different speed cannot share an aggregator: "
    "only one group carries traffic, the other members wait in vain.",
    remedy="ethtool MEMBER on each; bring cable, module, switch port and speed setting of the odd "
    "one to the speed of the others.",
    reference="drivers/net/bonding/bond_3ad.c: __get_link_speed, ad_port_selection_logic; "
    "802.1AX 6.3.5",
)
def speed_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members, m.SPEED.path, lambda member: member.value(m.SPEED), where=_has_speed
    )


def _has_speed(member: MemberView) -> bool:
    # A driver without a speed is the finding of speed-unknown, not a difference.
    return _linked(member) and member.maybe(m.SPEED) is not None


@rule(
    "speed-unknown",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The driver reports no speed or duplex on a link that is up",
    why="Bonding takes unknown speed as 0 and switches LACP off on the port: no LACPDU is sent, "
    "the member never joins an aggregator although its carrier is up.",
    remedy="Virtual NIC: ethtool -s MEMBER speed 10000 duplex full, or another NIC model. "
    "Hardware: look for the driver in the kernel log, then ip link set MEMBER down and up.",
    reference="drivers/net/bonding/bond_main.c: bond_update_speed_duplex; bond_3ad.c: key 0",
)
def speed_unknown(member: MemberView) -> Iterator[Deviation]:
    if not _linked(member):
        return
    fields: tuple[Any, ...] = (m.SPEED, m.DUPLEX)
    for wanted in fields:
        if member.maybe(wanted) is None:
            yield Deviation(wanted.path, "known", "the driver reports none")


@rule(
    "bonding-speed-stale",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="Bonding works with another speed or duplex than the link has",
    why="The actor key follows what bonding last read. While that is wrong the member announces a "
    "wrong key, or none, and stays out of the aggregator of the others.",
    remedy="With another member forwarding: ip link set MEMBER down; ip link set MEMBER up; "
    "bonding reads speed and duplex again.",
    reference="drivers/net/bonding/bond_main.c: bond_update_speed_duplex is called on link events "
    "only",
)
def bonding_speed_stale(member: MemberView) -> Iterator[Deviation]:
    if not _linked(member) or member.value(m.MII_STATUS) != MII_UP:
        return
    pairs: tuple[tuple[Any, Any], ...] = (
        (m.SPEED, m.BONDING_SPEED),
        (m.DUPLEX, m.BONDING_DUPLEX),
    )
    for real, believed in pairs:
        link = member.maybe(real)
        if link is not None and member.maybe(believed) != link:
            yield Deviation(believed.path, f"{link}, as the link has", word(member.maybe(believed)))


@rule(
    "duplex-half",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The link runs at half duplex",
    why="A half duplex port is 'individual': LACP is off on it and it never joins the others. It "
    "is nearly always one end with autonegotiation and one without.",
    remedy="ethtool MEMBER; switch autonegotiation on at both ends, or fix speed and duplex at "
    "both.",
    reference="drivers/net/bonding/bond_3ad.c: AD_DUPLEX_KEY_MASKS",
)
def duplex_half(member: MemberView) -> Iterator[Deviation]:
    if _linked(member) and member.maybe(m.DUPLEX) == "half":
        yield Deviation("duplex", "full", "half")


@rule(
    "member-mac-differs",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The member does not have the bond's MAC address",
    why="In 802.3ad all members carry the bond's MAC. A member with another one filters away what "
    "the switch sends to the bond through it.",
    remedy="ip link set dev MEMBER address BOND_MAC, and find who changed it (udev, a manager's "
    "cloned MAC on the port).",
    reference="drivers/net/bonding/bond_main.c: bond_enslave, bond_set_mac_address",
)
def member_mac_differs(member: MemberView) -> Iterator[Deviation]:
    mac, wanted = member.value(m.MAC), member.bond.value(b.MAC)
    if mac != wanted:
        cure = f"ip link set dev MEMBER address {wanted}; find who changed it."
        yield Deviation("mac", f"{wanted}, as {member.bond.name}", mac, cure)


@rule(
    "permanent-mac-duplicate",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Two members have the same permanent MAC address",
    why="LACPDUs leave with the member's permanent MAC. With two alike a capture or the switch "
    "cannot tell the ports apart, and a released member shares its address with the bond.",
    remedy="Give the virtual NIC, or the NIC's EEPROM, an address of its own; do not set the "
    "bond's MAC on its members before they are enslaved.",
    reference="drivers/net/bonding/bond_3ad.c: ad_lacpdu_send uses slave->perm_hwaddr",
)
def permanent_mac_duplicate(bond: BondView) -> Iterator[Deviation]:
    owners: dict[str, list[str]] = {}
    for member in bond.members:
        mac = member.maybe(m.PERMANENT_MAC)
        if mac is not None:
            owners.setdefault(mac, []).append(member.name)
    for mac, names in owners.items():
        if len(names) > 1:
            yield Deviation("permanent_mac", "one member each", f"{mac} on {', '.join(names)}")
