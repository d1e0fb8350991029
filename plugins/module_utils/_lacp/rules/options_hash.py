# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transmit hash policy: whether it spreads what this host sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import bond_fields as bf
from ..rule import BOND, INFO, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView

FAMILY = "options"
HASHES = "Documentation/networking/bonding.rst: xmit_hash_policy"


def _bridged(bond: BondView) -> bool:
    """Whether frames of other stations pass through the bond, so that MACs are many."""
    return bond.maybe(bf.BRIDGE) is not None


@rule(
    "hash-layer2-one-gateway",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="All routed traffic leaves through one member",
    why="layer2 hashes MAC addresses, and whatever is routed goes to the MAC of the one gateway: "
    "it never uses more than one member.",
    remedy="ip link set dev BOND type bond xmit_hash_policy layer2+3 (works while the bond is up), "
    "and in its configuration.",
    reference=HASHES,
)
def hash_layer2_one_gateway(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.XMIT_HASH_POLICY) != "layer2" or len(bond.members) < 2 or _bridged(bond):
        return
    gateways = bond.maybe(bf.GATEWAYS) or []
    # One router usually has an IPv4 and an IPv6 address, on one MAC.
    ipv6 = sum(":" in gateway for gateway in gateways)
    if gateways and ipv6 <= 1 and len(gateways) - ipv6 <= 1:
        told = f"layer2, gateway {', '.join(gateways)}"
        yield Deviation("options.xmit_hash_policy", "layer2+3 or layer3+4", told)


@rule(
    "hash-fragments",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Fragments may overtake each other",
    why="A fragment has no ports, so with a hash of layer 4 the fragments of a datagram and the "
    "whole datagrams of the same flow may take different members and arrive out of order. Rare, "
    "and legal for all but the letter of 802.1AX.",
    remedy="Nothing, unless much UDP of this host is fragmented (NFS, old IPsec): then layer2+3.",
    reference=f"{HASHES} (layer3+4 is not fully 802.3ad compliant)",
)
def hash_fragments(bond: BondView) -> Iterator[Deviation]:
    policy = bond.value(bf.XMIT_HASH_POLICY)
    if policy.endswith("3+4") and len(bond.members) > 1:
        yield Deviation("options.xmit_hash_policy", "layer2+3, if fragments matter", policy)


@rule(
    "hash-srcmac-one-source",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="All traffic leaves through one member",
    why="vlan+srcmac hashes the VLAN and the source MAC; this host has one MAC and not more than "
    "one VLAN, so it never uses more than one member.",
    remedy="ip link set dev BOND type bond xmit_hash_policy layer2+3, and in its configuration.",
    reference=HASHES,
)
def hash_srcmac_one_source(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.XMIT_HASH_POLICY) != "vlan+srcmac" or len(bond.members) < 2:
        return
    vlans = bond.maybe(bf.VLANS)
    if not _bridged(bond) and len(vlans or ()) <= 1:
        yield Deviation("options.xmit_hash_policy", "layer2+3 or layer3+4", "vlan+srcmac")
