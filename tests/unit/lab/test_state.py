# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from lab.errors import LabError
from lab.state import Lab, this_lab
from lab.teardown import start_time

if TYPE_CHECKING:
    from pathlib import Path


def test_two_folders_are_two_labs(tmp_path: Path) -> None:
    one, other = Lab(tmp_path / "a"), Lab(tmp_path / "b")
    assert one.netns != other.netns
    assert one.netns == Lab(tmp_path / "a").netns
    assert len(str(one.control_folder)) < 40  # a socket's path ends at 108 bytes


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_STATE", str(tmp_path / "mine"))
    assert this_lab().folder == tmp_path / "mine"


def test_no_lab_and_a_broken_record_name_the_cure(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    with pytest.raises(LabError, match=r"no lab is up.*make lab-up"):
        lab.read()
    lab.state_file.write_text("{", encoding="utf-8")
    with pytest.raises(LabError, match=r"state\.json.*make lab-down"):
        lab.read()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "new")
    lab.write({"ready": True})
    assert lab.read() == {"ready": True}


def test_a_second_command_is_refused_while_one_changes_the_lab(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    with lab.locked(), pytest.raises(LabError, match="LAB_STATE"), lab.locked():
        pytest.fail("locked twice")


def test_start_time_knows_the_living_from_the_dead() -> None:
    assert start_time(os.getpid()).isdigit()
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
    assert start_time(process.pid) == ""
    process.wait()
