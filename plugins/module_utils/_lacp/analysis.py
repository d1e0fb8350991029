# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The analysis of a window: a single pass over its records, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .analysis_delivery import DeliveryTracker
from .analysis_events import LOSSES, Event, of_changes, of_gap, of_identity
from .analysis_lane import Lane, StateChange
from .analysis_own import OwnStates
from .analysis_proof import proof
from .analysis_silence import silence
from .analysis_ties import AFTER_NS, BEFORE_NS, HostLog
from .cadence import Density, period_ns
from .pdu import Lacpdu, PortInfo
from .port_state import DEFAULTED
from .window import OPPOSITE, RECEIVED, SENT, Frame, LinkEvent, Window, ms, utc_text

SCHEMA = "bondproof.lacp/wire/1"
KEPT_EVENTS = 500


@dataclass
class Analysis:
    """What a window says; as_result() is what modules return, the rest feeds the timeline."""

    lanes: dict[tuple[str, str], Lane] = field(default_factory=dict)
    log: HostLog = field(default_factory=HostLog)
    tracker: DeliveryTracker = field(default_factory=DeliveryTracker)
    events: list[Event] = field(default_factory=list)
    events_total: int = 0
    members: tuple[str, ...] = ()
    start: tuple[int, int] | None = None  # (utc_ns, mono_ns)
    end: tuple[int, int] | None = None
    backwards: int = 0
    backwards_first: int | None = None

    def in_order(self) -> list[Lane]:
        """Lanes by member and direction."""
        return [self.lanes[key] for key in sorted(self.lanes)]

    def as_result(self) -> dict[str, Any]:
        """Plain data; every time is RFC 3339 in UTC, every length in milliseconds."""
        lanes = self.in_order()
        deliveries = self.tracker.deliveries
        return {
            "schema": SCHEMA,
            "window": self._span(),
            "lanes": [lane.as_result() for lane in lanes],
            "silence": silence(lanes, deliveries, self._members()),
            "deliveries": [delivery.as_result() for delivery in deliveries],
            "proofs": self.proofs(),
            "systems": self._systems(),
            "events": [self._event(event) for event in self.events],
            "events_total": self.events_total,
            "tie": {"before_ms": ms(BEFORE_NS), "after_ms": ms(AFTER_NS)},
        }

    def _members(self) -> list[str]:
        return sorted({*self.members, *(lane.member for lane in self.lanes.values())})

    def _span(self) -> dict[str, object]:
        start, end = self.start, self.end
        if start is None or end is None:
            return {"start": None, "end": None, "length_ms": None, "backwards": self.backwards}
        return {
            "start": utc_text(start[0]),
            "end": utc_text(end[0]),
            "length_ms": ms(end[1] - start[1]),
            "backwards": self.backwards,
            "backwards_first": (
                None if self.backwards_first is None else utc_text(self.backwards_first)
            ),
        }

    def _event(self, event: Event) -> dict[str, object]:
        result = event.as_result()
        if event.kind in LOSSES:
            result["ties"] = self.log.ties(event)
        return result

    def proofs(self) -> list[dict[str, object]]:
        """For each sent lane, how far it is proven that its PDUs left and were heard."""
        found = (
            proof(lane, self.lanes.get((lane.member, RECEIVED)), self.log.total(lane.member))
            for lane in self.in_order()
        )
        return [entry for entry in found if entry is not None]

    def _systems(self) -> list[dict[str, object]]:
        """Systems heard on each lane; 'third' where one is not the one most heard there."""
        result: list[dict[str, object]] = []
        for lane in self.in_order():
            counts: dict[str, int] = {}
            for identity, presence in lane.identities.items():
                counts[identity.system] = counts.get(identity.system, 0) + presence.count
            most = max(counts, key=lambda system: (counts[system], system), default=None)
            result.extend(
                {
                    "member": lane.member,
                    "direction": lane.direction,
                    "system": system,
                    "count": count,
                    "third": system != most,
                }
                for system, count in sorted(counts.items())
            )
        return result


class _Fold:
    """Takes records one by one; kept apart so that Analysis holds nothing but what was found."""

    def __init__(self, window: Window) -> None:
        self.found = Analysis(members=window.members)
        self._window = window
        self._own = OwnStates()
        self._latest = 0

    def frame(self, frame: Frame) -> None:
        found = self.found
        lane = found.lanes.get((frame.member, frame.direction))
        if lane is None:
            lane = found.lanes[frame.member, frame.direction] = Lane(frame.member, frame.direction)
        pdu = frame.pdu
        if not isinstance(pdu, Lacpdu) or pdu.actor is None:
            lane.note_other(frame)
            return
        if frame.direction == RECEIVED and self._is_ours(frame, pdu.actor):
            lane.looped += 1
            lane.looped_first = lane.looped_first or frame.utc_ns
            return
        self._lacpdu(lane, frame, pdu, pdu.actor)

    def _lacpdu(self, lane: Lane, frame: Frame, pdu: Lacpdu, actor: PortInfo) -> None:
        lane.note_form(frame, pdu)
        if lane.density is None:
            lane.density = Density(frame.mono_ns)
        lane.density.add(frame.mono_ns)
        gap = lane.cadence.add(frame.utc_ns, frame.mono_ns, self._period(lane, pdu))
        if gap is not None:
            self._event(of_gap(lane, gap))
        tracker = self.found.tracker
        tracker.spoke(lane.member, lane.direction, frame.utc_ns, frame.mono_ns)
        if lane.is_repeated(frame, pdu):
            lane.note_repeated(frame)
            return
        for change in lane.note_states(frame, pdu):
            self._changed(
                lane.member,
                lane.direction,
                self._own.heard(lane.member, lane.direction, change),
            )
        other = lane.note_identity(frame, actor)
        if other is not None:
            self._event(of_identity(lane, other))

    def link(self, event: LinkEvent) -> None:
        """Take in what the kernel says of our own port."""
        change = self._own.linked(event)
        if change is not None:
            self._changed(event.member, SENT, change)

    def _changed(self, member: str, direction: str, change: StateChange) -> None:
        self.found.tracker.changed(member, direction, change)
        for event in of_changes(member, direction, [change]):
            self._event(event)

    def _period(self, lane: Lane, pdu: Lacpdu) -> int:
        """What the hearer asks for in its own words; else what the sender believes it asks for.

        A sender that is DEFAULTED does not hear what it is asked for. It is not held to that: its
        fault is told by DEFAULTED itself (Linux 6 sends every 30 s then, whatever its lacp_rate).
        """
        hearer = self.found.lanes.get((lane.member, OPPOSITE.get(lane.direction, "")))
        is_deaf = pdu.actor is not None and pdu.actor.state & DEFAULTED
        if hearer is not None and hearer.actor is not None and not is_deaf:
            return period_ns(hearer.actor.state)
        return period_ns(pdu.partner.state if pdu.partner is not None else 0)

    def _is_ours(self, frame: Frame, actor: PortInfo) -> bool:
        if actor.system in self._window.our_systems:
            return True
        sent = self.found.lanes.get((frame.member, SENT))
        return sent is not None and sent.actor is not None and sent.actor.system == actor.system

    def clock(self, utc_ns: int, mono_ns: int) -> None:
        found = self.found
        if found.start is None:
            found.start = (utc_ns, mono_ns)
        elif mono_ns < self._latest:
            found.backwards += 1
            found.backwards_first = found.backwards_first or utc_ns
        if found.end is None or mono_ns >= found.end[1]:
            found.end = (utc_ns, mono_ns)
        self._latest = mono_ns

    def close(self) -> None:
        """Bring the window to its end: what fell silent before it is a gap up to it."""
        found, window = self.found, self._window
        if found.start is None or found.end is None:
            return
        shift = found.end[0] - found.end[1]
        if window.start_ns is not None:
            found.start = (window.start_ns + shift, window.start_ns)
        if window.end_ns is not None:
            found.end = (window.end_ns + shift, window.end_ns)
        for lane in found.in_order():
            gap = lane.cadence.close(*found.end)
            if gap is not None:
                self._event(of_gap(lane, gap))
        found.events.sort(key=lambda event: event.mono_ns)

    def _event(self, event: Event) -> None:
        self.found.events_total += 1
        if len(self.found.events) < KEPT_EVENTS:
            self.found.events.append(event)


def analyse(window: Window) -> Analysis:
    """Read a window once, from its first record to its last."""
    fold = _Fold(window)
    for record in window.records:
        fold.clock(record.utc_ns, record.mono_ns)
        if isinstance(record, Frame):
            fold.frame(record)
            continue
        fold.found.log.add(record)
        if isinstance(record, LinkEvent):
            fold.link(record)
    fold.close()
    return fold.found
