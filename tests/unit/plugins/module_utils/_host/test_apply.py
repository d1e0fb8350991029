# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changing links without the library for it, and what the kernel refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host.apply import (
    ChangeFailed,
    Changer,
    routes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COLLECTIONS = Path(__file__).resolve().parents[5] / "build/collections"
WITHOUT = """
import sys
sys.path.insert(0, sys.argv[1])
from ansible_collections.bondproof.lacp.plugins.module_utils._host import apply
try:
    apply.Changer()
except apply.PyrouteMissing as missing:
    print(missing)
"""


def test_a_host_without_pyroute2_is_told_so() -> None:
    command = [sys.executable, "-S", "-c", WITHOUT, str(COLLECTIONS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "No module named 'pyroute2'", done.stderr


def test_the_kernel_says_what_is_wrong() -> None:
    pytest.importorskip("pyroute2", reason="the library that changes links is not installed")
    changer = Changer()
    try:
        with pytest.raises(ChangeFailed) as failed:
            changer.down(0x7FFFFFFE)
        assert str(failed.value).startswith("set interface 2147483646 down: ")
        assert failed.value.code in (1, 19)  # not permitted, or no such device
        with pytest.raises(ChangeFailed, match="queue_id 3 on interface 2147483646"):
            changer.port(0x7FFFFFFE, "queue_id", 3)
    finally:
        changer.close()


def test_routes_of_both_families_are_asked_for() -> None:
    asked = []

    def run(words: Sequence[str]) -> tuple[int, str, str]:
        asked.append(words[1])
        text = "10.9.0.0/16 via 10.0.0.254\n" if words[1] == "-4" else ""
        return (0, text, "") if words[1] == "-4" else (2, "", "no such device")

    assert routes(run)("eno2") == [("-4", "10.9.0.0/16", "via", "10.0.0.254")]
    assert asked == ["-4", "-6"]
