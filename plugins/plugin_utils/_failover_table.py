# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a failover test at one glance: a line for each trial, then the reasons."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

from ..module_utils._lacp.failover_result import FAILED, NOT_PROVEN, PASSED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FAILED", "NOT_PROVEN", "PASSED", "lines"]
_WIDTH = 100


class Row(NamedTuple):
    """A line of the table."""

    member: str
    fault: str
    left: str
    far_left: str
    outage: str
    lost: str
    back: str
    outcome: str


HEAD = Row("member", "fault", "left", "far end", "outage", "lost", "back", "outcome")
_TEXT = (0, 1, 7)  # columns that begin at the left


def lines(host: str, result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(line, outcome it shows or '') of the whole table."""
    trials = result["members"]
    counts = [
        f"{len([one for one in trials if one['outcome'] == outcome])} {outcome}"
        for outcome in dict.fromkeys(one["outcome"] for one in trials)
    ]
    yield f"{host} {result['bond']}: {', '.join(counts) or 'nothing was tested'}", ""
    rows = [_row(one) for one in trials]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    if rows:
        yield _line(HEAD, widths), ""
    for one, row in zip(trials, rows, strict=True):
        yield _line(row, widths), one["outcome"]
    for one in trials:
        for reason in one["reasons"]:
            yield from ((text, one["outcome"]) for text in _wrapped(f"{_name(one)}: {reason}"))
    for text in result.get("not_tested", ()):
        yield f"  not tested: {text}", ""
    for text in result.get("notes", ()):
        yield from ((line, "") for line in _wrapped(text))


def _line(row: Row, widths: list[int]) -> str:
    cells = [
        f"{cell:{'<' if at in _TEXT else '>'}{width}}"
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return ("  " + "  ".join(cells)).rstrip()


def _row(one: Mapping[str, Any]) -> Row:
    budget, probe = one["budget"], one["probe"]
    back = one["reintegration"]
    both = [back["back_ms"], back["far_back_ms"]]
    returned = max(both) if None not in both else None
    outage, lost = "-", "-"
    if probe is not None:
        spans = (probe["at_failover"], probe["at_return"])
        lost = str(sum(span["lost"] for span in spans))
        known = [span["outage_ms"] for span in spans if span["outage_ms"] is not None]
        outage = _time(max(known), budget["max_outage_ms"]) if known else "unknown"
    return Row(
        one["member"],
        _fault(one),
        _time(one["failover"]["left_ms"], budget["max_failover_ms"]),
        _time(one["failover"]["far_left_ms"], budget["max_failover_ms"]),
        outage,
        lost,
        _time(returned, budget["max_reintegrate_s"] * 1000),
        one["outcome"],
    )


def _fault(one: Mapping[str, Any]) -> str:
    return f"{one['fault']} {one['direction']}" if one["direction"] else str(one["fault"])


def _name(one: Mapping[str, Any]) -> str:
    return f"{one['member']} {_fault(one)}"


def _time(milliseconds: float | None, allowed: float) -> str:
    """A figure and what is allowed, in the same unit."""
    unit, factor = ("s", 1000) if allowed >= 10_000 else ("ms", 1)
    digits = 1 if unit == "s" else 0
    limit = f"{allowed / factor:.{digits}f} {unit}"
    figure = "-" if milliseconds is None else f"{milliseconds / factor:.{digits}f}"
    return f"{figure} of {limit}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")
