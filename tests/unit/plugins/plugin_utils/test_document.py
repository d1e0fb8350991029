# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents of hosts: where they lie, how they survive, which findings stop a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.plugin_utils._document import (
    DocumentError,
    document_path,
    gating,
    host_document,
    read_document,
    write_document,
)

if TYPE_CHECKING:
    from pathlib import Path


def document(host: str = "h1") -> dict[str, Any]:
    return host_document(
        host=host,
        groups=["web", "all"],
        collected_utc="2026-11-20T23:00:00Z",
        version="1.0.0",
        status="ok",
        message="",
        judged={"findings": [], "something": "else"},
    )


def test_a_document_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = document_path(str(tmp_path), "h1")
    write_document(path, document())
    assert read_document(path) == document()
    assert [p.name for p in path.parent.iterdir()] == ["h1.json"]


def test_only_what_was_judged_is_kept() -> None:
    assert "something" not in document()
    assert document()["groups"] == ["all", "web"]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("h1", "h1.json"),
        ("2001:db8::1", "2001%3Adb8%3A%3A1.json"),
        ("../../etc/passwd", "%2F..%2Fetc%2Fpasswd.json"),
        ("a b<script>", "a%20b%3Cscript%3E.json"),
        ("...", "%.json"),
    ],
)
def test_no_host_name_leaves_the_folder(tmp_path: Path, host: str, name: str) -> None:
    path = document_path(str(tmp_path), host)
    assert path.name == name
    assert path.parent == tmp_path / "hosts"


def test_no_document_is_none_and_rubbish_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "h1.json"
    assert read_document(path) is None
    for rubbish in ('{"schema": "bondproof.lacp/ho', "[]", '{"schema": "bondproof.lacp/host/9"}'):
        path.write_text(rubbish)
        with pytest.raises(DocumentError, match=r"h1\.json.*take another run"):
            read_document(path)


def test_a_folder_that_cannot_be_written_is_named_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentError, match=r"file/hosts.*bond_audit_report_dir"):
        write_document(document_path(str(tmp_path / "file"), "h1"), document())


def finding(severity: str, outcome: str = "failed", parameter: str = "mtu") -> dict[str, str]:
    return {
        "rule": "r",
        "subject": "bond0",
        "parameter": parameter,
        "severity": severity,
        "outcome": outcome,
    }


@pytest.mark.parametrize(
    ("fail_on", "severities"),
    [("error", ["error"]), ("warning", ["error", "warning"]), ("never", [])],
)
def test_the_gate_stops_at_its_severity(fail_on: str, severities: list[str]) -> None:
    found = [finding("error"), finding("warning"), finding("info"), finding("error", "waived")]
    assert [f["severity"] for f in gating(found, fail_on)] == severities


def test_what_the_baseline_had_does_not_stop_the_gate() -> None:
    found = [finding("error"), finding("error", parameter="duplex")]
    assert gating(found, "error", [finding("warning")]) == [found[1]]
