# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rtnetlink says of bonds and members: IFLA_*, IFLA_BOND_*, IFLA_BOND_SLAVE_*.

Attributes 24 to 26 of a bond are sent to CAP_NET_ADMIN only; 28 and later depend on the kernel,
and were backported, so presence decides, never a version (drivers/net/bonding/bond_netlink.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from . import bond_fields as b, member_fields as m, rtnl, rtnl_dumps, sources as s
from .fact import Field
from .port_state import ZERO_MAC
from .sources import RTNETLINK

if TYPE_CHECKING:
    from types import ModuleType

    from .record import RecordBuilder
    from .rtnl import Attributes
    from .rtnl_dumps import Link, Network
    from .snapshot import Snapshot

IFF_UP = 0x1

# Attribute: field, width in bytes, names of the values.
_Row = tuple[Field[Any], int, Optional[tuple[str, ...]]]
_OPTIONS: dict[int, _Row] = {
    1: (b.MODE, 1, s.MODES),
    3: (b.MIIMON, 4, None),
    4: (b.UPDELAY, 4, None),
    5: (b.DOWNDELAY, 4, None),
    6: (b.USE_CARRIER, 1, None),
    7: (b.ARP_INTERVAL, 4, None),
    9: (b.ARP_VALIDATE, 4, s.ARP_VALIDATES),
    10: (b.ARP_ALL_TARGETS, 4, s.ANY_ALL),
    12: (b.PRIMARY_RESELECT, 1, s.RESELECTS),
    13: (b.FAIL_OVER_MAC, 1, s.FAIL_OVER_MACS),
    14: (b.XMIT_HASH_POLICY, 1, s.HASH_POLICIES),
    15: (b.RESEND_IGMP, 4, None),
    16: (b.NUM_PEER_NOTIF, 1, None),
    17: (b.ALL_SLAVES_ACTIVE, 1, None),
    18: (b.MIN_LINKS, 4, None),
    19: (b.LP_INTERVAL, 4, None),
    20: (b.PACKETS_PER_SLAVE, 4, None),
    21: (b.LACP_RATE, 1, s.LACP_RATES),
    22: (b.AD_SELECT, 1, s.AD_SELECTS),
    27: (b.TLB_DYNAMIC_LB, 1, None),
    28: (b.PEER_NOTIF_DELAY, 4, None),
    29: (b.LACP_ACTIVE, 1, s.OFF_ON),
    30: (b.ARP_MISSED_MAX, 1, None),
    32: (b.COUPLED_CONTROL, 1, s.OFF_ON),
    33: (b.BROADCAST_NEIGHBOR, 1, s.OFF_ON),
    34: (b.LACP_STRICT, 1, s.OFF_ON),
}
_GATED: dict[int, _Row] = {
    24: (b.AD_ACTOR_SYS_PRIO, 2, None),
    25: (b.AD_USER_PORT_KEY, 2, None),
}
_ACTOR_SYSTEM = 26
_AGGREGATOR: dict[int, _Row] = {
    1: (b.AGGREGATOR_ID, 2, None),
    2: (b.AGGREGATOR_PORTS, 2, None),
    3: (b.ACTOR_KEY, 2, None),
    4: (b.PARTNER_KEY, 2, None),
}
_AGGREGATOR_FIELDS = (
    b.AGGREGATOR_ID,
    b.AGGREGATOR_PORTS,
    b.ACTOR_KEY,
    b.PARTNER_KEY,
    b.PARTNER_SYSTEM,
)
_LACP_FIELDS = (
    b.AD_ACTOR_SYS_PRIO,
    b.AD_USER_PORT_KEY,
    b.AD_ACTOR_SYSTEM,
    b.SYSTEM_MAC,
    b.SYSTEM_PRIORITY,
)
# ACTIVE_SLAVE, ARP_IP_TARGET, PRIMARY, AD_INFO, NS_IP6_TARGET have rules of their own.
_OWN_RULES = frozenset((2, 8, 11, 23, 31, _ACTOR_SYSTEM))

_MEMBER: dict[int, _Row] = {
    1: (m.STATE, 1, s.PORT_STATES),
    2: (m.MII_STATUS, 1, s.MII_STATUSES),
    3: (m.LINK_FAILURE_COUNT, 4, None),
    5: (m.QUEUE_ID, 2, None),
}
_PERM_HWADDR = 4
_PRIO = 9  # the only signed one
_PORT: dict[int, _Row] = {
    6: (m.AGGREGATOR_ID, 2, None),
    7: (m.ACTOR_STATE, 1, None),
    8: (m.PARTNER_STATE, 2, None),
    10: (m.ACTOR_PORT_PRIORITY, 2, None),
    11: (m.CHURN_ACTOR, 1, s.CHURN_STATES),
    12: (m.CHURN_PARTNER, 1, s.CHURN_STATES),
}
_COUNTERS = (
    m.LACPDU_RX,
    m.LACPDU_TX,
    m.LACPDU_UNKNOWN_RX,
    m.LACPDU_ILLEGAL_RX,
    m.MARKER_RX,
    m.MARKER_TX,
    m.MARKER_RESPONSE_RX,
    m.MARKER_RESPONSE_TX,
    m.MARKER_UNKNOWN_RX,
)
_INGRESS = 0xFFFFFFF1  # TC_H_INGRESS, also of clsact


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what rtnetlink knows of a bond or team device."""
    network = rtnl_dumps.network(snapshot)
    if network is None or name not in network.names:
        return
    link = network.names[name]
    into.known(b.KIND, link.kind, RTNETLINK)
    _device(network, link, b, into)
    _surroundings(snapshot, network, link, into)
    if link.kind == "bond":
        values = rtnl.nested(link.info.get(rtnl.INFO_DATA, b""), network.order)
        _options(snapshot, network, values, into)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add what rtnetlink knows of a member."""
    network = rtnl_dumps.network(snapshot)
    if network is None or name not in network.names:
        return
    link = network.names[name]
    _device(network, link, m, into)
    _list(m.ADDRESSES, rtnl_dumps.addresses(snapshot, link.ifindex), snapshot, "addresses", into)
    into.known(m.VLANS, _vlans(network, link), RTNETLINK)
    _ingress(snapshot, link, into)
    if link.lower:
        into.known(m.NETNS_LINK, link.lower == rtnl_dumps.ELSEWHERE, RTNETLINK)
    else:
        into.absent(m.NETNS_LINK, RTNETLINK)
    owner = network.links.get(link.master)
    if owner is None or owner.name != bond:
        return
    if rtnl.text(link.info.get(rtnl.INFO_SLAVE_KIND, b"")) == "bond":
        _port(network, owner, link, into)
        _counters(snapshot, network, owner, link, into)


def _device(network: Network, link: Link, fields: ModuleType, into: RecordBuilder) -> None:
    """What every interface has; fields: the module with the fields of a bond or of a member."""
    found, order = network.details(link), network.order
    into.known(fields.IFINDEX, link.ifindex, RTNETLINK)
    into.known(fields.ADMIN_UP, bool(link.flags & IFF_UP), RTNETLINK)
    if link.mtu is not None:
        into.known(fields.MTU, link.mtu, RTNETLINK)
    if found.get(rtnl.ADDRESS):
        into.known(fields.MAC, rtnl.mac(found[rtnl.ADDRESS]), RTNETLINK)
    if rtnl.QDISC in found:
        into.known(fields.QDISC, rtnl.text(found[rtnl.QDISC]), RTNETLINK)
    if len(found.get(rtnl.STATS64, b"")) >= 8:
        into.known(fields.STATISTICS, rtnl_dumps.statistics(found[rtnl.STATS64], order), RTNETLINK)
    if rtnl.CARRIER in found:
        into.known(fields.CARRIER, bool(rtnl.number(found[rtnl.CARRIER], order)), RTNETLINK)
    rows: dict[int, _Row] = {
        rtnl.OPERSTATE: (fields.OPERSTATE, 1, s.OPERSTATES),
        rtnl.CARRIER_CHANGES: (fields.CARRIER_CHANGES, 4, None),
        rtnl.CARRIER_UP: (fields.CARRIER_UP_COUNT, 4, None),
        rtnl.CARRIER_DOWN: (fields.CARRIER_DOWN_COUNT, 4, None),
    }
    _table(rows, found, order, "IFLA", s.OLD_KERNEL, into)


def _table(
    rows: dict[int, _Row],
    found: Attributes,
    order: str,
    prefix: str,
    missing: str,
    into: RecordBuilder,
) -> None:
    """Add the fields of a table of numbers and enums; missing: why an attribute is not there."""
    for kind, (field, width, names) in rows.items():
        value = found.get(kind)
        if value is None:
            into.unknown(field, missing)
            continue
        number = rtnl.number(value, order)
        if len(value) != width or (names is not None and number >= len(names)):
            _odd(f"{prefix} {kind}", value, into)
            into.unknown(field, f"unrecognised value {number} from {RTNETLINK}")
        else:
            into.known(field, number if names is None else names[number], RTNETLINK)


def _odd(place: str, value: bytes, into: RecordBuilder) -> None:
    into.unrecognised(RTNETLINK, f"{place}: {value[:64].hex() or 'empty'}")


def _mac_or_absent(field: Field[str], value: bytes, into: RecordBuilder) -> None:
    if len(value) != 6:
        into.unknown(field, f"unrecognised address from {RTNETLINK}")
        _odd(field.path, value, into)
    elif rtnl.mac(value) == ZERO_MAC:
        into.absent(field, RTNETLINK)
    else:
        into.known(field, rtnl.mac(value), RTNETLINK)


def _options(snapshot: Snapshot, network: Network, values: Attributes, into: RecordBuilder) -> None:
    order = network.order
    _table(_OPTIONS, values, order, "IFLA_BOND", s.OLD_KERNEL, into)
    for kind, field in ((2, b.ACTIVE_SLAVE), (11, b.PRIMARY)):
        _interface(network, field, values.get(kind), into)
    into.known(b.ARP_IP_TARGET, _targets(values.get(8, b""), order), RTNETLINK)
    # Not sent where there are none; kernels that send 32 know it.
    if 31 in values or 32 in values:
        into.known(b.NS_IP6_TARGET, _targets(values.get(31, b""), order), RTNETLINK)
    else:
        into.unknown(b.NS_IP6_TARGET, s.OLD_KERNEL)
    for kind in sorted(set(values) - set(_OPTIONS) - set(_GATED) - _OWN_RULES):
        _odd(f"IFLA_BOND {kind}", values[kind], into)
    lacp = values.get(1) == bytes((s.MODES.index(s.LACP_MODE),))
    if not lacp:
        for none in (*_LACP_FIELDS, *_AGGREGATOR_FIELDS):
            into.absent(none, RTNETLINK)
        return
    silence = s.HIDDEN if s.privileged(snapshot.file("/proc/self/status")) else s.NEEDS_ADMIN
    _table(_GATED, values, order, "IFLA_BOND", silence, into)
    if _ACTOR_SYSTEM in values:
        _mac_or_absent(b.AD_ACTOR_SYSTEM, values[_ACTOR_SYSTEM], into)
    else:
        into.unknown(b.AD_ACTOR_SYSTEM, silence)
    _aggregator(values.get(23), order, into)


def _aggregator(value: bytes | None, order: str, into: RecordBuilder) -> None:
    """IFLA_BOND_AD_INFO: not sent while no aggregator is active; not gated."""
    if value is None:
        for field in _AGGREGATOR_FIELDS:
            into.absent(field, RTNETLINK)
        return
    found = rtnl.nested(value, order)
    _table(_AGGREGATOR, found, order, "IFLA_BOND_AD_INFO", s.OLD_KERNEL, into)
    _mac_or_absent(b.PARTNER_SYSTEM, found.get(5, b""), into)


def _interface(
    network: Network, field: Field[str], value: bytes | None, into: RecordBuilder
) -> None:
    if value is None:
        into.absent(field, RTNETLINK)
        return
    index = rtnl.number(value, network.order)
    link = network.links.get(index)
    if link is None:
        into.unknown(field, f"interface {index} went away while it was read")
    else:
        into.known(field, link.name, RTNETLINK)


def _targets(value: bytes, order: str) -> list[str]:
    return [rtnl_dumps.ip(target) for _slot, target in sorted(rtnl.nested(value, order).items())]


def _port(network: Network, owner: Link, link: Link, into: RecordBuilder) -> None:
    order = network.order
    values = rtnl.nested(link.info.get(rtnl.INFO_SLAVE_DATA, b""), order)
    _table(_MEMBER, values, order, "IFLA_BOND_SLAVE", s.OLD_KERNEL, into)
    if _PERM_HWADDR in values:
        _mac_or_absent(m.PERMANENT_MAC, values[_PERM_HWADDR], into)
    if len(values.get(_PRIO, b"")) == 4:
        prio = rtnl.number(values[_PRIO], order)
        into.known(m.PRIO, prio - (1 << 32) if prio >> 31 else prio, RTNETLINK)
    else:
        into.unknown(m.PRIO, s.OLD_KERNEL)
    for kind in sorted(set(values) - set(_MEMBER) - set(_PORT) - {_PERM_HWADDR, _PRIO}):
        _odd(f"IFLA_BOND_SLAVE {kind}", values[kind], into)
    if not _speaks_lacp(network, owner):
        for field, _width, _names in _PORT.values():
            into.absent(field, RTNETLINK)
        return
    missing = s.OLD_KERNEL if 6 in values else s.NO_AGGREGATOR
    _table(_PORT, values, order, "IFLA_BOND_SLAVE", missing, into)


def _speaks_lacp(network: Network, owner: Link) -> bool:
    values = rtnl.nested(owner.info.get(rtnl.INFO_DATA, b""), network.order)
    return values.get(1) == bytes((s.MODES.index(s.LACP_MODE),))


def _counters(
    snapshot: Snapshot, network: Network, owner: Link, link: Link, into: RecordBuilder
) -> None:
    counters = rtnl_dumps.slow_counters(snapshot, link.ifindex)
    if counters is None:
        for field in _COUNTERS:
            into.unknown(field, rtnl_dumps.silence(snapshot, "stats"))
        return
    lacp = _speaks_lacp(network, owner)
    for kind, field in enumerate(_COUNTERS):
        if kind in counters:
            into.known(field, counters[kind], RTNETLINK)
        elif lacp:
            into.unknown(field, s.OLD_KERNEL)
        else:
            into.absent(field, RTNETLINK)


def _list(
    field: Field[list[str]],
    found: list[str] | None,
    snapshot: Snapshot,
    dump: str,
    into: RecordBuilder,
) -> None:
    if found is None:
        into.unknown(field, rtnl_dumps.silence(snapshot, dump))
    else:
        into.known(field, found, RTNETLINK)


def _vlans(network: Network, link: Link) -> list[dict[str, Any]]:
    """VLAN devices on a link, by VLAN id; IFLA_VLAN_ID is 1."""
    found = []
    for upper in network.uppers.get(link.ifindex, ()):
        if upper.kind == "vlan":
            data = rtnl.nested(upper.info.get(rtnl.INFO_DATA, b""), network.order)
            found.append(
                {
                    "name": upper.name,
                    "id": rtnl.number(data.get(1, b""), network.order),
                    "mtu": upper.mtu,
                    "admin_up": bool(upper.flags & IFF_UP),
                }
            )
    return sorted(found, key=lambda vlan: (vlan["id"], vlan["name"]))


def _surroundings(snapshot: Snapshot, network: Network, link: Link, into: RecordBuilder) -> None:
    """What lies on a bond: VLANs, a bridge or VRF, addresses, routes."""
    into.known(b.VLANS, _vlans(network, link), RTNETLINK)
    _list(b.ADDRESSES, rtnl_dumps.addresses(snapshot, link.ifindex), snapshot, "addresses", into)
    above = network.above(link)
    hops = rtnl_dumps.gateways(snapshot, frozenset(x.ifindex for x in (link, *above)))
    vrf = next((x.name for x in above if x.kind == "vrf"), None)
    if vrf is not None:
        into.unknown(b.GATEWAYS, f"the routes of VRF {vrf} are not read")
    else:
        _list(b.GATEWAYS, hops, snapshot, "routes", into)
    upper = network.links.get(link.master)
    if upper is None:
        for field in (b.BRIDGE, b.BRIDGE_KIND, b.GROUP_FWD_MASK):
            into.absent(field, RTNETLINK)
        return
    into.known(b.BRIDGE, upper.name, RTNETLINK)
    into.known(b.BRIDGE_KIND, upper.kind or "unknown kind", RTNETLINK)
    data = rtnl.nested(upper.info.get(rtnl.INFO_DATA, b""), network.order)
    if upper.kind != "bridge":
        into.absent(b.GROUP_FWD_MASK, RTNETLINK)
    elif 9 in data:  # IFLA_BR_GROUP_FWD_MASK
        into.known(b.GROUP_FWD_MASK, rtnl.number(data[9], network.order), RTNETLINK)


def _ingress(snapshot: Snapshot, link: Link, into: RecordBuilder) -> None:
    """struct tcmsg: parent at 12; TCA_KIND is 1."""
    found = rtnl_dumps.about(snapshot, "qdiscs", link.ifindex)
    if found is None:
        into.unknown(m.INGRESS_QDISC, rtnl_dumps.silence(snapshot, "qdiscs"))
        return
    order = rtnl.byte_order(snapshot)
    for header, values in found:
        if rtnl.number(header[12:16], order) == _INGRESS:
            into.known(m.INGRESS_QDISC, rtnl.text(values.get(1, b"")), RTNETLINK)
            return
    into.absent(m.INGRESS_QDISC, RTNETLINK)
