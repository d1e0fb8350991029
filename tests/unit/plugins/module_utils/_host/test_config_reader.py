# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which configuration files are read, and how many at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.module_utils._host.config_reader import (
    MOST_FILES,
    read_config,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import bond_fields, intent
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import RecordBuilder
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MISSING = ReadFailure("ENOENT", "No such file or directory")
SHIPPED = "/usr/lib/systemd/network"


class Host:
    """A host of a few folders; remembers what it was asked for."""

    def __init__(self, folders: dict[str, tuple[str, ...]], texts: dict[str, bytes]) -> None:
        self.files: dict[str, Reading] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._there = folders
        self._texts = texts
        self.snapshot = Snapshot(files=self.files, folders=self._folders)

    def read(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.files[path] = self._texts.get(path, MISSING)

    def list(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._folders[path] = self._there.get(path, ())


def read(folders: dict[str, tuple[str, ...]], texts: dict[str, bytes] | None = None) -> Host:
    host = Host(folders, texts or {})
    read_config(host)
    return host


def test_a_host_without_networkd_is_asked_for_link_files_only() -> None:
    host = read({SHIPPED: ("80-container-ve.network", "99-default.link", "README")})
    asked = [path for path in host.files if path.startswith(f"{SHIPPED}/")]
    assert asked == [f"{SHIPPED}/99-default.link"]


def test_networkds_files_are_read_where_it_has_some() -> None:
    host = read(
        {
            SHIPPED: ("80-container-ve.network", "99-default.link"),
            "/etc/systemd/network": ("10-bond0.netdev", "10-bond0.netdev.d", "x.network.example"),
            "/etc/systemd/network/10-bond0.netdev.d": ("mtu.conf", "mtu.conf~"),
        }
    )
    assert {path for path in host.files if "/systemd/network/" in path} == {
        f"{SHIPPED}/80-container-ve.network",
        f"{SHIPPED}/99-default.link",
        "/etc/systemd/network/10-bond0.netdev",
        "/etc/systemd/network/10-bond0.netdev.d/mtu.conf",
    }


def test_more_files_than_anybody_has_make_the_intent_unknown() -> None:
    folder = "/etc/NetworkManager/system-connections"
    names = tuple(f"{index:05}.nmconnection" for index in range(MOST_FILES + 1))
    host = read({folder: names})
    assert f"{folder}/{names[-1]}" not in host.files
    into = RecordBuilder()
    intent.bond(host.snapshot, "bond0", into)
    reason = f"{folder}: more than {MOST_FILES} files: the others were not read"
    assert into.build().fact(bond_fields.INTENT) == Unknown(reason)


def test_files_that_name_each_other_without_end_are_bounded() -> None:
    main = "/etc/network/interfaces"
    endless = {
        f"{main}{number or ''}": f"source interfaces{number + 1}".encode() for number in range(3000)
    }
    host = read({}, endless)
    assert len(host.files) < 1100
    into = RecordBuilder()
    intent.bond(host.snapshot, "bond0", into)
    reason = f"{main}: it names more than 1000 files"
    assert into.build().fact(bond_fields.INTENT) == Unknown(reason)


def test_a_missing_interfaces_file_ends_there() -> None:
    host = read({})
    assert host.files["/etc/network/interfaces"] == MISSING
