# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make -s print-python`: the path of the environment's Python, for scripts."""

from __future__ import annotations

from . import paths, venvs


def main(_words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    print(venv.exe)
    return 0
