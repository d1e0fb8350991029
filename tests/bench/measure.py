# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a command costs, and the table of what was measured."""

from __future__ import annotations

import json
import os
import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Of one run of a command and of every process it waited for."""

    wall_s: float
    cpu_s: float
    peak_kib: int


@dataclass(frozen=True)
class Measurement:
    """One line of build/bench.json; holds is None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: str = ""
    holds: bool | None = None


def at_most(name: str, value: float, unit: str, limit: float) -> Measurement:
    return Measurement(name, round(value, 3), unit, f"<= {limit:g}", value <= limit)


def figure(name: str, value: float, unit: str) -> Measurement:
    return Measurement(name, round(value, 3), unit)


def run(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end, output into a log; RuntimeError if it fails."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    start = time.monotonic()
    child = os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)
    _pid, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - start
    if status != 0:
        code = os.waitstatus_to_exitcode(status)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def median_cpu(costs: Sequence[Cost]) -> float:
    """CPU seconds, not wall: the machine may be busy with something else."""
    return statistics.median(cost.cpu_s for cost in costs)


def median_wall(costs: Sequence[Cost]) -> float:
    return statistics.median(cost.wall_s for cost in costs)


def table(measurements: Sequence[Measurement]) -> str:
    width = max(len(m.name) for m in measurements)
    lines = [f"{'what':{width}}  {'value':>10}  {'unit':12} {'goal':10} holds"]
    for m in measurements:
        verdict = {True: "yes", False: "NO", None: ""}[m.holds]
        lines.append(f"{m.name:{width}}  {m.value:>10g}  {m.unit:12} {m.goal:10} {verdict}")
    return "\n".join(lines)


def save(path: Path, measurements: Sequence[Measurement]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(m) for m in measurements], indent=2) + "\n")
