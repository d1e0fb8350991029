# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dumps of route netlink: what they say of interfaces, addresses and routes, never an exception.

Layouts: include/uapi/linux/{rtnetlink,if_link,if_addr}.h.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from . import rtnl
from .rtnl import Attributes, Span, attributes, byte_order, messages, nested, number, text
from .snapshot import ReadFailure, Snapshot
from .sources import RTNETLINK

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVERVIEW = frozenset(
    (rtnl.IFNAME, rtnl.MTU, rtnl.LINK, rtnl.MASTER, rtnl.LINKINFO, rtnl.LINK_NETNSID)
)
_DETAILS = frozenset(
    (
        rtnl.ADDRESS,
        rtnl.QDISC,
        rtnl.OPERSTATE,
        rtnl.STATS64,
        rtnl.CARRIER,
        rtnl.CARRIER_CHANGES,
        rtnl.CARRIER_UP,
        rtnl.CARRIER_DOWN,
    )
)
ELSEWHERE = -1

_STATISTICS = (
    "rx_packets tx_packets rx_bytes tx_bytes rx_errors tx_errors rx_dropped tx_dropped multicast "
    "collisions rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors "
    "rx_missed_errors tx_aborted_errors tx_carrier_errors tx_fifo_errors tx_heartbeat_errors "
    "tx_window_errors rx_compressed tx_compressed rx_nohandler rx_otherhost_dropped"
).split()


class Link(NamedTuple):
    """One interface, as far as it is decoded for every interface.

    lower: ifindex of the device that it lies on (0: none, ELSEWHERE: in another network
    namespace); master: ifindex of its bond, bridge or VRF (0: none); mtu: None if not said.
    """

    ifindex: int
    name: str
    flags: int
    mtu: int | None
    lower: int
    master: int
    info: Attributes
    span: Span

    @property
    def kind(self) -> str:
        """Driver kind, such as bond, team, vlan; '' for hardware."""
        return text(self.info.get(rtnl.INFO_KIND, b""))


class Network(NamedTuple):
    """All interfaces of a dump; damage says what was wrong with the dump, '' if nothing."""

    data: bytes
    order: str
    links: Mapping[int, Link]
    names: Mapping[str, Link]
    ports: Mapping[int, list[Link]]
    uppers: Mapping[int, list[Link]]
    damage: str

    def details(self, link: Link) -> Attributes:
        """The attributes of a link that are wanted of bonds and members only."""
        return attributes(self.data, link.span, self.order, _DETAILS)

    def above(self, link: Link) -> list[Link]:
        """Everything that lies on a link: its master, VLANs, macvlans, and what lies on those."""
        found: dict[int, Link] = {}
        todo = [link]
        while todo:
            lower = todo.pop()
            nearby = list(self.uppers.get(lower.ifindex, ()))
            if lower.master in self.links:
                nearby.append(self.links[lower.master])
            for upper in nearby:
                if upper.ifindex not in found and upper.ifindex != link.ifindex:
                    found[upper.ifindex] = upper
                    todo.append(upper)
        return [found[index] for index in sorted(found)]


def ip(value: bytes) -> str:
    """An IPv4 or IPv6 address (RFC 5952); hexadecimal if it is neither."""
    if len(value) == 4:
        return ".".join(str(byte) for byte in value)
    if len(value) != 16:
        return value.hex()
    groups = ["%x" % (value[at] << 8 | value[at + 1]) for at in range(0, 16, 2)]
    start, length = max(
        ((at, _zeros(groups, at)) for at in range(8)), key=lambda run: (run[1], -run[0])
    )
    if length < 2:
        return ":".join(groups)
    return ":".join(groups[:start]) + "::" + ":".join(groups[start + length :])


def _zeros(groups: list[str], start: int) -> int:
    at = start
    while at < 8 and groups[at] == "0":
        at += 1
    return at - start


def network(snapshot: Snapshot) -> Network | None:
    """The interfaces of a snapshot; None if they could not be read."""
    dump = snapshot.dumps.get("links")
    if dump is None or isinstance(dump, ReadFailure):
        return None
    return _network(dump, byte_order(snapshot))


@lru_cache(maxsize=2)
def _network(data: bytes, order: str) -> Network:
    links: dict[int, Link] = {}
    ports: dict[int, list[Link]] = {}
    uppers: dict[int, list[Link]] = {}
    for _kind, _flags, (start, stop) in messages(data, order):
        if stop - start < rtnl.LINK_HEADER:
            continue
        link = _link(data, (start, stop), order)
        links[link.ifindex] = link
    for link in links.values():
        if link.master:
            ports.setdefault(link.master, []).append(link)
        if link.lower > 0:
            uppers.setdefault(link.lower, []).append(link)
    names = {link.name: link for link in links.values()}
    return Network(data, order, links, names, ports, uppers, damage(data, order))


def _link(data: bytes, span: Span, order: str) -> Link:
    start, stop = span
    index, flags = struct.unpack_from(order + "iI", data, start + 4)
    span = (start + rtnl.LINK_HEADER, stop)
    found = attributes(data, span, order, _OVERVIEW)
    lower = number(found.get(rtnl.LINK, b""), order)
    mtu = found.get(rtnl.MTU)
    return Link(
        index,
        text(found.get(rtnl.IFNAME, b"")),
        flags,
        None if mtu is None else number(mtu, order),
        ELSEWHERE if rtnl.LINK_NETNSID in found else lower,
        number(found.get(rtnl.MASTER, b""), order),
        nested(found[rtnl.LINKINFO], order) if rtnl.LINKINFO in found else {},
        span,
    )


@lru_cache(maxsize=8)
def damage(data: bytes, order: str) -> str:
    """What is wrong with a dump, as a sentence; '' if nothing."""
    end = 0
    interrupted = False
    for _kind, flags, (_start, stop) in messages(data, order):
        end = stop
        interrupted = interrupted or bool(flags & rtnl.FLAG_INTERRUPTED)
    if interrupted:
        return "kept changing while it was read: something may be missing"
    if end + 3 & ~3 < len(data):
        return f"cannot be understood from byte {end} of {len(data)} on"
    return ""


def silence(snapshot: Snapshot, dump: str) -> str:
    """Why a dump says nothing."""
    found = snapshot.dumps.get(dump)
    if isinstance(found, ReadFailure):
        return f"{RTNETLINK} {dump}: {found.errno}: {found.text}"
    return f"{RTNETLINK} {dump}: not read"


@lru_cache(maxsize=8)
def _by_index(data: bytes, order: str) -> Mapping[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    index_of = struct.Struct(order + "i").unpack_from
    for _kind, _flags, (start, stop) in messages(data, order):
        if stop - start >= 8:
            found.setdefault(index_of(data, start + 4)[0], []).append((start, stop))
    return found


def about(snapshot: Snapshot, dump: str, index: int) -> list[tuple[bytes, Attributes]] | None:
    """(fixed header, attributes) of each message of a dump about one interface; None: not read.

    dump: 'addresses' (ifaddrmsg), 'qdiscs' (tcmsg) or 'stats' (if_stats_msg): all of them have the
    interface index at offset 4.
    """
    data = snapshot.dumps.get(dump)
    if data is None or isinstance(data, ReadFailure):
        return None
    size = {"addresses": 8, "qdiscs": 20, "stats": 12}[dump]
    order = byte_order(snapshot)
    return [
        (data[start : start + size], attributes(data, (start + size, stop), order))
        for start, stop in _by_index(data, order).get(index, ())
    ]


def addresses(snapshot: Snapshot, index: int) -> list[str] | None:
    """Sorted addresses with prefix length of an interface; None if they could not be read."""
    found = about(snapshot, "addresses", index)
    if found is None:
        return None
    # IFA_LOCAL (2) where there is one: IFA_ADDRESS (1) of a point-to-point link is the peer's.
    told = [(header, values.get(2) or values.get(1)) for header, values in found]
    return sorted(f"{ip(value)}/{header[1]}" for header, value in told if value)


def gateways(snapshot: Snapshot, indexes: frozenset[int]) -> list[str] | None:
    """Sorted next hops of the main table through some interfaces; None if it could not be read."""
    dump = snapshot.dumps.get("routes")
    if dump is None or isinstance(dump, ReadFailure):
        return None
    return sorted(
        {hop for index, hop in _next_hops(dump, byte_order(snapshot)) if index in indexes}
    )


_ROUTE = frozenset((4, 5, 9, 15, 18))  # RTA_OIF, RTA_GATEWAY, RTA_MULTIPATH, RTA_TABLE, RTA_VIA


@lru_cache(maxsize=2)
def _next_hops(data: bytes, order: str) -> frozenset[tuple[int, str]]:
    hops = set()
    for _kind, _flags, (start, stop) in messages(data, order):
        # struct rtmsg: table at 4, type at 7. Kernels before 4.20 send all tables and types.
        if stop - start < 12 or data[start + 4] != 254 or data[start + 7] != 1:
            continue
        found = attributes(data, (start + 12, stop), order, _ROUTE)
        hops.add((number(found.get(4, b""), order), _gateway(found)))
        many = found.get(9, b"")
        at = 0
        while at + 8 <= len(many):  # struct rtnexthop
            length, _bits, _weight, index = struct.unpack_from(order + "HBBi", many, at)
            if length < 8:
                break
            hops.add((index, _gateway(attributes(many, (at + 8, at + length), order))))
            at += length + 3 & ~3
    return frozenset(hop for hop in hops if hop[1])


def _gateway(found: Attributes) -> str:
    value = found.get(5) or found.get(18, b"")[2:]  # struct rtvia: family, address
    return ip(value) if value else ""


def statistics(value: bytes, order: str) -> dict[str, int]:
    """struct rtnl_link_stats64 by the kernel's names; as many as the kernel sent."""
    count = min(len(value) // 8, len(_STATISTICS))
    return dict(zip(_STATISTICS, struct.unpack_from(f"{order}{count}Q", value)))


def slow_counters(snapshot: Snapshot, index: int) -> dict[int, int] | None:
    """BOND_XSTATS_3AD of a member by attribute number; None if it could not be read.

    IFLA_STATS_LINK_XSTATS_SLAVE (3) > LINK_XSTATS_TYPE_BOND (2) > BOND_XSTATS_3AD (1) > u64.
    """
    found = about(snapshot, "stats", index)
    if found is None:
        return None
    order = byte_order(snapshot)
    counters: dict[int, int] = {}
    for _header, values in found:
        bonding: Any = nested(nested(values.get(3, b""), order).get(2, b""), order).get(1, b"")
        for kind, value in nested(bonding, order).items():
            if len(value) == 8:
                counters[kind] = number(value, order)
    return counters
