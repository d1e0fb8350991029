# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A picture of a window: one lane per member and direction, and what happened on the host."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from . import timeline_svg as svg
from .analysis_events import BACK, DEFAULTED_, EXPIRED_, IDENTITY, LATE, LEFT, LOST
from .analysis_lane import ACTOR
from .port_state import DEFAULTED, EXPIRED, FORWARDING, SYNCHRONIZATION, words
from .timeline_text import LOGGED, MORE, MOST_EVENTS, NOT_HEARD, PROVEN, counts, headline, lines
from .window import NS, LinkEvent, LogLine, ms, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis
    from .analysis_lane import Lane, StateChange
    from .timeline_text import Line

WIDTH, LEFT_X, RIGHT_X = 1280, 250, 1260
_PLOT = RIGHT_X - LEFT_X
_TOP = 134
_LANE, _PDU, _STATE = 62, 26, 14
_HOST_LANE = 28
_LINE = 18
_LINE_CHARACTERS = 185
_MOST_MARKS = 400
_FARTHEST = 90  # pixels between a moment and its dot

_INK, _SOFT, _GRID = "#1b1f24", "#57606a", "#d8dee4"
_GREEN, _YELLOW, _ORANGE, _RED = "#2da44e", "#eac54f", "#e36209", "#cf222e"
_BLUE, _LATE_FILL, _LOST_FILL = "#0550ae", "#fff3c4", "#ffd7d5"
_UNHEARD, _UNHEARD_FILL = "#8250df", "#e8dcff"
_CARRIER = "#82071e"
_MARKS = {
    LATE: _YELLOW,
    LOST: _RED,
    EXPIRED_: _RED,
    DEFAULTED_: _ORANGE,
    LEFT: _ORANGE,
    BACK: _GREEN,
    IDENTITY: _BLUE,
    NOT_HEARD: _UNHEARD,
    LOGGED: _BLUE,
    PROVEN: _SOFT,
    MORE: _SOFT,
}
_STATES = (
    (EXPIRED, _RED, "expired"),
    (DEFAULTED, _ORANGE, "defaulted"),
    (FORWARDING, _GREEN, "forwarding"),
    (SYNCHRONIZATION, _YELLOW, "in sync"),
)


class _Scale(NamedTuple):
    """From the monotonic clock to pixels."""

    start_ns: int
    span_ns: int
    utc_shift: int

    def x(self, at_ns: int) -> float:
        share = (at_ns - self.start_ns) / self.span_ns
        return LEFT_X + _PLOT * min(max(share, 0.0), 1.0)

    def clock(self, at_ns: int, digits: int) -> str:
        moment = utc_text(at_ns + self.utc_shift)[11:29]
        return moment[: 9 + digits] if digits else moment[:8]


def timeline(analysis: Analysis, title: str) -> str:
    """An SVG document of the analysis; what it cannot hold any more is left out and said."""
    start, end = analysis.start, analysis.end
    if start is None or end is None:
        return svg.document(WIDTH, 60, title, [svg.text(20, 36, f"{title}: nothing was seen")])
    scale = _Scale(start[1], max(end[1] - start[1], 1), start[0] - start[1])
    lanes = analysis.in_order()
    members = sorted({*analysis.members, *(lane.member for lane in lanes)})
    y = _TOP
    parts: list[str] = []
    for member in members:
        theirs = [lane for lane in lanes if lane.member == member]
        parts.extend(_member(analysis, scale, member, theirs, y))
        y += 26 + _LANE * max(len(theirs), 1) + _HOST_LANE
    parts.extend(_log_lane(analysis, scale, y))
    bottom = y + _HOST_LANE
    parts.extend(_marks(analysis, scale, lanes, members))
    sentences = list(lines(analysis))
    rows = sum(len(wrap(line.words, _LINE_CHARACTERS)) for line in sentences)
    heading = [
        svg.text(20, 30, title, size=18, weight="bold"),
        svg.text(20, 50, headline(analysis), size=14),
        svg.text(20, 68, counts(analysis), size=12),
        *_key(),
        *_axis(scale, bottom),
    ]
    below = _below(sentences, bottom + 40)
    height = bottom + 40 + _LINE * (rows + 1)
    return svg.document(WIDTH, height, title, [*heading, *parts, *below])


def _key() -> Iterator[str]:
    """What the strokes and colours mean."""
    yield svg.text(20, 95, "strokes: LACPDUs; bars: what the", size=11, fill=_SOFT)
    yield svg.text(20, 108, "sender's own state octet says", size=11, fill=_SOFT)
    x = LEFT_X
    for colour, word in (
        (_GREEN, "forwarding"),
        (_YELLOW, "in sync"),
        ("#8c959f", "not in sync"),
        (_ORANGE, "defaulted"),
        (_RED, "expired"),
        (_LATE_FILL, "gap over 1.5 periods"),
        (_LOST_FILL, "gap over 3 periods"),
        (_UNHEARD_FILL, "not heard"),
        (_CARRIER, "carrier down"),
    ):
        yield svg.box(x, 86, 14, 10, colour)
        yield svg.text(x + 19, 95, word, size=11, fill=_SOFT)
        x += 30 + 7 * len(word)


def _axis(scale: _Scale, bottom: int) -> Iterator[str]:
    """Ticks at round times of the UTC clock."""
    step = _round_step(scale.span_ns // 8)
    digits = 3 if step < NS else 0
    first = scale.start_ns + scale.utc_shift
    at = (first + step - 1) // step * step - scale.utc_shift
    while at <= scale.start_ns + scale.span_ns:
        x = scale.x(at)
        yield svg.element("line", x1=x, x2=x, y1=_TOP - 8, y2=bottom, stroke=_GRID)
        anchor = "middle" if x < RIGHT_X - 30 else "end"
        yield svg.text(x, _TOP - 12, scale.clock(at, digits), size=11, fill=_SOFT, anchor=anchor)
        at += step
    date = utc_text(scale.start_ns + scale.utc_shift)[:10]
    yield svg.text(20, _TOP - 12, f"{date}, UTC", size=11, fill=_SOFT)


def _round_step(wanted_ns: int) -> int:
    """A step of 1, 2 or 5 times a power of ten, or whole minutes and hours, not below wanted."""
    step = 1_000_000
    for factor in (2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2, 1.5, 2, 2, 2.5, 2, 2, 1.5, 2, 2, 2.5, 2):
        if step >= wanted_ns:
            break
        step = int(step * factor)
    while step < wanted_ns:
        step *= 2
    return step


def _member(
    analysis: Analysis, scale: _Scale, member: str, lanes: list[Lane], y: int
) -> Iterator[str]:
    yield svg.element("line", x1=20, x2=RIGHT_X, y1=y, y2=y, stroke=_SOFT, stroke_width=1)
    yield svg.text(20, y + 18, member, size=14, weight="bold")
    y += 26
    if not lanes:
        yield svg.text(LEFT_X, y + 20, "no slow-protocol frame in either direction", fill=_SOFT)
        y += _LANE
    for lane in lanes:
        yield from _unheard(analysis, scale, lane, y)
        yield from _lane(scale, lane, y)
        y += _LANE
    yield from _links(analysis, scale, member, y)


def _links(analysis: Analysis, scale: _Scale, member: str, y: int) -> Iterator[str]:
    """A bar while the carrier is gone, and a stroke for each of the other changes."""
    events = [what for what in analysis.log.happened if isinstance(what, LinkEvent)]
    mine = [what for what in events if what.member == member]
    carrier = [what for what in mine if what.what == "carrier"]
    if mine or member in analysis.log.last:
        said = "carrier, link events" if carrier else "carrier did not change; link events"
        yield svg.text(20, y + 14, said, size=11, fill=_SOFT)
    ends = [what.mono_ns for what in carrier[1:]] + [scale.start_ns + scale.span_ns]
    if carrier and carrier[0].before == "down":
        x = scale.x(carrier[0].mono_ns)
        yield svg.box(LEFT_X, y + 12, x - LEFT_X, 10, _CARRIER, "carrier down")
    for change, end in zip(carrier[:_MOST_MARKS], ends):
        if change.after == "down":
            x = scale.x(change.mono_ns)
            tip = f"carrier down from {scale.clock(change.mono_ns, 3)}"
            yield svg.box(x, y + 12, scale.x(end) - x, 10, _CARRIER, tip)
    for change in mine[:_MOST_MARKS]:
        tip = f"{scale.clock(change.mono_ns, 3)} {change.what} {change.before} -> {change.after}"
        yield svg.box(scale.x(change.mono_ns) - 1, y + 2, 2, 10, _BLUE, tip)


def _lane(scale: _Scale, lane: Lane, y: int) -> Iterator[str]:
    figures = lane.cadence.as_result()
    yield svg.text(20, y + 14, f"{lane.direction}: {lane.count} LACPDUs")
    median, period = figures["median_ms"], figures["expected_period_ms"]
    if median is not None:
        cadence = f"every {median:g} ms, asked for {period:g} ms"
        yield svg.text(20, y + 29, cadence, size=11, fill=_SOFT)
    if lane.identity is not None:
        who = f"by {lane.identity.system}, port {lane.identity.port}"
        yield svg.text(20, y + 43, who, size=11, fill=_SOFT)
    for gap in lane.cadence.gaps[:_MOST_MARKS]:
        x, end = scale.x(gap.start_ns), scale.x(gap.end_ns)
        fill = _LOST_FILL if gap.is_lost else _LATE_FILL
        tip = f"silent for {ms(gap.end_ns - gap.start_ns)} ms, {gap.periods:.1f} periods"
        yield svg.box(x, y, end - x, _PDU, fill, tip)
    yield _ticks(scale, lane, y)
    yield from _states(scale, lane, y + _PDU + 2)


def _ticks(scale: _Scale, lane: Lane, y: int) -> str:
    """A stroke for each PDU; where several fall into one pixel it is drawn to the top."""
    columns: dict[int, int] = {}
    if lane.density is not None:
        for slot, count in lane.density.counts.items():
            x = int(scale.x(lane.density.start_ns + slot * lane.density.width_ns))
            columns[x] = columns.get(x, 0) + count
    strokes = "".join(
        f"M{x}.5 {y + (0 if count > 1 else 8)}V{y + _PDU}" for x, count in sorted(columns.items())
    )
    return svg.element("path", d=strokes or f"M{LEFT_X} {y}", stroke=_INK, stroke_width=1)


def _states(scale: _Scale, lane: Lane, y: int) -> Iterator[str]:
    changes = [change for change in lane.states if change.whose == ACTOR]
    last = lane.cadence.last
    ends = [change.mono_ns for change in changes[1:]] + [last[1] if last else 0]
    for change, end_ns in zip(changes, ends):
        x, end = scale.x(change.mono_ns), scale.x(end_ns)
        colour, word = _look(change)
        tip = f"{scale.clock(change.mono_ns, 3)} state {words(change.after)}"
        yield svg.box(x, y, end - x, _STATE, colour, tip)
        label = f"{word} {change.after}"
        if end - x > 7 * len(label):
            ink = _INK if colour == _YELLOW else "#ffffff"
            yield svg.text(x + 4, y + 11, label, size=10, fill=ink)


def _look(change: StateChange) -> tuple[str, str]:
    for bits, colour, word in _STATES:
        if change.after & bits == bits:
            return colour, word
    return "#8c959f", "not in sync"


def _log_lane(analysis: Analysis, scale: _Scale, y: int) -> Iterator[str]:
    yield svg.element("line", x1=20, x2=RIGHT_X, y1=y, y2=y, stroke=_SOFT, stroke_width=1)
    yield svg.text(20, y + 18, "kernel log", size=12, weight="bold")
    lines = [what for what in analysis.log.happened if isinstance(what, LogLine)]
    for line in lines[:_MOST_MARKS]:
        tip = f"{scale.clock(line.mono_ns, 3)} {line.text}"
        yield svg.box(scale.x(line.mono_ns) - 1, y + 6, 3, 16, _BLUE, tip)


def _marks(
    analysis: Analysis, scale: _Scale, lanes: list[Lane], members: list[str]
) -> Iterator[str]:
    """A numbered dot on its lane for each event of the list below, if there is room near it."""
    tops: dict[tuple[str, str], int] = {}  # '' for the first lane of a member
    y = _TOP
    for member in members:
        mine = [lane for lane in lanes if lane.member == member]
        tops[member, ""] = y + 26
        for index, lane in enumerate(mine):
            tops[member, lane.direction] = y + 26 + _LANE * index
        y += 26 + _LANE * max(len(mine), 1) + _HOST_LANE
    taken: dict[int, float] = {}
    for index, event in enumerate(analysis.events[:MOST_EVENTS], 1):
        # The kernel may tell of a port that could not send.
        top = tops.get((event.member, event.direction), tops[event.member, ""])
        x = max(scale.x(event.mono_ns), taken.get(top, 0.0))
        if x > scale.x(event.mono_ns) + _FARTHEST:
            continue
        taken[top] = x + 17
        tip = svg.element("title", svg.escape(event.text))
        yield svg.element("circle", tip, cx=x, cy=top + 50, r=8, fill=_MARKS[event.kind])
        yield svg.text(x, top + 53, str(index), size=9, fill="#ffffff", anchor="middle")


def _unheard(analysis: Analysis, scale: _Scale, lane: Lane, y: int) -> Iterator[str]:
    """From the last PDU that can have been heard to the EXPIRED that says so (rule R09)."""
    for delivery in analysis.tracker.deliveries:
        if (delivery.member, delivery.direction) == (lane.member, lane.direction):
            expired = delivery.expired[1]
            x, end = scale.x(expired - delivery.timeout_ns), scale.x(expired)
            yield svg.box(x, y, end - x, _PDU, _UNHEARD_FILL, delivery.conclusion())


def _below(sentences: list[Line], y: int) -> Iterator[str]:
    for mark, kind, told in sentences:
        for index, line in enumerate(wrap(told, _LINE_CHARACTERS)):
            if not index:
                yield svg.element("circle", cx=28, cy=y - 4, r=8, fill=_MARKS[kind])
                yield svg.text(28, y - 1, mark, size=9, fill="#ffffff", anchor="middle")
            yield svg.text(46, y, line)
            y += _LINE
