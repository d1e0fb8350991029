# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to read from a host, and in which order; the reading itself is the source's business."""

from __future__ import annotations

from typing import Mapping, Protocol, Sequence, Union

from .._lacp import procfs, rtnl, sysfs
from .._lacp.facts import bond_names, member_names
from .._lacp.snapshot import Reading, Snapshot

Value = Union[str, int, float, bool, None]

# Read together and first: what these say of one moment is compared.
_STATE_DUMPS = ("links",)
_OTHER_DUMPS = ("stats", "addresses", "qdiscs", "routes")
HOST_FILES = ("/proc/self/status", "/proc/net/dev_mcast")


class Source(Protocol):
    """A host: the live one, or a recorded one."""

    def read(self, path: str) -> Reading:
        """Return the content of a file."""

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, none if it is not there."""

    def readlink(self, path: str) -> str:
        """Return the target of a symbolic link, '' if there is none."""

    def dump(self, name: str) -> Reading:
        """Return the messages of a route netlink dump: links, addresses, qdiscs, stats, routes."""

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        """Return ethtool replies by (interface, command)."""

    def values(self) -> Mapping[str, Value]:
        """Return what no file holds: Snapshot.facts."""


class _Reader:
    """A snapshot that grows while it is read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.files: dict[str, Reading] = {}
        self.folders: dict[str, tuple[str, ...]] = {}
        self.symlinks: dict[str, str] = {}
        self.dumps: dict[str, Reading] = {}
        self.snapshot = Snapshot(
            files=self.files,
            folders=self.folders,
            symlinks=self.symlinks,
            dumps=self.dumps,
            facts=source.values(),
        )

    def read(self, paths: Sequence[str]) -> None:
        for path in paths:
            if path not in self.files:
                self.files[path] = self.source.read(path)


def collect(source: Source) -> Snapshot:
    """Read everything that is known of the bonds of a host; failures are part of the snapshot."""
    reader = _Reader(source)
    reader.read(HOST_FILES)
    for dump in _STATE_DUMPS:
        reader.dumps[dump] = source.dump(dump)
    bonds = bond_names(reader.snapshot)
    if rtnl.network(reader.snapshot) is None:
        bonds = list(source.listdir(procfs.FOLDER))
    reader.read([f"{procfs.FOLDER}/{name}" for name in bonds])
    for name in bonds:
        reader.read(sysfs.bond_paths(name))
        for port in member_names(reader.snapshot, name):
            reader.read(sysfs.member_paths(port))
    if bonds:
        for dump in _OTHER_DUMPS:
            reader.dumps[dump] = source.dump(dump)
    return reader.snapshot
