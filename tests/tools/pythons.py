# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Pythons this machine has: those in PATH and those that lie beside the running one."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .say import Failure

# ansible-core 2.21 wants 3.12 to 3.14, 2.19 wants 3.11 to 3.13: 3.13 serves both.
PREFERRED = ("3.13", "3.12", "3.14", "3.11")
_PROBE = (
    "import sys, importlib.util as u;"
    "print('%d.%d' % sys.version_info[:2], sys.version.split()[0], sys.executable,"
    " int(all(u.find_spec(n) for n in ('venv', 'ensurepip'))), sep='\\t')"
)


@dataclass(frozen=True)
class Python:
    """One working interpreter; `can_venv` is false where Debian's python3-venv is missing."""

    series: str
    version: str
    path: Path
    can_venv: bool


def _probe(path: Path) -> Python | None:
    """Run an interpreter, because a pyenv shim exists for versions that it then refuses (127)."""
    try:
        done = subprocess.run(
            [path, "-c", _PROBE], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    series, version, executable, can_venv = done.stdout.strip().split("\t")
    return Python(series, version, Path(executable), can_venv == "1")


def _siblings(series: str) -> list[Path]:
    """Builds of one series beside the running one, newest first (pyenv: <versions>/3.13.1/bin)."""
    folder = Path(sys.base_prefix).parent
    found = [p for p in folder.glob(f"{series}.*/bin/python{series}") if os.access(p, os.X_OK)]
    return sorted(
        found, key=lambda p: [int(n) for n in p.parents[1].name.split(".") if n.isdigit()]
    )[::-1]


@functools.cache
def find(series: str) -> Python | None:
    """Return the first of a series that runs and can make a venv, else one that runs."""
    in_path = [Path(d) / f"python{series}" for d in os.get_exec_path()]
    weak = None
    for path in [
        *_siblings(series),
        *(p for p in in_path if os.access(p, os.X_OK)),
        Path(sys.executable),
    ]:
        found = _probe(path)
        if found is None or found.series != series:
            continue
        if found.can_venv:
            return found
        weak = weak or found
    return weak


def honest_path() -> list[str]:
    """Return PATH without folders that offer a Python which does not run (pyenv's shims)."""
    return [d for d in os.get_exec_path() if all(map(_probe, Path(d).glob("python3.[0-9]*[0-9]")))]


def choose(allowed: tuple[str, ...] = PREFERRED) -> Python:
    """Return the best interpreter of the allowed series; one without venv only when none has it."""
    found = [p for p in map(find, allowed) if p is not None]
    if not found:
        raise Failure(
            f"no working Python of {', '.join(allowed)} on this machine",
            cure="apt-get install python3, or put one of these versions in PATH",
        )
    return next((p for p in found if p.can_venv), found[0])
