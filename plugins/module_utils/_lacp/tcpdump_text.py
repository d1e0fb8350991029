# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `tcpdump -v` prints of LACPDUs, old and new: text to values.

The direction is not in the text, unless -e printed the source address: it has to be told apart by
the systems that the host is known to use.
"""

from __future__ import annotations

import re
from typing import Any

from . import vyatta_text as t
from .port_state import STATE_BITS

_FRAME = re.compile(
    r"^\s*(?:(?P<index>\d+)\s+)?(?:(?P<date>\d{4}-\d\d-\d\d)[ T])?(?P<stamp>\d[\d:]*(?:\.\d+)?)\s+"
    r"(?:(?P<interface>[\w.-]+)\s+(?P<way>In|Out|B|M|P)\s+)?"
    r"(?:(?P<src>[0-9A-Fa-f:]{17})\s+>\s+(?P<dst>[0-9A-Fa-f:]{17}),\s+(?P<ether>.*?):\s+)?"
    r"(?:LACPv(?P<version>\d+)|(?P<other>(?:Marker|MARKER|LACP|Slow|OSSP|OAM)[^,]*))"
    r",\s+length:?\s+(?P<length>\d+)\s*$"
)
_TLV = re.compile(r"^\s*(?P<side>Actor|Partner) Information TLV \(0x0[12]\), length:?\s+\d+\s*$")
_SYSTEM = re.compile(
    r"^\s*System (?P<system>[0-9A-Fa-f:]{17})(?: \([^)]*\))?, "
    r"System Priority (?P<system_priority>\d+), Key (?P<key>\d+), "
    r"Port (?P<port>\d+), Port Priority (?P<port_priority>\d+)\s*$"
)
_STATE = re.compile(r"^\s*State Flags \[(?P<names>[^\]]*)\]\s*$")
_QUIET = re.compile(
    r"^\s*(?:Collector Information TLV|Max Delay|Terminator TLV|0x[0-9a-f]{4}:|<\.\.\.>|OUI:|"
    r"tcpdump: |listening on|\d+ packets? |reading from|dropped privs|LACP Control)"
)
_LISTENING = re.compile(r"listening on (?P<interface>[^\s,]+), link-type")
_DASH_I = re.compile(r"\btcpdump\b.*\s-\w*i\s*(?P<interface>[\w.-]+)")
# tcpdump's print-slow.c writes 'Default' for the bit that 802.1AX calls Defaulted.
_BITS = {("Default" if name == "defaulted" else name.capitalize()): b for b, name in STATE_BITS}
_NUMBERS = ("system_priority", "key", "port", "port_priority")

CANNOT_TELL = (
    (
        "a capture sees what this host sends before the network card does: a frame of its own in "
        "a capture does not prove that it was sent"
    ),
)


def parse(text: str) -> dict[str, Any]:
    """All slow-protocol frames of a text, in order.

    frames: line, interface (None if nobody says), date, time (HH:MM:SS, None for another clock),
    fraction (digits as a string, None where malformed), stamp (as printed), src, dst, version,
    length, kind (lacp, or what tcpdump calls it), actor and partner (system, system_priority, key,
    port, port_priority, state, flags; None where the text ends before), flaws (sentences).
    refusals, other_screens, unrecognised: vyatta_text.Leftovers. cannot_tell: sentences.
    """
    frames: list[dict[str, Any]] = []
    rest = t.Leftovers("tcpdump")
    reader = _Reader(frames)
    for line in t.lines(text):
        if not reader.take(line):
            rest.add(line)
    for frame in frames:
        _finish(frame)
    return {
        "frames": frames,
        "cannot_tell": list(CANNOT_TELL) if frames else [],
        **rest.as_result(),
    }


class _Reader:
    """Where the text is: in which frame, in which of its parts."""

    def __init__(self, frames: list[dict[str, Any]]) -> None:
        self._frames = frames
        self._interface: str | None = None
        self._side = ""

    def take(self, line: t.Line) -> bool:
        """Add a line; False if tcpdump did not print it of a slow protocol."""
        if line.is_prompt:
            typed = _DASH_I.search(line.command)
            self._interface, self._side = (typed["interface"] if typed else None), ""
            return False
        listening = _LISTENING.search(line.text)
        if listening:
            self._interface = listening["interface"]
            return True
        frame = _FRAME.match(line.text)
        if frame:
            self._frames.append(_frame(line, frame, self._interface))
            self._side = ""
            return True
        return bool(_QUIET.match(line.text)) or bool(self._frames and self._part(line))

    def _part(self, line: t.Line) -> bool:
        frame = self._frames[-1]
        tlv = _TLV.match(line.text)
        if tlv:
            self._side = tlv["side"].lower()
            return True
        if not self._side:
            return False
        system, state = _SYSTEM.match(line.text), _STATE.match(line.text)
        if system:
            frame[self._side] = {
                "system": system["system"].lower(),
                **{name: t.count(system[name]) for name in _NUMBERS},
                "state": None,
                "flags": None,
            }
        elif state and frame[self._side]:
            frame[self._side].update(_flags(state["names"], frame, self._side))
        else:
            return False
        return True


def _frame(line: t.Line, frame: re.Match[str], interface: str | None) -> dict[str, Any]:
    clock, _dot, fraction = frame["stamp"].partition(".")
    malformed = len(fraction) > 9 or (len(fraction) > 6 and len(fraction) != 9)
    other = frame["other"]
    return {
        "line": line.number,
        "interface": frame["interface"] or interface,
        "date": frame["date"],
        "time": clock if re.match(r"^\d\d:\d\d:\d\d$", clock) else None,
        "fraction": None if malformed or not fraction else fraction,
        "stamp": frame["stamp"],
        "src": frame["src"].lower() if frame["src"] else None,
        "dst": frame["dst"].lower() if frame["dst"] else None,
        "version": t.count(frame["version"] or ""),
        "length": t.count(frame["length"]),
        "kind": "lacp" if other is None else other.strip().lower(),
        "actor": None,
        "partner": None,
        "flaws": [f"the fraction of {frame['stamp']} is no fraction of a second"]
        if malformed
        else [],
    }


def _flags(text: str, frame: dict[str, Any], side: str) -> dict[str, Any]:
    """State octet and its names; no octet where a name is not known."""
    names = [] if text.strip() == "none" else [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in _BITS]
    if unknown:
        frame["flaws"].append(f"{side}: unknown:{', '.join(unknown)[:80]}")
        return {"state": None, "flags": names}
    return {"state": sum({_BITS[name] for name in names}), "flags": names}


def _finish(frame: dict[str, Any]) -> None:
    if frame["kind"] == "lacp" and frame["version"] not in (1, 2):
        frame["flaws"].append(f"LACP version {frame['version']}")
    for side in ("actor", "partner"):
        if frame["kind"] == "lacp" and (frame[side] is None or frame[side]["flags"] is None):
            frame["flaws"].append(f"{side}: the text ends before it is whole")


def sent_by(frame: dict[str, Any], systems: list[str], addresses: list[str]) -> str:
    """Who sent a frame: 'host', 'partner', or 'unknown' where that cannot be told.

    systems: actor systems of the host; addresses: permanent MAC addresses of its members.
    """
    if frame["src"] and addresses:
        return "host" if frame["src"] in addresses else "partner"
    if frame["actor"] and systems:
        return "host" if frame["actor"]["system"] in systems else "partner"
    return "unknown"
