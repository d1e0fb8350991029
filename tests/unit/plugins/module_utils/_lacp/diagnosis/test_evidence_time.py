# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RFC 3339 in, nanoseconds out, to the last digit."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.evidence_time import utc_ns
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import utc_text


@given(st.integers(0, 4_000_000_000 * 10**9))
def test_the_times_of_an_analysis_are_read_back_exactly(moment: int) -> None:
    assert utc_ns(utc_text(moment)) == moment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01 00:00:01.5z", 1_500_000_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("1970-01-01T00:00:01", None),
        ("1970-13-01T00:00:01Z", None),
        ("1970-01-01T00:00:01.xZ", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_other_forms(text: object, found: int | None) -> None:
    assert utc_ns(text) == found
