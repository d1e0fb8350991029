# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bonds of Open vSwitch, from its database file: the kernel knows nothing of them.

The file is a log of transactions, one JSON object a line between lines that begin with 'OVSDB'
(ovsdb(5), section 'Standalone Database Format'). Only tables Port and Interface are looked at.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .places import OPENVSWITCH as PATH
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .snapshot import Snapshot

_Row = dict[str, Any]


class OvsBond(NamedTuple):
    """A port with several interfaces; mode: '' where Open vSwitch is left to choose."""

    members: list[str]
    mode: str


def bonds(snapshot: Snapshot) -> dict[str, OvsBond]:
    """The bonds of a snapshot by name; none if there is no database, or it cannot be read."""
    content = snapshot.file(PATH)
    return {} if isinstance(content, ReadFailure) else _bonds(content)


@lru_cache(maxsize=2)
def _bonds(content: bytes) -> dict[str, OvsBond]:
    ports: dict[str, _Row] = {}
    interfaces: dict[str, _Row] = {}
    for line in content.split(b"\n"):
        transaction = _object(line)
        differences = transaction.get("_is_diff") is True
        for table, rows in (("Port", ports), ("Interface", interfaces)):
            changes = transaction.get(table)
            if isinstance(changes, dict):
                _apply(rows, changes, differences=differences)
    found = {}
    for row in ports.values():
        members = [str(interfaces.get(uuid, {}).get("name", uuid)) for uuid in _uuids(row)]
        mode = row.get("bond_mode")
        if len(members) > 1:
            found[str(row.get("name"))] = OvsBond(
                sorted(members), mode if isinstance(mode, str) else ""
            )
    return found


def _object(line: bytes) -> dict[str, Any]:
    """A transaction; the schema, which comes first, and anything else count as empty."""
    if not line.startswith(b"{"):
        return {}
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and "tables" not in value else {}


def _apply(rows: dict[str, _Row], changes: dict[str, Any], *, differences: bool) -> None:
    for uuid, change in changes.items():
        if not isinstance(change, dict):
            rows.pop(uuid, None)  # null: the row was deleted
            continue
        row = rows.setdefault(uuid, {})
        uuids = set(_uuids(row))
        row.update(change)
        if "interfaces" in change:
            # In a difference a set holds what was added and what was taken away.
            now = set(_uuids(change))
            row["interfaces"] = sorted(uuids ^ now if differences else now)


def _uuids(row: _Row) -> list[str]:
    """The column 'interfaces': ["uuid", x], ["set", [["uuid", x], ...]], or as _apply() left it."""
    value = row.get("interfaces")
    if not isinstance(value, list):
        return []
    if value[:1] == ["uuid"]:
        return [str(value[1])] if len(value) > 1 else []
    if value[:1] == ["set"]:
        pairs = value[1] if len(value) > 1 and isinstance(value[1], list) else []
        return [str(pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) > 1]
    return [str(item) for item in value]
