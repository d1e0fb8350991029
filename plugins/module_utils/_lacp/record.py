# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records: the facts of one host, bond or member, merged from many sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from .fact import Absent, Fact, Field, Known, NotEvaluable, Unknown

T = TypeVar("T")

NO_SOURCE = "no source on this host reports it"
# Names in a result that hold what is said about values, and so cannot be the name of a field.
RESERVED = ("unknown", "sources", "disagreements", "unrecognised")


class Disagreement(NamedTuple):
    """Sources that differ on one field; readings: (source, value) in reading order."""

    path: str
    readings: tuple[tuple[str, Any], ...]

    def as_result(self) -> dict[str, Any]:
        """Plain data: field and readings by source."""
        return {"field": self.path, "readings": dict(self.readings)}


class Record(NamedTuple):
    """What is known of one subject: facts by field path, disagreements, text nobody understood."""

    facts: Mapping[str, Fact]
    disagreements: tuple[Disagreement, ...] = ()
    unrecognised: tuple[tuple[str, str], ...] = ()

    def fact(self, wanted: Field[Any]) -> Fact:
        """The tri-state value of a field; never raises."""
        return self.facts.get(wanted.path) or Unknown(NO_SOURCE)

    def maybe(self, wanted: Field[T]) -> T | None:
        """The value, or None where it is known that there is none; NotEvaluable if unknown."""
        found = self.fact(wanted)
        if isinstance(found, Known):
            value: T = found.value
            return value
        if isinstance(found, Absent):
            return None
        raise NotEvaluable(f"{wanted.path}: {found.reason}")

    def value(self, wanted: Field[T]) -> T:
        """The value; NotEvaluable if it is unknown or known not to exist."""
        value = self.maybe(wanted)
        if value is None:
            raise NotEvaluable(f"{wanted.path}: there is none")
        return value

    def as_result(
        self, catalogue: Iterable[Field[Any]] = (), *, sources: bool = True
    ) -> dict[str, Any]:
        """Plain data: known values nested by path, absent ones as None, unknown ones left out.

        'unknown' maps each reason to the paths it hides (fields of the catalogue that no source
        mentioned included), 'sources' maps each source to the paths it gave.
        """
        result: dict[str, Any] = {}
        unknown: dict[str, list[str]] = {}
        origin: dict[str, list[str]] = {}
        facts = dict(self.facts)
        for listed in catalogue:
            facts.setdefault(listed.path, Unknown(NO_SOURCE))
        for path in sorted(facts):
            found = facts[path]
            if isinstance(found, Unknown):
                unknown.setdefault(found.reason, []).append(path)
                continue
            _nest(result, path, found.value if isinstance(found, Known) else None)
            origin.setdefault(found.source, []).append(path)
        result["unknown"] = unknown
        if sources:
            result["sources"] = origin
        result["disagreements"] = [item.as_result() for item in self.disagreements]
        result["unrecognised"] = [{"source": s, "text": text} for s, text in self.unrecognised]
        return result

    @classmethod
    def from_result(cls, data: Mapping[str, Any], catalogue: Iterable[Field[Any]]) -> Record:
        """The inverse of as_result() for the fields of a catalogue; foreign keys are ignored."""
        origin = {p: s for s, paths in (data.get("sources") or {}).items() for p in paths}
        reasons = {p: r for r, paths in (data.get("unknown") or {}).items() for p in paths}
        facts: dict[str, Fact] = {}
        for listed in catalogue:
            path = listed.path
            present, value = _dig(data, path)
            if path in reasons or not present:
                facts[path] = Unknown(reasons.get(path, NO_SOURCE))
            elif value is None:
                facts[path] = Absent(origin.get(path, "saved"))
            else:
                facts[path] = Known(value, origin.get(path, "saved"))
        return cls(
            facts,
            tuple(
                Disagreement(item["field"], tuple(item["readings"].items()))
                for item in data.get("disagreements") or ()
            ),
            tuple((item["source"], item["text"]) for item in data.get("unrecognised") or ()),
        )


class RecordBuilder:
    """Collects readings of one subject; the first source that knows a value wins."""

    def __init__(self) -> None:
        self._readings: dict[str, list[Fact]] = {}
        self._volatile: set[str] = set()
        self._unrecognised: list[tuple[str, str]] = []

    def known(self, target: Field[T], value: T, source: str) -> None:
        """Add a value; sources are asked in order of trust, so add the most trusted first."""
        self._add(target, Known(value, source))

    def absent(self, target: Field[Any], source: str) -> None:
        """Add that the source says there is none."""
        self._add(target, Absent(source))

    def unknown(self, target: Field[Any], reason: str) -> None:
        """Add why a source that usually knows could not tell."""
        self._add(target, Unknown(reason))

    def unrecognised(self, source: str, text: str) -> None:
        """Keep raw text that the parser of a source did not understand."""
        self._unrecognised.append((source, text))

    def _add(self, target: Field[Any], reading: Fact) -> None:
        if target.volatile:
            self._volatile.add(target.path)
        self._readings.setdefault(target.path, []).append(reading)

    def build(self) -> Record:
        """Merge what was added."""
        facts = {path: _merge(readings) for path, readings in self._readings.items()}
        disagreements = tuple(
            Disagreement(path, readings)
            for path, found in sorted(self._readings.items())
            if path not in self._volatile and len(found) > 1
            for readings in [_differing(found)]
            if readings
        )
        return Record(facts, disagreements, tuple(self._unrecognised))


def _merge(readings: list[Fact]) -> Fact:
    for wanted in (Known, Absent):
        for reading in readings:
            if isinstance(reading, wanted):
                return reading
    reasons = dict.fromkeys(r.reason for r in readings if isinstance(r, Unknown))
    return Unknown("; ".join(reasons))


def _differing(readings: list[Fact]) -> tuple[tuple[str, Any], ...]:
    """(source, value) of all that could tell, if not all say the same; absent counts as None."""
    told = tuple(
        (r.source, r.value if isinstance(r, Known) else None)
        for r in readings
        if not isinstance(r, Unknown)
    )
    return told if any(value != told[0][1] for _source, value in told) else ()


def _nest(result: dict[str, Any], path: str, value: object) -> None:
    *parents, leaf = path.split(".")
    for parent in parents:
        result = result.setdefault(parent, {})
    result[leaf] = value


def _dig(data: Mapping[str, Any], path: str) -> tuple[bool, Any]:
    value: Any = data
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False, None
        value = value[part]
    return True, value
