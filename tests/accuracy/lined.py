# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML whose every value knows the line that it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Step = str | int


class ScenarioError(Exception):
    """What is wrong with a scenario: file, line, cause and cure."""


class Place:
    """A value of a file, and how to complain about it."""

    def __init__(
        self, value: object, file: str, steps: tuple[Step, ...], lines: dict[tuple[Step, ...], int]
    ) -> None:
        self.value = value
        self.file = file
        self._steps = steps
        self._lines = lines

    @property
    def line(self) -> int:
        """The line of this value, or of the nearest one around it."""
        steps = self._steps
        while steps and steps not in self._lines:
            steps = steps[:-1]
        return self._lines.get(steps, 1)

    def fail(self, what: str, cure: str) -> NoReturn:
        path = ".".join(map(str, self._steps))
        raise ScenarioError(
            f"{self.file}:{self.line}: {path + ': ' if path else ''}{what}. Cure: {cure}"
        )

    def at(self, step: Step, value: object) -> Place:
        return Place(value, self.file, (*self._steps, step), self._lines)

    def mapping(self, allowed: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Place]:
        """The values by key; whatever key is not known, or is missing, is an error."""
        if not isinstance(self.value, dict):
            self.fail(f"a mapping is wanted, not {self.value!r:.60}", "write key: value lines")
        found = {str(key): self.at(str(key), value) for key, value in self.value.items()}
        known = sorted(allowed)
        for key, place in found.items():
            if key not in known:
                place.fail("this key is not known", f"one of {', '.join(known)}")
        for key in needed:
            if key not in found:
                self.fail(f"{key} is missing", f"add {key}:")
        return found

    def each(self) -> Iterator[Place]:
        if not isinstance(self.value, list):
            self.fail(f"a list is wanted, not {self.value!r:.60}", "write - entries, or [a, b]")
        for index, value in enumerate(self.value):
            yield self.at(index, value)

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail(f"text is wanted, not {self.value!r:.60}", "quote it")
        return self.value

    def texts(self) -> tuple[str, ...]:
        return tuple(place.text() for place in self.each())

    def one_of(self, allowed: Iterable[str]) -> str:
        known = list(allowed)
        if self.value not in known:
            self.fail(f"{self.value!r:.60} is not known", f"one of {', '.join(known)}")
        return str(self.value)

    def number(self, low: float, high: float) -> float:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fail(f"a number is wanted, not {value!r:.60}", f"{low:g} to {high:g}")
        if not low <= value <= high:
            self.fail(f"{value:g} is out of range", f"{low:g} to {high:g}")
        return float(value)

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail(f"{self.value!r:.60} is neither true nor false", "true or false")
        return self.value


def parse(text: str, file: str) -> Place:
    """The top of a YAML document; ScenarioError where it is none."""
    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise ScenarioError(f"{file}:1: the file is empty. Cure: see docs/scenarios.md")
            data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        cause = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ScenarioError(f"{file}:{line}: {cause}. Cure: mend the YAML") from error
    return Place(data, file, (), dict(_lines(node, ())))


def _lines(node: yaml.Node, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], int]]:
    yield steps, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*steps, str(key.value))
            yield from _lines(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*steps, index))
