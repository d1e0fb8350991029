# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes sent one after the other: when they were not answered, how many, and by which member."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NS = 1_000_000_000
# An answer that takes longer is as good as none: TCP would have sent again.
LATEST_NS = NS
# A probe that was on its way when the next phase began belongs to that phase.
_ON_ITS_WAY_NS = NS // 50


class Gap(NamedTuple):
    """A run of probes without an answer, by the times at which they were sent (monotonic ns).

    start: the first that was lost; end: the first answered one after it, 0 if none was; slack: how
    long before start the last answered one was sent, so how much earlier it may have begun.
    """

    flow: int
    start: int
    end: int
    lost: int
    slack: int = 0


class _Sent(NamedTuple):
    number: int
    at: int


class FlowMeter:
    """One flow; sent() and answered() as they happen, settle() to give up on the late ones."""

    def __init__(self, flow: int) -> None:
        self.flow = flow
        self.sent_count = 0
        self.lost_count = 0
        self.gaps: list[Gap] = []
        self._waiting: deque[_Sent] = deque()
        self._answered: dict[int, int] = {}
        self._good = 0
        self._open: Gap | None = None
        self.slowest_ns = 0

    def sent(self, number: int, at: int) -> None:
        """A probe has left."""
        self.sent_count += 1
        self._waiting.append(_Sent(number, at))

    def answered(self, number: int, at: int) -> None:
        """The answer to a probe; one that was given up, or comes twice, is ignored."""
        if self._waiting and self._waiting[0].number <= number <= self._waiting[-1].number:
            self._answered.setdefault(number, at)

    def settle(self, now: int) -> None:
        """Decide on every probe that was answered, or that is too old to be."""
        while self._waiting:
            probe = self._waiting[0]
            at = self._answered.pop(probe.number, 0)
            if not at and now - probe.at < LATEST_NS:
                return
            self._waiting.popleft()
            if at and at - probe.at < LATEST_NS:
                self.slowest_ns = max(self.slowest_ns, at - probe.at)
                self._close(probe.at)
                self._good = probe.at
            else:
                self._lose(probe.at)

    def finish(self) -> None:
        """Give up on all that is still waiting; a gap that nothing ends stays open."""
        self.settle(self._waiting[-1].at + LATEST_NS if self._waiting else 0)
        if self._open is not None:
            self.gaps.append(self._open)
            self._open = None

    def _lose(self, at: int) -> None:
        self.lost_count += 1
        if self._open is None:
            slack = at - self._good if self._good else 0
            self._open = Gap(self.flow, at, 0, 1, slack)
        else:
            self._open = self._open._replace(lost=self._open.lost + 1)

    def _close(self, at: int) -> None:
        if self._open is not None:
            self.gaps.append(self._open._replace(end=at))
            self._open = None


class Outage(NamedTuple):
    """Traffic over a span of time: its longest gap in ms, how much it may be off, probes lost.

    flow_loss: the most that one flow lost; ended: false where a gap was still open at the end.
    """

    ms: float
    off_by_ms: float
    lost: int
    flow_loss: int
    ended: bool = True


def outage(gaps: Iterable[Gap], start: int, end: int) -> Outage:
    """The outage between two moments: of the gaps that began there. end: also closes open ones."""
    first, last = start - _ON_ITS_WAY_NS, end - _ON_ITS_WAY_NS
    inside = [gap for gap in gaps if first <= gap.start < last]
    if not inside:
        return Outage(0.0, 0.0, 0, 0)
    longest = max(inside, key=lambda gap: _end(gap, end) - gap.start)
    by_flow: dict[int, int] = {}
    for gap in inside:
        by_flow[gap.flow] = by_flow.get(gap.flow, 0) + gap.lost
    return Outage(
        _ms(_end(longest, end) - longest.start),
        _ms(longest.slack),
        sum(by_flow.values()),
        max(by_flow.values()),
        all(gap.end for gap in inside),
    )


def _end(gap: Gap, end: int) -> int:
    return gap.end or end


def _ms(ns: int) -> float:
    return round(ns / 1_000_000, 1)


class Seen(NamedTuple):
    """A probe or its answer on a member, during the search for flows that cross it."""

    flow: int
    member: str
    is_sent: bool


def routes(seen: Sequence[Seen]) -> dict[int, tuple[str, str]]:
    """(member it leaves by, member it comes back by) of each flow; '' where it was not seen."""
    found: dict[int, tuple[str, str]] = {}
    for one in seen:
        out, back = found.get(one.flow, ("", ""))
        found[one.flow] = (one.member, back) if one.is_sent else (out, one.member)
    return found


def crossing(paths: dict[int, tuple[str, str]], member: str, most: int) -> list[int]:
    """Flows that cross a member: of each kind (it leaves by it, it returns by it, both) some."""
    kinds: dict[tuple[bool, bool], list[int]] = {}
    for flow in sorted(paths):
        out, back = paths[flow]
        if out and back:
            kinds.setdefault((out == member, back == member), []).append(flow)
    found: list[int] = []
    for kind in ((True, False), (False, True), (True, True)):
        found += kinds.get(kind, [])[: max(1, most // 3)]
    return found[:most]
