# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit play beside ping, setup and a shell loop, on simulated hosts over local connections.

Here most of every play is Ansible's own work: a ping costs more than half of a setup, so the share
that audit and setup add to a ping is told as well. lab_costs.py measures on a real host.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import measure
from .measure import Cost, Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
PLAYS = Path(__file__).with_name("plays")
# Two members that negotiate, read from a lab host.
SNAPSHOT = TOP / "tests/fixtures/snapshots/healthy-2.json"
HOSTS = 100
ROUNDS = 3
MEMORY_HOSTS = 300


def _inventory(path: Path, hosts: int) -> Path:
    names = "\n".join(f"host{n:04d}" for n in range(hosts))
    path.write_text(
        f"[all]\n{names}\n[all:vars]\nansible_connection=local\n"
        f"ansible_python_interpreter={sys.executable}\n"
        f"bond_audit_fail_on=never\nbond_audit_snapshot={SNAPSHOT}\n"
    )
    return path


def playbook(name: str) -> Path:
    """The play of a name; 'audit' is the one that users run."""
    return TOP / "playbooks/audit-bonds.yml" if name == "audit" else PLAYS / f"{name}.yml"


def _play(name: str, hosts: int, work: Path) -> Cost:
    reports = work / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(TOP / "build/collections"),
        "ANSIBLE_LOCAL_TEMP": str(work / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(work / "remote"),
        "ANSIBLE_INJECT_FACT_VARS": "false",
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        "-i",
        str(_inventory(work / f"hosts-{hosts}", hosts)),
        "-e",
        f"bond_audit_report_dir={reports}",
        str(playbook(name)),
    ]
    return measure.run(command, env=env, log=work / f"{name}-{hosts}.log")


def _rounds(work: Path) -> dict[str, list[Cost]]:
    """Plays take turns, so that a busy moment of the machine hits all of them alike."""
    costs: dict[str, list[Cost]] = {"ping": [], "setup": [], "shell": [], "audit": []}
    for turn in range(ROUNDS):
        for name, found in costs.items():
            found.append(_play(name, HOSTS, work))
            print(f"  round {turn + 1}: {name} {found[-1].wall_s:.1f} s", flush=True)
    return costs


def measurements(work: Path) -> Iterator[Measurement]:
    costs = _rounds(work)
    cpu = {name: measure.median_cpu(found) for name, found in costs.items()}
    for name, found in costs.items():
        yield figure(f"{name} play, {HOSTS} hosts", measure.median_wall(found), "s")
    yield at_most("audit play / ping play, CPU", cpu["audit"] / cpu["ping"], "ratio", 1.5)
    yield at_most("audit play / setup play, CPU", cpu["audit"] / cpu["setup"], "ratio", 0.5)
    added = (cpu["audit"] - cpu["ping"]) / (cpu["setup"] - cpu["ping"])
    yield at_most("what audit adds to ping / what setup adds, CPU", added, "ratio", 0.5)
    yield figure("audit play / shell loop play, CPU", cpu["audit"] / cpu["shell"], "ratio")
    few, many = costs["audit"][-1], _play("audit", MEMORY_HOSTS, work)
    slope = (many.peak_kib - few.peak_kib) / (MEMORY_HOSTS - HOSTS)
    ping_few, ping_many = costs["ping"][-1], _play("ping", MEMORY_HOSTS, work)
    idle = (ping_many.peak_kib - ping_few.peak_kib) / (MEMORY_HOSTS - HOSTS)
    yield figure("controller memory a host, ping", idle, "KiB")
    yield at_most("controller memory a host, audit", slope, "KiB", 50)
