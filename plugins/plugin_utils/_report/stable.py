# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts that should stay as they are between two runs, flattened so that they compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp import bond_fields, host_fields, member_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...module_utils._lacp.fact import Field

# Numbers the kernel deals out anew, and lists of daemons' own making: to move is their nature.
_RESTLESS = frozenset({"ifindex", "multicast", "euid", "capabilities"})

# Subject ('host', 'bond0', 'bond0/eno1') -> field path -> value as text.
StableFacts = Mapping[str, Mapping[str, str]]

ABSENT = "none"


def stable_facts(facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Subject ('host', 'bond0', 'bond0/eno1') -> field path -> value as text; unknown left out."""
    found = {"host": dict(_flat(facts["host"], host_fields.ALL))}
    for name, bond in facts["bonds"].items():
        found[name] = dict(_flat(bond, bond_fields.ALL))
        for port, member in bond["members"].items():
            found[f"{name}/{port}"] = dict(_flat(member, member_fields.ALL))
    return found


def _flat(
    record: Mapping[str, Any], catalogue: tuple[Field[Any], ...]
) -> Iterator[tuple[str, str]]:
    for field in catalogue:
        if field.volatile or field.path in _RESTLESS:
            continue
        value: Any = record
        for part in field.path.split("."):
            if not isinstance(value, dict) or part not in value:
                break
            value = value[part]
        else:
            yield field.path, as_text(value)


def as_text(value: object) -> str:
    """A plain value as words; of a map of switches only those that are on."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(as_text, value)) or "empty"
    if isinstance(value, dict):
        if value and all(isinstance(item, bool) for item in value.values()):
            return "on: " + (
                ", ".join(sorted(key for key, item in value.items() if item)) or "none"
            )
        return ", ".join(f"{key} {as_text(item)}" for key, item in sorted(value.items())) or "empty"
    return str(value)
