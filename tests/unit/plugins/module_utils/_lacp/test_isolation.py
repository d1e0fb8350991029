# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which swap cured a link: the sums behind it, and what must not be claimed."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.isolation import (
    Step,
    errors_of,
    judge,
)

CRC = "rx_crc_errors"


def step(changed: str, length_s: float, count: int, flaps: int = 0) -> Step:
    errors = {CRC: count} if count else {}
    return Step(changed, "", "2026-11-21T00:00:00Z", length_s, errors, flaps)


def kinds(*steps: Step) -> list[str]:
    return [outcome["kind"] for outcome in judge(steps)["outcomes"]]


def test_the_step_that_ended_the_errors_is_named() -> None:
    steps = [step("nothing", 600, 240), step("optic", 600, 231), step("cable", 600, 0)]
    found = judge(steps)
    assert found["cured_by"] == 3
    assert found["text"].startswith("Step 3 cured it: errors ended with 'cable'.")
    assert found["rates_per_minute"] == [24.0, 23.1, 0.0]
    assert kinds(*steps) == ["measured", "same", "cured"]


def test_a_span_too_short_cures_nothing_and_says_how_long_it_takes() -> None:
    found = judge([step("nothing", 600, 6), step("cable", 60, 0)])
    assert found["cured_by"] is None
    assert found["outcomes"][1]["kind"] == "cannot tell"
    assert found["outcomes"][1]["needed_s"] == 300
    assert found["text"] == "The last step was too short: measure 300 s."


def test_errors_that_come_back_with_the_old_part_take_the_cure_back() -> None:
    found = judge([step("nothing", 60, 60), step("cable", 60, 0), step("put back", 60, 55)])
    assert found["cured_by"] is None
    assert "ended with 'cable' and came back with 'put back'" in found["text"]


def test_quiet_steps_behind_the_cure_leave_it_standing() -> None:
    found = judge([step("nothing", 60, 60), step("cable", 60, 0), step("optic", 60, 0)])
    assert found["cured_by"] == 2
    assert found["outcomes"][2]["kind"] == "quiet"


@pytest.mark.parametrize(
    ("count", "kind"), [(10, "fewer"), (95, "same"), (105, "same"), (400, "more")]
)
def test_rates_differ_only_beyond_chance(count: int, kind: str) -> None:
    assert kinds(step("nothing", 60, 100), step("port", 60, count)) == ["measured", kind]


def test_lengths_that_differ_are_compared_by_rate() -> None:
    assert kinds(step("nothing", 60, 100), step("port", 600, 1000)) == ["measured", "same"]


def test_flaps_are_measured_where_no_error_is_counted() -> None:
    found = judge([step("nothing", 600, 0, flaps=12), step("optic", 600, 0)])
    assert found["measured"] == "flaps"
    assert found["cured_by"] == 2


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([step("nothing", 60, 0)], "No errors or flaps in any step"),
        ([step("nothing", 60, 9)], "One measurement: now change one part"),
        ([step("nothing", 60, 9), step("cable", 60, 9)], "No step cured it so far"),
    ],
)
def test_the_next_thing_to_do_is_said(steps: list[Step], words: str) -> None:
    assert judge(steps)["text"].startswith(words)


def test_only_counters_of_what_is_received_badly_are_errors() -> None:
    grown = {CRC: 4, "rx_errors": 4, "tx_errors": 9, "rx_packets": 7, "carrier_down": 2}
    errors, flaps = errors_of(grown)
    assert errors == {CRC: 4, "rx_errors": 4}
    assert flaps == 2
    assert Step("nothing", "", "", 60, errors, flaps).worst == 4
