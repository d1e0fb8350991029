# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bond and its members, looked at again and again: bytes of the kernel to what has changed."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from . import rtnl, rtnl_dumps
from .port_state import DEFAULTED, DISTRIBUTING, EXPIRED, FORWARDING
from .procfs import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEWLINK, DELLINK, NEWSTATS = 16, 17, 92
IFF_UP = 1

_WANTED = frozenset(
    (
        rtnl.ADDRESS,
        rtnl.IFNAME,
        rtnl.MTU,
        rtnl.MASTER,
        rtnl.OPERSTATE,
        rtnl.LINKINFO,
        rtnl.STATS64,
        rtnl.CARRIER,
        rtnl.CARRIER_UP,
        rtnl.CARRIER_DOWN,
    )
)
_OPERSTATES = "unknown notpresent down lowerlayerdown testing dormant up".split()  # IF_OPER_*
_MII = "up fail down back".split()  # BOND_LINK_*
_AD_INFO = 23  # IFLA_BOND_AD_INFO, nested; bonding's own attributes below are the slave's
_STATE, _MII_STATUS, _AGGREGATOR, _ACTOR_STATE, _PARTNER_STATE = 1, 2, 6, 7, 8
# BOND_XSTATS_3AD_*, from 0
SLOW_COUNTERS = (
    "lacpdu_rx lacpdu_tx lacpdu_unknown_rx lacpdu_illegal_rx marker_rx marker_tx "
    "marker_resp_rx marker_resp_tx marker_unknown_rx"
).split()

# What only /proc/net/bonding tells, by its labels; netlink has the rest, and sooner.
_PROC = {
    "Speed": "speed",
    "Duplex": "duplex",
    "Link Failure Count": "link_failures",
    "Permanent HW addr": "permanent_mac",
    "Actor Churn State": "actor_churn",
    "Partner Churn State": "partner_churn",
    "Actor Churned Count": "actor_churned",
    "Partner Churned Count": "partner_churned",
    "details actor lacp pdu/system mac address": "actor_system",
    "details actor lacp pdu/port key": "actor_key",
    "details actor lacp pdu/port number": "actor_port",
    "details partner lacp pdu/system priority": "partner_system_priority",
    "details partner lacp pdu/system mac address": "partner_system",
    "details partner lacp pdu/oper key": "partner_key",
    "details partner lacp pdu/port priority": "partner_port_priority",
    "details partner lacp pdu/port number": "partner_port",
    "System MAC address": "system",
    "System priority": "system_priority",
}


class Look(NamedTuple):
    """What one message says of one interface. gone: it was deleted."""

    ifindex: int
    name: str
    master: int
    gone: bool
    fields: dict[str, str]
    counters: dict[str, int]

    def state(self, field: str) -> int:
        """A port state octet; 0 where there is none."""
        return int(self.fields.get(field) or 0)


def looks(data: bytes, order: str) -> Iterator[Look]:
    """Every interface that the messages of a datagram describe."""
    for kind, _flags, span in rtnl.messages(data, order):
        if kind in (NEWLINK, DELLINK) and span[1] - span[0] >= 16:
            yield _look(data, span, order, gone=kind == DELLINK)


def _look(data: bytes, span: tuple[int, int], order: str, *, gone: bool) -> Look:
    start, stop = span
    # struct ifinfomsg: family, pad, type, index, flags, change
    index, flags = struct.unpack_from(order + "iI", data, start + 4)
    found = rtnl.attributes(data, (start + 16, stop), order, _WANTED)
    fields = {"admin": "up" if flags & IFF_UP else "down"}
    if rtnl.OPERSTATE in found:
        fields["operstate"] = _word(_OPERSTATES, rtnl.number(found[rtnl.OPERSTATE], order))
    if rtnl.CARRIER in found:
        fields["carrier"] = "up" if any(found[rtnl.CARRIER]) else "down"
    if rtnl.ADDRESS in found:
        fields["mac"] = rtnl.mac(found[rtnl.ADDRESS])
    if rtnl.MTU in found:
        fields["mtu"] = str(rtnl.number(found[rtnl.MTU], order))
    if rtnl.LINKINFO in found:
        fields.update(_bonding(rtnl.nested(found[rtnl.LINKINFO], order), order))
    counters = rtnl_dumps.statistics(found.get(rtnl.STATS64, b""), order)
    for name, kind in (("carrier_up", rtnl.CARRIER_UP), ("carrier_down", rtnl.CARRIER_DOWN)):
        if kind in found:
            counters[name] = rtnl.number(found[kind], order)
    master = rtnl.number(found.get(rtnl.MASTER, b""), order)
    return Look(index, rtnl.text(found.get(rtnl.IFNAME, b"")), master, gone, fields, counters)


def _bonding(info: rtnl.Attributes, order: str) -> dict[str, str]:
    """What bonding adds to the link message of a bond or of a member."""
    if rtnl.text(info.get(rtnl.INFO_SLAVE_KIND, b"")) == "bond":
        found = rtnl.nested(info.get(rtnl.INFO_SLAVE_DATA, b""), order)
        fields = {}
        if _STATE in found:
            fields["state"] = "backup" if any(found[_STATE]) else "active"
        if _MII_STATUS in found:
            fields["mii_status"] = _word(_MII, rtnl.number(found[_MII_STATUS], order))
        for name, kind in (
            ("aggregator", _AGGREGATOR),
            ("actor_state", _ACTOR_STATE),
            ("partner_state", _PARTNER_STATE),
        ):
            if kind in found:
                fields[name] = str(rtnl.number(found[kind], order))
        return fields
    if rtnl.text(info.get(rtnl.INFO_KIND, b"")) != "bond":
        return {}
    data = rtnl.nested(info.get(rtnl.INFO_DATA, b""), order)
    active = rtnl.nested(data.get(_AD_INFO, b""), order)
    fields = {"aggregator": "none"}
    for kind, name in enumerate(("aggregator", "ports", "actor_key", "partner_key"), 1):
        if kind in active:
            fields[name] = str(rtnl.number(active[kind], order))
    if 5 in active:
        fields["partner_system"] = rtnl.mac(active[5])
    return fields


def _word(words: list[str], value: int) -> str:
    return words[value] if value < len(words) else str(value)


def slow_counters(data: bytes, order: str) -> Iterator[tuple[int, dict[str, int]]]:
    """(ifindex, the kernel's LACPDU counters) of each RTM_NEWSTATS message in a datagram."""
    for kind, _flags, (start, stop) in rtnl.messages(data, order):
        if kind != NEWSTATS or stop - start < 12:
            continue
        # IFLA_STATS_LINK_XSTATS_SLAVE > LINK_XSTATS_TYPE_BOND > BOND_XSTATS_3AD > u64
        value = data[start + 12 : stop]
        for step in (3, 2, 1):
            value = rtnl.nested(value, order).get(step, b"")
        index = struct.unpack_from(order + "i", data, start + 4)[0]
        found = rtnl.nested(value, order)
        yield (
            index,
            {
                SLOW_COUNTERS[at]: rtnl.number(found[at], order)
                for at in sorted(found)
                if at < len(SLOW_COUNTERS) and len(found[at]) == 8
            },
        )


def proc_fields(content: bytes) -> dict[str, dict[str, str]]:
    """Fields by member name, '' for the bond, of a /proc/net/bonding file."""
    parsed = parse(content)
    sections = {"": parsed.bond, **parsed.members}
    return {
        name: {_PROC[label]: text for label, text in section.lines.items() if label in _PROC}
        for name, section in sections.items()
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(field, before, after) of each field that differs; one that is missing is 'none'."""
    for name in sorted({*before, *after}):
        old, new = before.get(name, "none"), after.get(name, "none")
        if old != new:
            yield name, old, new


def is_flap(field: str, before: str, after: str) -> bool:
    """Whether a change takes a member out of service."""
    if field in ("carrier", "admin", "mii_status"):
        return before == "up" and after != "up"
    if field == "master":
        return True
    if field in ("actor_state", "partner_state"):
        lost = int(before) & ~int(after) if before.isdigit() and after.isdigit() else 0
        return bool(lost & DISTRIBUTING)
    return False


def is_converged(bond: Look, members: list[Look]) -> bool:
    """Whether both ends of each member are in sync, collecting and distributing, in one LAG.

    The octets alone do not tell: Linux 6.1 leaves them as they are when a carrier is lost.
    """
    return bool(members) and all(
        member.fields.get("state") == "active"
        and member.state("actor_state") & member.state("partner_state") & FORWARDING == FORWARDING
        and not (member.state("actor_state") | member.state("partner_state"))
        & (EXPIRED | DEFAULTED)
        and member.fields.get("aggregator") == bond.fields.get("aggregator")
        for member in members
    )
