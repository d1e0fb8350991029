# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each end said of itself over time, and which loss is only the consequence of another.

An end that hears nobody has lost the other's Timeout bit, so it speaks every 30 s whatever it was
asked for (802.1AX 6.4.9, recordDefault; bond_3ad.c: __record_default). An end that waits three
seconds then expires, too: one direction that is lost always looks like both a little later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .evidence import rows, whole
from .evidence_events import link_events
from .evidence_time import utc_ns
from .port_state import DEFAULTED, EXPIRED
from .window import NS, RECEIVED, SENT

if TYPE_CHECKING:
    from .evidence_leg import Leg

DEAF = DEFAULTED | EXPIRED
# A deaf end speaks every 30 s, so it is silent only after three times that; and a little.
SLOW_SILENCE_S = 95
# EXPIRED for three seconds, and a tick or two, before the rate is the slow one.
_UNTIL_SLOW_NS = 7 * NS
_GRACE_NS = NS // 2
# How long it takes a far end at the most to answer a PDU that it heard.
_ANSWER_NS = 5 * NS


class Spoken(NamedTuple):
    """The state octet of an end from a moment on."""

    at_ns: int
    state: int

    @property
    def deaf(self) -> bool:
        """Whether that end hears nobody."""
        return bool(self.state & DEAF)


def states(leg: Leg, direction: str) -> list[Spoken]:
    """What the sender of that direction said of itself; of our own also what the kernel told."""
    found = []
    lane = leg.lane(direction) if leg.evidence.has_wire() else None
    for _at, row in rows(lane[1].get("states")) if lane else ():
        moment, state = utc_ns(row.get("at")), whole(row.get("after"))
        if row.get("whose") == "actor" and moment is not None and state is not None:
            found.append(Spoken(moment, state))
    if direction == SENT:
        for event in link_events(leg.evidence, leg.name, "actor_state"):
            told = event.text.rpartition(" ")[2]
            if told.isdigit():
                found.append(Spoken(event.at_ns, int(told)))
    return sorted(found)


def was_deaf(leg: Leg, direction: str, at_ns: int) -> bool:
    """Whether the sender of that direction heard nobody then, or right after."""
    before = False
    for spoken in states(leg, direction):
        if spoken.at_ns <= at_ns + _GRACE_NS:
            before = spoken.deaf
        elif spoken.deaf and spoken.at_ns <= at_ns + _UNTIL_SLOW_NS:
            return True
    return before


def first_deaf(leg: Leg, direction: str) -> int | None:
    """When the sender of that direction first said that it hears nobody; None if it never did."""
    return next((one.at_ns for one in states(leg, direction) if one.deaf), None)


def is_explained(leg: Leg, direction: str, start_ns: int, end_ns: int) -> bool:
    """Whether a silence is no more than the slow rate of an end that hears nobody."""
    return end_ns - start_ns < SLOW_SILENCE_S * NS and was_deaf(leg, direction, start_ns)


def never_heard_us(leg: Leg) -> bool:
    """Whether all that the far end said in the window, though we spoke, is that it is deaf."""
    theirs = states(leg, RECEIVED)
    span = leg.evidence.span()
    if not theirs or span is None or not all(one.deaf for one in theirs):
        return False
    sent = leg.lane(SENT)
    last = utc_ns(sent[1].get("last")) if sent else None
    spoke = last is not None and last >= theirs[0].at_ns - _GRACE_NS
    return spoke and span[1] - theirs[0].at_ns >= _ANSWER_NS


def they_were_first(leg: Leg) -> bool:
    """Whether the far end was deaf before we were, so that ours is the consequence."""
    ours, theirs = first_deaf(leg, SENT), first_deaf(leg, RECEIVED)
    return theirs is not None and (ours is None or theirs < ours)
