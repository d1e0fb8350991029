# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What teamd and the team driver say of a team device, in the terms of bonding.

A setting that bonding has and teamd has not stays unknown and says so: a rule about it cannot
apply. teamd takes what its partner last sent; it zeroes the record when it gives a partner up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import (
    bond_fields as b,
    member_fields as m,
    places,
    rtnl,
    rtnl_dumps,
    teamd_dataplane,
    teamd_options,
)
from .port_state import ZERO_MAC
from .snapshot import NOT_READ, ReadFailure
from .sources import OFF_ON
from .teamd_state import PortState, TeamdError, TeamState, config_of, loads, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .fact import Field
    from .record import RecordBuilder
    from .snapshot import Reading, Snapshot

KIND = "team"
SOURCE = "teamd"
NOT_THERE = "teamd has no such setting"
NOT_KEPT = "teamd does not keep it"
# Settings of bonding without a counterpart: rules about them do not apply to a team device.
_NO_SETTING = (
    b.MIIMON,
    b.UPDELAY,
    b.DOWNDELAY,
    b.PEER_NOTIF_DELAY,
    b.USE_CARRIER,
    b.ARP_INTERVAL,
    b.AD_USER_PORT_KEY,
    b.COUPLED_CONTROL,
    b.BROADCAST_NEIGHBOR,
    b.LACP_STRICT,
    b.PRIMARY_RESELECT,
    b.FAIL_OVER_MAC,
    b.ALL_SLAVES_ACTIVE,
    b.LP_INTERVAL,
    b.TLB_DYNAMIC_LB,
)
_NOT_KEPT = (
    m.CHURN_ACTOR,
    m.CHURN_PARTNER,
    m.CHURN_ACTOR_COUNT,
    m.CHURN_PARTNER_COUNT,
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
# What libteam's hash fragments amount to (teamd_bpf_chef.c): "ip" and "l3" stand for both.
_BOTH = {"ip": ("ipv4", "ipv6"), "l3": ("ipv4", "ipv6"), "l4": ("tcp", "udp", "sctp")}
_HASHES = {
    frozenset(("eth",)): "layer2",
    frozenset(("eth", "ipv4", "ipv6")): "layer2+3",
    frozenset(("ipv4", "ipv6", "tcp", "udp", "sctp")): "layer3+4",
}
_SELECTS = {"bandwidth": "bandwidth", "count": "count"}
_ACTOR: tuple[tuple[Field[Any], str], ...] = (
    (m.ACTOR_SYSTEM, "system"),
    (m.ACTOR_SYSTEM_PRIORITY, "system_priority"),
    (m.ACTOR_KEY, "key"),
    (m.ACTOR_PORT, "port"),
    (m.ACTOR_PORT_PRIORITY, "port_priority"),
    (m.ACTOR_STATE, "state"),
)
_PARTNER: tuple[tuple[Field[Any], str], ...] = (
    (m.PARTNER_SYSTEM, "system"),
    (m.PARTNER_SYSTEM_PRIORITY, "system_priority"),
    (m.PARTNER_KEY, "key"),
    (m.PARTNER_PORT, "port"),
    (m.PARTNER_PORT_PRIORITY, "port_priority"),
    (m.PARTNER_STATE, "state"),
)
_TEAM_FIELDS = (m.TEAM_STATE, m.TEAM_SELECTED, m.TEAM_ENABLED, m.DATAPLANE_ACTIVE)
# Nobody listens on the socket, or whoever does has stopped; any other failure tells neither.
_NOBODY = ("ENOENT", "ECONNREFUSED", "ETIMEDOUT")
_CHOSEN: tuple[Field[Any], ...] = (m.AGGREGATOR_ID, m.TEAM_STATE, m.TEAM_SELECTED)
_PERMANENT = frozenset((rtnl.PERM_ADDRESS,))


def names(snapshot: Snapshot) -> list[str]:
    """Team devices that somebody asked about, where rtnetlink could not be read."""
    before, after = places.TEAM_STATE.split("{}")
    return sorted(
        path[len(before) : -len(after)]
        for path in snapshot.files
        if path.startswith(before) and path.endswith(after) and snapshot.file(path) != NOT_READ
    )


def members(snapshot: Snapshot, name: str) -> list[str] | None:
    """Ports of a team device as teamd has them; None if it did not say."""
    found = _state(snapshot.file(places.TEAM_STATE.format(name)))
    return [port.name for port in found.ports] if isinstance(found, TeamState) else None


def problem(snapshot: Snapshot, name: str) -> str:
    """What kept teamd from being read, '' if nothing or where nobody asked."""
    if not is_team(snapshot, name):
        return ""
    found = _state(snapshot.file(places.TEAM_STATE.format(name)))
    return "" if isinstance(found, TeamState) else found


def is_team(snapshot: Snapshot, name: str) -> bool:
    """Whether somebody asked teamd about a device."""
    return snapshot.file(places.TEAM_STATE.format(name)) != NOT_READ


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what teamd says of a team device; of another aggregation only that it is none."""
    if not is_team(snapshot, name):
        into.absent(b.TEAM_ANSWERS, SOURCE)
        return
    into.known(b.KIND, KIND, SOURCE)
    for field in _NO_SETTING:
        into.unknown(field, NOT_THERE)
    reading = snapshot.file(places.TEAM_STATE.format(name))
    found = _state(reading)
    if isinstance(found, str):
        _silent(reading, found, into)
        return
    into.known(b.TEAM_ANSWERS, True, SOURCE)
    _settings(snapshot, name, found, into)
    _aggregator(found, into)


def _silent(reading: Reading, reason: str, into: RecordBuilder) -> None:
    if isinstance(reading, ReadFailure) and reading.errno in _NOBODY:
        into.known(b.TEAM_ANSWERS, False, SOURCE)
    else:
        into.unknown(b.TEAM_ANSWERS, reason)
    for field in (b.MODE, b.LACP_RATE, b.LACP_ACTIVE, b.MIN_LINKS, b.AGGREGATOR_ID):
        into.unknown(field, reason)
    for field in (b.ACTOR_KEY, b.PARTNER_KEY, b.PARTNER_SYSTEM, b.SYSTEM_MAC, b.SYSTEM_PRIORITY):
        into.unknown(field, reason)


def _settings(snapshot: Snapshot, name: str, found: TeamState, into: RecordBuilder) -> None:
    _known(b.MODE, found.values["mode"], into)
    if found.values["runner"] != "lacp":
        return
    config = _config(snapshot.file(places.TEAM_CONFIG.format(name)))
    _known(b.SYSTEM_PRIORITY, found.values["system_priority"], into)
    _known(b.AD_ACTOR_SYS_PRIO, found.values["system_priority"], into)
    fast, active = found.values["fast_rate"], found.values["active"]
    _known(b.LACP_RATE, None if fast is None else ("slow", "fast")[fast], into)
    _known(b.LACP_ACTIVE, None if active is None else OFF_ON[active], into)
    into.absent(b.AD_ACTOR_SYSTEM, SOURCE)
    policy = str(found.values["select_policy"])
    if policy in _SELECTS:
        into.known(b.AD_SELECT, _SELECTS[policy], SOURCE)
    else:
        into.unknown(b.AD_SELECT, f"teamd selects by {policy}, which bonding does not know")
    if isinstance(config, str):
        into.unknown(b.MIN_LINKS, config)
        into.unknown(b.XMIT_HASH_POLICY, config)
        return
    # teamd_runner_lacp.c: at least one port, unless told otherwise.
    into.known(b.MIN_LINKS, 1 if config["min_ports"] is None else config["min_ports"], SOURCE)
    hashed = config["tx_hash"] or []
    parts = frozenset(part for word in hashed for part in _BOTH.get(word, (word,)))
    if parts in _HASHES:
        into.known(b.XMIT_HASH_POLICY, _HASHES[parts], SOURCE)
    else:
        words = ", ".join(hashed) or "its default"
        into.unknown(b.XMIT_HASH_POLICY, f"teamd hashes by {words}, which bonding has no name for")


def _aggregator(found: TeamState, into: RecordBuilder) -> None:
    """The aggregator that teamd chose: its ports are those that may carry traffic."""
    if found.values["runner"] != "lacp":
        return
    ports = [
        port
        for port in found.ports
        if port.values["aggregator_selected"] and port.values["selected"] and port.actor
    ]
    first = ports[0] if ports else None
    if first is None or first.actor is None:
        for field in (b.AGGREGATOR_ID, b.ACTOR_KEY, b.PARTNER_KEY, b.PARTNER_SYSTEM):
            into.absent(field, SOURCE)
        into.absent(b.AGGREGATOR_PORTS, SOURCE)
    else:
        _known(b.AGGREGATOR_ID, first.values["aggregator_id"], into)
        into.known(b.AGGREGATOR_PORTS, len(ports), SOURCE)
        _known(b.ACTOR_KEY, first.actor["key"], into)
        _known(b.PARTNER_KEY, (first.partner or {}).get("key"), into)
        _system(b.PARTNER_SYSTEM, (first.partner or {}).get("system"), into)
    own = next((port.actor for port in found.ports if port.actor), None)
    _known(b.SYSTEM_MAC, (own or {}).get("system"), into)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add what teamd and the driver say of a port; of other ports only that they are none."""
    if not is_team(snapshot, bond):
        for field in _TEAM_FIELDS:
            into.absent(field, SOURCE)
        return
    teamd_dataplane.member(snapshot, bond, name, into)
    for counter in _NOT_KEPT:
        into.unknown(counter, NOT_KEPT)
    _permanent(snapshot, name, into)
    enabled = teamd_options.port_flag(snapshot, bond, name, "enabled")
    if isinstance(enabled, str):
        into.unknown(m.TEAM_ENABLED, enabled)
    else:
        into.known(m.TEAM_ENABLED, enabled, "team driver")
        into.known(m.STATE, "active" if enabled else "backup", "team driver")
    found = _state(snapshot.file(places.TEAM_STATE.format(bond)))
    port = _port(found, name) if isinstance(found, TeamState) else None
    if port is None:
        reason = found if isinstance(found, str) else f"teamd does not name {name} as a port"
        for field, _key in (*_ACTOR, *_PARTNER):
            into.unknown(field, reason)
        for other in _CHOSEN:
            into.unknown(other, reason)
        return
    _port_facts(port, into)


def _port(found: TeamState, name: str) -> PortState | None:
    return next((port for port in found.ports if port.name == name), None)


def _port_facts(port: PortState, into: RecordBuilder) -> None:
    values = port.values
    watch = values["watch_up"]
    _known(m.MII_STATUS, None if watch is None else ("down", "up")[watch], into)
    _known(m.LINK_FAILURE_COUNT, values["down_count"], into)
    if values["speed_mbps"]:
        into.known(m.BONDING_SPEED, values["speed_mbps"], SOURCE)
        _known(m.BONDING_DUPLEX, values["duplex"], into)
    else:
        into.absent(m.BONDING_SPEED, SOURCE)
        into.absent(m.BONDING_DUPLEX, SOURCE)
    for odd in port.odd:
        into.unrecognised(SOURCE, odd)
    if port.actor is None or port.partner is None:
        for field, _key in (*_ACTOR, *_PARTNER):
            into.absent(field, SOURCE)
        for other in _CHOSEN:
            into.absent(other, SOURCE)
        return
    _known(m.TEAM_STATE, values["runner_state"], into)
    _known(m.TEAM_SELECTED, values["selected"], into)
    _known(m.AGGREGATOR_ID, values["aggregator_id"], into)
    _information(_ACTOR, port.actor, into)
    _information(_PARTNER, port.partner, into)


def _information(
    rows: tuple[tuple[Field[Any], str], ...], found: Mapping[str, Any], into: RecordBuilder
) -> None:
    for field, key in rows:
        if key == "system":
            _system(field, found[key], into)
        else:
            _known(field, found[key], into)


def _known(field: Field[Any], value: object, into: RecordBuilder) -> None:
    if value is None:
        into.unknown(field, "teamd's state dump does not have it")
    else:
        into.known(field, value, SOURCE)


def _system(field: Field[str], value: str | None, into: RecordBuilder) -> None:
    if value == ZERO_MAC:
        into.absent(field, SOURCE)
    else:
        _known(field, value, into)


def _permanent(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """libteam sends LACPDUs from the address that the port had before: the permanent one."""
    network = rtnl_dumps.network(snapshot)
    if network is None or name not in network.names:
        return
    found = rtnl.attributes(network.data, network.names[name].span, network.order, _PERMANENT)
    address = found.get(rtnl.PERM_ADDRESS, b"")
    if len(address) == 6:
        into.known(m.PERMANENT_MAC, rtnl.mac(address), "rtnetlink")
    else:
        into.unknown(m.PERMANENT_MAC, "the driver names no permanent address")


@lru_cache(maxsize=8)
def _state(reading: Reading) -> TeamState | str:
    """The state of a device, or why there is none."""
    if isinstance(reading, ReadFailure):
        return _why(reading)
    try:
        return state_of(loads(reading))
    except TeamdError as error:
        return f"teamd's state dump cannot be read: {error}"


@lru_cache(maxsize=8)
def _config(reading: Reading) -> dict[str, Any] | str:
    if isinstance(reading, ReadFailure):
        return _why(reading)
    try:
        return config_of(loads(reading))
    except TeamdError as error:
        return f"teamd's config dump cannot be read: {error}"


def _why(reading: ReadFailure) -> str:
    if reading.errno in ("EACCES", "EPERM"):
        return f"teamd answers root only: {reading.text}"
    return f"teamd does not answer: {reading.text}"
