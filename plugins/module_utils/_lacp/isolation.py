# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which swap of cable, optic or port ended the errors: rates between snapshots, and what follows.

Errors are taken to come at random (Poisson). A step is said to have cured a counter when the rate
before it makes at least three errors likely in the time watched since, and none came: chance would
do that less than once in twenty times (e^-3 = 0.0498).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .earlier import utc_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

EXPECTED = 3.0
CURED, PERSISTS, TOO_EARLY = "cured", "persists", "too early"
# Of a member; 'discard' and 'missed' are a matter of load, not of cables.
_ERRORS = ("errors.crc", "errors.symbol", "errors.fec", "carrier_down_count", "link_failure_count")


class Taken(NamedTuple):
    """One snapshot: its label, what was changed just before it ('' nothing), and its counters.

    counters: by subject ('bond0/eno1') and path, as earlier.counters_of() has them.
    """

    label: str
    changed: str
    utc: str
    boot_id: str
    counters: Mapping[str, Mapping[str, int]]


class Interval(NamedTuple):
    """The time between two snapshots; growth None where a counter fell or the host was started."""

    label: str
    changed: str
    seconds: float
    growth: Mapping[tuple[str, str], Optional[int]]  # noqa: UP045 - Python 3.9 evaluates this


class Step(NamedTuple):
    """What a change did to one counter; wait_s: how much longer to watch, where it is too early."""

    label: str
    changed: str
    subject: str
    counter: str
    outcome: str
    text: str
    wait_s: float = 0.0


def intervals(taken: Sequence[Taken]) -> list[Interval]:
    """The intervals between snapshots in the order given; EarlierError of a time that is none."""
    found = []
    for before, after in zip(taken, taken[1:]):
        seconds = utc_seconds(after.utc) - utc_seconds(before.utc)
        # What was changed is told with the snapshot that begins the interval after it.
        found.append(Interval(before.label, before.changed, seconds, _growth(before, after)))
    return found


def _growth(before: Taken, after: Taken) -> dict[tuple[str, str], int | None]:
    same = before.boot_id == after.boot_id
    return {
        (subject, path): after.counters[subject][path] - count
        if same and after.counters[subject][path] >= count
        else None
        for subject, counters in before.counters.items()
        for path, count in counters.items()
        if path in _ERRORS and path in after.counters.get(subject, {})
    }


def steps(spans: Sequence[Interval]) -> list[Step]:
    """What each change did to each counter that grew before it."""
    found: list[Step] = []
    for number, span in enumerate(spans):
        if number and span.changed:
            found += _judged(spans[number - 1], _until_next(spans[number:]))
    return found


def _until_next(spans: Sequence[Interval]) -> Interval:
    """The intervals from a change to the next one, as one."""
    first = spans[0]
    seconds, growth = first.seconds, dict(first.growth)
    for span in spans[1:]:
        if span.changed:
            break
        seconds += span.seconds
        for key, more in span.growth.items():
            had = growth.get(key)
            growth[key] = None if had is None or more is None else had + more
    return first._replace(seconds=seconds, growth=growth)


def _judged(before: Interval, after: Interval) -> Iterable[Step]:
    for (subject, counter), grown in sorted(before.growth.items()):
        since = after.growth.get((subject, counter))
        if not grown or before.seconds <= 0 or since is None:
            continue
        rate = grown / before.seconds
        outcome, wait = _outcome(rate, since, after.seconds)
        chance = math.exp(-rate * after.seconds)
        text = (
            f"{subject}: {counter} grew by {grown} in {before.seconds:.0f} s before, and by "
            f"{since} in {after.seconds:.0f} s after: {after.changed}: {outcome}"
        )
        if outcome == CURED:
            text += f" (chance alone: {chance:.2g})"
        elif wait:
            text += f"; watch {wait:.0f} s more"
        yield Step(after.label, after.changed, subject, counter, outcome, text, wait)


def _outcome(rate: float, since: int, seconds: float) -> tuple[str, float]:
    if since:
        return PERSISTS, 0.0
    if rate * seconds >= EXPECTED:
        return CURED, 0.0
    return TOO_EARLY, math.ceil(EXPECTED / rate - seconds)


def verdict(found: Iterable[Step]) -> str:
    """One sentence: the change that ended the errors, or that none has, yet."""
    told = list(found)
    cured = [step for step in told if step.outcome == CURED]
    if cured:
        changes = "; ".join(dict.fromkeys(step.changed for step in cured))
        return f"cured by: {changes}"
    early = [step for step in told if step.outcome == TOO_EARLY]
    if early:
        wait = max(step.wait_s for step in early)
        return f"too early to tell of: {early[-1].changed}; watch {wait:.0f} s more"
    if told:
        return f"not cured by: {'; '.join(dict.fromkeys(step.changed for step in told))}"
    return "no error grew before a change: there is nothing that a change could have cured"


def as_result(spans: Sequence[Interval]) -> dict[str, Any]:
    """Plain data: intervals with growth and rates per minute, steps, and the sentence."""
    found = steps(spans)
    return {
        "intervals": [
            {
                "from": span.label,
                "changed": span.changed,
                "seconds": span.seconds,
                "counters": [
                    {
                        "subject": subject,
                        "counter": counter,
                        "growth": grown,
                        "per_minute": None
                        if grown is None or span.seconds <= 0
                        else round(60 * grown / span.seconds, 3),
                    }
                    for (subject, counter), grown in sorted(span.growth.items())
                ],
            }
            for span in spans
        ],
        "steps": [step._asdict() for step in found],
        "verdict": verdict(found),
    }
