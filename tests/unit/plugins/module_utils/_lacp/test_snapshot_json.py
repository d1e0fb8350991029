# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots as JSON documents."""

from __future__ import annotations

import json

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
