# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make lab-up`, `lab-down`, `lab-ssh`, `clean`: the lab with its needs met, as root."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from . import paths, root, venvs
from .proc import environment, must, run
from .say import Failure, say, step

if TYPE_CHECKING:
    from pathlib import Path

    from .venvs import Venv

# What the lab and Ansible in it read from the environment; sudo would drop it.
PASSED = ("PATH", "HOME", "NO_COLOR", "LC_ALL", "VIRTUAL_ENV")
PASSED_PREFIXES = ("BONDPROOF_", "LAB_", "ANSIBLE_", "PYTHON", "XDG_CACHE", "PIP_", "MOLECULE_")


def as_root(venv: Venv, *words: str | Path) -> list[str]:
    """Return the words as a command that runs as root, with the environment it needs."""
    whole = list(map(str, words))
    sudo = root.prefix("the lab", "make test, or make audit")
    if not sudo:
        return whole
    passed = {
        name: value
        for name, value in environment(venv).items()
        if name in PASSED or name.startswith(PASSED_PREFIXES)
    }
    return [*sudo, "env", *(f"{name}={value}" for name, value in passed.items()), *whole]


def command(venv: Venv, *words: str) -> list[str]:
    """Return the command that runs `python -m lab WORDS` as root."""
    return as_root(venv, venv.exe, "-m", "lab", *words)


def give_back(venv: Venv) -> None:
    """Let the one who called sudo own what root wrote into the tree and the cache."""
    if os.geteuid() == 0:
        return
    made = [p for p in (paths.BUILD, paths.TOP / "bond-reports") if p.exists()]
    sudo = root.prefix("giving files back", "chown")
    must(venv, *sudo, "chown", "-hR", f"{os.getuid()}:{os.getgid()}", *made)


def is_up() -> bool:
    """Tell whether somebody started a lab here, so that we neither disturb nor end it."""
    return (paths.BUILD / "lab" / "state.json").exists()


def setup(venv: Venv) -> None:
    """Build the hosts' root file system and kernel, once."""
    kernel = os.environ.get("LAB_KERNEL")
    words = ["setup", *(["--kernel", kernel] if kernel else [])]
    must(venv, *command(venv, *words))


def up(venv: Venv, topology: str) -> None:
    with step(f"lab up: {topology}"):
        must(venv, *command(venv, "up", topology))


def down(venv: Venv) -> None:
    with step("lab down"):
        must(venv, *command(venv, "down"))


def _ssh(venv: Venv, words: list[str]) -> int:
    whole = command(venv, "ssh", *words)
    os.chdir(paths.TOP)
    os.execvpe(whole[0], whole, environment(venv))  # noqa: S606 - the shell is the user's


def _clean(venv: Venv) -> None:
    if (paths.BUILD / "lab").exists():
        down(venv)
    give_back(venv)
    shutil.rmtree(paths.BUILD, ignore_errors=True)
    say(f"deleted {paths.BUILD}; what was installed stays in {paths.cache()}")


def main(words: list[str]) -> int:
    verb = words[0] if words else ""
    if verb == "clean" and not paths.BUILD.exists():
        return 0
    venv = venvs.main()
    paths.link_collection()
    if verb == "up":
        setup(venv)
        up(venv, *(words[1:2] or ["fleet"]))
        return 0
    if verb == "ssh":
        return _ssh(venv, words[1:])
    if verb == "clean":
        _clean(venv)
        return 0
    if verb in ("down", "status", "inventory", "check", "fault", "run"):
        return run(venv, *command(venv, *words))
    raise Failure(f"unknown lab command {verb!r}", cure="up, down, ssh, status, fault, run, clean")
