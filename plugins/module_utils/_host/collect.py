# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to read from a host, and in which order; the reading itself is the source's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Union

from .._lacp import dev_mcast, pci_facts, procfs, rtnl, sysfs
from .._lacp.facts import (
    OPENVSWITCH,
    bond_names,
    confirmed,
    disagreeing,
    facts_from,
    is_kernel_bond,
    member_names,
)
from .._lacp.snapshot import Snapshot
from .config_reader import read_config
from .host_reader import HOST_FILES, HOST_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._lacp.model import HostFacts
    from .._lacp.snapshot import Reading

Value = Union[str, int, float, bool, None]

_DUMPS = ("stats", "addresses", "qdiscs", "routes")


class Source(Protocol):
    """A host: the live one, or a recorded one."""

    def read(self, path: str) -> Reading:
        """Return the content of a file."""

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; none if it is not there."""

    def readlink(self, path: str) -> str:
        """Return the target of a symbolic link, '' if there is none."""

    def dump(self, name: str) -> Reading:
        """Return the messages of a route netlink dump: links, addresses, qdiscs, stats, routes."""

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        """Return ethtool replies by (interface, command)."""

    def values(self) -> Mapping[str, Value]:
        """Return what no file holds, as Snapshot.facts describes it."""

    def read_seconds(self) -> float:
        """Return the time since values() was asked."""


class _Reader:
    """A snapshot that grows while it is read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.files: dict[str, Reading] = {}
        self.folders: dict[str, tuple[str, ...]] = {}
        self.symlinks: dict[str, str] = {}
        self.dumps: dict[str, Reading] = {}
        self.ethtool: dict[tuple[str, str], Reading] = {}
        self.facts = dict(source.values())
        self.snapshot = Snapshot(
            self.files, self.folders, self.symlinks, self.dumps, self.ethtool, self.facts
        )

    def read(self, paths: Sequence[str]) -> None:
        for path in paths:
            if path not in self.files:
                self.files[path] = self.source.read(path)

    def list(self, paths: Sequence[str]) -> None:
        for path in paths:
            if path not in self.folders:
                self.folders[path] = self.source.listdir(path)

    def follow(self, paths: Sequence[str]) -> None:
        for path in paths:
            target = self.source.readlink(path)
            if target:
                self.symlinks[path] = target


def read_facts(source: Source) -> tuple[HostFacts, Snapshot]:
    """Read a host; where sources differ, read it again, and keep what both readings show."""
    snapshot = collect(source)
    facts = facts_from(snapshot)
    if disagreeing(facts):
        snapshot = collect(source)
        facts = confirmed(facts, facts_from(snapshot))
    return facts, snapshot


def collect(source: Source) -> Snapshot:
    """Read everything that is known of the bonds of a host; failures are part of the snapshot."""
    reader = _Reader(source)
    reader.read([*HOST_FILES, OPENVSWITCH])
    reader.list(HOST_FOLDERS)
    # What is compared with each other is read together: the state moves meanwhile.
    reader.dumps["links"] = source.dump("links")
    bonds = bond_names(reader.snapshot)
    if rtnl.network(reader.snapshot) is None:
        bonds = list(source.listdir(procfs.FOLDER))
    ports = _ports(reader, bonds)
    if bonds:
        for dump in _DUMPS:
            reader.dumps[dump] = source.dump(dump)
        reader.read([dev_mcast.PATH])
    _hardware(reader, ports)
    read_config(reader)
    reader.facts["read_seconds"] = source.read_seconds()
    return reader.snapshot


def _ports(reader: _Reader, bonds: Sequence[str]) -> list[str]:
    """Read what bonding itself says of bonds and members; return the members of all."""
    kernel = [name for name in bonds if is_kernel_bond(reader.snapshot, name)]
    reader.read([f"{procfs.FOLDER}/{name}" for name in kernel])
    ports: list[str] = []
    for name in bonds:
        if name in kernel:
            reader.read(sysfs.bond_paths(name))
        members = member_names(reader.snapshot, name)
        for port in members:
            if name in kernel:
                reader.read(sysfs.member_paths(port))
        ports.extend(members)
    return ports


def _hardware(reader: _Reader, ports: Sequence[str]) -> None:
    for port in ports:
        reader.follow([path.format(port) for path in pci_facts.MEMBER_SYMLINKS])
        reader.read([path.format(port) for path in pci_facts.MEMBER_FILES])
    if ports:
        reader.ethtool.update(reader.source.ethtool(ports))
