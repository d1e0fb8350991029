# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running the commands that a step consists of."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from . import paths
from .say import Failure, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .venvs import Venv


def environment(venv: Venv, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a tool: its own bin folder first, the collection findable."""
    env = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONHOME")}
    env["PATH"] = f"{venv.bin}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["VIRTUAL_ENV"] = str(venv.path)
    env["PYTHONPATH"] = f"{paths.COLLECTIONS}{os.pathsep}{paths.TOP / 'tests'}"
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env["ANSIBLE_COLLECTIONS_PATH"] = str(paths.COLLECTIONS)
    env.setdefault("LC_ALL", "C.UTF-8")  # Ansible refuses to start in a locale that is not UTF-8
    if not sys.stdout.isatty():
        env.update(NO_COLOR="1", ANSIBLE_NOCOLOR="1")
    return {**env, **(extra or {})}


def run(
    venv: Venv, *words: str | Path, env: Mapping[str, str] | None = None, cwd: Path = paths.TOP
) -> int:
    """Run a command with its output shown as it comes; return its exit status."""
    command = list(map(str, words))
    say(f"    $ {' '.join(command)}")
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment(venv, env),
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as exc:
        raise Failure(f"{command[0]} is not there: {exc}", cure="make setup") from exc
    return done.returncode


def run_logged(
    venv: Venv,
    *words: str | Path,
    log: Path,
    show: tuple[str, ...],
    env: Mapping[str, str] | None = None,
    cwd: Path = paths.TOP,
) -> int:
    """Run a chatty command: all of it goes to the log, lines that begin as told are shown."""
    command = list(map(str, words))
    say(f"    $ {' '.join(command)}   (everything: {log})")
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(venv, env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            out.write(line)
            if line.startswith(show):
                say(f"    {line.rstrip()}")
    return process.returncode


def must(
    venv: Venv, *words: str | Path, env: Mapping[str, str] | None = None, cwd: Path = paths.TOP
) -> None:
    """Run a command that has to succeed."""
    status = run(venv, *words, env=env, cwd=cwd)
    if status != 0:
        raise Failure(f"{' '.join(map(str, words))} ended with status {status}", cure="see above")
