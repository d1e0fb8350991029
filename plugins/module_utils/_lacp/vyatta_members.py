# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen `show interfaces bonding BOND slaves` (or members) of Vyatta, DANOS, VyOS, EdgeOS.

A table of counters, the bond first, its members indented; 5600 and DANOS add whether the port is
selected and a word for its LACP state (vyatta_flags.py). Counters of more than ten digits push the
columns aside, so rows are read by words, never by columns.
"""

from __future__ import annotations

import re
from typing import Any

from . import vyatta_flags, vyatta_text as t

_HEADER = re.compile(
    r"^\s*Interface\s+RX: bytes\s+packets\s+TX: bytes\s+packets"
    r"(?P<flags>\s+slctd\s+LACP flags)?\s*$"
)
_ROW = re.compile(
    r"^(?P<indent>\s*)(?P<name>[^\s:]+)\s+(?P<rx_bytes>\d+)\s+(?P<rx_packets>\d+)\s+"
    r"(?P<tx_bytes>\d+)\s+(?P<tx_packets>\d+)(?:\s+(?P<selected>yes|no)(?:\s+(?P<word>\S+))?)?\s*$"
)
_KICK = re.compile(
    r"vyatta-bonding\b(?=.*--dev=(?P<bond>\S+)).*--(?P<action>add|remove)=(?P<member>\S+)"
)
_COUNTERS = ("rx_bytes", "rx_packets", "tx_bytes", "tx_packets")

CLEARED = (
    "counters start anew at each 'clear interfaces ... counters', and the bond's are the sum of "
    "its present members: one that went back was reset"
)
NO_FLAGS = "this screen has no LACP state: /proc/net/bonding/BOND, or teamdctl BOND state dump, has"


def parse(text: str) -> dict[str, Any]:
    """All tables of a text, in order, and whatever else it says.

    tables: line, command, flags (whether it has LACP words), bonds (by row: name, counters,
    members), cut (why the last row may be half, or None); each member: name, counters, selected,
    flags (vyatta_flags.decode, or None). kicks: vyatta-bonding commands. refusals, other_screens,
    unrecognised: vyatta_text.Leftovers. cannot_tell: sentences.
    """
    seen = t.lines(text)
    state = _State()
    at = 0
    while at < len(seen):
        at += _step(seen, at, state)
    if state.open:
        state.tables[-1]["cut"] = t.cut(text)
    flags = any(table["flags"] for table in state.tables)
    told = (*(vyatta_flags.CANNOT_TELL if flags else (NO_FLAGS,)), CLEARED)
    return {
        "tables": state.tables,
        "kicks": [kick for kick in map(_kick, t.commands(seen)) if kick],
        "cannot_tell": list(told) if state.tables else [],
        **state.rest.as_result(),
    }


class _State:
    """What has been read so far."""

    def __init__(self) -> None:
        self.tables: list[dict[str, Any]] = []
        self.rest = t.Leftovers("members")
        self.open = False
        self.margin = ""

    def start(self, line: t.Line, *, flags: bool) -> None:
        self.margin = line.text[: len(line.text) - len(line.text.lstrip())]
        self.tables.append(
            {"line": line.number, "command": line.command, "flags": flags, "bonds": [], "cut": None}
        )
        self.open = True
        self.rest.own()


def _step(seen: list[t.Line], at: int, state: _State) -> int:
    """Read one line, or two that were one; return how many."""
    line = seen[at]
    if not line.text.strip():
        state.open = state.open and not line.is_prompt
        state.rest.add(line)
        return 1
    following = seen[at + 1] if at + 1 < len(seen) else None
    header, taken = _joined(_HEADER, line, following)
    if header:
        state.start(line, flags=bool(header["flags"]))
        return taken
    if t.screen(line):
        state.open = False
    taken = _row(line, following, state) if state.open else 0
    if not taken:
        state.rest.add(line)
    return taken or 1


def _joined(
    pattern: re.Pattern[str], line: t.Line, following: t.Line | None
) -> tuple[re.Match[str] | None, int]:
    """A match in a line, or in it and the next, which a narrow terminal had wrapped."""
    alone = pattern.match(line.text)
    if following is None or not following.text.strip() or following.text == line.text:
        return alone, 1
    for between in ("", " "):
        both = pattern.match(line.text + between + following.text)
        if both and (alone is None or _says_more(both, alone)):
            return both, 2
    return alone, 1


def _says_more(both: re.Match[str], alone: re.Match[str]) -> bool:
    return any(both[key] and not alone[key] for key in both.groupdict())


def _row(line: t.Line, following: t.Line | None, state: _State) -> int:
    table = state.tables[-1]
    indented = line.text.startswith(state.margin + " ")
    alone = _ROW.match(line.text)
    if table["flags"] and indented and not (alone and alone["selected"] and _whole(alone)):
        match, taken = _wrapped(line, following, alone)
    else:
        match, taken = alone, 1
    if match is None or (match["selected"] and not table["flags"]):
        return 0
    row: dict[str, Any] = {"line": line.number, "name": match["name"]}
    row.update((key, t.count(match[key])) for key in _COUNTERS)
    if indented or match["selected"]:
        row["selected"] = {"yes": True, "no": False, None: None}[match["selected"]]
        row["flags"] = _flags(match, has_flags=table["flags"])
        if not table["bonds"]:
            table["bonds"].append(_nameless())
        table["bonds"][-1]["members"].append(row)
    else:
        table["bonds"].append({**row, "members": []})
    return taken


def _wrapped(
    line: t.Line, following: t.Line | None, alone: re.Match[str] | None
) -> tuple[re.Match[str] | None, int]:
    """A member's row that ends early: with the next line, if both make one that a router prints."""
    if following is None or _HEADER.match(following.text) or _ROW.match(following.text):
        return alone, 1
    for between in ("", " "):
        both = _ROW.match(line.text + between + following.text)
        if both and both["selected"] and _whole(both):
            return both, 2
    return alone, 1


def _whole(match: re.Match[str]) -> bool:
    """Whether the word is one that a router prints, not the start of one."""
    decoded = vyatta_flags.decode(match["word"] or "")
    return decoded["unknown"] is None and not decoded["cut"] and bool(match["word"])


def _flags(match: re.Match[str], *, has_flags: bool) -> dict[str, Any] | None:
    if not has_flags or match["selected"] is None:
        return None
    return vyatta_flags.decode(match["word"] or "")


def _nameless() -> dict[str, Any]:
    """The bond of members whose table has lost its first row."""
    return {"line": None, "name": None, **dict.fromkeys(_COUNTERS), "members": []}


def _kick(line: t.Line) -> dict[str, Any] | None:
    match = _KICK.search(line.command)
    if not match:
        return None
    return {
        "line": line.number,
        "bond": match["bond"],
        "action": match["action"],
        "member": match["member"],
    }
