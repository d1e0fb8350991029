# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the switch says of one of its ports, in the form switch_evidence/v1; unknown is null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .evidence import mapping, rows, whole
from .fact import NotEvaluable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Evidence

SCHEMA = "switch_evidence/v1"


class SwitchPort:
    """A record, read like facts: a value that is null or missing raises NotEvaluable."""

    def __init__(self, evidence: Evidence, index: int, record: Mapping[str, Any]) -> None:
        self.evidence = evidence
        self.index = index
        self.record = record

    @property
    def name(self) -> str:
        """'leaf1 Ethernet3', as far as it is told."""
        parts = (mapping(self.record.get(key)).get("name") for key in ("switch", "port"))
        return " ".join(str(part) for part in parts if part) or f"record {self.index}"

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever it holds
        """The value at a dotted path; NotEvaluable where the switch team did not say."""
        value: Any = self.record
        for part in path.split("."):
            value = value.get(part) if hasattr(value, "get") else None
        if value is None:
            raise NotEvaluable(f"the switch evidence of {self.name} does not say {path}")
        steps: tuple[str | int, ...] = ("switch_evidence", self.index, *path.split("."))
        return self.evidence.see(f"{self.name} {path}", value, *steps)

    def maybe(self, path: str) -> Any:  # noqa: ANN401
        """The value, or None."""
        try:
            return self.get(path)
        except NotEvaluable:
            return None

    def delta(self, path: str) -> int:
        """Growth of a counter between the first and the last sample."""
        found = [
            (at, count)
            for at, row in rows(self.record.get("samples"))
            for count in [_dig(row, path)]
            if count is not None
        ]
        if len(found) < 2:
            raise NotEvaluable(
                f"the switch evidence of {self.name} has no two samples of {path}: "
                "send its counters twice, some PDUs apart"
            )
        (first_at, first), (last_at, last) = found[0], found[-1]
        if last < first:
            raise NotEvaluable(f"{self.name} {path}: the counter was cleared between the samples")
        for at, count in ((first_at, first), (last_at, last)):
            record: tuple[str | int, ...] = ("switch_evidence", self.index, "samples", at)
            steps = (*record, *path.split("."))
            self.evidence.see(f"{self.name} {path}", count, *steps)
        return last - first

    def delta_or_none(self, path: str) -> int | None:
        """The growth, or None."""
        try:
            return self.delta(path)
        except NotEvaluable:
            return None


def _dig(row: Mapping[str, Any], path: str) -> int | None:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if hasattr(value, "get") else None
    return whole(value)


def complaints(given: object) -> list[str]:
    """What is wrong with the form of what was given, a sentence each; [] if nothing is."""
    if given is None:
        return []
    if not isinstance(given, (list, tuple)):
        kind = type(given).__name__
        return [f"switch_evidence is of type {kind}, not a list of {SCHEMA} records: not used"]
    found = []
    for at, record in enumerate(given):
        schema = record.get("schema") if hasattr(record, "get") else type(record).__name__
        if schema != SCHEMA:
            found.append(
                f"switch_evidence[{at}] is {schema!r:.40}, not {SCHEMA}: it was not used; "
                "write it as docs/diagnosis.md shows"
            )
    return found


def records(evidence: Evidence) -> list[SwitchPort]:
    """The records that have the right form."""
    return [
        SwitchPort(evidence, at, record)
        for at, record in rows(evidence.packet.get("switch_evidence"))
        if record.get("schema") == SCHEMA
    ]
