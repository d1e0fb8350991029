# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot as one JSON document, so that a host can be read again where it is not."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from .snapshot import ReadFailure, Reading, Snapshot
from .snapshot_pack import SCHEMA, document

# Of an unpacked document: sixteen times what 64 members and 4,094 VLANs need.
LARGEST = 1 << 28


class SnapshotError(Exception):
    """The document is not a snapshot; the text says where it stops being one."""


def save(snapshot: Snapshot) -> str:
    """The document, laid out to be read by people, too."""
    return json.dumps(document(snapshot), indent=1, sort_keys=True) + "\n"


def load(text: str | bytes) -> Snapshot:
    """The inverse of save(); SnapshotError if the text is anything else."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise SnapshotError(f"schema is {data['schema']!r}, not {SCHEMA!r}")
        return Snapshot(
            files={path: _unpack(item) for path, item in data["files"].items()},
            folders={path: _names(names) for path, names in data["folders"].items()},
            symlinks={path: _text(target) for path, target in data["symlinks"].items()},
            dumps={name: _unpack(item) for name, item in data["dumps"].items()},
            ethtool={(name, command): _unpack(item) for name, command, item in data["ethtool"]},
            facts={name: _scalar(value) for name, value in data["facts"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"not a snapshot: {type(error).__name__}: {error}") from error


def unpack(packed: str, largest: int = LARGEST) -> Snapshot:
    """The inverse of pack(); SnapshotError if it is anything else, or has more bytes than that."""
    try:
        inflating = zlib.decompressobj()
        text = inflating.decompress(base64.b64decode(packed, validate=True), largest)
    except (TypeError, ValueError, zlib.error) as error:
        raise SnapshotError(f"not a packed snapshot: {error}") from error
    if inflating.unconsumed_tail:
        raise SnapshotError(f"larger than {largest} bytes")
    if not inflating.eof:
        raise SnapshotError("not a packed snapshot: it is cut short")
    return load(text)


def _unpack(item: dict[str, Any]) -> Reading:
    if "errno" in item:
        return ReadFailure(_text(item["errno"]), _text(item["text"]))
    if "ascii" in item:
        return bytes(item["ascii"].encode("ascii"))
    return base64.b64decode(item["base64"], validate=True)


def _names(names: list[str]) -> tuple[str, ...]:
    return tuple(_text(name) for name in names)


def _text(value: Any) -> str:  # noqa: ANN401 - of a document that anybody may have written
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.60} is no text")
    return value


def _scalar(value: Any) -> str | float | bool | None:  # noqa: ANN401 - the same
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise TypeError(f"{value!r:.60} is neither text nor a number")
    return value
