# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The timeline of the page: lanes that a script stretches; without one it shows all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._report.markup import Safe, join, tag
from .._report.text import count
from .moments import clock_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .story import Band, LaneStory, Point, Story

# Units of the view box of each lane; a script narrows it to zoom.
UNITS = 100_000
_HEIGHT = 40
_TICKS = 8
_MOST = 400
_DIRECTIONS = {"sent": "we send", "received": "we receive"}


class _Scale:
    def __init__(self, story: Story) -> None:
        self.start = story.start_ns
        self.span = story.end_ns - story.start_ns

    def x(self, at_ns: int) -> int:
        return round(min(max((at_ns - self.start) / self.span, 0.0), 1.0) * UNITS)


def timeline_section(story: Story | None) -> Safe:
    """The section, or that there was nothing to draw."""
    if story is None:
        return tag(
            "section",
            tag("h2", "Timeline"),
            tag("p", "Nothing was captured, so there is nothing to draw.", class_="quiet"),
            id_="timeline",
        )
    scale = _Scale(story)
    rows = [_axis(story), *(_member(story, member, scale) for member in story.members)]
    rows.append(_row("kernel log", count(len(story.log), "line"), _points(story.log, scale, 4, 32)))
    return tag(
        "section",
        tag("h2", "Timeline"),
        _key(),
        _controls(),
        tag(
            "div",
            *rows,
            class_="lanes",
            id_="lanes",
            data_start=str(story.start_ns // 1_000_000),
            data_span=str(scale.span // 1_000_000),
            data_units=str(UNITS),
        ),
        _events(story),
        id_="timeline",
    )


def _key() -> Safe:
    words = (
        ("forwarding", "forwarding"),
        ("sync", "in sync"),
        ("waiting", "not in sync"),
        ("defaulted", "defaulted"),
        ("expired", "expired"),
        ("late", "gap over 1.5 periods"),
        ("lost", "gap over 3 periods"),
    )
    return tag(
        "p",
        *(join([tag("span", class_=f"swatch {kind}"), tag("span", text)]) for kind, text in words),
        class_="legend",
    )


def _controls() -> Safe:
    """Hidden until the script wakes it."""
    buttons = (("zoom-in", "Zoom in"), ("zoom-out", "Zoom out"), ("zoom-all", "Whole window"))
    return tag(
        "div",
        *(tag("button", words, type_="button", id_=name) for name, words in buttons),
        tag("output", "", id_="zoom-span"),
        tag("span", "Drag to move, turn the wheel over a lane to zoom.", class_="quiet"),
        id_="zoom",
        hidden=True,
    )


def _axis(story: Story) -> Safe:
    step = (story.end_ns - story.start_ns) / _TICKS
    ticks = [
        tag("span", clock_text(int(story.start_ns + step * number))[:10], class_="tick")
        for number in range(_TICKS)
    ]
    return tag(
        "div",
        tag("div", "UTC", class_="name quiet"),
        tag("div", *ticks, class_="axis"),
        class_="row times",
    )


def _member(story: Story, member: str, scale: _Scale) -> Safe:
    lanes = [lane for lane in story.lanes if lane.member == member]
    links = [point for point in story.links if point.member == member]
    events = [point for point in story.events if point.member == member]
    return tag(
        "div",
        tag("h3", member),
        *(_lane(lane, scale) for lane in lanes),
        _row(
            "carrier and link",
            count(len(links), "change"),
            join(
                [_bands(story.carrier.get(member, ()), scale, 4, 14), _points(links, scale, 20, 18)]
            ),
        ),
        _row("events", count(len(events), "event"), _points(events, scale, 6, 28)),
        class_="member",
    )


def _lane(lane: LaneStory, scale: _Scale) -> Safe:
    note = count(len(lane.pdus), "LACPDU")
    drawn = join(
        [
            _bands(lane.gaps, scale, 0, 24),
            _strokes(lane.markers, scale, "marker"),
            _strokes(lane.pdus, scale, "pdu"),
            _bands(lane.bands, scale, 26, 12),
        ]
    )
    return _row(_DIRECTIONS.get(lane.direction, lane.direction), note, drawn)


def _row(name: str, note: str, drawn: Safe) -> Safe:
    return tag(
        "div",
        tag("div", tag("b", name), tag("small", note), class_="name"),
        tag(
            "svg",
            drawn,
            class_="plot",
            viewBox=f"0 0 {UNITS} {_HEIGHT}",
            preserveAspectRatio="none",
            role="img",
        ),
        class_="row",
    )


def _strokes(times: Iterable[int], scale: _Scale, class_: str) -> Safe | None:
    places = sorted({scale.x(at) for at in times})
    if not places:
        return None
    return tag("path", d="".join(f"M{x} 2V24" for x in places), class_=class_)


def _bands(bands: Sequence[Band], scale: _Scale, y: int, height: int) -> Safe:
    return join(
        tag(
            "rect",
            tag("title", f"{clock_text(band.start_ns)} to {clock_text(band.end_ns)}: {band.words}"),
            x=scale.x(band.start_ns),
            y=y,
            width=max(scale.x(band.end_ns) - scale.x(band.start_ns), 60),
            height=height,
            class_=f"band {_KINDS.get(band.kind, 'waiting')}",
        )
        for band in bands[:_MOST]
    )


_KINDS = {
    "forwarding": "forwarding",
    "in sync": "sync",
    "defaulted": "defaulted",
    "expired": "expired",
    "late": "late",
    "lost": "lost",
    "up": "forwarding",
    "down": "expired",
}


def _points(points: Sequence[Point], scale: _Scale, y: int, height: int) -> Safe:
    return join(
        tag(
            "path",
            tag("title", f"{clock_text(point.at_ns)} {point.words}"),
            d=f"M{scale.x(point.at_ns)} {y}v{height}",
            class_=f"point {point.tone}",
        )
        for point in points[:_MOST]
    )


def _events(story: Story) -> Safe | None:
    """What the marks say, as a table: a picture alone cannot be quoted."""
    told = sorted(
        [
            *((p.at_ns, p.member, p.tone, p.words) for p in story.events),
            *((p.at_ns, p.member, p.tone, p.words) for p in story.links),
        ]
    )
    if not told:
        return tag(
            "p", "No event: no gap, no change of state, carrier or identity.", class_="quiet"
        )
    rows = [
        tag(
            "tr",
            tag("td", tag("code", clock_text(at))),
            tag("td", member),
            tag("td", words, class_=tone),
        )
        for at, member, tone, words in told[:_MOST]
    ]
    return tag(
        "details",
        tag("summary", f"{count(len(told), 'event')} in words"),
        tag("div", tag("table", tag("tbody", *rows)), class_="scroll"),
        class_="more",
        open_=len(told) <= 12,
    )
