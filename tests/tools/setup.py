# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make setup`: the environment that everything else runs in."""

from __future__ import annotations

from . import paths, venvs
from .say import say


def main(_words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    say(f"ready: {venv.path} (Python {venv.python.version})")
    return 0
