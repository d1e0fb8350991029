# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of key=value lines, as systemd (systemd.syntax(7)) and NetworkManager write them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Line(NamedTuple):
    """One assignment; repeated keys stay apart, in order."""

    section: str
    key: str
    value: str


@lru_cache(maxsize=8192)  # each file is looked at again for each bond
def lines(text: str) -> tuple[Line, ...]:
    """Split a file; never raises, and drops lines that are no assignments."""
    found = []
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if stripped[0] == "[" and stripped[-1] == "]":
            section = stripped[1:-1]
            continue
        key, equals, value = stripped.partition("=")
        if equals:
            found.append(Line(section, key.strip(), value.strip()))
    return tuple(found)


def last(found: tuple[Line, ...], section: str, *keys: str) -> str:
    """The value of the last assignment to any of the keys; '' if there is none."""
    for line in reversed(found):
        if line.section == section and line.key in keys:
            return line.value
    return ""


def every(found: tuple[Line, ...], section: str, key: str) -> list[str]:
    """The values of all assignments to a key; an empty one forgets those before it."""
    values: list[str] = []
    for line in found:
        if line.section == section and line.key == key:
            values = [*values, line.value] if line.value else []
    return values
