# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots as JSON documents."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import (
    SnapshotError,
    load,
    save,
    unpack,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_pack import (
    pack,
    pack_text,
)

readings = st.one_of(st.binary(), st.builds(ReadFailure, st.text(), st.text()))
names = st.text(max_size=8)
snapshots = st.builds(
    Snapshot,
    files=st.dictionaries(names, readings),
    folders=st.dictionaries(names, st.lists(names).map(tuple)),
    symlinks=st.dictionaries(names, names),
    dumps=st.dictionaries(names, readings),
    ethtool=st.dictionaries(st.tuples(names, names), readings),
    facts=st.dictionaries(names, st.one_of(st.none(), st.booleans(), st.integers(), names)),
)


@given(snapshots)
def test_what_is_saved_is_loaded(snapshot: Snapshot) -> None:
    assert load(save(snapshot)) == snapshot


@given(snapshots)
def test_what_is_packed_is_unpacked(snapshot: Snapshot) -> None:
    packed = pack(snapshot)
    assert unpack(packed) == snapshot
    assert packed.isascii()


def test_names_that_are_not_utf_8_survive() -> None:
    folder = os.fsdecode(b"/etc/caf\xe9")
    snapshot = Snapshot(files={folder: b"x"}, folders={folder: (folder,)})
    assert unpack(pack(snapshot)) == load(save(snapshot)) == snapshot


PACKED = pack(Snapshot(files={"/x": b"abc"}))
DAMAGED = {
    "nothing": (None, "not a packed snapshot"),
    "a number": (5, "not a packed snapshot"),
    "no base64": ("%%%", "not a packed snapshot"),
    "not ASCII": ("é", "not a packed snapshot"),
    "base64 of something else": ("aGVsbG8=", "not a packed snapshot"),
    "cut short": (PACKED[:40], "not a packed snapshot: it is cut short"),
    "no JSON": (pack_text(b"hello"), "not a snapshot: JSONDecodeError"),
    "not UTF-8": (pack_text(b"\xff"), "not a snapshot: UnicodeDecodeError"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_answer_is_refused_by_name(case: str) -> None:
    packed, complaint = DAMAGED[case]
    with pytest.raises(SnapshotError) as refused:
        unpack(packed)  # type: ignore[arg-type]  # a host may answer anything
    assert complaint in str(refused.value)


def test_an_answer_is_not_unpacked_without_bounds() -> None:
    text = save(Snapshot(files={"/x": bytes(100_000)})).encode()
    packed = pack_text(text)
    assert len(packed) < 1000
    assert unpack(packed, len(text)).file("/x") == bytes(100_000)
    with pytest.raises(SnapshotError, match=f"larger than {len(text) - 1} bytes"):
        unpack(packed, len(text) - 1)


@given(st.text(), st.binary())
def test_a_random_answer_is_refused(text: str, data: bytes) -> None:
    for packed in (text, pack_text(data)):
        with pytest.raises(SnapshotError):
            unpack(packed)


def test_text_stays_readable() -> None:
    assert '"ascii": "LACP rate: fast\\n"' in save(Snapshot(files={"/x": b"LACP rate: fast\n"}))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '{"schema": "other/1"}',
        '{"schema": "bondproof.lacp/snapshot/1"}',
        "[" * 9999,
    ],
)
def test_anything_else_is_refused_by_name(document: str) -> None:
    with pytest.raises(SnapshotError, match=r"not a snapshot|schema is"):
        load(document)


@given(st.recursive(st.one_of(st.none(), st.integers(), st.text()), st.lists, max_leaves=5))
def test_wrong_parts_are_refused(part: object) -> None:
    data = json.loads(save(Snapshot()))
    data["files"] = {"/x": part}
    with pytest.raises(SnapshotError):
        load(json.dumps(data))


@pytest.mark.parametrize(
    "part",
    [
        {"facts": {"euid": []}},
        {"symlinks": {"/x": 1}},
        {"folders": {"/x": [1]}},
        {"folders": {"/x": 1}},
        {"files": {"/x": {"errno": 2, "text": "none"}}},
        {"dumps": {"links": {"base64": "%"}}},
        {"ethtool": [["eno1", "GSTATS"]]},
    ],
    ids=str,
)
def test_values_of_a_wrong_type_are_refused(part: dict[str, object]) -> None:
    data = {**json.loads(save(Snapshot())), **part}
    with pytest.raises(SnapshotError, match="not a snapshot"):
        load(json.dumps(data))
