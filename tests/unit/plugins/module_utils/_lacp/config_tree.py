# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host made of files, read the way a live one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._host.config_reader import read_config
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import intent
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import (
    Record,
    RecordBuilder,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A file with this content may not be read by the user who reads the host.
DENIED = "\0denied"
NETWORKD_RUNS = {"/run/systemd/units/invocation:systemd-networkd.service": ""}
IFUPDOWN_ENABLED = {
    "/etc/systemd/system/multi-user.target.wants/networking.service": "",
    "/run/systemd/units/invocation:ssh.service": "",
}
KEYFILE_RUNS = {"/run/systemd/units/invocation:NetworkManager.service": ""}


class Tree:
    """Satisfies config_reader.Reader from a mapping of path to text; a folder may be DENIED too."""

    def __init__(self, tree: Mapping[str, str], interfaces: Sequence[str] = ()) -> None:
        self._tree = tree
        self.files: dict[str, Reading] = {}
        self._folders: dict[str, tuple[str, ...]] = {"/sys/class/net": tuple(interfaces)}
        self.snapshot = Snapshot(files=self.files, folders=self._folders)

    def read(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.files[path] = self._reading(path)

    def list(self, paths: Sequence[str]) -> None:
        for path in paths:
            if self._tree.get(path) != DENIED:
                inside = [name for name in self._tree if name.startswith(f"{path}/")]
                names = {name[len(path) + 1 :].partition("/")[0] for name in inside}
                self._folders[path] = tuple(sorted(names))
            else:
                self._folders[path] = ()

    def _reading(self, path: str) -> Reading:
        text = self._tree.get(path)
        if text == DENIED:
            return ReadFailure("EACCES", "Permission denied")
        if text is not None:
            return text.encode("utf-8", "surrogateescape")
        if any(name.startswith(f"{path}/") for name in self._tree):
            return ReadFailure("EISDIR", "Is a directory")
        return ReadFailure("ENOENT", "No such file or directory")


def snapshot_of(tree: Mapping[str, str], interfaces: Sequence[str] = ()) -> Snapshot:
    reader = Tree(tree, interfaces)
    read_config(reader)
    return reader.snapshot


def record_of(
    tree: Mapping[str, str], interfaces: Sequence[str] = (), name: str = "bond0"
) -> Record:
    into = RecordBuilder()
    intent.bond(snapshot_of(tree, interfaces), name, into)
    return into.build()


def intent_of(
    tree: Mapping[str, str], interfaces: Sequence[str] = (), name: str = "bond0"
) -> dict[str, Any]:
    """The value of the field 'intent'; {} where it is known that there is none."""
    found = record_of(tree, interfaces, name).as_result()
    assert "intent" in found, found["unknown"]
    return dict(found["intent"] or {})
