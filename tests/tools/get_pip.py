# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the get-pip that ansible-test would download: takes pip from ensurepip.

ansible-test runs this file in a bare environment with the words for `pip install`. It runs on the
Pythons under test, 3.9 and newer.
"""

from __future__ import annotations

import runpy
import subprocess
import sys

NOT_FOR_PIP = ("--no-setuptools", "--no-wheel")  # get-pip's own switches

if __name__ == "__main__":
    # A process of its own: ensurepip switches pip's configuration off in the one it runs in.
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
    sys.argv = ["pip", "install", *(word for word in sys.argv[1:] if word not in NOT_FOR_PIP)]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
