# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make incident`: replay what this collection grew out of; writes build/incident.json."""

from __future__ import annotations

from . import paths, venvs
from .proc import run


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    return run(venv, venv.exe, "-m", "tools.incident_replay", *words)
