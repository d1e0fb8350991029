# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the direction from the switch to the host (R06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnosis_rule import (
    BOTH,
    CONCLUSIVE,
    EACH_MEMBER,
    HINT,
    INSUFFICIENT,
    LIKELY,
    PHYSICAL,
    RECEIVE,
    SWITCH,
    THE_HOST,
    Match,
    diagnosis_rule,
)
from ..evidence import BEFORE, rows
from ..evidence_events import restarted_near, restarts, wire_length_s
from ..evidence_spoken import (
    DEAF,
    SLOW_SILENCE_S,
    never_heard_us,
    states,
    they_were_first,
    was_deaf,
)
from ..evidence_time import utc_ns
from ..fact import NotEvaluable
from ..port_state import ACTIVITY, SLOW_PERIODIC_S, SLOW_PROTOCOLS_GROUP, words
from ..window import NS, RECEIVED, SENT
from .one_way_transmit import behind_tap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..diagnosis_case import MemberCase
    from ..switch_evidence import SwitchPort

# Emulated network cards, which sit on a bridge of the hypervisor more often than not.
_EMULATED = ("virtio_net", "e1000", "e1000e", "vmxnet3", "hv_netvsc", "xen_netfront", "8139cp")


def unhearing(leg: MemberCase) -> str:
    """How it is known that we do not, or for a time did not hear the far end; '' if we do."""
    if not leg.link_up() or waits(leg):
        return ""
    now = _deaf_now(leg)
    if now:
        return now
    if not leg.evidence.has_wire():
        return ""
    for lane, at, gap in noticed(leg, RECEIVED):
        start, length = gap.get("start"), gap.get("length_ms")
        leg.evidence.see("silence begins", start, "wire", "lanes", lane, "gaps", at, "start")
        leg.evidence.see("silence", length, "wire", "lanes", lane, "gaps", at, "length_ms")
        return f"did not hear the far end for {length} ms from {start}"
    return expired_at(leg)


def noticed(leg: MemberCase, direction: str) -> list[tuple[int, int, Mapping[str, Any]]]:
    """Silences after which the port that should have heard expired; others cost nothing.

    A machine that stood still sees a silence, too, but so stood the timers that would expire.
    """
    hearer = SENT if direction == RECEIVED else RECEIVED
    found = []
    for lane, index, gap in leg.silences(direction):
        start, end = utc_ns(gap.get("start")), utc_ns(gap.get("end"))
        for at, row in rows(leg.evidence.wire.get("events")):
            moment = utc_ns(row.get("at"))
            if (row.get("member"), row.get("direction")) != (leg.name, hearer):
                continue
            if row.get("kind") not in ("expired", "defaulted", "left"):
                continue
            if moment and start and end and start <= moment <= end + 2 * NS:
                leg.evidence.see(str(row.get("text")), row.get("at"), "wire", "events", at, "at")
                found.append((lane, index, gap))
                break
    return found


def expired_at(leg: MemberCase) -> str:
    """Our own EXPIRED in the window, that no restart of the port explains; '' if none."""
    for at, delivery in leg.deliveries(RECEIVED):
        moment = utc_ns(delivery.get("expired_at"))
        timeout = delivery.get("timeout_ms")
        if moment is None or not isinstance(timeout, (int, float)):
            continue
        if not delivery.get("captured_unheard") and was_deaf(leg, RECEIVED, moment - 3 * NS):
            continue  # the far end hears nobody, and says little because of that
        if not restarted_near(leg.evidence, leg.name, moment, timeout / 1000 + 5):
            told = delivery.get("expired_at")
            leg.evidence.see("we set EXPIRED", told, "wire", "deliveries", at, "expired_at")
            return f"did not hear the far end for a time: EXPIRED at {told}"
    return ""


def _deaf_now(leg: MemberCase) -> str:
    state = leg.state("actor")
    try:
        is_alone = leg.partner_system() is None
    except NotEvaluable:
        is_alone = False
    if (not state & DEAF and not is_alone) or _is_consequence(leg):
        return ""
    leg.need_settled()
    if state & DEAF:
        return f"does not hear the far end: our own state is {words(state)}"
    return "has never heard a partner: its record is empty"


def _is_consequence(leg: MemberCase) -> bool:
    """Whether we hear little only because the far end, which hears nobody, says little."""
    if not leg.evidence.has_wire() or behind_tap(leg):
        return False
    found = leg.lane(RECEIVED)
    last = utc_ns(found[1].get("last")) if found else None
    span = leg.evidence.span()
    if last is None or span is None or not was_deaf(leg, RECEIVED, last):
        return False
    is_slow = span[1] - last < SLOW_SILENCE_S * NS
    return is_slow and (never_heard_us(leg) or they_were_first(leg))


def waits(leg: MemberCase) -> bool:
    """Whether both ends are passive, so that silence is what they were told to keep."""
    if leg.case.known("options.lacp_active") != "off":
        return False
    try:
        return not leg.state("partner") & ACTIVITY
    except NotEvaluable:
        return True


@diagnosis_rule(
    "R06",
    group="one-way",
    scope=EACH_MEMBER,
    title="We do not hear the switch",
    remedy="Find out with R06a to R06d where the frames are lost",
)
def far_end_silent(leg: MemberCase) -> Iterator[Match]:
    """Our own port expired or is defaulted, over a link that is up."""
    how = unhearing(leg)
    if how:
        text = f"{leg.name}: this host {how}, over a link that is up"
        yield Match(INSUFFICIENT, RECEIVE, LIKELY, text, (), CONCLUSIVE, tuple(_excluded(leg)))


def _excluded(leg: MemberCase) -> Iterator[str]:
    if nothing_came(leg):
        yield THE_HOST
        if leg.back_to_back():
            yield PHYSICAL


def nothing_came(leg: MemberCase) -> bool:
    """Whether it is known that no LACPDU reached the hardware while we were deaf."""
    try:
        if behind_tap(leg):
            return False
        if leg.back_to_back():
            silent = leg.silences(RECEIVED) or silent_since_restart(leg)
            return bool(silent) or not leg.tap(RECEIVED)
        return leg.nic(RECEIVED) == 0
    except NotEvaluable:
        return False


@diagnosis_rule(
    "R06a",
    group="one-way",
    scope=EACH_MEMBER,
    title="The switch port does not speak LACP",
    remedy="LACP active on the switch port, in the right channel group; or at our end, if that is "
    "the one that is passive",
)
def port_does_not_speak(leg: MemberCase) -> Iterator[Match]:
    """Nothing comes because nothing is sent: by the switch's own word, or by elimination."""
    if waits(leg):
        yield from _passive(leg)
        return
    if not unhearing(leg):
        return
    if leg.case.pairing.ports.get(leg.name):
        yield from _by_its_word(leg)
        return
    is_silent = not leg.tap(RECEIVED) or leg.silences(RECEIVED) or silent_since_restart(leg)
    if not _deaf_now(leg) or not is_silent:
        return  # R08b tells of what came and went
    if not _spoke_before(leg):
        need_slow_window(leg)
    if nothing_came(leg) and leg.back_to_back():
        text = (
            f"{leg.name}: no LACPDU came over a pair of stacks without a wire, so none was let out "
            "at the other end"
        )
        excluded = (THE_HOST, PHYSICAL)
        yield Match(SWITCH, RECEIVE, LIKELY, text, (), CONCLUSIVE, excluded)
    elif _everyone_is_silent(leg):
        text = (
            f"{leg.name}: none of the members has heard a LACPDU, before the window and in it, "
            "while all links are up: the switch ports do not run LACP"
        )
        yield Match(SWITCH, RECEIVE, LIKELY, text, (), CONCLUSIVE)
    else:
        leg.switch()


def silent_since_restart(leg: MemberCase) -> bool:
    """Whether no LACPDU came since the port began anew: one that runs LACP speaks at once."""
    began, found = restarts(leg.evidence, leg.name), leg.lane(RECEIVED)
    last = utc_ns(found[1].get("last")) if found else None
    return bool(began) and last is not None and last < began[-1].at_ns


def _spoke_before(leg: MemberCase) -> bool:
    """Whether it is known to have spoken, and heard us, before it fell silent."""
    return any(not spoken.deaf for spoken in states(leg, RECEIVED))


def need_slow_window(leg: MemberCase) -> None:
    """NotEvaluable if an end that hears nobody may just not have been due: it speaks every 30 s."""
    length = wire_length_s(leg.evidence) or 0
    if length < SLOW_PERIODIC_S + 1:
        raise NotEvaluable(
            f"insufficient_window: {leg.name}: a far end that hears nobody speaks every "
            f"{SLOW_PERIODIC_S} s, and {length:.1f} s were listened to"
        )


def _passive(leg: MemberCase) -> Iterator[Match]:
    leg.case.fact("options.lacp_active")
    try:
        state = leg.state("partner")
        heard = not leg.deaf()
    except NotEvaluable:
        state, heard = 0, False
    sure = CONCLUSIVE if heard else LIKELY
    text = f"{leg.name}: lacp_active is off on this host, and the far end is passive, too"
    yield Match(
        THE_HOST,
        BOTH,
        sure,
        f"{text} ({words(state)})" if heard else text,
        against=("an active switch port would cure it as well",),
    )


def _by_its_word(leg: MemberCase) -> Iterator[Match]:
    port = leg.switch()
    if port.maybe("lag.mode") == "static":
        text = f"{leg.name}: {port.name} is in a static LAG, which sends no LACPDU"
        yield Match(SWITCH, RECEIVE, CONCLUSIVE, text, excluded=(THE_HOST, PHYSICAL))
    elif port.delta("lacp_counters.tx") == 0:
        text = f"{leg.name}: {port.name} sent no LACPDU"
        yield Match(SWITCH, RECEIVE, CONCLUSIVE, text, excluded=(THE_HOST, PHYSICAL))
    elif _kept_inside(port):
        sent = port.delta("lacp_counters.tx")
        text = f"{leg.name}: the LACP of {port.name} sent {sent}, and its port sent no multicast"
        yield Match(SWITCH, RECEIVE, CONCLUSIVE, text, excluded=(THE_HOST, PHYSICAL))


def _kept_inside(port: SwitchPort) -> bool:
    """Whether what the switch's LACP sends is known not to leave its port."""
    return port.delta_or_none("if_counters.tx_multicast") == 0


def _everyone_is_silent(leg: MemberCase) -> bool:
    """Of at least two members none ever had a partner, and the NIC is not known to filter."""
    legs = leg.case.legs
    if len(legs) < 2 or unfiltered(leg) is False:
        return False
    for one in legs:
        if not one.link_up() or one.tap(RECEIVED):
            return False
        try:
            if one.partner_system() or one.partner_system(BEFORE):
                return False
        except NotEvaluable:
            return False
    return True


def unfiltered(leg: MemberCase) -> bool | None:
    """Whether the device listens to the group that LACPDUs are sent to; None: not known."""
    groups = leg.known("multicast")
    return SLOW_PROTOCOLS_GROUP in groups if isinstance(groups, list) else None


@diagnosis_rule(
    "R06b",
    group="one-way",
    scope=EACH_MEMBER,
    title="What the switch sends does not reach this NIC",
    remedy="Compare LLDP at both ends, recable; UDLD where the switch has it",
    switch=True,
)
def lost_on_the_way(leg: MemberCase) -> Iterator[Match]:
    """The switch sent, the hardware received nothing."""
    if not unhearing(leg):
        return
    sent = leg.switch().delta("lacp_counters.tx")
    if leg.back_to_back() or _kept_inside(leg.switch()):
        return
    if sent > 0 and leg.nic(RECEIVED) == 0:
        text = f"{leg.name}: {leg.switch().name} sent {sent} LACPDUs, the NIC received no multicast"
        yield Match(PHYSICAL, RECEIVE, CONCLUSIVE, text)


@diagnosis_rule(
    "R06c",
    group="one-way",
    scope=EACH_MEMBER,
    title="This host drops the LACPDUs that reach it",
    remedy="tc and nftables at ingress of the member; its multicast filter; driver and firmware",
)
def dropped_here(leg: MemberCase) -> Iterator[Match]:
    """They arrive at the NIC or at the tap, and bonding does not get them."""
    if not unhearing(leg) and not (leg.evidence.has_wire() and (leg.deaf() or expired_at(leg))):
        return
    missing = behind_tap(leg) if leg.evidence.has_wire() else 0
    if missing:
        text = (
            f"{leg.name}: {missing} LACPDUs of the far end were captured here and did not reach "
            "bonding: this host drops them behind the tap (tc or nftables)"
        )
        yield Match(THE_HOST, RECEIVE, CONCLUSIVE, text)
        return
    if leg.evidence.has_wire() and leg.tap(RECEIVED) and not leg.silences(RECEIVED):
        return
    if unfiltered(leg) is False:
        text = f"{leg.name}: it does not listen to {SLOW_PROTOCOLS_GROUP}"
        yield Match(THE_HOST, RECEIVE, CONCLUSIVE, text)
        return
    yield from _by_the_nic(leg)


def _by_the_nic(leg: MemberCase) -> Iterator[Match]:
    if leg.back_to_back():
        return
    try:
        unknown = leg.grown("rx_unknown_protocol")
    except NotEvaluable:
        unknown = 0
    if unknown:
        text = f"{leg.name}: rx_unknown_protocol grew by {unknown} while no LACPDU reached the tap"
        yield Match(THE_HOST, RECEIVE, LIKELY, text)
        return
    arrived = leg.nic(RECEIVED)
    sent = leg.switch().delta("lacp_counters.tx")
    if arrived >= sent > 0:
        text = (
            f"{leg.name}: {leg.switch().name} sent {sent} LACPDUs, the NIC received {arrived} "
            "multicast frames, and none reached the tap"
        )
        yield Match(THE_HOST, RECEIVE, CONCLUSIVE, text)


@diagnosis_rule(
    "R06d",
    group="one-way",
    scope=EACH_MEMBER,
    title="A bridge of the platform keeps the LACPDUs",
    remedy="A point-to-point link, macvtap in passthru mode, or flows of Open vSwitch that let "
    "01:80:c2:00:00:02 pass; Linux bridges never forward it",
    switch=True,
)
def platform(leg: MemberCase) -> Iterator[Match]:
    """A virtual card behind a bridge: no bridge forwards the slow-protocol group."""
    if not unhearing(leg):
        return
    driver = leg.fact("driver")
    if driver not in _EMULATED and not leg.back_to_back():
        return
    if leg.tap(RECEIVED) and not leg.silences(RECEIVED):
        return
    if leg.switch().delta("lacp_counters.tx") <= 0 or _kept_inside(leg.switch()):
        return
    text = f"{leg.name}: {leg.switch().name} sends LACPDUs, and none reaches this {driver} device"
    # A veth or tun end may have its peer in the far end itself.
    yield Match(PHYSICAL, RECEIVE, HINT if leg.back_to_back() else CONCLUSIVE, text)


def sends(leg: MemberCase) -> bool:
    """Whether our own PDUs go out as they should in the same window."""
    return bool(leg.tap(SENT)) and not leg.silences(SENT)
