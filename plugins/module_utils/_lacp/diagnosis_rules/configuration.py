# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of what this host was told: monitoring, speed, administration (R20, R21, R15b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import (
    BOTH,
    CONCLUSIVE,
    EACH_MEMBER,
    LIKELY,
    NONE,
    THE_BOND,
    THE_HOST,
    Match,
    diagnosis_rule,
)
from ..evidence_events import admin_losses, memberships
from ..window import NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import Case, MemberCase


@diagnosis_rule(
    "R15b",
    group="configuration of the host",
    scope=EACH_MEMBER,
    title="Somebody set the member or the bond down on this host",
    remedy="Find who did (journal, manager), and set it up again",
)
def set_down(leg: MemberCase) -> Iterator[Match]:
    """Administratively down is this host's own doing, whatever the carrier does then."""
    joined = memberships(leg.evidence, leg.name)
    # Whoever takes a member out of a bond sets it down on the way: R15 tells of that.
    by_hand = [
        loss
        for loss in admin_losses(leg.evidence, leg.name)
        if not any(abs(loss.at_ns - moment.at_ns) <= NS for moment in joined)
    ]
    if by_hand:
        by_hand[0].seen(leg.evidence)
        text = f"{leg.name} was set down on this host at {by_hand[0].at}"
        yield Match(THE_HOST, BOTH, CONCLUSIVE, text)
        return
    if leg.case.known("admin_up") is False:
        text = f"{leg.case.evidence.bond_name()} is set down on this host: LACP does not run"
        yield Match(THE_HOST, BOTH, CONCLUSIVE, text)
    elif leg.fact("admin_up") is False:
        yield Match(THE_HOST, BOTH, CONCLUSIVE, f"{leg.name} is set down on this host")


@diagnosis_rule(
    "R20",
    group="configuration of the host",
    scope=THE_BOND,
    title="Nothing monitors the links",
    remedy="miimon=100",
)
def unmonitored(case: Case) -> Iterator[Match]:
    """Without miimon and ARP monitoring bonding does not notice that a link went or came."""
    if case.fact("options.miimon") or case.known("options.arp_interval"):
        return
    text = f"{case.evidence.bond_name()}: miimon and arp_interval are 0, nothing monitors the links"
    sure = LIKELY if all(leg.is_well() for leg in case.legs) else CONCLUSIVE
    yield Match(THE_HOST, NONE, sure, text, tuple(case.names))


@diagnosis_rule(
    "R21",
    group="configuration of the host",
    scope=EACH_MEMBER,
    title="The member has no speed, or half duplex",
    remedy="Set speed and duplex, or give the machine another kind of virtual card",
)
def no_speed(leg: MemberCase) -> Iterator[Match]:
    """Bonding keeps LACP off a port without full duplex and speed (bond_3ad.c: LACP_DISABLED)."""
    if not leg.link_up():
        return
    speed = leg.first_known("bonding_speed_mbps", "speed_mbps")
    duplex = leg.first_known("bonding_duplex", "duplex")
    if (speed and duplex == "full") or leg.is_well():
        return
    told = "half duplex" if duplex == "half" else "no speed or duplex that bonding could read"
    yield Match(THE_HOST, BOTH, CONCLUSIVE, f"{leg.name} has {told}, so LACP is off on it")
