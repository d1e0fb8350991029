# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words that a capture follows on a team device."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import teamd_watch

from .test_teamd import OWN, PARTNER, STATE, info, port

GOOD = copy.deepcopy(STATE)
GOOD["ports"]["tm4"] = port(4, "current", 61, info(PARTNER, 61, key=9, port=18))


def told(state: object) -> teamd_watch.Fields:
    found = teamd_watch.fields(json.dumps(state).encode())
    assert found is not None
    return found


def test_the_words_are_those_of_a_bond() -> None:
    found = told(STATE)
    assert found[""] == {
        "runner": "lacp",
        "system_priority": "7",
        "aggregator": "3",
        "system": OWN,
    }
    assert found["tm3"]["actor_state"] == found["tm3"]["partner_state"] == "61"
    assert (found["tm3"]["partner_system"], found["tm3"]["partner_port"]) == (PARTNER, "17")
    assert (found["tm4"]["team_state"], found["tm4"]["selected"]) == ("defaulted", "no")


def test_convergence_needs_every_port() -> None:
    assert teamd_watch.is_converged(told(GOOD))
    assert not teamd_watch.is_converged(told(STATE))
    assert not teamd_watch.is_converged({"": {"runner": "lacp"}})


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b"\xff"])
def test_what_is_no_dump_is_none(content: bytes) -> None:
    assert teamd_watch.fields(content) is None


@given(st.binary(max_size=40), st.integers(0, 900))
def test_no_octets_raise(octets: bytes, cut: int) -> None:
    teamd_watch.fields(json.dumps(STATE).encode()[:cut] + octets)
