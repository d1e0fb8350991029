# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Raw evidence by its pointer: the value, the file that holds it, and an anchor in the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .._report.text import cut
from .layout import INCIDENT, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 1500
_MISSING = object()


class Exhibit(NamedTuple):
    """One piece: number in the page, pointer (RFC 6901) into the packet, its file, its value."""

    number: int
    pointer: str
    file: str
    value: str

    @property
    def anchor(self) -> str:
        """The id of its row."""
        return f"exhibit-{self.number}"


def exhibits(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> dict[str, Exhibit]:
    """Every value that the verdict points to, by its pointer, in the order of first use."""
    found: dict[str, Exhibit] = {}
    for pointer in _pointers(verdict):
        if pointer not in found:
            number = len(found) + 1
            found[pointer] = Exhibit(
                number, pointer, file_of(pointer), shown(resolve(document, pointer))
            )
    return found


def _pointers(verdict: Mapping[str, Any]) -> Iterator[str]:
    for side in ("evidence_for", "evidence_against"):
        for item in verdict.get(side) or ():
            yield from filter(None, map(str, item.get("pointers") or ()))
    for rule in verdict.get("rules") or ():
        for subject in rule.get("subjects") or ():
            if subject.get("outcome") == "matched":
                for value in subject.get("values") or ():
                    if value.get("pointer"):
                        yield str(value["pointer"])


def file_of(pointer: str) -> str:
    """The file of the packet that holds what the pointer leads to."""
    return PARTS.get(pointer.split("/")[1] if "/" in pointer else "", INCIDENT)


def resolve(document: Any, pointer: str) -> Any:  # noqa: ANN401 - any plain data
    """The value at the pointer; _MISSING where the packet has none."""
    value: Any = document
    for raw in pointer.split("/")[1:]:
        key = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _MISSING
    return value


def shown(value: Any) -> str:  # noqa: ANN401 - any plain data
    """The value as it is read in a table."""
    if value is _MISSING:
        return "not in the packet"
    return cut(json.dumps(value, indent=1, ensure_ascii=True), _LONGEST)
