# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make audit [INVENTORY=hosts.yml]`: the main job, on the embedded fleet or on one's own."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from . import lab, paths, venvs
from .proc import run
from .say import Failure, say, step

if TYPE_CHECKING:
    from pathlib import Path

    from .venvs import Venv

PLAYBOOK = "playbooks/audit-bonds.yml"
REPORTS = paths.TOP / "bond-reports"


def _own(venv: Venv, inventory: str) -> int:
    """Audit the user's fleet; the playbook's exit status is ours: 2 is the gate."""
    if not (paths.TOP / inventory).exists():
        raise Failure(f"no inventory {inventory}", cure="make audit INVENTORY=path/to/hosts.yml")
    status = run(venv, "ansible-playbook", "-i", inventory, PLAYBOOK)
    _where()
    return status


def _where() -> Path | None:
    latest = REPORTS / "latest"
    if not latest.exists():
        return None
    folder = latest.resolve()
    say(f"report: {folder / 'report.html'}")
    say(f"        {folder} holds fleet.json, hosts/, junit.xml and summary.md too")
    return folder


def _embedded(venv: Venv) -> int:
    """Audit the lab's fleet with the gate open; say what the gate would have done."""
    before = (REPORTS / "latest").resolve() if (REPORTS / "latest").exists() else None
    lab.setup(venv)
    if lab.is_up():
        raise Failure("a lab is up already in this checkout", cure="make lab-down, then run again")
    try:
        lab.up(venv, os.environ.get("TOPOLOGY") or "fleet")
        words = ["ansible-playbook", PLAYBOOK, "-e", "bond_audit_fail_on=never"]
        with step("audit of the embedded fleet"):
            status = run(venv, *lab.command(venv, "run", "--", *words))
        lab.give_back(venv)
    finally:
        if os.environ.get("KEEP"):
            say("KEEP is set: the lab stays up; make lab-ssh HOST=h1, make lab-down")
        else:
            lab.down(venv)
    if status != 0:
        raise Failure(f"the audit ended with status {status}", cure="see above")
    folder = _where()
    if folder is None or folder == before:
        raise Failure("the audit wrote no report", cure=f"see above; is {REPORTS} writable?")
    fleet = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))
    say(f"the gate: {fleet['gate']['reason']}")
    if fleet["summary"]["error"] == 0:
        raise Failure("no error found in a fleet that has them", cure="report it as a bug")
    say("your own hosts: make audit INVENTORY=hosts.yml")
    return 0


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    return _own(venv, words[0]) if words else _embedded(venv)
