# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen `show interfaces` of Vyatta 5600, DANOS, VyOS and EdgeOS, and that of one interface.

Two widths are in use, the newer with a column Speed/Duplex. Columns are found by the words of the
header, and rows by the two letters S/L, so long names and addresses may push them aside.
"""

from __future__ import annotations

import re
from typing import Any

from . import vyatta_text as t
from .vyatta_interface import Detail

_HEADER = re.compile(
    r"^\s*Interface\s+IP Address\s+S/L\s+(?P<speed>Speed/Duplex\s+)?Description\s*$"
)
_RULE = re.compile(r"^\s*-+(?:\s+-+)+\s*$")
_LEGEND = re.compile(r"^\s*Codes: S - State")
_ROW = re.compile(
    r"^\s*(?P<name>\S+)\s+(?P<address>\S+)\s+(?P<s>[A-Za-z])/(?P<l>[A-Za-z])(?:\s+(?P<rest>.*?))?\s*$"
)
_NAMED = re.compile(r"^\s*(?P<name>\S+)\s+(?P<address>\S{20,})\s*$")
_STATE = re.compile(r"^\s+(?P<s>[A-Za-z])/(?P<l>[A-Za-z])(?:\s+(?P<rest>.*?))?\s*$")
_ADDRESS = re.compile(r"^\s+(?P<address>[0-9A-Fa-f.:]+/\d{1,3}|[0-9A-Fa-f.:]{7,}|dhcp(?:v6)?)\s*$")
_SPEED = re.compile(r"^(?P<speed>[^\s/]+)/(?P<duplex>[^\s/]+)$")
_LETTERS = {"u": "up", "D": "down", "A": "admin-down"}

CANNOT_TELL = (
    "S/L is the administrative state and the carrier: a member whose LACP is dead stays u/u",
)


def parse(text: str) -> dict[str, Any]:
    """All tables and single interfaces of a text, in order.

    tables: line, command, has_speed, cut, interfaces: name, parent (None, or what a VLAN lies
    on), addresses, state and link (up, down, admin-down, or unknown:LETTER), speed and duplex
    (text, None where the screen has none), description. details: vyatta_interface. refusals,
    other_screens, unrecognised: vyatta_text.Leftovers. cannot_tell: sentences.
    """
    state = _State()
    for line in t.lines(text):
        state.read(line)
    if state.open:
        state.tables[-1]["cut"] = t.cut(text)
    return {
        "tables": state.tables,
        "details": state.detail.found,
        "cannot_tell": list(CANNOT_TELL) if state.tables else [],
        **state.rest.as_result(),
    }


class _State:
    """What has been read so far, and where the columns of the last table stand."""

    def __init__(self) -> None:
        self.tables: list[dict[str, Any]] = []
        self.detail = Detail()
        self.rest = t.Leftovers("interfaces")
        self.open = False
        self._address_at = self._description_at = 0

    def read(self, line: t.Line) -> None:
        header = _HEADER.match(line.text)
        if header:
            self._start(line, has_speed=bool(header["speed"]))
        elif line.is_prompt:
            self.open = False
            self.detail.end()
            self.rest.add(line)
        elif self.open and (_RULE.match(line.text) or self._take(line)):
            return
        elif self.detail.take(line):
            self.open = False
            self.rest.own()
        elif not _LEGEND.match(line.text):
            self.open = self.open and not t.screen(line)
            self.rest.add(line)

    def _start(self, line: t.Line, *, has_speed: bool) -> None:
        table = {"line": line.number, "command": line.command, "has_speed": has_speed}
        self.tables.append({**table, "cut": None, "interfaces": []})
        self._address_at = line.text.index("IP Address")
        self._description_at = line.text.index("Description")
        self.rest.own()
        self.detail.end()
        self.open = True

    def _take(self, line: t.Line) -> bool:
        """Add a line to the last table; False if it is none of its lines."""
        table = self.tables[-1]
        row = _ROW.match(line.text)
        if row and not line.text.startswith(" " * self._address_at):
            table["interfaces"].append(_interface(line, row, has_speed=table["has_speed"]))
            return True
        named = _NAMED.match(line.text)
        if named and _indent(line) < self._address_at:
            table["interfaces"].append(_halved(line, named))
            return True
        if not table["interfaces"] or not line.text.strip():
            return False
        return self._continues(table["interfaces"][-1], line, has_speed=table["has_speed"])

    def _continues(self, last: dict[str, Any], line: t.Line, *, has_speed: bool) -> bool:
        """Whether a line goes on with the interface before it: state, address or description."""
        state = _STATE.match(line.text)
        if state and last["state"] is None:
            last.update(_states(state))
            last.update(_remainder(state["rest"] or "", has_speed=has_speed))
            return True
        address = _ADDRESS.match(line.text)
        if address:
            last["addresses"].append(address["address"])
            return True
        if _indent(line) >= self._description_at and last["description"]:
            last["description"] += " " + line.text.strip()
            return True
        return False


def _indent(line: t.Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _interface(line: t.Line, row: re.Match[str], *, has_speed: bool) -> dict[str, Any]:
    return {
        **_start(line, row),
        **_states(row),
        **_remainder(row["rest"] or "", has_speed=has_speed),
    }


def _start(line: t.Line, row: re.Match[str]) -> dict[str, Any]:
    name = row["name"]
    above, dot, tag = name.rpartition(".")
    return {
        "line": line.number,
        "name": name,
        "parent": above if dot and tag.isdigit() else None,
        "addresses": [] if row["address"] == "-" else [row["address"]],
    }


def _halved(line: t.Line, named: re.Match[str]) -> dict[str, Any]:
    """An interface whose address is so long that the rest stands on the next line."""
    return {
        **_start(line, named),
        **dict.fromkeys(("state", "link", "speed", "duplex")),
        "description": "",
    }


def _states(row: re.Match[str]) -> dict[str, str]:
    return {
        "state": _LETTERS.get(row["s"], f"unknown:{row['s']}"),
        "link": _LETTERS.get(row["l"], f"unknown:{row['l']}"),
    }


def _remainder(text: str, *, has_speed: bool) -> dict[str, Any]:
    """Speed and duplex, where the screen has them, and the description."""
    speed, _space, description = text.partition(" ")
    match = _SPEED.match(speed) if has_speed else None
    if match is None:
        return {"speed": None, "duplex": None, "description": text.strip()}
    return {
        "speed": None if match["speed"] == "-" else match["speed"],
        "duplex": None if match["duplex"] == "-" else match["duplex"],
        "description": description.strip(),
    }
