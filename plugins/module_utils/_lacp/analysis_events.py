# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moments worth an argument: gaps, EXPIRED, DEFAULTED, a port that leaves, another identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .analysis_lane import ACTOR, IdentityChange, Lane, StateChange
from .port_state import COLLECTING, DEFAULTED, DISTRIBUTING, EXPIRED, SYNCHRONIZATION, flags
from .window import FROM_A, FROM_B, RECEIVED, SENT, ms, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .cadence import Gap

# Gap grades, and what a sender's own state octet says.
LATE, LOST = "late", "lost"
EXPIRED_, DEFAULTED_, LEFT, BACK = "expired", "defaulted", "left", "back"
IDENTITY = "identity"
LOSSES = (LATE, LOST, EXPIRED_, DEFAULTED_, LEFT, IDENTITY)

SENDERS = {SENT: "we", RECEIVED: "the far end", FROM_A: "end a", FROM_B: "end b"}
_HEARD = {SENT: "the far end", RECEIVED: "us", FROM_A: "end b", FROM_B: "end a"}
_WHOSE = {SENT: "the far end's", RECEIVED: "ours", FROM_A: "end b's", FROM_B: "end a's"}
_CARRIES = SYNCHRONIZATION | COLLECTING | DISTRIBUTING


class Event(NamedTuple):
    """One moment on one lane; a cause is to be looked for between from_ns and to_ns (monotonic)."""

    utc_ns: int
    mono_ns: int
    member: str
    direction: str
    kind: str
    text: str
    from_ns: int
    to_ns: int

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "at": utc_text(self.utc_ns),
            "member": self.member,
            "direction": self.direction,
            "kind": self.kind,
            "text": self.text,
        }


def of_gap(lane: Lane, gap: Gap) -> Event:
    """The silence began between the last PDU and the one that was due a period later."""
    until = "the window ends" if gap.open else "the next PDU"
    # What was sent towards us and got lost on its way is as silent as what was never sent.
    who = SENDERS[lane.direction]
    what = f"{who} sent nothing" if lane.direction == SENT else f"nothing came from {who}"
    text = (
        f"{what} for {ms(gap.end_ns - gap.start_ns):g} ms, {gap.periods:.1f} periods, until {until}"
    )
    return Event(
        gap.start_utc_ns,
        gap.start_ns,
        lane.member,
        lane.direction,
        LOST if gap.is_lost else LATE,
        text,
        gap.start_ns,
        min(gap.start_ns + gap.period_ns, gap.end_ns),
    )


def of_changes(member: str, direction: str, changes: Iterable[StateChange]) -> Iterator[Event]:
    """What the sender's own state octet announces; its view of the far end only repeats that."""
    for change in changes:
        if change.whose == ACTOR:
            at = change.mono_ns
            for kind, text in _announcements(direction, change):
                yield Event(change.utc_ns, at, member, direction, kind, text, at, at)


def _announcements(direction: str, change: StateChange) -> Iterator[tuple[str, str]]:
    who, heard = SENDERS[direction], _HEARD[direction]
    if change.set & EXPIRED and ((change.before or 0) | change.after) & DEFAULTED:
        yield DEFAULTED_, f"{who} started anew: EXPIRED with DEFAULTED, as of a port that comes up"
    elif change.set & EXPIRED:
        yield EXPIRED_, f"{who} set EXPIRED: no PDU of {_WHOSE[direction]} came in time"
    elif change.set & DEFAULTED:
        yield DEFAULTED_, f"{who} set DEFAULTED: {who} gave up on {heard}"
    if change.cleared & _CARRIES and not change.after & DISTRIBUTING:
        yield LEFT, f"{who} cleared {' '.join(flags(change.cleared & _CARRIES))}"
    if change.set & DISTRIBUTING:
        yield BACK, f"{who} set distributing"


def of_identity(lane: Lane, change: IdentityChange) -> Event:
    """The sender became another, field by field."""
    parts = [
        f"{name} {getattr(change.before, name)} -> {getattr(change.after, name)}"
        for name in change.fields
    ]
    return Event(
        change.utc_ns,
        change.mono_ns,
        lane.member,
        lane.direction,
        IDENTITY,
        f"{SENDERS[lane.direction]} changed {', '.join(parts)}",
        change.mono_ns,
        change.mono_ns,
    )
