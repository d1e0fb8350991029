# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-molecule`: the lab's own tests, then every molecule scenario on lab hosts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import lab, paths, venvs
from .proc import run
from .say import Failure, say, step

if TYPE_CHECKING:
    from .venvs import Venv

# Those take long, or compare moments on hosts that share one CPU; WHICH=lab runs them as well.
WHICH = os.environ.get("WHICH") or "lab and not moments"
GLOB = "molecule/*/molecule.yml"  # said aloud, or molecule asks to move them


def _scenarios(venv: Venv) -> int:
    """Run all scenarios on one lab; `default` starts and ends it, we do at the worst."""
    found = sorted(path.parent.name for path in paths.TOP.glob(GLOB))
    if not found:
        raise Failure(f"no molecule scenario: nothing matches {GLOB}")
    os.environ["MOLECULE_GLOB"] = GLOB
    try:
        with step(f"molecule: {', '.join(found)}"):
            return run(venv, *lab.as_root(venv, venv.bin / "molecule", "test", "--all"))
    finally:
        if lab.is_up():
            lab.down(venv)
        lab.give_back(venv)


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    say(f"kernel of the lab's hosts: {os.environ.get('LAB_KERNEL') or 'default'}")
    lab.setup(venv)
    if lab.is_up():
        raise Failure("a lab is up already in this checkout", cure="make lab-down, then run again")
    with step("tests of the lab"):
        pytest = ("-m", "pytest", "-m", WHICH, "tests/integration_lab", *words)
        status = run(venv, *lab.as_root(venv, venv.exe, *pytest))
    return status | _scenarios(venv)
