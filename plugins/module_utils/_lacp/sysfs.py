# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/sys/class/net/<bond>/bonding/* and /sys/class/net/<member>/bonding_slave/*.

Options of choice read 'name number'. The ad_* files of the actor and the partner read empty
without CAP_NET_ADMIN, and in other modes than 802.3ad (bond_sysfs.c, bond_sysfs_slave.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import bond_fields as b, member_fields as m, sources as s
from .fact import Field
from .places import NET
from .port_state import ZERO_MAC
from .snapshot import ReadFailure, Snapshot
from .sources import SYSFS

if TYPE_CHECKING:
    from .record import RecordBuilder

# File: field and how its value reads; 'choice' is 'name number', 'name' may be empty.
_Rule = tuple[Field[Any], str]
_OPTIONS: dict[str, _Rule] = {
    "mode": (b.MODE, "choice"),
    "miimon": (b.MIIMON, "int"),
    "updelay": (b.UPDELAY, "int"),
    "downdelay": (b.DOWNDELAY, "int"),
    "peer_notif_delay": (b.PEER_NOTIF_DELAY, "int"),
    "use_carrier": (b.USE_CARRIER, "int"),
    "arp_interval": (b.ARP_INTERVAL, "int"),
    "arp_ip_target": (b.ARP_IP_TARGET, "list"),
    "arp_validate": (b.ARP_VALIDATE, "choice"),
    "arp_all_targets": (b.ARP_ALL_TARGETS, "choice"),
    "arp_missed_max": (b.ARP_MISSED_MAX, "int"),
    "primary": (b.PRIMARY, "name"),
    "primary_reselect": (b.PRIMARY_RESELECT, "choice"),
    "active_slave": (b.ACTIVE_SLAVE, "name"),
    "fail_over_mac": (b.FAIL_OVER_MAC, "choice"),
    "xmit_hash_policy": (b.XMIT_HASH_POLICY, "choice"),
    "resend_igmp": (b.RESEND_IGMP, "int"),
    "num_grat_arp": (b.NUM_PEER_NOTIF, "int"),
    "all_slaves_active": (b.ALL_SLAVES_ACTIVE, "int"),
    "min_links": (b.MIN_LINKS, "int"),
    "lp_interval": (b.LP_INTERVAL, "int"),
    "packets_per_slave": (b.PACKETS_PER_SLAVE, "int"),
    "tlb_dynamic_lb": (b.TLB_DYNAMIC_LB, "int"),
    "lacp_rate": (b.LACP_RATE, "choice"),
    "lacp_active": (b.LACP_ACTIVE, "choice"),
    "ad_select": (b.AD_SELECT, "choice"),
    "mii_status": (b.MII_STATUS, "text"),
}
_GATED: dict[str, _Rule] = {
    "ad_actor_sys_prio": (b.AD_ACTOR_SYS_PRIO, "int"),
    "ad_user_port_key": (b.AD_USER_PORT_KEY, "int"),
    "ad_actor_system": (b.AD_ACTOR_SYSTEM, "mac"),
}
_AGGREGATOR: dict[str, _Rule] = {
    "ad_aggregator": (b.AGGREGATOR_ID, "int"),
    "ad_num_ports": (b.AGGREGATOR_PORTS, "int"),
}
_GATED_AGGREGATOR: dict[str, _Rule] = {
    "ad_actor_key": (b.ACTOR_KEY, "int"),
    "ad_partner_key": (b.PARTNER_KEY, "int"),
    "ad_partner_mac": (b.PARTNER_SYSTEM, "mac"),
}
_MEMBER: dict[str, _Rule] = {
    "state": (m.STATE, "text"),
    "mii_status": (m.MII_STATUS, "text"),
    "link_failure_count": (m.LINK_FAILURE_COUNT, "int"),
    "perm_hwaddr": (m.PERMANENT_MAC, "mac"),
    "queue_id": (m.QUEUE_ID, "int"),
}
_PORT: dict[str, _Rule] = {
    "ad_aggregator_id": (m.AGGREGATOR_ID, "int"),
    "ad_actor_oper_port_state": (m.ACTOR_STATE, "int"),
    "ad_partner_oper_port_state": (m.PARTNER_STATE, "int"),
}
# What is understood; places.py says what is read.
BOND_FILES = ("slaves", *_OPTIONS, *_GATED, *_AGGREGATOR, *_GATED_AGGREGATOR)
MEMBER_FILES = (*_MEMBER, *_PORT)


def members(snapshot: Snapshot, name: str) -> list[str] | None:
    """Members in enslave order; None if they could not be read, or not all of them."""
    content = _read(snapshot, f"{NET}/{name}/bonding/slaves")
    if content is None or "++more++" in content:  # the list did not fit a page
        return None
    return content.split(" ") if content else []


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what the option files of a bond say."""
    folder = f"{NET}/{name}/bonding/"
    if folder + "mode" not in snapshot.files:  # not a bond, so nobody looked
        return
    for file, (field, kind) in _OPTIONS.items():
        _add(snapshot, folder + file, field, kind, into)
    mode = _read(snapshot, folder + "mode")
    if mode is None:
        return
    # 0 where no aggregator is active.
    active = _read(snapshot, folder + "ad_aggregator") != "0"
    lacp = mode.split(" ")[0] == s.LACP_MODE
    silence = s.HIDDEN if s.privileged(snapshot.file("/proc/self/status")) else s.NEEDS_ADMIN
    for rules in (_GATED, _AGGREGATOR, _GATED_AGGREGATOR):
        for file, (field, kind) in rules.items():
            if lacp and (active or rules is _GATED):
                _add(snapshot, folder + file, field, kind, into, silence)
            else:
                into.absent(field, SYSFS)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add what the files of a member say."""
    folder = f"{NET}/{name}/bonding_slave/"
    if folder + "state" not in snapshot.files:
        return
    for file, (field, kind) in _MEMBER.items():
        _add(snapshot, folder + file, field, kind, into)
    mode = _read(snapshot, f"{NET}/{bond}/bonding/mode")
    for file, (field, kind) in _PORT.items():
        if mode is not None and mode.split(" ")[0] != s.LACP_MODE:
            into.absent(field, SYSFS)
        elif _read(snapshot, folder + file) == "N/A":
            into.unknown(field, s.NO_AGGREGATOR)
        else:
            _add(snapshot, folder + file, field, kind, into)


def _read(snapshot: Snapshot, path: str) -> str | None:
    content = snapshot.file(path)
    if isinstance(content, ReadFailure):
        return None
    return content.decode("utf-8", "backslashreplace").rstrip("\n ")


def _add(
    snapshot: Snapshot,
    path: str,
    field: Field[Any],
    kind: str,
    into: RecordBuilder,
    silence: str = "",
) -> None:
    """Add one file; silence: why a file that is there reads empty."""
    value = _read(snapshot, path)
    if value is None:
        _failed(snapshot.file(path), path, field, into)
        return
    if kind == "choice":
        value = value.split(" ")[0]
    if not value and silence:
        into.unknown(field, silence)
    elif kind == "int" and value.isascii() and value.isdigit() and len(value) < 20:
        into.known(field, int(value), SYSFS)
    elif kind == "list":
        into.known(field, value.split(), SYSFS)
    elif (kind == "name" and not value) or (kind == "mac" and value == ZERO_MAC):
        into.absent(field, SYSFS)
    elif value and (kind in ("choice", "text", "name") or (kind == "mac" and len(value) == 17)):
        into.known(field, value, SYSFS)
    else:
        into.unknown(field, f"unrecognised value in {path}: {value[:60]!r}")
        into.unrecognised(SYSFS, f"{path}: {value[:200]}")


def _failed(
    content: bytes | ReadFailure, path: str, field: Field[Any], into: RecordBuilder
) -> None:
    if not isinstance(content, ReadFailure):
        return
    if content.missing:
        into.unknown(field, s.OLD_KERNEL)
    else:
        into.unknown(field, f"{path}: {content.text}")
