# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from lab.states import STATES, holds

# Octets as measured on veth with the kernel's bonding: what each fault leads to.
CASES = {
    "healthy, both fast": ((63, 63, 1, "up"), {"converged", "present"}),
    "healthy, partner slow": ((63, 61, 1, "up"), {"converged", "present"}),
    "expired": ((143, 55, 1, "up"), {"silent", "present"}),
    "defaulted": ((71, 0, 2, "up"), {"silent", "separate", "present"}),
    "they do not hear us": ((63, 71, 1, "up"), {"unheard", "present"}),
    "other LAG": ((7, 15, 2, "up"), {"separate", "present"}),
    "both wait": ((62, 62, 1, "up"), {"converged", "passive", "present"}),
    "both wait and never spoke": ((70, 0, 1, "up"), {"silent", "passive", "present"}),
    "carrier lost": ((7, 63, 2, "down"), {"down", "present"}),
}


@pytest.mark.parametrize("name", CASES)
def test_states_that_hold(name: str) -> None:
    (actor, partner, aggregator, mii), expected = CASES[name]
    member: dict[str, int | str] = {
        "actor": actor,
        "partner": partner,
        "aggregator": aggregator,
        "mii": mii,
    }
    assert {state for state in STATES if holds(state, member, 1)} == expected
