# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files of network managers to read; _lacp/intent.py understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .._lacp import intent, managers
from .._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._lacp.snapshot import Reading, Snapshot

MOST_FILES = 10000  # in one folder: 4094 VLANs have two files each


class Reader(Protocol):
    """A snapshot that grows: what is asked for is added to it, failures too."""

    files: dict[str, Reading]
    snapshot: Snapshot

    def read(self, paths: Sequence[str]) -> None:
        """Add the contents of files."""

    def list(self, paths: Sequence[str]) -> None:
        """Add the names in folders; none for one that cannot be listed."""


def read_config(reader: Reader) -> None:
    """Add the configuration of every manager to a snapshot."""
    reader.list(managers.FOLDERS)
    for folder in managers.FOLDERS:
        _check(reader, folder)
    names = reader.snapshot.folders
    suffixes = (".netdev", ".network", ".link") if intent.uses_networkd(names.get) else (".link",)
    drop_ins = tuple(f"{suffix}.d" for suffix in suffixes)
    for folder in managers.NETWORKD_FOLDERS:
        _read(reader, folder, suffixes)
        for name in names[folder]:
            if name.endswith(drop_ins):
                reader.list([f"{folder}/{name}"])
                _read(reader, f"{folder}/{name}", (".conf",))
    for folder in managers.KEYFILE_FOLDERS:
        _read(reader, folder, ("",))
    reader.read(managers.netplan_files(reader.snapshot)[:MOST_FILES])
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
    reader.read([managers.INTERFACES])
    if isinstance(reader.snapshot.file(managers.INTERFACES), ReadFailure):
        return
    from .._lacp import intent_ifupdown  # noqa: PLC0415 - compiled on the host: only where used

    def listing(folder: str) -> tuple[str, ...]:
        reader.list([folder])
        return reader.snapshot.folders[folder]

    todo = [managers.INTERFACES]
    seen = set(todo)
    while todo and len(seen) <= intent_ifupdown.MOST_FILES:
        path = todo.pop(0)
        text = reader.snapshot.text(path)
        if isinstance(text, ReadFailure) or len(text) > managers.LARGEST:
            continue
        more = [name for name in intent_ifupdown.sourced(path, text, listing) if name not in seen]
        reader.read(more)
        seen.update(more)
        todo.extend(more)
