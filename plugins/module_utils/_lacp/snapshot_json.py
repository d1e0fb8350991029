# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot as one JSON document, so that a host can be read again where it is not."""

from __future__ import annotations

import base64
import json
from typing import Any

from .snapshot import ReadFailure, Reading, Snapshot

SCHEMA = "bondproof.lacp/snapshot/1"


class SnapshotError(Exception):
    """The document is not a snapshot; the text says where it stops being one."""


def save(snapshot: Snapshot) -> str:
    """The document; files that are printable ASCII stay readable, all else is base64."""
    document = {
        "schema": SCHEMA,
        "facts": dict(snapshot.facts),
        "files": {path: _pack(reading) for path, reading in snapshot.files.items()},
        "folders": {path: list(names) for path, names in snapshot.folders.items()},
        "symlinks": dict(snapshot.symlinks),
        "dumps": {name: _pack(reading) for name, reading in snapshot.dumps.items()},
        "ethtool": [
            [name, command, _pack(reading)] for (name, command), reading in snapshot.ethtool.items()
        ],
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def load(document: str) -> Snapshot:
    """The inverse of save(); SnapshotError if the document is anything else."""
    try:
        data = json.loads(document)
        if data["schema"] != SCHEMA:
            raise SnapshotError(f"schema is {data['schema']!r}, not {SCHEMA!r}")
        return Snapshot(
            files={path: _unpack(item) for path, item in data["files"].items()},
            folders={path: tuple(names) for path, names in data["folders"].items()},
            symlinks=dict(data["symlinks"]),
            dumps={name: _unpack(item) for name, item in data["dumps"].items()},
            ethtool={(name, command): _unpack(item) for name, command, item in data["ethtool"]},
            facts=dict(data["facts"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"not a snapshot: {type(error).__name__}: {error}") from error


def _pack(reading: Reading) -> dict[str, str]:
    if isinstance(reading, ReadFailure):
        return {"errno": reading.errno, "text": reading.text}
    if all(byte in b"\t\n" or 0x20 <= byte < 0x7F for byte in reading):
        return {"ascii": reading.decode("ascii")}
    return {"base64": base64.b64encode(reading).decode("ascii")}


def _unpack(item: dict[str, Any]) -> Reading:
    if "errno" in item:
        return ReadFailure(item["errno"], item["text"])
    if "ascii" in item:
        return bytes(item["ascii"].encode("ascii"))
    return base64.b64decode(item["base64"], validate=True)
