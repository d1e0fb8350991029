# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of an isolation: what goes in comes out, and what is none is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.isolation import Step
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.isolation_report import (
    JournalError,
    lines,
    markdown,
    read,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"host": "h1", "bond": "bond0", "member": "eno2"}
STEPS = [
    Step("nothing", "", "2026-11-21T00:00:00Z", 600.0, {"rx_crc_errors": 240}, 0),
    Step("cable", "label <b>0417</b> | x", "2026-11-21T00:20:00Z", 600.0, {}, 0),
]


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "folder/h1-eno2.isolation.json"
    assert read(path, ABOUT) == []
    report = write(path, ABOUT, STEPS)
    assert read(path, ABOUT) == STEPS
    assert report.read_text(encoding="utf-8") == markdown(ABOUT, STEPS)
    assert sorted(one.name for one in path.parent.iterdir()) == [report.name, path.name][::-1]


def test_the_report_names_the_cure_and_holds_no_markup_of_the_operator() -> None:
    text = markdown(ABOUT, STEPS)
    assert "Step 2 cured it" in text
    assert "<b>" not in text
    assert text.count("\n| ") == 3
    assert lines(ABOUT, STEPS)[2].startswith("  2. cable, label")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[", "cannot be read"),
        ("{}", "is no journal of schema bondproof.lacp/isolation/1"),
        (
            json.dumps({"schema": "bondproof.lacp/isolation/1", **ABOUT, "member": "eno1"}),
            "is about member 'eno1', not 'eno2'",
        ),
        (
            json.dumps({"schema": "bondproof.lacp/isolation/1", **ABOUT, "steps": [{}]}),
            "step is damaged",
        ),
    ],
)
def test_what_is_no_journal_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "journal.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(JournalError, match=words) as raised:
        read(path, ABOUT)
    assert str(path) in str(raised.value)
    assert "move it away and begin anew" in str(raised.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JournalError, match="or name another folder"):
        write(tmp_path / "file/journal.json", ABOUT, STEPS)
