# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A member cycled by bond_member, and by hand, on a lab host: until both ends distribute again.

Most of it is LACP's own two seconds of waiting, so what the module adds has little room to hide.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
TESTS = TOP / "tests"
ROUNDS = 9
FOLDER = "/run/member"


def _packed() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("member_child.py", "member_race.py"):
            tar.add(TESTS / "integration_lab" / name, f"integration_lab/{name}")
        tar.add(TESTS / "lab/guest/agent.py", "lab/guest/agent.py")
        inside = "ansible_collections/bondproof/lacp/plugins/module_utils"
        tar.add(TOP / "plugins/module_utils", inside)
    return packed.getvalue()


def _race(env: dict[str, str]) -> dict[str, list[float]]:
    script = (
        f"mkdir {FOLDER} && tar -x -C {FOLDER} -f - && cd {FOLDER} && "
        f"python3 -W ignore -m integration_lab.member_race bond0 eno2 {ROUNDS}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "lab", "ssh", "h1", script],
        env=env,
        cwd=TOP,
        input=_packed(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the race on h1 failed:\n{done.stderr.decode(errors='replace')}")
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def measurements(work: Path) -> Iterator[Measurement]:
    env = {**os.environ, "LAB_STATE": str(work / "lab"), "PYTHONPATH": str(TESTS)}
    subprocess.run([sys.executable, "-m", "lab", "setup"], env=env, cwd=TOP, check=True)
    subprocess.run([sys.executable, "-m", "lab", "up", "smoke"], env=env, cwd=TOP, check=True)
    try:
        seconds = {name: statistics.median(found) for name, found in _race(env).items()}
    finally:
        subprocess.run([sys.executable, "-m", "lab", "down"], env=env, cwd=TOP, check=True)
    yield figure("ip link nomaster, down, master, until distributing", seconds["bare"], "s")
    yield figure("bond_member cycle, until distributing", seconds["cycle"], "s")
    ratio = seconds["cycle"] / seconds["bare"]
    yield at_most("bond_member cycle / bare ip link", ratio, "ratio", 1.1)
    yield figure("bond_member, the whole run with journal and dead-man", seconds["run"], "s")
