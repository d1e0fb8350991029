# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of a real Debian host with a real bond, beside ping, setup and a shell loop, over ssh.

The host is one of the lab, on a slow virtual CPU: so the work on the host weighs more here than it
does in play_costs, where Ansible's own work on the controller does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import measure
from .measure import Cost, Measurement, at_most, figure
from .play_costs import playbook

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
ROUNDS = 5


def _lab(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "-m", "lab", *words], env=env, cwd=TOP, check=True)


def _play(name: str, env: dict[str, str], work: Path) -> Cost:
    command = [sys.executable, "-m", "lab", "run", "--"]
    command += [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook(name))]
    command += ["-e", f"bond_audit_report_dir={work / 'reports'}", "-e", "bond_audit_fail_on=never"]
    return measure.run(command, env=env, log=work / f"lab-{name}.log")


def measurements(work: Path) -> Iterator[Measurement]:
    env = {**os.environ, "LAB_STATE": str(work / "lab"), "ANSIBLE_NOCOLOR": "1"}
    costs: dict[str, list[Cost]] = {"ping": [], "setup": [], "shell": [], "audit": []}
    _lab(env, "setup")
    _lab(env, "up", "smoke")
    try:
        for name in costs:  # the first round opens the connection and fills caches
            _play(name, env, work)
        for _turn in range(ROUNDS):
            for name, found in costs.items():
                found.append(_play(name, env, work))
    finally:
        _lab(env, "down")
    wall = {name: measure.median_wall(found) for name, found in costs.items()}
    for name, seconds in wall.items():
        yield figure(f"{name} play, one lab host over ssh", seconds, "s")
    yield figure("audit play / ping play, lab host", wall["audit"] / wall["ping"], "ratio")
    yield at_most("audit play / setup play, lab host", wall["audit"] / wall["setup"], "ratio", 0.5)
    yield figure("audit play / shell loop play, lab host", wall["audit"] / wall["shell"], "ratio")
