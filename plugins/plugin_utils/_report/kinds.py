# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the facts of a document have the types that the field catalogue promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...module_utils._lacp.fact import Field

_TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "str": (str,),
    "mac": (str,),
    "list": (list,),
    "map": (dict,),
}


def wrong_type(record: Mapping[str, Any], catalogue: Iterable[Field[Any]]) -> str:
    """The path of the first field whose value is of another type, '' if all are right."""
    for field in catalogue:
        value: Any = record
        for part in field.path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            continue
        fits = isinstance(value, _TYPES[field.kind])
        if not fits or (isinstance(value, bool) and field.kind in ("int", "float")):
            return field.path
    return ""
