# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet under judgement: every value that a rule reads is remembered with a pointer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Union

from .evidence_time import utc_ns
from .fact import NotEvaluable
from .window import NS

BEFORE, AFTER = "before", "after"
Step = Union[str, int]


class Value(NamedTuple):
    """A value that decided something, and where it stands in the packet (RFC 6901)."""

    name: str
    value: Any
    pointer: str

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        return self._asdict()


def pointer(*steps: Step) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a map, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, row) of each map in a list; whatever else is there is passed over."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        return []
    return [(at, row) for at, row in enumerate(value) if isinstance(row, Mapping)]


def whole(value: object) -> int | None:
    """The value if it is a whole number (a bool is none), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Evidence:
    """Reads a packet; seen holds what was read since the last forget()."""

    def __init__(self, packet: Mapping[str, Any]) -> None:
        self.packet = packet
        self.wire = mapping(packet.get("wire"))
        self.bond = str(packet.get("bond") or self.wire.get("bond") or "")
        self.seen: dict[str, Value] = {}

    def forget(self) -> None:
        """Begin a new list of what was seen."""
        self.seen = {}

    def see(self, name: str, value: Any, *steps: Step) -> Any:  # noqa: ANN401 - whatever it holds
        """Remember a value that was read, and return it."""
        self.seen[pointer(*steps)] = Value(name, value, pointer(*steps))
        return value

    def has_wire(self) -> bool:
        """Whether frames were listened to."""
        return isinstance(self.wire.get("lanes"), list)

    def need_wire(self) -> None:
        """NotEvaluable if they were not."""
        if not self.has_wire():
            raise NotEvaluable("no frames were captured (the packet has no wire analysis)")

    def bond_name(self, when: str = AFTER) -> str:
        """The bond: as the packet names it, else the only one in the facts."""
        bonds = mapping(mapping(self.packet.get(when)).get("bonds"))
        if not self.bond and len(bonds) == 1:
            return str(next(iter(bonds)))
        return self.bond

    def subject(self, when: str, member: str | None) -> tuple[Mapping[str, Any], tuple[Step, ...]]:
        """The facts of a member, of the bond ('') or of the host (None), and the steps to them."""
        facts = self.packet.get(when)
        if not isinstance(facts, Mapping):
            raise NotEvaluable(f"the facts {when} the window were not collected")
        if member is None:
            return mapping(facts.get("host")), (when, "host")
        name = self.bond_name(when)
        bond = mapping(facts.get("bonds")).get(name)
        if not isinstance(bond, Mapping):
            raise NotEvaluable(f"{name or 'the bond'} is not in the facts {when} the window")
        if not member:
            return bond, (when, "bonds", name)
        found = mapping(bond.get("members")).get(member)
        if not isinstance(found, Mapping):
            raise NotEvaluable(f"{member} is not a member in the facts {when} the window")
        return found, (when, "bonds", name, "members", member)

    def fact(self, when: str, member: str | None, path: str) -> Any:  # noqa: ANN401
        """A fact, None where there is none; NotEvaluable with the reason where it is unknown."""
        node, steps = self.subject(when, member)
        value: Any = node
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                raise NotEvaluable(f"{member or 'host'} {path} ({when}): {_reason(node, path)}")
            value = value[part]
        return self.see(f"{path} {when}", value, *steps, *path.split("."))

    def members(self) -> list[str]:
        """All members that anything in the packet names, in the facts' order, then by name."""
        found: dict[str, None] = {}
        for when in (AFTER, BEFORE):
            bond = mapping(mapping(mapping(self.packet.get(when)).get("bonds")))
            ports = mapping(mapping(bond.get(self.bond_name(when))).get("members"))
            found.update(dict.fromkeys(map(str, ports)))
        if not found:
            found.update(dict.fromkeys(self._on_the_wire()))
        for _at, reading in rows(self.packet.get("readings")):
            found.update(dict.fromkeys(map(str, mapping(reading.get("members")))))
        return list(found)

    def _on_the_wire(self) -> list[str]:
        listed = mapping(self.wire.get("silence")).get("members")
        names = {str(name) for name in listed} if isinstance(listed, list) else set()
        names.update(str(lane.get("member")) for _at, lane in rows(self.wire.get("lanes")))
        return sorted(names)

    def delta(self, member: str | None, path: str) -> int:
        """Growth of a counter between the facts; NotEvaluable after a reset or a reboot."""
        before = self.fact(BEFORE, member, path)
        after = self.fact(AFTER, member, path)
        subject = member or "host"
        if whole(before) is None or whole(after) is None:
            raise NotEvaluable(f"{subject} {path}: it is not counted")
        if self._rebooted():
            raise NotEvaluable(f"{subject} {path}: the host was rebooted between the readings")
        if after < before:
            raise NotEvaluable(f"{subject} {path}: the counter was reset between the readings")
        return int(after - before)

    def _rebooted(self) -> bool:
        ids = {
            mapping(mapping(self.packet.get(when)).get("host")).get("boot_id")
            for when in (BEFORE, AFTER)
        }
        return len(ids - {None}) > 1

    def span(self) -> tuple[int, int] | None:
        """Begin and end of the window in nanoseconds UTC; None if nothing tells."""
        facts = {"start": self._read_at(BEFORE), "end": self._read_at(AFTER)}
        for source in (self.wire.get("window"), self.packet.get("window"), facts):
            start, end = (utc_ns(mapping(source).get(key)) for key in ("start", "end"))
            if start is not None and end is not None and end >= start:
                return start, end
        return None

    def _read_at(self, when: str) -> object:
        return mapping(mapping(mapping(self.packet.get(when)).get("host")).get("time")).get("utc")

    def length_s(self) -> float | None:
        """Length of the window in seconds."""
        span = self.span()
        return None if span is None else (span[1] - span[0]) / NS


def _reason(node: Mapping[str, Any], path: str) -> str:
    for reason, paths in mapping(node.get("unknown")).items():
        if isinstance(paths, (list, tuple)) and path in paths:
            return str(reason)
    return "not known"
