# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end of a failover test."""

from __future__ import annotations

from typing import Any

from ansible_collections.bondproof.lacp.plugins.plugin_utils._failover_table import lines

PASSED: dict[str, Any] = {
    "member": "eno1",
    "fault": "carrier",
    "direction": None,
    "outcome": "passed",
    "reasons": [],
    "failover": {"left_ms": 96.2, "far_left_ms": None},
    "reintegration": {"back_ms": 2480.0, "far_back_ms": 2590.2},
    "probe": {
        "at_failover": {"outage_ms": 85.0, "lost": 17},
        "at_return": {"outage_ms": 0.0, "lost": 0},
    },
    "budget": {"max_failover_ms": 500.0, "max_outage_ms": 500.0, "max_reintegrate_s": 11.8},
}
FAILED = {
    **PASSED,
    "member": "eno2",
    "fault": "lacp_loss",
    "direction": "both",
    "outcome": "failed",
    "reasons": ["eno2 was still in use 8.0 s after the fault"],
    "failover": {"left_ms": None, "far_left_ms": 3120.0},
    "reintegration": {"back_ms": None, "far_back_ms": None},
    "probe": None,
}


def test_one_line_for_each_trial_then_the_reasons() -> None:
    result = {"bond": "bond0", "members": [PASSED, FAILED], "not_tested": ["eno3: carrier"]}
    found = list(lines("h1", result))
    assert found[0] == ("h1 bond0: 1 passed, 1 failed", "")
    head, first, second = (line for line, _outcome in found[1:4])
    assert first.split()[:2] == ["eno1", "carrier"]
    assert "96 of 500 ms" in first
    assert "85 of 500 ms" in first
    assert "2.6 of 11.8 s" in first
    assert "- of 500 ms" in second
    assert [outcome for _line, outcome in found] == ["", "", "passed", "failed", "failed", ""]
    assert found[4][0] == "  eno2 lacp_loss both: eno2 was still in use 8.0 s after the fault"
    assert found[5][0] == "  not tested: eno3: carrier"
    # Columns stand below each other.
    assert head.index("outcome") == first.index("passed") == second.index("failed")


def test_a_test_that_tried_nothing_has_a_line() -> None:
    assert [line for line, _outcome in lines("h1", {"bond": "b", "members": []})] == [
        "h1 b: nothing was tested"
    ]
