# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make accuracy`: tests/accuracy on a lab of its own, as root; writes build/accuracy.json."""

from __future__ import annotations

import os
from pathlib import Path

from . import lab, paths, venvs
from .proc import run
from .say import Failure


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    folder = os.environ.get("SCENARIOS", "")
    if folder and not Path(folder).is_dir():
        raise Failure(f"{folder}: no such folder", cure="make accuracy SCENARIOS=FOLDER")
    lab.setup(venv)
    # A lab beside the one that somebody may have up.
    state = os.environ.get("LAB_STATE") or str(paths.BUILD / "accuracy-lab")
    command = lab.as_root(venv, venv.exe, "-m", "accuracy", *([folder] if folder else []), *words)
    try:
        return run(venv, *_with_state(command, state), env={"LAB_STATE": state})
    finally:
        lab.give_back(venv)


def _with_state(command: list[str], state: str) -> list[str]:
    """Sudo drops the environment; what as_root passes on is in the words after `env`."""
    if "env" not in command:
        return command
    at = command.index("env") + 1
    return [*command[:at], f"LAB_STATE={state}", *command[at:]]
