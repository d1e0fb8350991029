# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few of `make faults`: the run dies with the member out, and cannot begin at all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lab.state import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.root]
CHOSEN = ("SIGKILL of a repair with the member out", "disk full for the journal")


def test_a_host_survives(tmp_path: Path) -> None:
    path = os.pathsep.join([str(REPOSITORY / "build" / "collections"), str(REPOSITORY / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "faults", *CHOSEN],
        env={**os.environ, "LAB_STATE": str(tmp_path), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CHOSEN)} of {len(CHOSEN)} faults survived" in done.stdout
