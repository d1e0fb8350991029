# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to read from a host, and in which order; the reading itself is the source's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lacp import places, rtnl
from .._lacp.snapshot import ReadFailure, Snapshot
from .config_reader import read_config
from .host_reader import HOST_FILES, HOST_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._lacp.snapshot import Reading
    from .source import Source

_DUMPS = ("stats", "addresses", "qdiscs", "routes")


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


def collect(source: Source) -> Snapshot:
    """Read everything that is known of the bonds of a host; failures are part of the snapshot."""
    reader = _Reader(source)
    reader.read([*HOST_FILES, places.OPENVSWITCH])
    reader.list(HOST_FOLDERS)
    # What is compared with each other is read together: the state moves meanwhile.
    reader.dumps["links"] = source.dump("links")
    members = _bonds(reader)
    if members:
        for dump in _DUMPS:
            reader.dumps[dump] = source.dump(dump)
        reader.read([places.DEV_MCAST])
    _hardware(reader, [port for ports in members.values() for port in ports])
    read_config(reader)
    reader.facts["read_seconds"] = source.read_seconds()
    return reader.snapshot


def _bonds(reader: _Reader) -> dict[str, list[str]]:
    """Read what bonding itself says of bonds and members; return the members by bond."""
    dump = reader.dumps["links"]
    if isinstance(dump, ReadFailure):
        kernel = list(reader.source.listdir(places.PROC_BONDING))
        _read_bonds(reader, kernel)
        members = {name: _listed_members(reader, name) for name in kernel}
    else:
        links = rtnl.devices(dump, rtnl.byte_order(reader.snapshot))
        found = {index: link for index, link in links.items() if link[1] in rtnl.BOND_KINDS}
        members = {name: [] for name, _kind, _master in found.values()}
        for name, _kind, master in links.values():
            if master in found:
                members[found[master][0]].append(name)
        kernel = [name for name, kind, _master in found.values() if kind == rtnl.BOND_KINDS[0]]
        _read_bonds(reader, kernel)
        teams = [name for name, kind, _master in found.values() if kind == rtnl.BOND_KINDS[1]]
        for place in (places.TEAM_STATE, places.TEAM_CONFIG, places.TEAM_OPTIONS):
            reader.read([place.format(name) for name in teams])
        members.update(_openvswitch(reader, {link[0] for link in links.values()}))
    for name in kernel:
        for port in members[name]:
            folder = f"{places.NET}/{port}/bonding_slave/"
            reader.read([folder + file for file in places.MEMBER_FILES])
    return members


def _read_bonds(reader: _Reader, names: Sequence[str]) -> None:
    reader.read([f"{places.PROC_BONDING}/{name}" for name in names])
    for name in names:
        reader.read([f"{places.NET}/{name}/bonding/{file}" for file in places.BOND_FILES])


def _listed_members(reader: _Reader, name: str) -> list[str]:
    """Members where rtnetlink is silent."""
    text = reader.snapshot.text(f"{places.PROC_BONDING}/{name}")
    if not isinstance(text, ReadFailure):
        return [line[17:] for line in text.split("\n") if line.startswith("Slave Interface: ")]
    text = reader.snapshot.text(f"{places.NET}/{name}/bonding/slaves")
    return [] if isinstance(text, ReadFailure) else text.split()


def _openvswitch(reader: _Reader, present: set[str]) -> dict[str, list[str]]:
    """Members of the bonds of Open vSwitch, of which the kernel knows nothing."""
    if isinstance(reader.snapshot.file(places.OPENVSWITCH), ReadFailure):
        return {}
    from .._lacp import ovsdb  # noqa: PLC0415 - compiled on the host: only where it is used

    found = ovsdb.bonds(reader.snapshot)
    return {name: bond.members for name, bond in found.items() if name not in present}


def _hardware(reader: _Reader, ports: Sequence[str]) -> None:
    for port in ports:
        reader.follow([path.format(port) for path in places.DEVICE_SYMLINKS])
        reader.read([path.format(port) for path in places.DEVICE_FILES])
    if ports:
        reader.ethtool.update(reader.source.ethtool(ports))
