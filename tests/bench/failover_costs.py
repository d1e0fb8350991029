# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An outage as bond_failover_test measures it, and as `ping -i 0.002` of the far end sees it.

Only where both cross the member that fails: the far end's LAG sends one way, so that is one of two.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .measure import Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
TESTS = TOP / "tests"
ROUNDS = 2
FOLDER = "/run/failover"
GUEST = ("failover_accuracy.py", "failover_guest.py", "member_child.py")


def _measured(env: dict[str, str]) -> list[dict[str, Any]]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in GUEST:
            tar.add(TESTS / "integration_lab" / name, f"integration_lab/{name}")
        tar.add(TESTS / "lab/guest/agent.py", "lab/guest/agent.py")
        inside = "ansible_collections/bondproof/lacp/plugins/module_utils"
        tar.add(TOP / "plugins/module_utils", inside)
    script = (
        f"mkdir {FOLDER} && tar -x -C {FOLDER} -f - && cd {FOLDER} && "
        f"python3 -W ignore -m integration_lab.failover_accuracy bond0 {ROUNDS}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "lab", "ssh", "h1", script],
        env=env,
        cwd=TOP,
        input=packed.getvalue(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the trials on h1 failed:\n{done.stderr.decode(errors='replace')}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def measurements(work: Path) -> Iterator[Measurement]:
    env = {**os.environ, "LAB_STATE": str(work / "lab"), "PYTHONPATH": str(TESTS)}
    subprocess.run([sys.executable, "-m", "lab", "setup"], env=env, cwd=TOP, check=True)
    subprocess.run([sys.executable, "-m", "lab", "up", "smoke"], env=env, cwd=TOP, check=True)
    try:
        found = [one for one in _measured(env) if one["ping_lost"]]
    finally:
        subprocess.run([sys.executable, "-m", "lab", "down"], env=env, cwd=TOP, check=True)
    if not found:
        raise RuntimeError("no trial was on the member that the ping crosses")
    for one in found:
        where = f"{one['fault']} on {one['member']}"
        least, most = one["ping_ms"]
        yield figure(f"outage by {where}, bond_failover_test", one["module_ms"], "ms")
        yield figure(f"outage by {where}, ping: at least", least, "ms")
        yield figure(f"outage by {where}, ping: at most", most, "ms")
    apart = max(one["apart_ms"] for one in found)
    yield at_most("outage, bond_failover_test apart from ping", apart, "ms", 10)
