# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened in the window of a packet, in the order of time, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ...module_utils._lacp.frame import OUT
from ...module_utils._lacp.frame_reader import FrameReader
from ...module_utils._lacp.pdu import Lacpdu
from ...module_utils._lacp.port_state import DEFAULTED, EXPIRED, FORWARDING, SYNCHRONIZATION
from ...module_utils._lacp.window import RECEIVED, SENT, Frame, LinkEvent, LogLine, Window
from .moments import utc_ns
from .redact_frames import frames_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reader import Packet

_MOST_FRAMES = 200_000


class Band(NamedTuple):
    """A span of one state; kind: forwarding, sync, waiting, defaulted, expired, up, down."""

    start_ns: int
    end_ns: int
    kind: str
    words: str


class Point(NamedTuple):
    """A moment with words; tone: bad, waiting, good, info; member '' is the host itself."""

    at_ns: int
    member: str
    tone: str
    words: str


@dataclass
class LaneStory:
    """One direction of a member."""

    member: str
    direction: str
    pdus: list[int] = field(default_factory=list)
    markers: list[int] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    gaps: list[Band] = field(default_factory=list)


@dataclass
class Story:
    """Times are UTC in nanoseconds; lanes by member and direction, both for each member."""

    start_ns: int
    end_ns: int
    members: list[str]
    lanes: list[LaneStory]
    links: list[Point]
    carrier: dict[str, list[Band]]
    log: list[Point]
    events: list[Point]


def frames(packet: Packet) -> Iterator[Frame]:
    """The frames of the capture, decoded; at most the first 200,000."""
    reader = FrameReader()
    for number, (interface, packed) in enumerate(frames_of(packet.frames)):
        if number >= _MOST_FRAMES:
            return
        at = packed.utc_ns or 0
        direction = SENT if packed.direction == OUT else RECEIVED
        frame = reader.read(
            packed.data, member=interface.name, direction=direction, utc_ns=at, mono_ns=at
        )
        if frame is not None:
            yield frame


def window(packet: Packet) -> Window:
    """The same with what happened on the host, for the analysis; one clock, that of UTC."""
    wire = packet.document.get("wire") or {}
    records: list[Frame | LinkEvent | LogLine] = list(frames(packet))
    for event in wire.get("link_events") or ():
        at = utc_ns(event["at"])
        words = (str(event[key]) for key in ("member", "what", "before", "after"))
        records.append(LinkEvent(at, at, *words))
    for line in wire.get("kernel_log") or ():
        at = utc_ns(line["at"])
        records.append(LogLine(at, at, str(line["text"])))
    records.sort(key=lambda record: record.mono_ns)
    start, end = span(packet.document)
    return Window(records, start_ns=start, end_ns=end, members=tuple(members(packet.document)))


def span(document: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Begin and end of the window."""
    told = document.get("window") or {}
    start, end = (utc_ns(told.get(key)) if told.get(key) else None for key in ("start", "end"))
    return start, end


def members(document: Mapping[str, Any]) -> list[str]:
    """The members of the bond, those that left or came included."""
    found: set[str] = set()
    looks = [document.get("before"), *(document.get("during") or ()), document.get("after")]
    for facts in looks:
        bond = ((facts or {}).get("bonds") or {}).get(document.get("bond")) or {}
        found.update(bond.get("members") or ())
    wire = document.get("wire") or {}
    found.update(str(lane["member"]) for lane in wire.get("lanes") or ())
    return sorted(found)


def story_of(packet: Packet) -> Story | None:
    """The story; None where there is no window at all."""
    start, end = span(packet.document)
    if start is None or end is None or end <= start:
        return None
    names = members(packet.document)
    lanes = {
        (name, direction): LaneStory(name, direction)
        for name in names
        for direction in (SENT, RECEIVED)
    }
    _fill(lanes, packet, end)
    wire = packet.document.get("wire") or {}
    return Story(
        start,
        end,
        names,
        list(lanes.values()),
        [_link(event) for event in wire.get("link_events") or ()],
        {name: _carrier(packet.document, name, start, end) for name in names},
        [
            Point(utc_ns(line["at"]), "", _tone(str(line["text"])), str(line["text"]))
            for line in packet.document.get("kernel_log") or ()
            if start <= utc_ns(line["at"]) <= end
        ],
        [
            Point(
                utc_ns(event["at"]),
                str(event["member"]),
                _EVENTS.get(str(event["kind"]), "info"),
                f"{event['direction']}: {event['text']}",
            )
            for event in wire.get("events") or ()
        ],
    )


_EVENTS = {
    "late": "waiting",
    "lost": "bad",
    "expired": "bad",
    "defaulted": "bad",
    "left": "bad",
    "back": "good",
}
_BAD_WORDS = ("down", "reset", "hang", "timeout", "error", "released", "fail")


def _tone(text: str) -> str:
    return "bad" if any(word in text.lower() for word in _BAD_WORDS) else "info"


def _fill(lanes: Mapping[tuple[str, str], LaneStory], packet: Packet, end: int) -> None:
    for frame in frames(packet):
        lane = lanes.get((frame.member, frame.direction))
        if lane is None:
            continue
        pdu = frame.pdu
        if not isinstance(pdu, Lacpdu) or pdu.actor is None:
            lane.markers.append(frame.utc_ns)
            continue
        lane.pdus.append(frame.utc_ns)
        kind = kind_of(pdu.actor.state)
        words = f"state {pdu.actor.state}, {kind}"
        if lane.bands and lane.bands[-1].words == words:
            lane.bands[-1] = lane.bands[-1]._replace(end_ns=frame.utc_ns)
        else:
            if lane.bands:
                lane.bands[-1] = lane.bands[-1]._replace(end_ns=frame.utc_ns)
            lane.bands.append(Band(frame.utc_ns, frame.utc_ns, kind, words))
    for told in (packet.document.get("wire") or {}).get("lanes") or ():
        lane = lanes.get((str(told["member"]), str(told["direction"])))
        for gap in told.get("gaps") or () if lane is not None else ():
            words = f"nothing for {gap['length_ms'] / 1000:.1f} s, {gap['periods']:g} periods"
            band = Band(
                utc_ns(gap["start"]), min(utc_ns(gap["end"]), end), str(gap["grade"]), words
            )
            if lane is not None:
                lane.gaps.append(band)


def kind_of(state: int) -> str:
    """One word for an actor's state octet."""
    if state & EXPIRED:
        return "expired"
    if state & DEFAULTED:
        return "defaulted"
    if state & FORWARDING == FORWARDING:
        return "forwarding"
    return "in sync" if state & SYNCHRONIZATION else "not in sync"


def _link(event: Mapping[str, Any]) -> Point:
    words = f"{event['what']} {event['before']} -> {event['after']}"
    tone = "bad" if event["after"] in ("down", "no", "0", "") else "info"
    return Point(utc_ns(event["at"]), str(event["member"]), tone, words)


def _carrier(document: Mapping[str, Any], member: str, start: int, end: int) -> list[Band]:
    """Up and down over the window, from the state at its begin and each change."""
    wire = document.get("wire") or {}
    looks = {one["member"]: one.get("begin") or {} for one in wire.get("members") or ()}
    now = str(looks.get(member, {}).get("carrier", ""))
    bands, since = [], start
    for event in wire.get("link_events") or ():
        if event["member"] != member or event["what"] != "carrier":
            continue
        at = utc_ns(event["at"])
        bands.append(Band(since, at, str(event["before"]), f"carrier {event['before']}"))
        since, now = at, str(event["after"])
    if now:
        bands.append(Band(since, end, now, f"carrier {now}"))
    return bands
