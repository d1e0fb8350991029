# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LACPDUs that tcpdump printed, analysed like those of a capture: time and direction permitting."""

from __future__ import annotations

from typing import Any

from . import tcpdump_text
from .analysis import analyse
from .pdu import Lacpdu, PortInfo
from .port_state import SLOW_PROTOCOLS_GROUP
from .window import NS, RECEIVED, SENT, Frame, Window

_WAYS = {"host": SENT, "partner": RECEIVED}


def wire(
    frames: list[dict[str, Any]],
    *,
    span: tuple[int, int] | None,
    members: list[str],
    systems: list[str],
    addresses: list[str],
) -> dict[str, Any] | None:
    """The analysis of frames of tcpdump_text.parse(); None where none of them can be placed.

    Only frames with an interface, a time since 1970 (tcpdump -tt) and a known sender count. span:
    begin and end of listening, in nanoseconds since 1970.
    """
    records = []
    for frame in frames:
        record = _record(frame, systems, addresses)
        if record is not None:
            records.append(record)
    if not records and span is None:
        return None
    records.sort(key=lambda record: record.mono_ns)
    start, end = span or (None, None)
    window = Window(records, start, end, tuple(members), tuple(systems))
    return {
        "known_by": "systems",
        "our_systems": systems,
        "notes": [],
        **analyse(window).as_result(),
    }


def _record(frame: dict[str, Any], systems: list[str], addresses: list[str]) -> Frame | None:
    way = _WAYS.get(tcpdump_text.sent_by(frame, systems, addresses))
    moment = _moment(frame)
    actor, partner = _side(frame["actor"]), _side(frame["partner"])
    if way is None or moment is None or not frame["interface"] or actor is None or partner is None:
        return None
    pdu = Lacpdu(frame["version"] or 1, actor, partner, 0)
    destination = frame["dst"] or SLOW_PROTOCOLS_GROUP
    source = frame["src"] or ""
    return Frame(moment, moment, frame["interface"], way, source, destination, pdu, size=124)


def _side(side: dict[str, Any] | None) -> PortInfo | None:
    if side is None:
        return None
    values = [
        side[key] for key in ("system_priority", "system", "key", "port_priority", "port", "state")
    ]
    return None if None in values else PortInfo(*values)


def _moment(frame: dict[str, Any]) -> int | None:
    """Nanoseconds since 1970 of a stamp in seconds; None for a clock of the day."""
    whole, _dot, fraction = frame["stamp"].partition(".")
    if not whole.isdigit() or not 9 <= len(whole) <= 11 or frame["fraction"] is None:
        return None
    return int(whole) * NS + int(fraction.ljust(9, "0"))
