# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What else happened on the host in the very seconds of an event."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Union

from .window import NS, LinkEvent, LogLine, Sample, utc_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .analysis_events import Event

BEFORE_NS = 2 * NS
AFTER_NS = 2 * NS
# Counters that move with healthy traffic prove nothing by moving.
TRAFFIC = frozenset(
    ("lacpdu_rx", "lacpdu_tx", "multicast", "rx_bytes", "rx_packets", "tx_bytes", "tx_packets")
)
# Share of time that some task waited for a CPU (/proc/pressure/cpu, 'some'), in percent.
PRESSURE = "cpu_pressure"
HIGH_PRESSURE = 10.0
# Milliseconds by which the capture itself was woken too late: a host that stood still or starved.
STALL = "stall_ms"
LONG_STALL_MS = 250.0
_KEPT = 5000
_KEPT_TIES = 20


class CounterDelta(NamedTuple):
    """A counter that grew between two samples."""

    utc_ns: int
    mono_ns: int
    since_ns: int
    member: str
    name: str
    growth: int


class Pressure(NamedTuple):
    """Tasks waited for a CPU for a large share of the time before a sample."""

    utc_ns: int
    mono_ns: int
    percent: float


class Stall(NamedTuple):
    """The host let the capture wait from since_ns on, which LACP's own timers may have had to."""

    utc_ns: int
    mono_ns: int
    since_ns: int


Happened = Union[LinkEvent, LogLine, CounterDelta, Pressure, Stall]


@dataclass
class HostLog:
    """What happened on the host, bounded; dropped counts what a storm pushed out."""

    happened: deque[Happened] = field(default_factory=lambda: deque(maxlen=_KEPT))
    dropped: int = 0
    first: dict[str, Sample] = field(default_factory=dict)
    last: dict[str, Sample] = field(default_factory=dict)

    def add(self, record: LinkEvent | LogLine | Sample) -> None:
        """Take in a record of the window that is no frame."""
        if isinstance(record, Sample):
            self._sample(record)
        else:
            self._keep(record)

    def _keep(self, what: Happened) -> None:
        self.dropped += len(self.happened) == _KEPT
        self.happened.append(what)

    def _sample(self, sample: Sample) -> None:
        before = self.last.get(sample.member)
        self.last[sample.member] = sample
        self.first.setdefault(sample.member, sample)
        percent = sample.gauges.get(PRESSURE, 0.0)
        if percent >= HIGH_PRESSURE:
            self._keep(Pressure(sample.utc_ns, sample.mono_ns, percent))
        stall_ms = sample.gauges.get(STALL, 0.0)
        if stall_ms >= LONG_STALL_MS:
            since = sample.mono_ns - int(stall_ms * 1_000_000)
            self._keep(Stall(sample.utc_ns, sample.mono_ns, since))
        if before is None:
            return
        for name, growth in growths(before.counters, sample.counters).items():
            if growth and name not in TRAFFIC:
                delta = CounterDelta(
                    sample.utc_ns, sample.mono_ns, before.mono_ns, sample.member, name, growth
                )
                self._keep(delta)

    def total(self, member: str) -> dict[str, int]:
        """How much each counter of a member grew from the first sample to the last."""
        if member not in self.first or self.first[member] is self.last[member]:
            return {}
        return growths(self.first[member].counters, self.last[member].counters)

    def ties(self, event: Event) -> list[dict[str, object]]:
        """What happened on the host or on this member around the event, in order."""
        start, end = event.from_ns - BEFORE_NS, event.to_ns + AFTER_NS
        found = []
        for what in self.happened:
            since = what.since_ns if isinstance(what, (CounterDelta, Stall)) else what.mono_ns
            member = getattr(what, "member", "")
            if since <= end and what.mono_ns >= start and member in ("", event.member):
                found.append(_tie(what, event))
                if len(found) == _KEPT_TIES:
                    break
        return found


def growths(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Growth of each counter that both have; one that fell was reset, and says nothing."""
    return {
        name: after[name] - before[name]
        for name in sorted(after)
        if name in before and after[name] >= before[name]
    }


def _tie(what: Happened, event: Event) -> dict[str, object]:
    if isinstance(what, LinkEvent):
        kind, text = "link", f"{what.member}: {what.what} {what.before} -> {what.after}"
    elif isinstance(what, LogLine):
        kind, text = "log", what.text
    elif isinstance(what, CounterDelta):
        kind, text = "counter", f"{what.member or 'host'}: {what.name} +{what.growth}"
    elif isinstance(what, Stall):
        waited = (what.mono_ns - what.since_ns) // 1_000_000
        kind, text = "stall", f"this host let the capture wait for {waited} ms"
    else:
        kind, text = "pressure", f"tasks waited for a CPU {what.percent:g} % of the time"
    offset = round((what.mono_ns - event.mono_ns) / 1_000_000, 3)
    return {"at": utc_text(what.utc_ns), "offset_ms": offset, "kind": kind, "text": text}
