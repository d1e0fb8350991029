# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in words on a timeline: the answer above it, and what its marks mean below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .analysis_events import IDENTITY, LATE, LEFT, SENDERS
from .analysis_silence import UNHEARD, silence
from .window import OPPOSITE, SENT, LinkEvent, LogLine, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis
    from .analysis_events import Event

MOST_EVENTS = 40
_MOST_TIES = 3
_MOST_DELIVERIES = 10
_MOST_LOG = 15
_MOST_TEXT = 160

_COUNTED = {LATE: "late", LEFT: "left the LAG", IDENTITY: "another identity"}
# Kinds of lines, beside those of events.
NOT_HEARD, PROVEN, LOGGED, MORE = "not heard", "proven", "logged", "more"


class Line(NamedTuple):
    """A sentence; mark: the number of the event that it tells of."""

    mark: str
    kind: str
    words: str


def headline(analysis: Analysis) -> str:
    """Who fell silent first, and who is hit, in one sentence."""
    lanes = analysis.in_order()
    found = silence(lanes, analysis.tracker.deliveries, analysis.members)
    first, hit, members = found["first"], found["members_hit"], found["members"]
    if not isinstance(first, dict) or not isinstance(hit, list) or not isinstance(members, list):
        return "No direction of any member fell silent for longer than the receiver waits."
    who = SENDERS[first["direction"]]
    if first["how"] == UNHEARD:
        what = f"{SENDERS[OPPOSITE[first['direction']]]} did not hear what {who} sent"
    else:
        what = "we sent nothing" if first["direction"] == SENT else f"nothing came from {who}"
    others = f"{len(hit)} of {len(members)} members hit: {', '.join(hit)}"
    order = "first" if found["first_is_certain"] else "first, or within one period of the first"
    return f"{first['member']} {order}: from {_clock(first['at'])} on {what}; {others}."


def counts(analysis: Analysis) -> str:
    """How often what happened on which member."""
    found: dict[str, dict[str, int]] = {}
    for what in analysis.log.happened:
        if isinstance(what, LinkEvent) and (what.what, what.after) == ("carrier", "down"):
            members = found.setdefault("carrier lost", {})
            members[what.member] = members.get(what.member, 0) + 1
    for event in analysis.events:
        if event.kind in _COUNTED:
            members = found.setdefault(_COUNTED[event.kind], {})
            where = f"{event.member} {event.direction}"
            members[where] = members.get(where, 0) + 1
    parts = []
    for name, members in found.items():
        told = (f"{where} {_times(count)}" for where, count in sorted(members.items()))
        parts.append(f"{name}: {', '.join(told)}")
    text = "; ".join(parts)
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def lines(analysis: Analysis) -> Iterator[Line]:
    """The events in order, then what was not heard, what is proven, and the kernel log."""
    last = ""
    for index, event in enumerate(analysis.events[:MOST_EVENTS], 1):
        at = _clock(utc_text(event.utc_ns))
        ties = _ties(analysis, event)
        told = f"{at} {event.member} {event.direction}: {event.text}"
        yield Line(str(index), event.kind, told if ties in ("", last) else f"{told} {ties}")
        last = ties
    more = analysis.events_total - min(len(analysis.events), MOST_EVENTS)
    if more:
        yield Line("", MORE, f"and {more} more")
    for delivery in analysis.tracker.deliveries[:_MOST_DELIVERIES]:
        heading = f"{delivery.member} {delivery.direction}: EXPIRED says that nothing was heard"
        deadline = _clock(utc_text(delivery.deadline_utc_ns))
        yield Line("", NOT_HEARD, f"{heading} after {deadline}; {delivery.conclusion()}")
    for entry in analysis.proofs():
        yield Line("", PROVEN, f"{entry['member']} sent: {entry['statement']}")
    yield from _log(analysis)


def _log(analysis: Analysis) -> Iterator[Line]:
    found = [what for what in analysis.log.happened if isinstance(what, LogLine)]
    for line in found[:_MOST_LOG]:
        said = line.text[:_MOST_TEXT]
        yield Line("", LOGGED, f"{_clock(utc_text(line.utc_ns))} kernel log: {said}")
    if len(found) > _MOST_LOG:
        yield Line("", MORE, f"and {len(found) - _MOST_LOG} more lines of the kernel log")


def _ties(analysis: Analysis, event: Event) -> str:
    ties = analysis.log.ties(event)
    if not ties:
        return ""
    told = "; ".join(str(tie["text"])[:_MOST_TEXT] for tie in _nearest(ties, event.member))
    return f"[meanwhile: {told}{'; ...' if len(ties) > _MOST_TIES else ''}]"


def _nearest(ties: list[dict[str, object]], member: str) -> list[dict[str, object]]:
    """Those that name the member before the others, and of each the nearest in time."""

    def distance(tie: dict[str, object]) -> tuple[bool, float]:
        return member not in str(tie["text"]), abs(float(str(tie["offset_ms"])))

    return sorted(ties, key=distance)[:_MOST_TIES]


def _clock(text: str) -> str:
    """Hours to milliseconds of a time in RFC 3339."""
    return text[11:23]
