# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen on a host, or in a capture, over a span of time: records on one clock."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .pdu import Pdu

NS = 1_000_000_000

SENT = "sent"
RECEIVED = "received"
# Where nothing tells which end is ours, the two ends of the links are told apart all the same.
FROM_A = "from_a"
FROM_B = "from_b"
OPPOSITE = {SENT: RECEIVED, RECEIVED: SENT, FROM_A: FROM_B, FROM_B: FROM_A}


_NOTHING: Mapping[str, int] = MappingProxyType({})


class Frame(NamedTuple):
    """A slow-protocol frame on a member; a tuple because there may be millions.

    pdu is None where it could not be decoded; fault then says why. offset: of its record in the
    file, if it comes from one. size: octets of the frame as captured.
    """

    utc_ns: int
    mono_ns: int
    member: str
    direction: str
    source: str
    destination: str
    pdu: Pdu | None
    fault: str = ""
    vlans: tuple[int, ...] = ()
    size: int = 0
    offset: int | None = None


class LinkEvent(NamedTuple):
    """Something about a member or bond changed; what: 'carrier', 'operstate', 'master', ..."""

    utc_ns: int
    mono_ns: int
    member: str
    what: str
    before: str
    after: str


class LogLine(NamedTuple):
    """A line of the kernel log, without its own time stamp."""

    utc_ns: int
    mono_ns: int
    text: str


class Sample(NamedTuple):
    """Counters of a member, or of the host where member is ''; gauges are of this very moment."""

    utc_ns: int
    mono_ns: int
    member: str
    counters: Mapping[str, int] = _NOTHING
    gauges: Mapping[str, float] = _NOTHING


Record = Union[Frame, LinkEvent, LogLine, Sample]


class Window(NamedTuple):
    """Records in the order of mono_ns, and the span they were looked for in.

    In a file there is one clock only: mono_ns is utc_ns there, and the span is that of the frames
    (start and end None). our_systems: LACP system ids of ours, if known, for loops.
    """

    records: Iterable[Record]
    start_ns: int | None = None
    end_ns: int | None = None
    members: tuple[str, ...] = ()
    our_systems: tuple[str, ...] = ()


def utc_text(utc_ns: int) -> str:
    """Nanoseconds since 1970 as RFC 3339, with all nine digits."""
    seconds, fraction = divmod(utc_ns, NS)
    days, second = divmod(seconds, 86_400)
    year, month, day = _date(days)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}T{clock}.{fraction:09d}Z"


def _date(days: int) -> tuple[int, int, int]:
    """The Gregorian date so many days after 1970-01-01.

    datetime would do, but raises for years beyond 9999, which a damaged capture may well claim.
    Years begin in March here, so that the leap day is their last.
    """
    era, day = divmod(days + 719_468, 146_097)  # since 0000-03-01; eras of 400 years
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    return era * 400 + year + (month > 9), month + (-9 if month > 9 else 3), day + 1


def ms(ns: int) -> float:
    """Milliseconds, to the microsecond."""
    return round(ns / 1_000_000, 3)
