# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet is written whole, read back alike, and what was done to it since is named."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import FAILED
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import (
    PacketError,
    open_packet,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.run_fleet import (
    judge_run,
    write_run,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.store import Store, StoreError

from .packets import WHEN, gathered, sealed

if TYPE_CHECKING:
    from pathlib import Path


def test_folder_and_archive_hold_the_same_packet(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    one, other = open_packet(folder), open_packet(tmp_path / "h1-bond0.tar.gz")
    assert one == other
    assert one.document["integrity"] == {"state": "ok", "files": []}
    assert one.problems == ()
    assert one.document["host"] == "h1"


def test_the_sealed_verdict_comes_out_again(tmp_path: Path) -> None:
    packet = open_packet(sealed(tmp_path))
    assert packet.verdict == json.loads(json.dumps(diagnose(packet.document)))


def test_sha256sum_agrees_with_the_manifest(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "--quiet", "manifest.sha256"], cwd=folder, check=False
    )
    assert done.returncode == 0


def test_the_archive_follows_from_its_content_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        sealed(tmp_path / name)
    one, other = ((tmp_path / name / "h1-bond0.tar.gz").read_bytes() for name in ("a", "b"))
    assert one == other


@pytest.mark.parametrize(
    ("name", "act", "words"),
    [
        ("wire.json", "alter", "wire.json was altered"),
        ("after.json", "delete", "after.json is missing"),
        ("more.json", "add", "more.json was added"),
    ],
)
def test_what_was_done_to_a_sealed_packet_is_named(
    tmp_path: Path, name: str, act: str, words: str
) -> None:
    folder = sealed(tmp_path)
    if act == "delete":
        (folder / name).unlink()
    else:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n")
    packet = open_packet(folder)
    assert packet.document["integrity"] == {"state": "tampered", "files": [name]}
    assert any(words in problem for problem in packet.problems)
    assert diagnose(packet.document)["confidence"] == "hint"


def test_a_packet_without_a_manifest_says_so(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    (folder / "manifest.sha256").unlink()
    assert open_packet(folder).document["integrity"]["state"] == "missing"


def test_a_packet_of_another_schema_is_refused(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    path = folder / "incident.json"
    path.write_text(path.read_text().replace("packet/1", "packet/9"), encoding="utf-8")
    with pytest.raises(PacketError, match="the version of the collection that made it"):
        open_packet(folder)


def test_a_part_that_is_not_json_costs_only_itself(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    (folder / "wire.json").write_text("{", encoding="utf-8")
    packet = open_packet(folder)
    assert packet.document["wire"] is None
    assert packet.document["before"]["bonds"]
    assert any("wire.json is not JSON" in problem for problem in packet.problems)


def test_a_collection_that_was_cut_off_is_still_read(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    left = folder.with_name(folder.name + ".incomplete")
    shutil.move(folder, left)
    assert any("cut off" in problem for problem in open_packet(left).problems)


def test_what_died_before_is_kept_aside(tmp_path: Path) -> None:
    Store(tmp_path / "h1-bond0").put("notes", "kept")
    Store(tmp_path / "h1-bond0")
    assert (tmp_path / "h1-bond0.incomplete.1/notes").read_text() == "kept"


def test_a_stage_that_failed_is_in_the_packet_and_in_the_verdict(tmp_path: Path) -> None:
    found = gathered()
    del found.parts["wire"]
    found.frames = b""
    found.stage("capture", FAILED, "2026-11-20T23:00:00Z", "bond0: no such bond")
    packet = open_packet(sealed(tmp_path, found))
    assert not packet.document["complete"]
    assert "capture: bond0: no such bond" in packet.problems
    assert packet.verdict is not None
    assert packet.verdict["fault"] == "insufficient"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="name another folder"):
        Store(tmp_path / "file" / "h1-bond0")


def test_hosts_of_a_run_are_judged_with_the_others(tmp_path: Path) -> None:
    sealed(tmp_path, gathered(host="h1"), name="h1-bond0")
    sealed(tmp_path, gathered(host="h2"), name="h2-bond0")
    (tmp_path / "empty").mkdir()
    run = judge_run(tmp_path, WHEN)
    write_run(tmp_path, run)
    assert set(run.verdicts) == {"h1-bond0", "h2-bond0"}
    assert len(run.broken) == 1
    again = open_packet(tmp_path / "h1-bond0")
    assert [one["host"] for one in again.document["fleet"]] == ["h1", "h2"]
    assert again.document["integrity"]["state"] == "ok"
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "h2-bond0/report.html" in page


def test_an_altered_packet_is_not_sealed_again(tmp_path: Path) -> None:
    sealed(tmp_path, gathered(host="h1"), name="h1-bond0")
    folder = sealed(tmp_path, gathered(host="h2"), name="h2-bond0")
    (folder / "kernel.log").write_text("nothing happened\n", encoding="utf-8")
    judge_run(tmp_path, WHEN)
    assert open_packet(folder).document["integrity"]["files"] == ["kernel.log"]
