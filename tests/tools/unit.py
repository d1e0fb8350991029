# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-unit`: pytest on tests/unit, without the tests that need the lab.

Other programs' opinions of our output (a browser's, tcpdump's) are asked where they can be had:
without root, or where Debian's package is a snap, those tests are skipped and say so.
"""

from __future__ import annotations

from . import apt, paths, venvs
from .proc import run
from .say import Failure, explain

WITNESSES = {"chromium": "chromium", "tcpdump": "tcpdump", "tshark": "tshark", "zstd": "zstd"}


def main(words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    try:
        apt.need(WITNESSES)
    except Failure as failure:
        explain(failure)
    return run(venv, venv.exe, "-m", "pytest", "-m", "not lab", *words)
