# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/proc/net/dev_mcast, as dev_mc_seq_show() writes it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import dev_mcast, places
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known, Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.member_fields import MULTICAST
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import RecordBuilder
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)

from .netlink_bytes import Kernel

CONTENT = b"""\
1    lo              1     0     333300000001
8    eno1            2     0     0180c2000002
8    eno1            1     0     01005e000001
88   eno1x           1     0     333300000001
"""


def record(content: Reading, name: str = "eno1") -> object:
    links = Kernel().link(8, "eno1", [])
    found = Snapshot(files={places.DEV_MCAST: content}, dumps={"links": links})
    into = RecordBuilder()
    dev_mcast.member(found, "bond0", name, into)
    return into.build().fact(MULTICAST)


def test_the_list_of_one_device_sorted() -> None:
    assert record(CONTENT) == Known(["01:00:5e:00:00:01", "01:80:c2:00:00:02"], "procfs")


def test_a_device_that_listens_to_nothing() -> None:
    assert record(b"") == Known([], "procfs")


def test_a_file_that_cannot_be_read_is_not_an_empty_list() -> None:
    found = record(ReadFailure("EACCES", "Permission denied"))
    assert found == Unknown("/proc/net/dev_mcast: Permission denied")


def test_a_device_that_rtnetlink_does_not_know() -> None:
    assert record(CONTENT, "gone") == Unknown("the interface index is not known")


@pytest.mark.parametrize("line", [b"8 eno1 1 0 zzzzzzzzzzzz", b"8 eno1", b"8 eno1 1 0 0180c2"])
def test_lines_nobody_understands_add_nothing(line: bytes) -> None:
    assert record(line) == Known([], "procfs")


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    assert isinstance(record(content), Known)
