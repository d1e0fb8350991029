# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The case: a packet made ready for the rules, its members, its log and its clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import kernel_lines
from .evidence import AFTER, BEFORE, Evidence, Value, mapping, pointer, rows
from .evidence_leg import Leg
from .evidence_time import utc_ns
from .fact import NotEvaluable
from .switch_pairing import Pairing, pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Clocks that disagree by more than this do not order events.
CLOCK_LIMIT_S = 2.0


class LogEntry(NamedTuple):
    """A line of the kernel log, understood; pointer leads to it in the packet."""

    at_ns: int | None
    at: str
    kind: str
    member: str
    text: str
    pointer: str

    def seen(self, evidence: Evidence) -> None:
        """Remember it as something that decided."""
        evidence.seen[self.pointer] = Value("kernel log", f"{self.at} {self.text}", self.pointer)


class Case:
    """What rules of the bond look at; legs are what rules of a member look at."""

    def __init__(self, packet: Mapping[str, Any]) -> None:
        self.packet = packet
        self.evidence = Evidence(packet)
        self.names = self.evidence.members()
        plain = [Leg(self.evidence, name) for name in self.names]
        self.pairing: Pairing = pair(packet.get("switch_evidence"), plain)
        self.legs = [
            MemberCase(self.evidence, name, self.pairing.ports.get(name), self)
            for name in self.names
        ]
        self.log = list(self._log())
        self.evidence.forget()

    def leg(self, name: str) -> MemberCase:
        """A member by name."""
        return next(leg for leg in self.legs if leg.name == name)

    def fact(self, path: str, when: str = AFTER) -> Any:  # noqa: ANN401 - whatever it holds
        """A fact of the bond."""
        return self.evidence.fact(when, "", path)

    def known(self, path: str, when: str = AFTER) -> Any:  # noqa: ANN401
        """A fact of the bond, None where it is unknown or absent."""
        try:
            return self.fact(path, when)
        except NotEvaluable:
            return None

    def _log(self) -> Iterator[LogEntry]:
        known: set[tuple[str, str]] = set()
        buses = {leg.name: str(leg.known("bus") or "") for leg in self.legs}
        names = [*self.names, *([self.evidence.bond_name()] if self.evidence.bond_name() else [])]
        sources = (
            (("kernel_log",), self.packet.get("kernel_log")),
            (("wire", "kernel_log"), self.evidence.wire.get("kernel_log")),
        )
        for steps, source in sources:
            for at, row in rows(source):
                text, when = str(row.get("text") or ""), str(row.get("at") or "")
                # The same line, read twice, may carry times that differ in the last digits.
                if not text or (text, when[:19]) in known:
                    continue
                known.add((text, when[:19]))
                kind, member = kernel_lines.classify(text, names, buses)
                yield LogEntry(utc_ns(when), when, kind, member, text, pointer(*steps, at))

    def clock_offset_s(self) -> float | None:
        """How far the clocks in this packet are known to disagree, the worst; None: not known."""
        offsets = [mapping(self.packet.get("clock")).get("offset_s")]
        offsets += [
            mapping(row.get("switch")).get("clock_offset_s")
            for _at, row in rows(self.packet.get("switch_evidence"))
        ]
        found = [abs(value) for value in offsets if isinstance(value, (int, float))]
        return max(found, default=None)

    def synchronised(self) -> bool | None:
        """Whether the host's clock is disciplined; None: not known."""
        stated = mapping(self.packet.get("clock")).get("synchronised")
        if stated is None:
            for when in (AFTER, BEFORE):
                host = mapping(mapping(self.packet.get(when)).get("host"))
                stated = mapping(host.get("clock")).get("synchronised")
                if stated is not None:
                    break
        return stated if isinstance(stated, bool) else None


class MemberCase(Leg):
    """A member with the case that it belongs to."""

    def __init__(self, evidence: Evidence, name: str, switch: Any, case: Case) -> None:  # noqa: ANN401
        super().__init__(evidence, name, switch)
        self.case = case

    def neighbours(self) -> list[MemberCase]:
        """The other members."""
        return [leg for leg in self.case.legs if leg.name != self.name]
