# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which members of a team device are stuck in the way that taking them out and back in cures."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_remedy import choose

# (actor, partner) as teamd showed them on the lab, both at the slow rate.
WELL, UNHEARD, EXPIRED, DEAF, OUT_OF_SYNC = (61, 63), (13, 71), (13, 199), (69, 2), (13, 7)
UP = {"admin_up": True, "carrier": True, "ifindex": 3, "mtu": 1500, "team": {"selected": True}}


def look(states: tuple[int, int], sent: int | None, got: int | None) -> dict[str, Any]:
    actor, partner = states
    return {
        "actor_state": actor,
        "partner_state": partner,
        "tx_packets": sent,
        "rx_packets": got,
    }


def packet(
    *looks: dict[str, Any], heard: int | None = None, sender: int | None = None, **facts: Any
) -> dict[str, Any]:
    """A bond of two: dp0s0 as told, dp0s2 well."""
    well = [look(WELL, 10 + number, 10 + number) for number, _one in enumerate(looks)]
    lane: dict[str, Any] = {"member": "dp0s0", "direction": "received", "count": heard}
    if sender is not None:
        lane["sender"] = {"state": sender}
    bond = {
        "kind": "team",
        "team": {"answers": True},
        "members": {"dp0s0": UP | facts, "dp0s2": UP},
    }
    return {
        "bond": "dp0bond0",
        "readings": [
            {"members": {"dp0s0": one, "dp0s2": other}}
            for one, other in zip(looks, well, strict=True)
        ],
        "wire": {"lanes": [lane] if heard is not None else []},
        "after": {"bonds": {"dp0bond0": bond}},
    }


FROZEN = packet(look(UNHEARD, 122833, 657769), look(UNHEARD, 122833, 657789))


def test_a_frozen_transmit_counter_is_stuck() -> None:
    found = choose(FROZEN, watched_s=35)
    assert (found.outcome, found.members) == ("would_repair", ("dp0s0",))
    assert found.text.endswith("transmitted +0, received +20 packets: its transmit path is stuck")


def test_a_partner_that_fell_silent_after_it_had_lost_us_is_remembered() -> None:
    seen = packet(look(EXPIRED, 5, 7), look(DEAF, 5, 8))
    assert choose(seen, watched_s=35).members == ("dp0s0",)


def test_what_the_wire_said_last_wins() -> None:
    seen = packet(look(UNHEARD, 5, 7), look(OUT_OF_SYNC, 5, 8), heard=2, sender=7)
    assert choose(seen, watched_s=35).ailments[0].kind == "waiting"


@pytest.mark.parametrize(
    ("seen", "kind", "cure"),
    [
        pytest.param(
            packet(look(UNHEARD, 5, 7), look(UNHEARD, 9, 8)), "unheard", "do leave", id="sent"
        ),
        pytest.param(
            packet(look(UNHEARD, 5, 7), look(UNHEARD, 5, 7)), "unheard", "watch longer", id="still"
        ),
        pytest.param(
            packet(look(UNHEARD, None, 7), look(UNHEARD, 5, 7)), "unheard", "counters", id="hidden"
        ),
        pytest.param(
            packet(look(UNHEARD, 9, 7), look(UNHEARD, 5, 8)), "unheard", "counters", id="cleared"
        ),
        pytest.param(
            packet(look(DEAF, 5, 7), look(DEAF, 6, 9), heard=3), "filtered", "tc filter", id="deaf"
        ),
        pytest.param(
            packet(look(DEAF, 5, 7), look(DEAF, 6, 7)), "silent_switch", "the switch", id="silent"
        ),
        pytest.param(
            packet(look(OUT_OF_SYNC, 5, 7), look(OUT_OF_SYNC, 6, 8)), "waiting", "ask", id="waiting"
        ),
        pytest.param(
            packet(look(OUT_OF_SYNC, 5, 7), look(OUT_OF_SYNC, 6, 8), team={"selected": False}),
            "other_key", "right LAG", id="other LAG",
        ),
        pytest.param(
            packet(look(UNHEARD, 5, 7), look(UNHEARD, 5, 8), carrier=False),
            "no_carrier", "cable", id="no carrier",
        ),
        pytest.param(
            packet(look(UNHEARD, 5, 7), look(UNHEARD, 5, 8), admin_up=False),
            "admin_down", "up", id="down",
        ),
        pytest.param(packet(look(UNHEARD, 5, 7)), "unknown", "find out", id="one look"),
    ],
)  # fmt: skip
def test_all_else_is_refused_with_what_helps(seen: dict[str, Any], kind: str, cure: str) -> None:
    found = choose(seen, watched_s=35)
    assert (found.outcome, found.members) == ("refused", ())
    (ailment,) = found.ailments
    assert ailment.kind == kind
    assert cure in ailment.cure


def test_what_is_well_at_one_look_is_not_stuck() -> None:
    seen = packet(look(WELL, 5, 7), look(UNHEARD, 5, 8))
    assert choose(seen, watched_s=35).outcome == "nothing_to_do"


def test_a_member_that_may_not_be_treated_is_not() -> None:
    found = choose(FROZEN, ("dp0s2",), 35)
    assert (found.outcome, found.members) == ("refused", ())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"team": {"answers": False}}, "teamd does not answer for dp0bond0"),
        ({"team": {}}, "teamd does not answer for dp0bond0"),
        ({"kind": "bond"}, "dp0bond0 is no team device"),
        ({"members": {}}, "dp0bond0 has no members"),
    ],
)
def test_a_router_that_says_too_little_is_refused(changes: dict[str, Any], says: str) -> None:
    bond = FROZEN["after"]["bonds"]["dp0bond0"] | changes
    with pytest.raises(Refused, match=says):
        choose({**FROZEN, "after": {"bonds": {"dp0bond0": bond}}}, watched_s=35)


def test_what_the_router_answered_is_told() -> None:
    bond = FROZEN["after"]["bonds"]["dp0bond0"] | {"team": {}}
    told = {"place": "state after dp0bond0", "text": "exit status 127: sudo: not found"}
    with pytest.raises(Refused, match=r"\(the router said: exit status 127: sudo: not found\)"):
        choose({**FROZEN, "after": {"bonds": {"dp0bond0": bond}}, "problems": [told]}, watched_s=35)


def test_no_such_bond_and_no_such_member() -> None:
    with pytest.raises(Refused, match="the router has no bond dp0bond7"):
        choose({**FROZEN, "bond": "dp0bond7"}, watched_s=35)
    with pytest.raises(Refused, match="dp0s9 is no member of dp0bond0, which has: dp0s0, dp0s2"):
        choose(FROZEN, ("dp0s9",), 35)


def test_a_short_look_proves_nothing() -> None:
    with pytest.raises(Refused, match="watched for 2 s"):
        choose(FROZEN, watched_s=2)
