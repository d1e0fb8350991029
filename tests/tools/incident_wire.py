# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capture of the incident as an analysis: LACPDUs made anew from what is told of them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import analyse
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pdu import Lacpdu, PortInfo
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import (
    ACTIVITY,
    AGGREGATION,
    DEFAULTED,
    EXPIRED,
    FORWARDING,
    SLOW_PROTOCOLS_GROUP,
    SYNCHRONIZATION,
    TIMEOUT,
    ZERO_MAC,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    NS,
    RECEIVED,
    SENT,
    Frame,
    Window,
)

if TYPE_CHECKING:
    from .incident_texts import Incident, Seen

_HEALTHY = ACTIVITY | FORWARDING
_READY = ACTIVITY | AGGREGATION | SYNCHRONIZATION
# What an end says of itself (802.1AX 6.4.12, receive machine); the account names the two states.
_STATES = {
    "healthy": _HEALTHY,
    "answers": _READY,
    "expired": _READY | EXPIRED,
    "defaulted": ACTIVITY | AGGREGATION | DEFAULTED,
}


def wire(incident: Incident) -> dict[str, Any]:
    """The analysis of the capture, as lacp_pcap_info returns it."""
    frames = [_frame(incident, seen) for seen in incident.capture]
    systems = tuple(incident.figures["systems"])
    analysis = analyse(Window(frames, our_systems=systems))
    return {
        "known_by": "macs",
        "our_macs": [incident.figures["source_macs"]["host"]],
        "our_systems": list(systems),
        "notes": [],
        **analysis.as_result(),
    }


def _frame(incident: Incident, seen: Seen) -> Frame:
    found = incident.figures
    moment = _utc_ns(found["day"], seen.time, found["zone"])
    source = found["source_macs"][seen.sender]
    direction = SENT if seen.sender == "host" else RECEIVED
    pdu = _pdu(found, seen)
    return Frame(
        moment, moment, found["member"], direction, source, SLOW_PROTOCOLS_GROUP, pdu, size=124
    )


def _pdu(found: dict[str, Any], seen: Seen) -> Lacpdu:
    """Identities as tcpdump shows them; the state of the sender as the account tells it."""
    [shown] = [output for output in found["outputs"] if output["screen"] == "tcpdump"]
    switch, host = (frame["actor"] for frame in shown["frames"])
    own, other = (host, switch) if seen.sender == "host" else (switch, host)
    actor = _port(own, _STATES[seen.kind])
    if seen.kind == "defaulted":
        return Lacpdu(1, actor, PortInfo(0, ZERO_MAC, 0, 0, 0, TIMEOUT), 0)
    return Lacpdu(1, actor, _port(other, _HEALTHY if seen.kind == "healthy" else _READY), 0)


def _port(row: list[Any], state: int) -> PortInfo:
    system, priority, key, port, port_priority, _state = row
    return PortInfo(priority, system, key, port_priority, port, state)


def _utc_ns(day: str, clock: str, zone: str) -> int:
    """Nanoseconds since 1970, exactly: a float would lose the last digits."""
    whole, _dot, fraction = clock.partition(".")
    moment = datetime.datetime.fromisoformat(f"{day}T{whole}{zone}")
    return int(moment.timestamp()) * NS + int(fraction.ljust(9, "0"))
