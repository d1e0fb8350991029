# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How regularly something came: intervals, quantiles and gaps, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .port_state import FAST_PERIODIC_S, SLOW_PERIODIC_S, TIMEOUT
from .window import NS, ms, utc_text

# Beyond so many different intervals they are kept to three digits, which bounds their number.
_EXACT = 20_000
KEPT_GAPS = 100
# 802.1AX: a receiver gives up after three periods. Half a period more than one is already late.
LATE, LOST = 1.5, 3.0


def period_ns(receiver_state: int) -> int:
    """What a receiver asks for with its Timeout bit (802.1AX 6.4.4)."""
    return (FAST_PERIODIC_S if receiver_state & TIMEOUT else SLOW_PERIODIC_S) * NS


class Spread:
    """Counts of intervals, from which quantiles are read."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._total = 0
        self._coarse = False

    def add(self, value: int) -> None:
        """Count an interval."""
        key = _three_digits(value) if self._coarse else value
        self._counts[key] = self._counts.get(key, 0) + 1
        self._total += 1
        if not self._coarse and len(self._counts) > _EXACT:
            self._coarse = True
            fine, self._counts = self._counts, {}
            for value_, count in fine.items():
                key = _three_digits(value_)
                self._counts[key] = self._counts.get(key, 0) + count

    def quantile(self, share: float) -> int | None:
        """The smallest value that at least this share of all does not exceed; None of nothing."""
        wanted = share * self._total
        seen = 0
        for value in sorted(self._counts):
            seen += self._counts[value]
            if seen >= wanted:
                return value
        return None

    @property
    def largest(self) -> int | None:
        """The longest interval; None of nothing."""
        return max(self._counts, default=None)


def _three_digits(value: int) -> int:
    scale = 1
    while value >= 1000 * scale:
        scale *= 10
    return value // scale * scale


class Gap(NamedTuple):
    """Silence between two PDUs, or up to the end of the window where `open`."""

    start_utc_ns: int
    end_utc_ns: int
    start_ns: int
    end_ns: int
    period_ns: int
    open: bool = False

    @property
    def periods(self) -> float:
        """Its length in the periods that were asked for."""
        return (self.end_ns - self.start_ns) / self.period_ns

    @property
    def is_lost(self) -> bool:
        """Longer than the receiver waits."""
        return self.periods > LOST

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "start": utc_text(self.start_utc_ns),
            "end": utc_text(self.end_utc_ns),
            "length_ms": ms(self.end_ns - self.start_ns),
            "periods": round(self.periods, 2),
            "period_ms": ms(self.period_ns),
            "grade": "lost" if self.is_lost else "late",
            "open": self.open,
        }


@dataclass
class Cadence:
    """Intervals of one lane, each judged by the period that was asked for at either end of it."""

    spread: Spread = field(default_factory=Spread)
    gaps: list[Gap] = field(default_factory=list)
    gaps_total: int = 0
    first: tuple[int, int] | None = None  # (utc_ns, mono_ns)
    last: tuple[int, int] | None = None
    period: int | None = None

    def add(self, utc_ns: int, mono_ns: int, period: int) -> Gap | None:
        """Take in one PDU; the gap that it ends, if there was one."""
        before, self.last = self.last, (utc_ns, mono_ns)
        # A change of rate on the way: the longer period is the one to be held to.
        longer = max(period, self.period or 0)
        self.period = period
        if before is None:
            self.first = self.last
            return None
        if mono_ns < before[1]:
            return None
        self.spread.add(mono_ns - before[1])
        return self._gap(Gap(before[0], utc_ns, before[1], mono_ns, longer))

    def close(self, utc_ns: int, mono_ns: int) -> Gap | None:
        """The silence between the last PDU and the end of the window, if it is one."""
        if self.last is None or self.period is None:
            return None
        start_utc_ns, start_ns = self.last
        return self._gap(Gap(start_utc_ns, utc_ns, start_ns, mono_ns, self.period, open=True))

    def _gap(self, gap: Gap) -> Gap | None:
        if gap.periods <= LATE:
            return None
        self.gaps_total += 1
        if len(self.gaps) < KEPT_GAPS:
            self.gaps.append(gap)
        return gap

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""

        def figure(value: int | None) -> float | None:
            return None if value is None else ms(value)

        return {
            "median_ms": figure(self.spread.quantile(0.5)),
            "p99_ms": figure(self.spread.quantile(0.99)),
            "max_ms": figure(self.spread.largest),
            "expected_period_ms": figure(self.period),
        }


class Density:
    """How many fell into each slice of time; slices widen as the time grows, so there are few."""

    SLICES = 2048

    def __init__(self, start_ns: int, width_ns: int = 1_000_000) -> None:
        self.start_ns = start_ns
        self.width_ns = width_ns
        self.counts: dict[int, int] = {}

    def add(self, at_ns: int) -> None:
        """Count a moment; one before the start counts as the start."""
        slot = max(0, at_ns - self.start_ns) // self.width_ns
        while slot >= self.SLICES:
            self.width_ns *= 2
            slot //= 2
            old, self.counts = self.counts, {}
            for key, count in old.items():
                self.counts[key // 2] = self.counts.get(key // 2, 0) + count
        self.counts[slot] = self.counts.get(slot, 0) + 1
