# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen `show interfaces bonding slaves` (or members): one line for each bond.

The last column is a count on Vyatta 5600 and DANOS, and a list of names on VyOS and EdgeOS. Also
what VyOS prints for `show interfaces bonding lacp detail` and `... lacp neighbors`.
"""

from __future__ import annotations

import re
from typing import Any

from . import vyatta_text as t
from .vyos_tables import Ruled, ruled

_HEADER = re.compile(r"^\s*Interface\s+Mode\s+State\s+Link\s+(?P<last>Slaves|Members)\s*$")
_ROW = re.compile(
    r"^\s*(?P<name>\S+)\s+(?P<mode>\S+)\s+(?P<state>up|down)\s+(?P<link>up|down)\b\s*(?P<last>.*?)\s*$"
)
# The kernel's names of what 5600 and DANOS call otherwise.
_MODES = {"balanced": "balance-xor", "lacp": "802.3ad", "activebackup": "active-backup"}

CANNOT_TELL = (
    (
        "State is the administrative state and Link the carrier of the bond: neither says that "
        "LACP has a partner"
    ),
)


def parse(text: str) -> dict[str, Any]:
    """All tables of a text, in order.

    tables: line, command, cut, bonds: name, mode (the kernel's name), mode_shown, state and link
    (up, down), member_count, member_names (None where the screen has only the other). lacp: tables
    of VyOS with a header of their own: line, command, columns (names), rows (text by column name).
    refusals, other_screens, unrecognised: vyatta_text.Leftovers. cannot_tell: sentences.
    """
    seen = t.lines(text)
    state = _State()
    at = 0
    while at < len(seen):
        table = ruled(seen, at)
        if table:
            state.add(table)
            at = table.end
        else:
            state.take(seen[at])
            at += 1
    if state.open:
        state.tables[-1]["cut"] = t.cut(text)
    return {
        "tables": state.tables,
        "lacp": state.lacp,
        "cannot_tell": list(CANNOT_TELL) if state.tables else [],
        **state.rest.as_result(),
    }


class _State:
    """What has been read so far."""

    def __init__(self) -> None:
        self.tables: list[dict[str, Any]] = []
        self.lacp: list[dict[str, Any]] = []
        self.rest = t.Leftovers("bonds", "lacp")
        self.open = False

    def add(self, table: Ruled) -> None:
        self.lacp.append(_ruled_result(table))
        self.rest.own()
        self.open = False

    def take(self, line: t.Line) -> None:
        row = _ROW.match(line.text) if self.open else None
        if _HEADER.match(line.text):
            table = {"line": line.number, "command": line.command, "cut": None, "bonds": []}
            self.tables.append(table)
            self.rest.own()
            self.open = True
        elif row:
            self.tables[-1]["bonds"].append(_bond(line.number, row))
        else:
            self.open = self.open and not (t.screen(line) or line.is_prompt)
            self.rest.add(line)


def _bond(number: int, row: re.Match[str]) -> dict[str, Any]:
    last = row["last"]
    lone = last.isascii() and last.isdigit()
    return {
        "line": number,
        "name": row["name"],
        "mode": _MODES.get(row["mode"], row["mode"]),
        "mode_shown": row["mode"],
        "state": row["state"],
        "link": row["link"],
        "member_count": t.count(last) if lone else len(last.split()),
        "member_names": None if lone else last.split(),
    }


def _ruled_result(table: Ruled) -> dict[str, Any]:
    return {
        "line": table.line,
        "command": table.command,
        "columns": list(table.columns),
        "rows": [dict(row) for row in table.rows],
    }
