# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Budgets of a failover from the timers of a bond, and outages from probes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    failover_budget as budgets,
    outage as probes,
)

NS = probes.NS
MS = NS // 1000
FAST = budgets.Timers(100, 0, 0, we_are_short=True, partner_is_short=True)
SLOW = FAST._replace(we_are_short=False, partner_is_short=False)


@pytest.mark.parametrize(
    ("fault", "timers", "leave_ms", "outage_ms"),
    [
        (budgets.Fault("carrier"), FAST, 500, 500),
        (budgets.Fault("carrier"), FAST._replace(downdelay_ms=200), 700, 700),
        (budgets.Fault("carrier"), FAST._replace(miimon_ms=0), 4000, 4000),
        (budgets.Fault("carrier"), SLOW._replace(miimon_ms=0), 99_700, 99_700),
        (budgets.Fault("lacp_loss", "received"), FAST, 10_600, 7300),
        (budgets.Fault("lacp_loss", "sent"), FAST, 10_600, 7300),
        (budgets.Fault("lacp_loss", "sent"), FAST._replace(we_are_short=False), 40_300, 37_000),
        (budgets.Fault("lacp_loss", "both"), FAST, 4000, 1800),
        (budgets.Fault("lacp_loss", "both"), SLOW, 99_700, 33_700),
        (
            budgets.Fault("lacp_loss", "both"),
            FAST._replace(partner_is_short=False),
            99_700,
            # The far end goes on for 90 s while this one left after 2 to 3.
            97_500,
        ),
    ],
)
def test_the_budget_follows_the_timers(
    fault: budgets.Fault, timers: budgets.Timers, leave_ms: float, outage_ms: float
) -> None:
    found = budgets.derived(fault, timers)
    assert found.leave_ms == pytest.approx(leave_ms)
    assert found.outage_ms == pytest.approx(outage_ms)


def test_a_return_needs_updelay_and_the_partners_next_pdu() -> None:
    carrier = budgets.Fault("carrier")
    fast = budgets.derived(carrier, FAST).return_s
    assert budgets.derived(carrier, FAST._replace(updelay_ms=10_000)).return_s == fast + 10
    assert budgets.derived(carrier, SLOW).return_s == pytest.approx(fast + 29 * 1.1)
    assert budgets.derived(budgets.Fault("lacp_loss", "both"), FAST).return_s == 39.0


def test_timers_are_read_from_options_and_states() -> None:
    options = {"miimon": 50, "updelay": 100, "downdelay": 200}
    assert budgets.timers(options, 0x3F, 0x3D) == budgets.Timers(
        50, 100, 200, we_are_short=True, partner_is_short=False
    )


def test_what_is_asked_for_replaces_what_is_derived_but_not_the_patience() -> None:
    default = budgets.derived(budgets.Fault("lacp_loss", "both"), SLOW)
    asked = budgets.chosen(default, 2000.0, 5.0, 7)
    assert asked == budgets.Budget(2000.0, 2000.0, 5.0, 7)
    assert budgets.chosen(default, None, None, None) == default
    assert budgets.patience(default)[0] > 99


def meter(answered: str, start: int = NS) -> probes.FlowMeter:
    """A probe every 10 ms; '.' is one without an answer."""
    found = probes.FlowMeter(7)
    for number, letter in enumerate(answered):
        found.sent(number, start + number * 10 * MS)
        if letter != ".":
            found.answered(number, start + number * 10 * MS + MS)
    found.finish()
    return found


def test_a_gap_is_told_by_the_times_of_sending() -> None:
    (gap,) = meter("xxx...xx").gaps
    assert gap == probes.Gap(7, NS + 30 * MS, NS + 60 * MS, 3, 10 * MS)


def test_a_gap_that_nothing_ends_stays_open() -> None:
    (gap,) = meter("xx..").gaps
    assert (gap.end, gap.lost) == (0, 2)
    found = probes.outage([gap], NS, NS + 100 * MS)
    assert (found.ms, found.ended) == (80.0, False)


def test_an_answer_that_is_too_late_is_none() -> None:
    found = probes.FlowMeter(1)
    found.sent(0, NS)
    found.sent(1, NS + MS)
    found.answered(1, NS + 2 * MS)
    found.settle(NS + 500 * MS)
    assert not found.gaps  # the first may still come
    assert found.lost_count == 0
    found.answered(0, 3 * NS)
    found.finish()
    assert found.lost_count == 1
    assert [gap.lost for gap in found.gaps] == [1]


@given(st.text(alphabet="x.", max_size=60))
def test_every_probe_is_answered_or_in_one_gap(answered: str) -> None:
    found = meter(answered)
    assert found.sent_count == len(answered)
    assert found.lost_count == answered.count(".") == sum(gap.lost for gap in found.gaps)
    assert len(found.gaps) == len([run for run in answered.split("x") if run])


def test_the_longest_gap_of_a_phase_counts_and_losses_are_by_flow() -> None:
    gaps = [
        probes.Gap(1, 2 * NS, 2 * NS + 50 * MS, 5, 10 * MS),
        probes.Gap(2, 2 * NS + 20 * MS, 2 * NS + 100 * MS, 8, 10 * MS),
        probes.Gap(1, 3 * NS, 3 * NS + 20 * MS, 2, 10 * MS),
        probes.Gap(1, 5 * NS, 5 * NS + 20 * MS, 2, 10 * MS),
    ]
    found = probes.outage(gaps, 2 * NS, 4 * NS)
    assert found == probes.Outage(80.0, 10.0, 15, 8)
    assert probes.outage(gaps, 4 * NS, 6 * NS).lost == 2
    assert probes.outage(gaps, 6 * NS, 7 * NS) == probes.Outage(0.0, 0.0, 0, 0)


def test_a_probe_on_its_way_when_the_fault_came_is_the_faults() -> None:
    gap = probes.Gap(1, 2 * NS - 5 * MS, 2 * NS + 95 * MS, 10, 10 * MS)
    assert probes.outage([gap], 0, 2 * NS).lost == 0
    assert probes.outage([gap], 2 * NS, 3 * NS).ms == 100.0


def test_flows_that_cross_a_member_are_found() -> None:
    paths = {
        1: ("eno1", "eno1"),
        2: ("eno2", "eno1"),
        3: ("eno1", "eno2"),
        4: ("eno2", "eno2"),
        5: ("eno2", "eno1"),
        6: ("eno2", ""),
    }
    assert probes.crossing(paths, "eno2", 3) == [2, 3, 4]
    assert probes.crossing(paths, "eno3", 3) == []
    seen = [
        probes.Seen(1, "eno1", is_sent=True),
        probes.Seen(1, "eno2", is_sent=False),
        probes.Seen(2, "eno1", is_sent=True),
    ]
    assert probes.routes(seen) == {1: ("eno1", "eno2"), 2: ("eno1", "")}
