# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host documents: what is refused, and that the refusal names the file, the place and the cure."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from unit import factory
from unit.plugins.plugin_utils._report import made_up

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.documents import (
    DocumentError,
    host_paths,
    parse_host,
    read_host,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = made_up.document("h1", made_up.silent_partner())
FAR = "bondproof.lacp/host/99"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good document with one value changed; a dotted path, numbers are list places."""
    document = copy.deepcopy(GOOD)
    place: Any = document
    *parents, leaf = path.split("/")
    for parent in parents:
        place = place[int(parent) if parent.isdecimal() else parent]
    place[leaf] = value
    return document


def test_a_good_document_is_read() -> None:
    read = parse_host(GOOD)
    assert read.host == "h1"
    assert [finding.rule for finding in read.findings] == [f["rule"] for f in GOOD["findings"]]
    assert read.outcomes.keys() == GOOD["outcomes"].keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(b"", "is not whole JSON", id="empty"),
        pytest.param(json.dumps(GOOD).encode()[:-200], "is not whole JSON", id="half-written"),
        pytest.param(b"\xff\xfe\x00garbage" * 1000, "is not whole JSON", id="garbage"),
        pytest.param(b"[" * 100_000, "is not whole JSON", id="too deep"),
        pytest.param(b"[]", "holds a list", id="a list"),
        pytest.param(b"{}", "has no schema", id="no schema"),
        pytest.param(json.dumps({"schema": FAR}).encode(), "a newer version", id="newer"),
        pytest.param(b'{"schema": "bondproof.lacp/host/0"}', "an older version", id="older"),
        pytest.param(b'{"schema": "x/y"}', "has the schema x/y", id="foreign"),
        pytest.param(b'{"schema": ["x"]}', "has the schema", id="odd schema"),
    ],
)
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "h1.json"
    path.write_bytes(text)
    with pytest.raises(DocumentError) as error:
        read_host(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)
    assert "run the audit of this host again" in str(error.value)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("host", None, "host is a missing value"),
        ("host", 7, "host is a int"),
        ("host", " ", "host is empty"),
        ("status", "fine", "status is fine"),
        ("groups", "web", "groups is a str"),
        ("facts", None, "there are no facts"),
        ("facts", [], "facts is a list"),
        ("facts/bonds", [], "bonds is a list"),
        ("facts/bonds/bond0", 3, "facts.bonds.bond0 is a int"),
        ("facts/bonds/bond0/members", None, "members is a missing value"),
        ("facts/bonds/bond0/members/eno1", "x", "facts.bonds.bond0.members.eno1 is a str"),
        ("facts/bonds/bond0/members/eno1/unknown", ["a"], "unknown is not a map of lists"),
        ("facts/bonds/bond0/members/eno1/unrecognised", [1], "not a list of objects"),
        ("facts/bonds/bond0/members/eno1/mtu", "x", "eno1.mtu has a value of the wrong type"),
        ("facts/bonds/bond0/members/eno1/mtu", True, "eno1.mtu has a value of the wrong type"),
        ("facts/bonds/bond0/options", "x", ""),
        ("findings", {}, "findings is a dict"),
        ("findings/0/title", None, "findings[0].title is a missing value"),
        ("findings/0/severity", "dire", "findings[0].severity is dire"),
        ("findings/0/outcome", 1, "findings[0].outcome is a int"),
        ("outcomes/partner-silent", [], "outcomes.partner-silent has no outcome"),
        ("outcomes/partner-silent", {"outcome": "passed", "reasons": 4}, "reasons is a int"),
    ],
)
def test_a_part_of_the_wrong_shape_is_named(path: str, value: Any, words: str) -> None:
    document = changed(path, value)
    if words:
        with pytest.raises(DocumentError) as error:
            parse_host(document)
        assert words in str(error.value)
    else:
        assert parse_host(document).host == "h1"


def test_no_facts_are_needed_of_a_host_that_was_not_reached() -> None:
    read = parse_host(made_up.lost("h9", "no route"))
    assert (read.status, read.message, read.facts) == ("unreachable", "no route", None)


def test_half_written_files_are_no_documents(tmp_path: Path) -> None:
    made_up.save(tmp_path, {"h1": GOOD})
    (tmp_path / "hosts" / ".abc.part").write_text("{")
    (tmp_path / "hosts" / ".h2.json").write_text("{")
    assert [path.name for path in host_paths(tmp_path)] == ["h1.json"]


def test_a_folder_without_hosts_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="name a folder that bond_audit wrote"):
        host_paths(tmp_path / "nowhere")


def paths_of(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a JSON value."""
    found = [so_far] if so_far else []
    if isinstance(value, dict):
        pairs: list[tuple[Any, Any]] = list(value.items())
    else:
        pairs = list(enumerate(value)) if isinstance(value, list) else []
    for key, item in pairs:
        found += paths_of(item, (*so_far, key))
    return found


WHOLE = made_up.document("h1", factory.three_members())
PATHS = paths_of(WHOLE)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(PATHS), value=VALUES)
def test_any_value_anywhere_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    """Whatever is put in any one place, nothing but DocumentError comes out."""
    document = copy.deepcopy(WHOLE)
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    try:
        assert isinstance(parse_host(document).host, str)
    except DocumentError as error:
        assert str(error)  # noqa: PT017  # both ends are right, a third is not
