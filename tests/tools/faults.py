# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make faults`: tests/faults on a lab of its own; one line a fault, build/faults.json."""

from __future__ import annotations

import os

from . import lab, paths, venvs
from .proc import run


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    lab.setup(venv)
    # Beside a lab that somebody may have up.
    os.environ.setdefault("LAB_STATE", str(paths.BUILD / "lab-faults"))
    try:
        return run(venv, *lab.as_root(venv, venv.exe, "-m", "faults", *words))
    finally:
        lab.give_back(venv)
