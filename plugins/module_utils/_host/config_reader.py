# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files of network managers to read; _lacp/intent.py understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lacp import config_places as places
from .._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from .source import Reader

MOST_FILES = 10000  # in one folder: 4094 VLANs have two files each


def read_config(reader: Reader) -> None:
    """Add the configuration of every manager to a snapshot."""
    reader.list(places.FOLDERS)
    for folder in places.FOLDERS:
        _check(reader, folder)
    names = reader.snapshot.folders
    suffixes = (".netdev", ".network", ".link") if places.uses_networkd(names) else (".link",)
    drop_ins = tuple(f"{suffix}.d" for suffix in suffixes)
    for folder in places.NETWORKD_FOLDERS:
        _read(reader, folder, suffixes)
        for name in names[folder]:
            if name.endswith(drop_ins):
                reader.list([f"{folder}/{name}"])
                _read(reader, f"{folder}/{name}", (".conf",))
    for folder in places.KEYFILE_FOLDERS:
        _read(reader, folder, ("",))
    reader.read(places.netplan_files(names)[:MOST_FILES])
    _interfaces(reader)


def _read(reader: Reader, folder: str, suffixes: tuple[str, ...]) -> None:
    found = [name for name in reader.snapshot.folders[folder] if name.endswith(suffixes)]
    if len(found) > MOST_FILES:
        text = f"more than {MOST_FILES} files: the others were not read"
        reader.files[folder] = ReadFailure("E2BIG", text)
    reader.read([f"{folder}/{name}" for name in found[:MOST_FILES]])


def _check(reader: Reader, folder: str) -> None:
    """Tell an empty folder from one that may not be listed: reading that one says so."""
    if not reader.snapshot.folders[folder]:
        reader.read([folder])


def _interfaces(reader: Reader) -> None:
    """/etc/network/interfaces and what it names, file by file."""
    reader.read([places.INTERFACES])
    if isinstance(reader.snapshot.file(places.INTERFACES), ReadFailure):
        return
    from .._lacp import ifupdown_files  # noqa: PLC0415 - compiled on the host: only where used

    def listing(folder: str) -> tuple[str, ...]:
        reader.list([folder])
        return reader.snapshot.folders[folder]

    todo = [places.INTERFACES]
    seen = set(todo)
    while todo and len(seen) <= ifupdown_files.MOST_FILES:
        path = todo.pop(0)
        text = reader.snapshot.text(path)
        if isinstance(text, ReadFailure) or len(text) > places.LARGEST:
            continue
        more = [name for name in ifupdown_files.sourced(path, text, listing) if name not in seen]
        reader.read(more)
        seen.update(more)
        todo.extend(more)
