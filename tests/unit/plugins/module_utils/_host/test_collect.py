# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collector reads, from recorded hosts and from the machine that the test runs on."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host import (
    collect,
    files,
    live,
    netlink,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._host.recorded import RecordedSource
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    host_fields,
    rtnl,
    rtnl_dumps,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

FOLDER = Path(__file__).parents[4] / "fixtures" / "snapshots"
KERNELS, USERS = ("6.1", "6.12"), ("root", "auditor")
HOSTS = tuple(f"linux-{kernel}-{user}" for kernel in KERNELS for user in USERS)


def recorded(host: str) -> Snapshot:
    return load((FOLDER / f"{host}.json").read_text(encoding="utf-8"))


class Watching(RecordedSource):
    """Notes what is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.asked: list[str] = []

    def read(self, path: str) -> Reading:
        self.asked.append(path)
        return super().read(path)

    def dump(self, name: str) -> Reading:
        self.asked.append(name)
        return super().dump(name)

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        self.asked.extend(names)
        return super().ethtool(names)


def known(facts: HostFacts) -> dict[tuple[str, str, str], object]:
    records = {(bond.name, ""): bond.record for bond in facts.bonds}
    for bond in facts.bonds:
        records.update({(bond.name, member.name): member.record for member in bond.members})
    return {
        (*key, path): fact
        for key, record in records.items()
        for path, fact in record.facts.items()
        if isinstance(fact, Known)
    }


@pytest.mark.parametrize("host", HOSTS)
def test_a_recorded_host_reads_as_the_live_one_did(host: str) -> None:
    saved = recorded(host)
    source = Watching(saved)
    snapshot = collect.collect(source)
    assert known(facts_from(snapshot)) == known(facts_from(saved))
    kernel = ("/proc/net/", "/sys/class/net/")
    assert {path for path in snapshot.files if path.startswith(kernel)} == {
        path for path in saved.files if path.startswith(kernel)
    }
    assert len(source.asked) == len(set(source.asked))


def test_a_host_without_bonds_is_asked_for_little() -> None:
    saved = recorded("linux-6.12-root")
    source = Watching(Snapshot(dumps={"links": b""}, files=saved.files, facts=saved.facts))
    facts = facts_from(collect.collect(source))
    assert facts.bonds == ()
    assert not set(source.asked) & {"stats", "routes", "qdiscs", "addresses"}
    assert not [name for name in source.asked if name.startswith("/sys/class/net/")]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("without", ["rtnetlink", "rtnetlink and procfs"])
def test_members_are_read_where_rtnetlink_is_silent(host: str, without: str) -> None:
    saved = recorded(host)
    failed: dict[str, Reading] = {
        path: ReadFailure("EACCES", "Permission denied")
        for path in saved.files
        if path.startswith("/proc/net/bonding/") and without != "rtnetlink"
    }
    names = tuple(sorted(bond.name for bond in facts_from(saved).bonds if bond.name != "team0"))
    source = Watching(
        saved._replace(
            dumps={"links": ReadFailure("EPERM", "Operation not permitted")},
            files={**saved.files, **failed},
            folders={**saved.folders, "/proc/net/bonding": names},
        )
    )
    snapshot = collect.collect(source)
    folders = ("/sys/class/net/", "/proc/net/bonding/")
    # Who belongs to a team device only rtnetlink can tell.
    assert {path for path in snapshot.files if path.startswith(folders)} == {
        path
        for path in saved.files
        if path.startswith(folders) and not path.startswith("/sys/class/net/tm1/")
    }


def test_members_of_open_vswitch_are_read_like_any_interface() -> None:
    port = {"name": "ovs0", "interfaces": ["set", [["uuid", "i1"], ["uuid", "i2"]]]}
    names = {"i1": {"name": "eno1"}, "i2": {"name": "eno2"}}
    database = f"OVSDB JSON 1 0\n{json.dumps({'Port': {'p': port}, 'Interface': names})}\n"
    files: dict[str, Reading] = {"/etc/openvswitch/conf.db": database.encode()}
    source = Watching(Snapshot(dumps={"links": b""}, files=files))
    snapshot = collect.collect(source)
    assert {"eno1", "eno2", "addresses", "/sys/class/net/eno1/device/vendor"} <= set(source.asked)
    (bond,) = facts_from(snapshot).bonds
    assert (bond.name, [member.name for member in bond.members]) == ("ovs0", ["eno1", "eno2"])


def test_a_bond_that_open_vswitch_names_like_one_of_the_kernels_is_the_kernels() -> None:
    saved = recorded("linux-6.12-root")
    port = {"name": "bond0", "interfaces": ["set", [["uuid", "i1"], ["uuid", "i2"]]]}
    database = f"{json.dumps({'Port': {'p': port}})}\n".encode()
    changed = saved._replace(files={**saved.files, "/etc/openvswitch/conf.db": database})
    found = collect.collect(RecordedSource(changed))
    assert {name for name, _command in found.ethtool} == {name for name, _command in saved.ethtool}


def test_this_machine_can_be_read() -> None:
    snapshot = collect.collect(live.LiveSource())
    facts = facts_from(snapshot)
    assert facts.record.value(host_fields.HOSTNAME) == os.uname().nodename
    assert facts.record.value(host_fields.READ_SECONDS) > 0
    network = rtnl_dumps.network(snapshot)
    assert network is not None
    assert network.damage == ""
    assert set(network.names) == {name for _index, name in socket.if_nameindex()}


@pytest.mark.parametrize("name", netlink.REQUESTS)
def test_every_dump_is_answered_by_this_kernel(name: str) -> None:
    found = netlink.dump(name)
    assert isinstance(found, bytes), found
    order = "<" if sys.byteorder == "little" else ">"
    assert rtnl_dumps.damage(found, order) == ""
    if name == "links":
        assert any(kind == 16 for kind, _flags, _span in rtnl.messages(found, order))


def test_a_dump_that_is_too_large_is_a_failure() -> None:
    found = netlink.dump("links", 10)
    assert isinstance(found, bytes | ReadFailure)
    if isinstance(found, ReadFailure):  # one datagram may be taken whole
        assert found.errno == "EFBIG"


def test_files_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"hello\n")
    (tmp_path / "large").write_bytes(b"x" * 200_000)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("text")
    assert files.read(f"{tmp_path}/text") == b"hello\n"
    assert files.read(f"{tmp_path}/large") == b"x" * 200_000
    assert files.read(f"{tmp_path}/large", 100_000) == ReadFailure(
        "EFBIG", "larger than 100000 bytes: not read"
    )
    assert files.read(f"{tmp_path}/fifo") == b""
    assert files.read(f"{tmp_path}/none") == ReadFailure("ENOENT", "No such file or directory")
    assert files.read(str(tmp_path)) == ReadFailure("EISDIR", "Is a directory")
    assert files.listdir(str(tmp_path)) == ("fifo", "large", "link", "text")
    assert files.listdir(f"{tmp_path}/text") == ()
    assert files.readlink(f"{tmp_path}/link") == "text"
    assert files.readlink(f"{tmp_path}/text") == ""
