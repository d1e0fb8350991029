# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What proves that PDUs left the host: the ladder tap < kernel < NIC < the far end's own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .port_state import DEFAULTED, EXPIRED
from .window import SENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .analysis_lane import Lane

KERNEL_TX = "lacpdu_tx"
NETDEV_TX = "tx_packets"
# Multicast frames that the hardware says it put on the wire, by driver family.
NIC_TX = (
    "tx_multicast_phy",
    "tx_multicast.nic",
    "port.tx_multicast",
    "tx_mcast_frames",
    "tx_mcast_packets",
    "tx_multicast",
)
# Multicast frames that it received, by driver family.
NIC_RX = (
    "rx_multicast_phy",
    "rx_multicast.nic",
    "port.rx_multicast",
    "rx_mcast_frames",
    "rx_mcast_packets",
    "rx_multicast",
)

YES, NO, UNKNOWN = "yes", "no", "unknown"


def heard(sent: Lane, received: Lane | None) -> tuple[str, str]:
    """Whether the far end hears us at the end of the window, and how that is known."""
    if received is None or received.actor is None:
        return UNKNOWN, "the far end said nothing"
    if received.actor.state & (EXPIRED | DEFAULTED):
        return NO, "the far end's own state has DEFAULTED or EXPIRED set"
    ours, theirs = sent.actor, received.partner
    if ours is None or theirs is None:
        return UNKNOWN, "no PDU of ours, or no partner information of theirs, was captured"
    if (ours.system, ours.port) == (theirs.system, theirs.port):
        return YES, "the far end describes our system and port as its partner"
    return NO, f"the far end describes system {theirs.system} port {theirs.port} as its partner"


def proof(sent: Lane, received: Lane | None, growth: Mapping[str, int]) -> dict[str, object] | None:
    """How far up the ladder the PDUs of a sent lane are proven; None for any other lane."""
    if sent.direction != SENT:
        return None
    nic = next((name for name in NIC_TX if name in growth), None)
    answered = received.marker_responses if received is not None else 0
    is_heard, reason = heard(sent, received)
    return {
        "member": sent.member,
        "tap": sent.count,
        "kernel": growth.get(KERNEL_TX),
        "netdev": growth.get(NETDEV_TX),
        "nic": growth[nic] if nic else None,
        "nic_counter": nic,
        "markers_answered": answered,
        "heard": is_heard,
        "heard_reason": reason,
        "statement": _statement(sent.count, nic, growth, answered, is_heard),
    }


def _statement(
    tap: int, nic: str | None, growth: Mapping[str, int], answered: int, is_heard: str
) -> str:
    if answered:
        return f"proven: the far end answered {answered} marker(s), so frames of ours arrive there"
    if not tap:
        return "no PDU of ours was seen at the tap"
    seen = f"{tap} PDUs were seen at the tap"
    if is_heard == YES:
        return f"proven: the far end describes us as its partner; {seen}"
    if growth.get(NETDEV_TX) == 0:
        return f"not sent: {seen}, but tx_packets of the device did not move"
    if nic:
        grew = f"{nic} grew by {growth[nic]}"
        return (
            f"sent by the NIC: {grew}, {seen}"
            if growth[nic] >= tap
            else f"not all sent: {grew}, {seen}"
        )
    return f"{seen}, which stands ahead of the NIC: that they were sent on the wire is not proven"
