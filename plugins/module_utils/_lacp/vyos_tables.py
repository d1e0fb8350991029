# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of VyOS with a rule of dashes below the header: sliced where the dashes stand.

An empty cell is a value (a bond without members), so words cannot be counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .vyatta_text import Line

_RULE = re.compile(r"^\s*-{2,}(?:\s+-{2,})+\s*$")
_DASHES = re.compile(r"-{2,}")
# show interfaces bonding lacp detail, and neighbors; versions differ in spaces and dashes.
_FIRST = ("interface", "member")


class Ruled(NamedTuple):
    """A table; columns: names in lower case with underscores; end: index of the line behind it."""

    line: int
    command: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    end: int


def ruled(seen: list[Line], at: int) -> Ruled | None:
    """The table whose header is the line at an index, if the next line is its rule."""
    if at + 1 >= len(seen) or not _RULE.match(seen[at + 1].text):
        return None
    header = seen[at].text
    if not header.lower().split()[:1] or header.lower().split()[0] not in _FIRST:
        return None
    if "address" in header.lower() and "S/L" in header:  # vyatta_interfaces.py reads that one
        return None
    spans = [match.span() for match in _DASHES.finditer(seen[at + 1].text)]
    starts = [start for start, _end in spans]
    columns = tuple(_column(text) for text in _cells(header, starts))
    rows = []
    end = at + 2
    while end < len(seen) and seen[end].text.strip():
        rows.append(dict(zip(columns, _cells(seen[end].text, starts))))
        end += 1
    return Ruled(seen[at].number, seen[at].command, columns, tuple(rows), end)


def _cells(text: str, starts: list[int]) -> list[str]:
    ends = [*starts[1:], max(len(text), starts[-1])]
    return [text[start:end].strip() for start, end in zip(starts, ends)]


def _column(text: str) -> str:
    return "_".join(text.lower().replace("-", " ").split())
