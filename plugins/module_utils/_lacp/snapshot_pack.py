# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot on its way out of a host: as plain data, and packed into a few words of text."""

from __future__ import annotations

import json
import zlib
from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .snapshot import Reading, Snapshot

SCHEMA = "bondproof.lacp/snapshot/1"
_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))


def document(snapshot: Snapshot) -> dict[str, Any]:
    """Plain data; readings that are printable ASCII stay readable, all else is base64."""
    return {
        "schema": SCHEMA,
        "facts": dict(snapshot.facts),
        "files": {path: _plain(reading) for path, reading in snapshot.files.items()},
        "folders": {path: list(names) for path, names in snapshot.folders.items()},
        "symlinks": dict(snapshot.symlinks),
        "dumps": {name: _plain(reading) for name, reading in snapshot.dumps.items()},
        "ethtool": [
            [name, command, _plain(reading)]
            for (name, command), reading in snapshot.ethtool.items()
        ],
    }


def pack(snapshot: Snapshot) -> str:
    """The document as compact JSON, packed."""
    # ensure_ascii: names of files need not be UTF-8, and survive as lone surrogates.
    return pack_text(json.dumps(document(snapshot), separators=(",", ":")).encode("ascii"))


def pack_text(text: bytes) -> str:
    """Base64 of the zlib format; level 1 is four times as fast as 6, and 64 members stay small."""
    return b2a_base64(zlib.compress(text, 1), newline=False).decode("ascii")


def _plain(reading: Reading) -> dict[str, str]:
    if isinstance(reading, ReadFailure):
        return {"errno": reading.errno, "text": reading.text}
    if not reading.translate(None, _PLAIN):
        return {"ascii": reading.decode("ascii")}
    return {"base64": b2a_base64(reading, newline=False).decode("ascii")}
