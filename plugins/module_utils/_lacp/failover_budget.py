# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a bond may take to drop a member and to take it back, by its own timers.

Sources: bond_main.c (bond_miimon_inspect), bond_3ad.c (__ad_timer_to_ticks), 802.1AX 6.4.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .port_state import (
    AGGREGATE_WAIT_S,
    FAST_PERIODIC_S,
    LONG_TIMEOUT_S,
    SHORT_TIMEOUT_S,
    SLOW_PERIODIC_S,
    TIMEOUT,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CARRIER, LACP_LOSS = "carrier", "lacp_loss"
SENT, RECEIVED, BOTH = "sent", "received", "both"

_S = 1000
# bonding's machines run on a work item of 100 ms that is queued anew each time it has run, so all
# of its timers are late: 3.3 s for 3, 96 s for 90 were measured.
_STRETCH = 1.1
_TICKS_MS = 300  # a tick to notice, one to act, one until it is announced
_ANSWER_MS = 700  # a PDU that has to wait for the limiter (3 a second), and what follows from it
_LINK_UP_MS = 5 * _S  # a PHY that trains its link


class Fault(NamedTuple):
    """What is done to a member; direction: which LACPDUs are lost, '' for carrier."""

    kind: str
    direction: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.direction})" if self.direction else self.kind


def needs_far(fault: Fault) -> bool:
    """Whether the partner's LACPDUs tell when its end has left: not on a link that is down."""
    return fault.kind != CARRIER


class Timers(NamedTuple):
    """What governs a bond: options in ms, and which rate each end asks of the other.

    we_are_short: our TIMEOUT bit is set, so we wait for 3 s and the partner sends every second.
    """

    miimon_ms: int
    updelay_ms: int
    downdelay_ms: int
    we_are_short: bool
    partner_is_short: bool


class Budget(NamedTuple):
    """The most that is allowed, each end and all probes included.

    leave_ms: from the fault until neither end uses the member; outage_ms: of traffic; return_s:
    from the end of the fault until both ends collect and distribute; loss: probes of one flow, None
    where it follows from outage_ms and how often one is sent.
    """

    leave_ms: float
    outage_ms: float
    return_s: float
    loss: int | None = None


def timers(options: Mapping[str, int], actor_state: int, partner_state: int) -> Timers:
    """Timers from the options of a bond (miimon, updelay, downdelay) and two port states."""
    return Timers(
        options["miimon"],
        options["updelay"],
        options["downdelay"],
        bool(actor_state & TIMEOUT),
        bool(partner_state & TIMEOUT),
    )


def derived(fault: Fault, known: Timers) -> Budget:
    """What a bond that works as it should keeps to."""
    if fault.kind == CARRIER:
        return _carrier(known)
    ours, theirs = _timeout(known.we_are_short), _timeout(known.partner_is_short)
    our_period, their_period = _period(known.we_are_short), _period(known.partner_is_short)
    # EXPIRED lasts 3 s. In DEFAULTED, newer kernels know no rate of the partner and are slow.
    back = (SLOW_PERIODIC_S + SHORT_TIMEOUT_S + AGGREGATE_WAIT_S) * _STRETCH + 0.5
    if fault.direction in (RECEIVED, SENT):
        # The end that hears nothing stays in sync for the 3 s of EXPIRED, so the other goes on.
        # Then it says that it has no partner, or is silent until the other has had enough as well.
        deaf, other = (ours, theirs) if fault.direction == RECEIVED else (theirs, ours)
        more = (SHORT_TIMEOUT_S * _S + min(other, SLOW_PERIODIC_S * _S)) * _STRETCH + _ANSWER_MS
        return Budget(deaf * _STRETCH + more, more, back)
    # Each end waits for itself, from the last that it heard: that is up to a period ago.
    apart = max(ours - theirs + their_period, theirs - ours + our_period)
    leave = max(ours, theirs) * _STRETCH + _ANSWER_MS
    return Budget(leave, apart * _STRETCH + _ANSWER_MS, back)


def _carrier(known: Timers) -> Budget:
    if not known.miimon_ms:
        # Nobody looks at the carrier: only LACP's own timeouts are left.
        slowest = max(_timeout(known.we_are_short), _timeout(known.partner_is_short))
        leave = slowest * _STRETCH + _ANSWER_MS
    else:
        leave = 2.0 * known.miimon_ms + known.downdelay_ms + _TICKS_MS
    lacp = SHORT_TIMEOUT_S * _S + _period(known.we_are_short) + AGGREGATE_WAIT_S * _S
    back = 2.0 * known.miimon_ms + known.updelay_ms + lacp * _STRETCH + _LINK_UP_MS
    return Budget(leave, leave, round(back / _S, 1))


def _timeout(is_short: bool) -> int:  # noqa: FBT001 - the TIMEOUT bit is all there is to say
    return _S * (SHORT_TIMEOUT_S if is_short else LONG_TIMEOUT_S)


def _period(is_short: bool) -> int:  # noqa: FBT001 - the same
    return _S * (FAST_PERIODIC_S if is_short else SLOW_PERIODIC_S)


def chosen(
    default: Budget, failover_ms: float | None, reintegrate_s: float | None, loss: int | None
) -> Budget:
    """The budget with what the user asks for in place of what the timers say."""
    if failover_ms is not None:
        default = default._replace(leave_ms=failover_ms, outage_ms=failover_ms)
    if reintegrate_s is not None:
        default = default._replace(return_s=reintegrate_s)
    return default._replace(loss=loss)


def patience(default: Budget) -> tuple[float, float]:
    """Seconds to wait for a member to leave and to return before giving up.

    A budget that is missed is to be told with its figure, so this follows the timers and not what
    the user asks for.
    """
    return default.leave_ms / _S * 1.25 + 2, default.return_s * 1.25 + 5


def rate_words(known: Timers) -> str:
    """The timeouts in effect, for the reader of a figure that is too large."""
    ends = (("we", known.we_are_short), ("the partner", known.partner_is_short))
    said = [f"{who} for {_timeout(short) // _S} s" for who, short in ends]
    return f"LACP waits, {said[0]}, {said[1]}"
