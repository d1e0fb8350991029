# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Becoming root for the steps that need it: packages and the lab."""

from __future__ import annotations

import os
import shutil
import subprocess

from .say import Failure, interactive


def prefix(purpose: str, by_hand: str) -> list[str]:
    """Return what goes before a command that needs root: nothing for root, else sudo."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise Failure(f"{purpose} needs root, and there is no sudo", cure=f"as root: {by_hand}")
    if interactive():
        return ["sudo"]
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    raise Failure(
        f"{purpose} needs root, and sudo would ask for a password", cure=f"sudo {by_hand}"
    )
