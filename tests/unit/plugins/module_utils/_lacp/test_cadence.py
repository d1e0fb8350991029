# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Intervals, quantiles, slices of time, and the text of a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.cadence import Density, Spread
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import utc_text


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=200), st.floats(0.01, 1))
def test_quantiles_are_those_of_the_sorted_list(values: list[int], share: float) -> None:
    spread = Spread()
    for value in values:
        spread.add(value)
    found = spread.quantile(share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)
    assert spread.largest == max(values)


def test_no_quantile_of_nothing() -> None:
    assert Spread().quantile(0.5) is None
    assert Spread().largest is None


def test_many_intervals_are_kept_to_three_digits() -> None:
    spread = Spread()
    for number in range(50_000):
        spread.add(1_000_000_000 + number * 7919)
    median = spread.quantile(0.5)
    assert median is not None
    assert abs(median - (1_000_000_000 + 25_000 * 7919)) < 0.01 * median
    assert len(spread._counts) < 20_000


@given(st.lists(st.integers(0, 10**14), max_size=100))
def test_density_keeps_every_moment(moments: list[int]) -> None:
    density = Density(0)
    for moment in moments:
        density.add(moment)
    assert sum(density.counts.values()) == len(moments)
    assert all(0 <= slot < Density.SLICES for slot in density.counts)
    assert set(density.counts) == {moment // density.width_ns for moment in moments}


@given(st.integers(0, 253_402_300_799 * 10**9))
def test_utc_text_is_the_calendar_s(utc_ns: int) -> None:
    second, rest = divmod(utc_ns, 10**9)
    expected = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert utc_text(utc_ns)[-30:].rjust(30, "0") == f"{expected.rjust(19, '0')}.{rest:09d}Z"


@pytest.mark.parametrize(
    ("utc_ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000000000Z"),
        (951_782_400 * 10**9 + 1, "2000-02-29T00:00:00.000000001Z"),
        (2**64 * 10**9, "584554051223-11-09T07:00:16.000000000Z"),
    ],
)
def test_utc_text(utc_ns: int, text: str) -> None:
    assert utc_text(utc_ns) == text
