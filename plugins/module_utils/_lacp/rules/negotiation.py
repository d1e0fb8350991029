# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Negotiation, member by member: link, hearing, synchronization, collecting, distributing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import member_fields as mf
from ..growth import growth_or_none, said
from ..port_state import (
    AGGREGATION,
    COLLECTING,
    DEFAULTED,
    DISTRIBUTING,
    EXPIRED,
    SYNCHRONIZATION,
    flags,
    words,
)
from ..ports import (
    actor_state,
    both_hear,
    in_active_aggregator,
    link_down,
    partner_state,
    surely,
    waits_in_vain,
)
from ..rule import ERROR, MEMBER, WARNING, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import MemberView

FAMILY = "negotiation"
FORWARDS = COLLECTING | DISTRIBUTING


@rule(
    "member-down",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The member has no usable link",
    why="The bond runs without this member: its bandwidth is gone, and so is the redundancy it was "
    "there for. LACP cannot run without a link, so nothing else is judged on it.",
    remedy="ethtool MEMBER; then check cable, optic and the switch port's admin state.",
    reference="drivers/net/bonding/bond_main.c: bond_miimon_inspect, bond_miimon_commit",
)
def member_down(member: MemberView) -> Iterator[Deviation]:
    if not link_down(member):
        return
    mii = member.known_or(mf.MII_STATUS, "unknown")
    if member.known_or(mf.ADMIN_UP, otherwise=True) is False:
        cause = "administratively down"
        cure = "ip link set dev MEMBER up, unless somebody works on it; find who took it down."
    elif member.known_or(mf.CARRIER, otherwise=True) is False:
        cause, cure = "no carrier", "ethtool MEMBER; then check cable, optic and the switch port."
    elif mii == "going back":
        cause = "carrier is back, waiting for updelay"
        cure = "Read again after updelay; if it stays so, the carrier flaps: ip -s -s link."
    elif member.known_or(mf.CARRIER, otherwise=False) is False:
        cause, cure = "carrier not known", "ethtool MEMBER; then check cable, optic and switch."
    else:
        cause = "carrier is up, but bonding holds the member down"
        cure = (
            "ethtool MEMBER: bonding needs a readable speed and duplex; "
            "journalctl -k | grep -e MEMBER -e 'failed to get link speed'."
        )
    yield Deviation("mii_status", "up, with carrier", f"{mii}: {cause}", cure)


@rule(
    "partner-silent",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="No LACP partner is heard",
    why="OUR state has DEFAULTED: the link is up, but no LACPDU reaches bonding, so it invents a "
    "partner of zeros. The direction from the switch to this host is what fails, or the switch "
    "port does not speak LACP. 'MII up' says nothing of this.",
    remedy="On the switch: is the port in the channel group, in LACP mode, and does it count "
    "LACPDUs sent? On the host: tcpdump -eni MEMBER ether proto 0x8809 and direction in.",
    reference="802.1AX-2014 6.4.12 (Receive machine, DEFAULTED); drivers/net/bonding/bond_3ad.c: "
    "__record_default",
)
def partner_silent(member: MemberView) -> Iterator[Deviation]:
    state = actor_state(member)
    if state is None or not state & DEFAULTED or surely(waits_in_vain, member):
        return
    yield Deviation("actor.port_state", "a partner that is heard", words(state) + _heard(member))


def _heard(member: MemberView) -> str:
    """How many LACPDUs came: a partner that does not hear us may send one in 30 s only."""
    received = member.known_or(mf.LACPDU_RX, -1)
    if received <= 0:
        return "" if received else "; none ever came"
    grown = growth_or_none(member, mf.LACPDU_RX)
    lately = "none lately"
    if grown:
        some = f"{grown.count} of them" if grown.count else "none"
        lately = f"{some} in the last {grown.seconds:.0f} s"
    return f"; {received} LACPDUs since it joined, {lately}"


@rule(
    "actor-expired",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The partner is no longer heard",
    why="OUR state has EXPIRED: LACPDUs arrived until lately and stopped for 3 s (fast) or 90 s "
    "(slow). Traffic on this member has stopped; in 3 s the port forgets its partner.",
    remedy="Look at once: does the switch still send LACPDUs on this port (its counters), and do "
    "they arrive (tcpdump -eni MEMBER ether proto 0x8809)? Is the host's CPU starved?",
    reference="802.1AX-2014 6.4.12 (Receive machine, EXPIRED); drivers/net/bonding/bond_3ad.c: "
    "ad_rx_machine",
)
def actor_expired(member: MemberView) -> Iterator[Deviation]:
    state = actor_state(member)
    if state is None or state & (EXPIRED | DEFAULTED) != EXPIRED:
        return
    if not surely(waits_in_vain, member):
        yield Deviation("actor.port_state", "a partner that is still heard", words(state))


@rule(
    "partner-defaulted",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The partner does not hear this host",
    why="THEIR state has DEFAULTED: we hear the partner, and it says that none of our LACPDUs "
    "arrive. The direction from this host to the switch is what fails: transmit path of the NIC, "
    "one-way fibre, or a filter or policer on the switch. A capture on the host proves nothing: "
    "it sees frames before the NIC does.",
    remedy="Compare a hardware counter (ethtool -S MEMBER: tx multicast) with the switch port's "
    "receive counter of LACPDUs. Frozen here: the NIC's transmit path. Rising here only: fibre. "
    "Rising at both: the switch's control plane.",
    reference="802.1AX-2014 6.4.2.3 (Actor_State.Defaulted); systemd issue 15208 (actor 7, "
    "partner 69); drivers/net/bonding/bond_3ad.c: __record_pdu",
)
def partner_defaulted(member: MemberView) -> Iterator[Deviation]:
    state = partner_state(member)
    if state is not None and state & DEFAULTED and not surely(waits_in_vain, member):
        yield Deviation("partner.port_state", "a partner that hears us", words(state))


@rule(
    "partner-expired",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The partner has stopped hearing this host",
    why="THEIR state has EXPIRED: our LACPDUs reached the partner until lately. Either our "
    "transmission stopped, or the partner waits less long than we send: it expects what its own "
    "Timeout bit asks for.",
    remedy="Read again in 10 s. Defaulted then: see partner-defaulted. Forwarding then: LACPDUs "
    "are lost or late; look at CPU pressure, and at lacp_rate on both sides.",
    reference="802.1AX-2014 6.4.2.3 (Actor_State.Expired); drivers/net/bonding/bond_3ad.c",
)
def partner_expired(member: MemberView) -> Iterator[Deviation]:
    state = partner_state(member)
    if state is None or state & (EXPIRED | DEFAULTED) != EXPIRED:
        return
    if not surely(waits_in_vain, member):
        yield Deviation("partner.port_state", "a partner that still hears us", words(state))


@rule(
    "port-individual",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="A port refuses to aggregate",
    why="Without the AGGREGATION bit a port asks to be used alone, and is never bundled. A partner "
    "that clears it has the port outside its channel group, or is leaving the group on purpose.",
    remedy="On the switch: is the port a member of the channel group, or individual, suspended, in "
    "fallback? On the host: full duplex and a known speed (ethtool MEMBER).",
    reference="802.1AX-2014 6.4.2.3 (Actor_State.Aggregation)",
)
def port_individual(member: MemberView) -> Iterator[Deviation]:
    ours = actor_state(member)
    if ours is not None and not ours & AGGREGATION:
        yield Deviation("actor.port_state", "aggregation", words(ours))
    theirs = partner_state(member)
    if theirs is not None and not theirs & (AGGREGATION | DEFAULTED | EXPIRED):
        yield Deviation("partner.port_state", "aggregation", words(theirs))


@rule(
    "actor-not-in-sync",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="This host does not select the port",
    why="OUR state lacks SYNCHRONIZATION, although both ends hear each other and the port sits in "
    "the active aggregator: the bond has not attached it, so it carries no traffic. For 2 s after "
    "a link comes up this is normal.",
    remedy="Read again in 5 s. If it stays: journalctl -k | grep MEMBER, then take the member down "
    "and up again, while another member forwards.",
    reference="802.1AX-2014 6.4.14 (Selection), 6.4.15 (Mux machine); "
    "drivers/net/bonding/bond_3ad.c: ad_mux_machine",
)
def actor_not_in_sync(member: MemberView) -> Iterator[Deviation]:
    ours = actor_state(member)
    if ours is None or ours & SYNCHRONIZATION or not both_hear(member):
        return
    if not surely(_elsewhere, member):
        yield Deviation("actor.port_state", "synchronization", words(ours))


def _elsewhere(member: MemberView) -> bool:
    return not in_active_aggregator(member)


@rule(
    "partner-not-in-sync",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The partner does not select the port",
    why="THEIR state lacks SYNCHRONIZATION: the switch hears us and keeps the port out of its "
    "group, or what it says about us does not match (Linux clears the bit then). This host stops "
    "sending on the member.",
    remedy="Ask the switch for the port's LACP state and the reason: suspended for VLAN, MTU or "
    "speed that differ from the group, hot standby, MLAG inconsistency.",
    reference="802.1AX-2014 6.4.2.3 (Actor_State.Synchronization); "
    "drivers/net/bonding/bond_3ad.c: __record_pdu masks the bit unless MATCHED",
)
def partner_not_in_sync(member: MemberView) -> Iterator[Deviation]:
    theirs = partner_state(member)
    if theirs is None or theirs & SYNCHRONIZATION or not both_hear(member):
        return
    # A port that we keep in another aggregator is one the partner has no reason to select.
    if not surely(_elsewhere, member):
        yield Deviation("partner.port_state", "synchronization", words(theirs))


def _in_sync(member: MemberView) -> bool:
    states = (actor_state(member), partner_state(member))
    return both_hear(member) and all(s is not None and s & SYNCHRONIZATION for s in states)


def _lacking(state: int) -> str:
    return f"{words(state)}: not {' or '.join(flags(FORWARDS & ~state))}"


@rule(
    "actor-not-forwarding",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="In sync at both ends, but this host does not forward",
    why="OUR state lacks COLLECTING or DISTRIBUTING: both ends agreed, yet the bond neither takes "
    "nor sends traffic here. Some switches disable the port when a host does not collect in time.",
    remedy="Read again in 5 s. If it stays: journalctl -k | grep MEMBER; take the member down and "
    "up again, while another member forwards.",
    reference="802.1AX-2014 6.4.15 (Mux machine); Cisco CSCvj58887",
)
def actor_not_forwarding(member: MemberView) -> Iterator[Deviation]:
    ours = actor_state(member)
    if ours is None or ours & FORWARDS == FORWARDS or not _in_sync(member):
        return
    # With coupled_control off the host may wait, rightly, until the partner collects.
    waits = ours & COLLECTING and not member.value(mf.PARTNER_STATE) & COLLECTING
    if not waits and not surely(_elsewhere, member):
        yield Deviation("actor.port_state", "collecting, distributing", _lacking(ours))


@rule(
    "partner-not-forwarding",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="In sync at both ends, but the partner does not forward",
    why="THEIR state lacks COLLECTING (it drops what we send) or DISTRIBUTING (it sends nothing "
    "here). With coupled control, the default, Linux ignores the partner's COLLECTING bit and goes "
    "on sending: a black hole on a member that looks healthy.",
    remedy="Ask the switch why the port is not collecting and distributing (hardware programming, "
    "MLAG, loop protection). Until then: ip link set dev MEMBER down, if another member forwards.",
    reference="802.1AX-2014 6.4.15; drivers/net/bonding/bond_3ad.c: AD_MUX_ATTACHED with "
    "coupled_control",
)
def partner_not_forwarding(member: MemberView) -> Iterator[Deviation]:
    theirs = partner_state(member)
    if theirs is None or theirs & FORWARDS == FORWARDS or not _in_sync(member):
        return
    if member.value(mf.ACTOR_STATE) & COLLECTING:
        yield Deviation("partner.port_state", "collecting, distributing", _lacking(theirs))


@rule(
    "churned",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="Out of sync for a minute or more",
    why="The churn machine gave up waiting for SYNCHRONIZATION, and the bit is still missing: this "
    "is no transient. It says nothing of whose fault it is. A stale 'churned' on a port that is in "
    "sync by now is not reported.",
    remedy="See the finding about synchronization on the same member.",
    reference="802.1AX-2014 6.4.17 (Churn detection); drivers/net/bonding/bond_3ad.c: "
    "ad_churn_machine",
)
def churned(member: MemberView) -> Iterator[Deviation]:
    # Outside the active aggregator no bit is expected, and what keeps it there is told.
    if not both_hear(member) or surely(_elsewhere, member):
        return
    sides = (
        (mf.CHURN_ACTOR, member.value(mf.ACTOR_STATE)),
        (mf.CHURN_PARTNER, member.value(mf.PARTNER_STATE)),
    )
    for field, state in sides:
        if not state & SYNCHRONIZATION and member.value(field) == "churned":
            yield Deviation(field.path, "none", f"churned, {words(state)}")


@rule(
    "lacp-flapped",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="LACP was lost and came back within the last minute",
    why="The churn machine watches a port for 60 s after LACP was lost. The link did not go down "
    "and the member did not rejoin since the earlier reading, so LACPDUs were lost and traffic on "
    "the member stopped. The kernel logs nothing of it.",
    remedy="Capture for some minutes which side stops sending: the LACPDUs of both directions on "
    "this member, with time stamps.",
    reference="drivers/net/bonding/bond_3ad.c: ad_churn_machine starts anew only when LACP expired",
)
def lacp_flapped(member: MemberView) -> Iterator[Deviation]:
    if not both_hear(member) or member.value(mf.CHURN_ACTOR) != "monitoring":
        return
    carrier = member.growth(mf.CARRIER_CHANGES)
    # A member that left and rejoined counts its LACPDUs from zero: no growth can be told then.
    steady = carrier.count == 0 and member.growth(mf.LACPDU_TX).count > 0
    if steady and carrier.seconds > 60:
        yield Deviation("churn.actor_state", "none", "monitoring, without a loss of carrier")


@rule(
    "churn-growing",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The member was out of sync for a minute since the earlier reading",
    why="Each count is a period of 60 s or more without SYNCHRONIZATION: the member was useless "
    "for as long. It is in sync now, so no state shows it any more.",
    remedy="Look in the logs of the switch for what its port did between the two readings.",
    reference="drivers/net/bonding/bond_3ad.c: ad_churn_machine",
)
def churn_growing(member: MemberView) -> Iterator[Deviation]:
    if not _in_sync(member) or surely(_elsewhere, member):
        return  # still not: the finding about its state tells
    for field in (mf.CHURN_ACTOR_COUNT, mf.CHURN_PARTNER_COUNT):
        # What is still 0 did not grow, with or without an earlier reading.
        grown = member.growth(field) if member.value(field) else None
        if grown and grown.count:
            yield Deviation(field.path, "no growth", said(grown))
            return  # one outage counts at both ends
