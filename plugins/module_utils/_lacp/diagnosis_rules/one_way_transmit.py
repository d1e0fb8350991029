# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the direction from the host to the switch (R05): the ladder of what proves sending.

kernel < tap < device counter < hardware counter < the switch port < the switch's LACP. Only the
last three prove that a frame left. The tap stands behind tc and the queue (net/core/dev.c:
xmit_one), so what the kernel sent and the tap did not see was dropped by this very host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import (
    CONCLUSIVE,
    EACH_MEMBER,
    INSUFFICIENT,
    LIKELY,
    PHYSICAL,
    SWITCH,
    THE_HOST,
    TRANSMIT,
    Match,
    diagnosis_rule,
)
from ..evidence import mapping, rows, whole
from ..evidence_events import losses, restarted_near
from ..evidence_spoken import DEAF, never_heard_us, they_were_first
from ..evidence_time import utc_ns
from ..fact import NotEvaluable
from ..frozen_counter import frozen_counter
from ..port_state import words
from ..window import RECEIVED, SENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import MemberCase

# The first and the last look may catch a PDU on one side of the tap only.
SLACK = 2


def unheard(leg: MemberCase) -> str:
    """How it is known that the far end does not, or for a time did not hear us; '' if it does."""
    if not leg.link_up():
        return ""
    now = _deaf_now(leg)
    if now:
        return now
    for at, delivery in leg.deliveries(SENT) if leg.evidence.has_wire() else ():
        moment = utc_ns(delivery.get("expired_at"))
        timeout = delivery.get("timeout_ms")
        if moment is None or not isinstance(timeout, (int, float)):
            continue
        if restarted_near(leg.evidence, leg.name, moment, timeout / 1000 + 5):
            continue
        if not delivery.get("captured_unheard") and not _dropped(leg):
            continue  # we had not spoken (R08), or were deaf ourselves and spoke slowly
        expired = delivery.get("expired_at")
        leg.evidence.see("the far end set EXPIRED", expired, "wire", "deliveries", at, "expired_at")
        return f"did not hear us for a time: it set EXPIRED at {expired}"
    return ""


def _deaf_now(leg: MemberCase) -> str:
    state = leg.state("partner")
    if not state & DEAF or not _is_cause(leg):
        return ""
    leg.need_settled()
    fresh = leg.first_of(
        *([lambda: leg.tap(RECEIVED)] if leg.evidence.has_wire() else []),
        lambda: leg.kernel(RECEIVED),
        lambda: leg.netdev(RECEIVED),
    )
    return f"does not hear us: its own state is {words(state)}" if fresh else ""


def _is_cause(leg: MemberCase) -> bool:
    """Whether its deafness is not the consequence of ours."""
    if not leg.deaf():
        return True
    if not leg.evidence.has_wire() or behind_tap(leg):
        return False
    return never_heard_us(leg) or they_were_first(leg)


def behind_tap(leg: MemberCase) -> int:
    """LACPDUs that the tap saw and bonding did not take in; 0 if it took them all, or none came."""
    try:
        missing = leg.tap(RECEIVED) - leg.sampled_kernel(RECEIVED)
    except NotEvaluable:
        missing = 0
    if missing >= SLACK:
        return missing
    for at, delivery in leg.deliveries(RECEIVED):
        unheard_count = whole(delivery.get("captured_unheard")) or 0
        moment = utc_ns(delivery.get("expired_at"))
        if unheard_count and moment and not restarted_near(leg.evidence, leg.name, moment, 95):
            steps = ("wire", "deliveries", at, "captured_unheard")
            return int(leg.evidence.see("captured, and not heard by LACP", unheard_count, *steps))
    return 0


def need_unheard(leg: MemberCase) -> bool:
    """Whether the far end does not hear us, so that the question who is at fault arises."""
    return bool(unheard(leg))


@diagnosis_rule(
    "R05",
    group="one-way",
    scope=EACH_MEMBER,
    title="The switch does not hear us",
    remedy="Find out with R05a to R05d where the frames are lost; do not bounce the member yet",
)
def far_end_deaf(leg: MemberCase) -> Iterator[Match]:
    """DEFAULTED or EXPIRED in the far end's own words, that reach us all the same."""
    how = unheard(leg)
    if not how:
        return
    text = f"{leg.name}: the far end {how}, while we hear it"
    excluded = tuple(_excluded(leg))
    yield Match(INSUFFICIENT, TRANSMIT, LIKELY, text, (), CONCLUSIVE, excluded)


def _excluded(leg: MemberCase) -> Iterator[str]:
    """Who cannot be it: frames that left the hardware are no longer the host's."""
    if left(leg):
        yield THE_HOST
        if leg.back_to_back():
            yield PHYSICAL


def left(leg: MemberCase) -> bool:
    """Whether our LACPDUs are known to have left the hardware."""
    try:
        sent = 0 if leg.silences(SENT) else leg.tap(SENT)
        counted = leg.netdev(SENT) if leg.back_to_back() else leg.nic(SENT)
        return bool(sent) and counted >= sent and not dropped_ahead(leg)
    except NotEvaluable:
        return False


def dropped_ahead(leg: MemberCase) -> int:
    """LACPDUs that bonding sent and the tap did not see: tc or the queue of this host has them."""
    missing = leg.sampled_kernel(SENT) - leg.tap(SENT)
    return missing if missing >= SLACK else 0


def _dropped(leg: MemberCase) -> int:
    try:
        return dropped_ahead(leg)
    except NotEvaluable:
        return 0


@diagnosis_rule(
    "R05a",
    group="one-way",
    scope=EACH_MEMBER,
    title="The transmit path of this host is stuck",
    remedy="Release and re-add the member, restart teamd or the dataplane, reset the driver; "
    "look at tc and the queue of the member",
)
def transmit_stuck(leg: MemberCase) -> Iterator[Match]:
    """LACPDUs were made and did not leave: dropped ahead of the tap, or never counted as sent."""
    frozen = frozen_counter(leg)
    if frozen is not None:
        yield frozen
        return
    refused = _refused(leg)
    if refused:
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, f"{leg.name}: {refused}")
        return
    is_well = leg.is_well() and not losses(leg.evidence, leg.name)
    if not (leg.evidence.has_wire() and not is_well and _dropped(leg)) and not need_unheard(leg):
        return
    if leg.evidence.has_wire():
        yield from _rungs(leg)
        return
    yield from _rungs_without_tap(leg)


def _rungs(leg: MemberCase) -> Iterator[Match]:
    sent = leg.tap(SENT)
    ahead = _dropped(leg)
    if ahead:
        text = (
            f"{leg.name}: bonding sent {sent + ahead} LACPDUs and {sent} reached the tap: "
            "this host drops them in tc or its queue"
        )
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, text)
        return
    if not sent:
        raise NotEvaluable(f"{leg.name}: no LACPDU of ours was seen to be made (R08)")
    counted, name = _counted(leg)
    if counted == 0:
        text = f"{leg.name}: {sent} LACPDUs of ours passed the tap, and {name} did not move"
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, text)
    elif name != "tx_packets" and counted < sent - SLACK:
        text = f"{leg.name}: {sent} LACPDUs passed the tap, and {name} grew by {counted} only"
        yield Match(THE_HOST, TRANSMIT, LIKELY, text)


def _counted(leg: MemberCase) -> tuple[int, str]:
    try:
        return leg.nic(SENT), "the hardware's multicast counter"
    except NotEvaluable:
        return leg.netdev(SENT), "tx_packets"


def _rungs_without_tap(leg: MemberCase) -> Iterator[Match]:
    made, left = leg.kernel(SENT), leg.netdev(SENT)
    if made and not left:
        text = f"{leg.name}: bonding sent {made} LACPDUs, and tx_packets did not move"
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, text)


def _refused(leg: MemberCase) -> str:
    """What the host answered when a marker was to be sent."""
    for at, row in rows(mapping(leg.case.packet.get("markers")).get("members")):
        if row.get("member") == leg.name and row.get("refused"):
            leg.evidence.see("markers refused", row["refused"], "markers", "members", at, "refused")
            return f"this host itself refused to send {row['refused']} marker(s)"
    return ""


@diagnosis_rule(
    "R05b",
    group="one-way",
    scope=EACH_MEMBER,
    title="The switch receives our frames and its LACP does not",
    remedy="Control-plane policer and CPU of the switch; isolate what floods slow protocols",
)
def control_plane(leg: MemberCase) -> Iterator[Match]:
    """They arrive at the switch port; between the port and its LACP only the switch is left."""
    if not need_unheard(leg):
        return
    answered = _answered(leg)
    if answered:
        text = (
            f"{leg.name}: the far end answered {answered} marker(s), and its LACP does not hear us"
        )
        yield Match(SWITCH, TRANSMIT, CONCLUSIVE, text, excluded=(THE_HOST, PHYSICAL))
    elif leg.case.pairing.ports.get(leg.name):
        yield from _port_but_not_lacp(leg)
    elif left(leg) and leg.back_to_back():
        text = (
            f"{leg.name}: our LACPDUs were handed to the far end (a pair of stacks without a "
            "wire), and its LACP did not hear them"
        )
        yield Match(SWITCH, TRANSMIT, LIKELY, text, (), CONCLUSIVE, (THE_HOST, PHYSICAL))
    else:
        leg.switch()


def _answered(leg: MemberCase) -> int:
    for at, row in rows(leg.evidence.wire.get("proofs")):
        count = whole(row.get("markers_answered"))
        if row.get("member") == leg.name and count:
            steps = ("wire", "proofs", at, "markers_answered")
            return int(leg.evidence.see("markers answered", count, *steps))
    return 0


def _port_but_not_lacp(leg: MemberCase) -> Iterator[Match]:
    port = leg.switch()
    policed = port.delta_or_none("control_plane.lacp_policer_drops") or 0
    if not policed and port.delta("lacp_counters.rx") > 0:
        return
    arrived = port.delta_or_none("if_counters.rx_multicast") or 0
    if not arrived and not policed:
        port.delta("if_counters.rx_multicast")
        return
    made = leg.tap(SENT) if leg.evidence.has_wire() else leg.kernel(SENT)
    sure = CONCLUSIVE if policed or arrived >= made > 0 else LIKELY
    what = f"{policed} were dropped by its policer" if policed else "its LACP counted none"
    text = f"{leg.name}: {arrived} multicast frames reached {port.name}, and {what}"
    yield Match(SWITCH, TRANSMIT, sure, text, (), CONCLUSIVE, (THE_HOST, PHYSICAL))


@diagnosis_rule(
    "R05c",
    group="one-way",
    scope=EACH_MEMBER,
    title="What we send does not reach the switch port",
    remedy="Compare LLDP at both ends, recable; UDLD where the switch has it",
    switch=True,
)
def lost_on_the_way(leg: MemberCase) -> Iterator[Match]:
    """The hardware sent, the port received nothing: the way between them, or the wrong port."""
    if not need_unheard(leg):
        return
    arrived = leg.switch().delta("if_counters.rx_multicast")
    sent = leg.netdev(SENT) if leg.back_to_back() else leg.nic(SENT)
    if sent > 0 and arrived == 0:
        text = (
            f"{leg.name}: the hardware sent {sent} multicast frames, {leg.switch().name} got none"
        )
        yield Match(PHYSICAL, TRANSMIT, CONCLUSIVE, text, excluded=(THE_HOST,))


@diagnosis_rule(
    "R05d",
    group="one-way",
    scope=EACH_MEMBER,
    title="The switch receives our LACPDUs and does not accept them",
    remedy="Firmware of the switch; disable extensions of LACP; send LACPDUs untagged",
    switch=True,
)
def not_accepted(leg: MemberCase) -> Iterator[Match]:
    """Counted as received, and the partner record stays empty or they count as illegal."""
    if not need_unheard(leg):
        return
    port = leg.switch()
    if port.delta("lacp_counters.rx") <= 0:
        return
    bad = sum(
        port.delta_or_none(f"lacp_counters.{name}") or 0 for name in ("rx_illegal", "rx_unknown")
    )
    text = f"{leg.name}: {port.name} received our LACPDUs"
    if bad:
        text += f" and counts {bad} as illegal or unknown"
    else:
        text += " and still holds no partner"
    yield Match(SWITCH, TRANSMIT, LIKELY, text, (), CONCLUSIVE, (PHYSICAL,))
