# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-molecule`: the lab's own tests, then every molecule scenario on lab hosts."""

from __future__ import annotations

import os

from . import lab, paths, venvs
from .proc import run
from .say import say, step


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    say(f"kernel of the lab's hosts: {os.environ.get('LAB_KERNEL') or 'default'}")
    lab.setup(venv)
    with step("tests of the lab"):
        return run(venv, venv.exe, "-m", "pytest", "-m", "lab", "tests", *words)
