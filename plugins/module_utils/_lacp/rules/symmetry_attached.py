# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hangs on a member and must not, and what must and does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import bond_fields as b, member_fields as m
from ..port_state import SLOW_PROTOCOLS_GROUP
from ..rule import BOND, ERROR, MEMBER, WARNING, Deviation, rule
from ..shell import quoted
from ..spread import differences
from .symmetry_hardware import same_hardware

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "symmetry"
LINK_LOCAL = ("fe8", "fe9", "fea", "feb")  # fe80::/10


@rule(
    "vlan-on-member",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="A VLAN device sits on the member instead of on the bond",
    why="It takes its VLAN's frames from this member before bonding sees them, and sends by this "
    "member alone: no redundancy, and the same VLAN on the bond loses what arrives here.",
    remedy="ip link del VLAN; make it on the bond: ip link add link BOND name VLAN type vlan id "
    "ID; correct the configuration that named the member.",
    reference="net/core/dev.c: __netif_receive_skb_core serves VLANs before the rx_handler; "
    "bond_enslave neither refuses nor removes VLAN devices",
)
def vlan_on_member(member: MemberView) -> Iterator[Deviation]:
    for vlan in member.maybe(m.VLANS) or ():
        name, tag, bond = vlan["name"], vlan["id"], member.bond.name
        yield Deviation(
            f"vlans.{name}",
            f"VLAN {tag} on {bond}",
            f"VLAN {tag} on {member.name}",
            f"ip link del {quoted(name)}; "
            f"ip link add link BOND name BOND.{tag} type vlan id {tag}; "
            "correct the configuration that named MEMBER.",
        )


@rule(
    "address-on-member",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The member has an IP address of its own",
    why="What is sent from it, or by its connected route, leaves by this member alone, past the "
    "bond: it dies with the member, and it may be chosen as source for traffic of the bond.",
    remedy="ip addr del ADDRESS dev MEMBER; take the member out of the configuration that "
    "addresses it.",
    reference="drivers/net/bonding/bond_main.c: bond_enslave leaves addresses in place; a "
    "link-local IPv6 address is not counted, nothing routes by it",
)
def address_on_member(member: MemberView) -> Iterator[Deviation]:
    for address in member.maybe(m.ADDRESSES) or ():
        if not address.lower().startswith(LINK_LOCAL):
            cure = f"ip addr del {address} dev MEMBER; correct the configuration."
            yield Deviation("addresses", "none", address, cure)


@rule(
    "lacp-group-missing",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The member does not listen to the LACP multicast address",
    why=f"LACPDUs come to {SLOW_PROTOCOLS_GROUP}. Without that entry the NIC may filter them away: "
    "the partner is then silent although it sends.",
    remedy="ip maddr show dev MEMBER; with another member forwarding, release and add it again: "
    "ip link set MEMBER down; ip link set MEMBER nomaster; ip link set MEMBER master BOND.",
    reference="drivers/net/bonding/bond_main.c: bond_enslave and bond_open add lacpdu_mcast_addr "
    "while the bond is up",
)
def lacp_group_missing(member: MemberView) -> Iterator[Deviation]:
    if not member.bond.value(b.ADMIN_UP):
        return
    groups = [group.lower() for group in member.maybe(m.MULTICAST) or ()]
    if SLOW_PROTOCOLS_GROUP not in groups:
        yield Deviation(
            "multicast", f"{SLOW_PROTOCOLS_GROUP} among them", ", ".join(groups) or "none"
        )


@rule(
    "vf-member",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The member is an SR-IOV virtual function",
    why="LACP runs between a port and a switch port. A virtual function shares its port: the NIC's "
    "own switch does not hand LACPDUs to it, and its carrier is not that of the wire.",
    remedy="Bond the physical functions on the host and give the guest one interface, or use "
    "active-backup in the guest.",
    reference="k8snetworkplumbingwg/bond-cni issues 22, 31 and 149",
)
def vf_member(member: MemberView) -> Iterator[Deviation]:
    if member.maybe(m.SRIOV_ROLE) == "vf":
        yield Deviation("sriov.role", "a physical function or a plain NIC", "virtual function")


@rule(
    "qdisc-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Alike members have different queue disciplines",
    why="A shaper, a delay or a filter that one member alone has slows or drops the flows that "
    "hash to it, and may hold LACPDUs back.",
    remedy="tc qdisc show dev MEMBER; tc qdisc del dev MEMBER root on the odd one brings the "
    "default back.",
    reference="net/sched/sch_generic.c: attach_default_qdiscs gives alike devices the same; only "
    "members of one driver and device are compared",
)
def qdisc_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members, "qdisc", lambda member: member.maybe(m.QDISC), like=same_hardware
    )


@rule(
    "ingress-qdisc-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Only some members have an ingress or clsact queue discipline",
    why="Its filters act ahead of bonding on that member alone and can drop LACPDUs there, while a "
    "capture on the host still shows them.",
    remedy="tc filter show dev MEMBER ingress; tc filter show dev MEMBER egress; if nobody needs "
    "it: tc qdisc del dev MEMBER clsact (or ingress).",
    reference="net/core/dev.c: taps, then tc ingress, then bonding's rx_handler",
)
def ingress_qdisc_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members, "ingress_qdisc", lambda member: member.maybe(m.INGRESS_QDISC)
    )
