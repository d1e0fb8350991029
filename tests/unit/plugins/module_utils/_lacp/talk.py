# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Talk on a link for tests of the analysis: frames and host records at chosen seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import (
    Analysis,
    analyse,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pdu import (
    DecodeError,
    Pdu,
    decode,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    NS,
    RECEIVED,
    SENT,
    Frame,
    LinkEvent,
    LogLine,
    Record,
    Sample,
    Window,
)

from .wire import HOST, OURS, SWITCH, T0, THEIRS, Port, lacpdu

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The monotonic clock of the tests runs apart from UTC, so that a mix-up shows.
BOOT = 5_000 * NS


def ns(seconds: float) -> int:
    return round(seconds * 1000) * 1_000_000


class Talk:
    """Records in any order; seconds count from the start of the window."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def frame(
        self, at: float, direction: str, payload: bytes, member: str = "eno1", source: str = ""
    ) -> None:
        pdu: Pdu | None
        try:
            pdu, fault = decode(payload), ""
        except DecodeError as error:
            pdu, fault = None, str(error)
        mac = source or (HOST if direction == SENT else SWITCH)
        group = "01:80:c2:00:00:02"
        moment = (T0 + ns(at), BOOT + ns(at))
        self.records.append(Frame(*moment, member, direction, mac, group, pdu, fault, (), 124))

    def sent(
        self, at: float, actor: Port = OURS, partner: Port = THEIRS, member: str = "eno1"
    ) -> None:
        self.frame(at, SENT, lacpdu(actor, partner), member)

    def received(
        self, at: float, actor: Port = THEIRS, partner: Port = OURS, member: str = "eno1"
    ) -> None:
        self.frame(at, RECEIVED, lacpdu(actor, partner), member)

    def both(self, seconds: Iterable[float], member: str = "eno1") -> None:
        """A healthy exchange: each side once at each of these."""
        for at in seconds:
            self.sent(at, member=member)
            self.received(at + 0.3, member=member)

    def link(self, at: float, what: str, before: str, after: str, member: str = "eno1") -> None:
        self.records.append(LinkEvent(T0 + ns(at), BOOT + ns(at), member, what, before, after))

    def log(self, at: float, text: str) -> None:
        self.records.append(LogLine(T0 + ns(at), BOOT + ns(at), text))

    def sample(
        self,
        at: float,
        counters: Mapping[str, int],
        member: str = "eno1",
        gauges: Mapping[str, float] | None = None,
    ) -> None:
        moment = (T0 + ns(at), BOOT + ns(at))
        self.records.append(Sample(*moment, member, counters, gauges or {}))

    def analysis(self, end: float | None = None, members: tuple[str, ...] = ()) -> Analysis:
        """Of the records in order of time, over a window from 0 to end."""
        records = sorted(self.records, key=lambda record: record.mono_ns)
        if end is None:
            return analyse(Window(records, members=members))
        return analyse(Window(records, BOOT, BOOT + ns(end), members))


def at(second: float) -> str:
    minute, rest = divmod(20 + second, 60)
    return f"2023-11-14T22:{13 + int(minute):02d}:{rest:012.9f}Z"


def kinds(found: Analysis) -> list[tuple[str, str, str]]:
    return [(event.member, event.direction, event.kind) for event in found.events]


def lane(found: Analysis, direction: str, member: str = "eno1") -> dict[str, Any]:
    result: dict[str, Any] = found.lanes[member, direction].as_result()
    return result
