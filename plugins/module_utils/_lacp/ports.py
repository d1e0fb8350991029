# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a member's link and port state say: the predicates that keep one cause to one finding.

A member whose link is down is told of once (member-down), one that hears nobody once
(partner-silent, actor-expired), one that nobody hears once (partner-defaulted, partner-expired).
A bond on which both ends are passive is told of once (both-passive).
What follows from these on the same member is not told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from . import bond_fields as bf, member_fields as mf
from .fact import NotEvaluable
from .port_state import ACTIVITY, AGGREGATION, DEFAULTED, EXPIRED

if TYPE_CHECKING:
    from .views import BondView, MemberView


def bond_down(bond: BondView) -> bool:
    """Whether the bond is administratively down: its LACP machines stand still, states are old."""
    return bond.known_or(bf.ADMIN_UP, otherwise=True) is False


def require_running(bond: BondView) -> None:
    """NotEvaluable if LACP does not run on the bond."""
    if bond_down(bond):
        raise NotEvaluable(f"{bond.name} is administratively down: LACP does not run on it")


def link_down(member: MemberView) -> bool:
    """Whether the member cannot carry frames.

    Asked before any port state: kernels before 6.12.97 leave the last state, often 63, on a port
    whose link is down. Carrier counts as well: without MII monitoring bonding does not notice.
    """
    require_running(member.bond)
    for flag in (mf.ADMIN_UP, mf.CARRIER):
        if member.known_or(flag, otherwise=True) is False:
            return True
    return member.value(mf.MII_STATUS) != "up"


def actor_state(member: MemberView) -> int | None:
    """Our state octet; None where the link is down."""
    return None if link_down(member) else member.value(mf.ACTOR_STATE)


def hears(member: MemberView) -> bool:
    """Whether the link is up and LACPDUs of the partner arrive: what we know of it is current."""
    state = actor_state(member)
    return state is not None and not state & (DEFAULTED | EXPIRED)


def partner_state(member: MemberView) -> int | None:
    """The partner's state octet; None where we do not hear it, so that it says nothing."""
    return member.value(mf.PARTNER_STATE) if hears(member) else None


def both_hear(member: MemberView) -> bool:
    """Whether LACPDUs arrive at both ends and both ports may aggregate."""
    theirs = partner_state(member)
    if theirs is None or theirs & (DEFAULTED | EXPIRED) or surely(waits_in_vain, member):
        return False
    return bool(theirs & member.value(mf.ACTOR_STATE) & AGGREGATION)


def both_passive(bond: BondView) -> bool:
    """Whether this host and all its partners wait to be spoken to."""
    require_running(bond)
    # Kernels without the option are always active.
    if bond.maybe(bf.LACP_ACTIVE) != "off":
        return False
    linked = [member for member in bond.members if not link_down(member)]
    return bool(linked) and not any((partner_state(m) or 0) & ACTIVITY for m in linked)


def waits_in_vain(member: MemberView) -> bool:
    """Whether both ends are passive: silence, time-outs and lost sync come and go by themselves."""
    return both_passive(member.bond)


def in_active_aggregator(member: MemberView) -> bool:
    """Whether the member sits in the aggregator that carries the traffic of the bond."""
    return member.value(mf.AGGREGATOR_ID) == member.bond.maybe(bf.AGGREGATOR_ID)


def surely(predicate: Callable[[MemberView], bool], member: MemberView) -> bool:
    """Whether it is known to hold; for what explains a finding, never for what is one."""
    try:
        return predicate(member)
    except NotEvaluable:
        return False
