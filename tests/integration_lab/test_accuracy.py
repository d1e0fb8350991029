# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few of the scenarios of `make accuracy`, at once on one lab host: each verdict is right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.root]
TESTS = Path(__file__).resolve().parents[1]
TOP = TESTS.parent


def test_the_verdicts_of_the_gate_are_right(tmp_path: Path) -> None:
    result = tmp_path / "accuracy.json"
    words = ["--only", "gate", "--result", str(result), "--evidence", str(tmp_path / "evidence")]
    paths = os.pathsep.join([str(TOP / "build/collections"), str(TESTS)])
    done = subprocess.run(
        [sys.executable, "-m", "accuracy", *words],
        env={**os.environ, "PYTHONPATH": paths, "LAB_STATE": str(tmp_path / "lab")},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert result.exists(), done.stdout + done.stderr
    found = json.loads(result.read_text(encoding="utf-8"))
    assert found["scenarios"] >= 5
    assert found["wrong_accusations"] == 0, done.stdout
    assert found["right"] == found["scenarios"], done.stdout
    assert done.returncode == 0
    for case in found["cases"]:
        kept = tmp_path / "evidence" / case["scenario"]
        verdict = json.loads((kept / "verdict.json").read_text(encoding="utf-8"))
        assert verdict["fault"] == case["verdict"]["fault"]
        assert (kept / "packet.json").exists()
