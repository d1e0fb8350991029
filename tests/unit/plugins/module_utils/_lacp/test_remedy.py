# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ails a bond, whether a cycle may cure it, and how often it may be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import rate_limit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rate_limit import (
    Attempt,
    HistoryDamaged,
    Now,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.remedy import Picture, ailments
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.remedy_watch import Vigil
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.stuck import Stand
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.watch import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCH, OTHER_SWITCH = "02:5c:00:00:00:aa", "02:5c:00:00:00:bb"
# States as the kernel showed them: (actor, partner).
WELL, UNHEARD, DEAF, EXPIRED, OUT_OF_SYNC = (63, 63), (15, 71), (71, 2), (143, 55), (15, 7)
BLACK_HOLE, SEPARATE, INDIVIDUAL = (63, 15), (7, 15), (7, 3)


def port(states: tuple[int, int] = WELL, **changes: Any) -> dict[str, Any]:
    """A member, well unless said otherwise."""
    return {
        "admin": "up",
        "carrier": "up",
        "mii_status": "up",
        "state": "active" if states[0] & 32 else "backup",
        "aggregator": "1",
        "actor_state": str(states[0]),
        "partner_state": str(states[1]),
        "system": SWITCH,
        "key": "17",
        "own": "15",
        "carrier_down": 0,
        **changes,
    }


def picture(ports: Mapping[str, dict[str, Any]], **changes: Any) -> Picture:
    bond = {"aggregator": "1", "actor_key": "15", "partner_key": "17", "partner_system": SWITCH}
    looks, proc = {}, {}
    for at, (name, values) in enumerate(ports.items()):
        rest = dict(values)
        counters = {"carrier_down": rest.pop("carrier_down")}
        names = {"partner_system": "system", "partner_key": "key", "actor_key": "own"}
        proc[name] = {field: rest.pop(key) for field, key in names.items()}
        fields = {key: value for key, value in rest.items() if value is not None}
        looks[name] = Look(10 + at, name, 5, False, fields, counters)
    return Picture(Stand(Look(5, "bond0", 0, False, bond, {}), looks), proc, **changes)


CASES = {
    "well": (port(), {}, None),
    "the partner does not hear us": (port(UNHEARD), {}, "unheard"),
    "we hear nothing": (port(DEAF), {}, "deaf"),
    "we have just stopped hearing": (port(EXPIRED), {}, "deaf"),
    "its last word was that it does not hear us": (port((143, 71)), {}, "unheard"),
    "what it said before it fell silent": (
        port(DEAF),
        {"unheard": frozenset({"eno2"})},
        "unheard",
    ),
    "deaf, and nobody's LACPDUs arrive": (port(DEAF), {"heard": frozenset({"eno1"})}, "deaf"),
    "deaf, but LACPDUs arrive": (port(DEAF), {"heard": frozenset({"eno2"})}, "filtered"),
    "the partner holds us out": (port(OUT_OF_SYNC), {}, "waiting"),
    "a black hole": (port(BLACK_HOLE), {}, "waiting"),
    "bonding missed the carrier": (port(mii_status="down"), {}, "link_stuck"),
    "no aggregator": (port(actor_state=None), {}, "link_stuck"),
    "all keys alike, another aggregator": (port(SEPARATE, aggregator="2"), {}, "misplaced"),
    "wrong key": (port(SEPARATE, aggregator="2", key="77"), {}, "other_key"),
    "wrong switch": (port(SEPARATE, aggregator="2", system=OTHER_SWITCH), {}, "other_switch"),
    "wrong speed": (port(SEPARATE, aggregator="2", own="9"), {}, "own_key"),
    "hidden keys": (port(SEPARATE, aggregator="2", key=""), {}, "unknown"),
    "not aggregatable": (port(INDIVIDUAL), {}, "individual"),
    "set down": (port(DEAF, admin="down", carrier="down"), {}, "admin_down"),
    "no carrier, old states": (port(carrier="down", mii_status="down"), {}, "no_carrier"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_ails_a_member(case: str) -> None:
    states, changes, kind = CASES[case]
    found = ailments(picture({"eno1": port(), "eno2": states}, **changes))
    assert [(one.member, one.kind) for one in found] == ([("eno2", kind)] if kind else [])
    for one in found:
        assert one.curable is (
            one.kind in ("deaf", "unheard", "link_stuck", "misplaced", "waiting")
        )
        assert one.text.startswith(("eno2", "the switch gives eno2"))


def test_a_switch_that_says_nothing_is_not_cured_by_us() -> None:
    found = ailments(picture({"eno1": port(DEAF), "eno2": port(DEAF)}))
    assert {one.kind for one in found} == {"silent_switch"}


def test_a_switch_that_spoke_a_moment_ago_is_not_silent() -> None:
    found = ailments(picture({"eno1": port(DEAF), "eno2": port(EXPIRED)}))
    assert {one.kind for one in found} == {"deaf"}
    seen = picture({"eno1": port(DEAF), "eno2": port(DEAF)})
    watch = Vigil()
    assert not watch.add_or_hear(seen.stand)
    assert watch.add_or_hear(picture({"eno1": port(UNHEARD), "eno2": port(DEAF)}).stand)
    decision = watch.decide(seen)
    assert [(one.member, one.kind) for one in decision.ailments] == [
        ("eno1", "unheard"),
        ("eno2", "deaf"),
    ]
    assert decision.members == ("eno2", "eno1")


def test_two_that_wait_for_each_other() -> None:
    found = ailments(picture({"eno1": port((14, 6)), "eno2": port((70, 2))}, lacp_active=False))
    assert {one.kind for one in found} == {"passive"}


def test_a_passive_host_with_an_active_switch_can_be_stuck() -> None:
    found = ailments(picture({"eno1": port((62, 63)), "eno2": port((70, 2))}, lacp_active=False))
    assert [one.kind for one in found] == ["deaf"]


def test_the_deaf_one_comes_first_and_what_carries_last() -> None:
    seen = picture(
        {
            "eno1": port(),
            "eno2": port(BLACK_HOLE),
            "eno3": port(OUT_OF_SYNC),
            "eno4": port(UNHEARD),
            "eno5": port(DEAF),
            "eno6": port(SEPARATE, aggregator="2", key="77"),
        }
    )
    decision = Vigil().decide(seen)
    assert decision.outcome == "repair"
    assert decision.members == ("eno5", "eno4", "eno3", "eno2")
    assert len(decision.ailments) == 5


def test_nothing_ails_a_healthy_bond() -> None:
    healthy = picture({"eno1": port(), "eno2": port()})
    watch = Vigil()
    assert watch.add(healthy.stand)
    decision = watch.decide(healthy)
    assert (decision.outcome, decision.members) == ("nothing_to_do", ())


def test_a_wrong_key_is_refused_with_what_would_help() -> None:
    seen = picture({"eno1": port(), "eno2": port(SEPARATE, aggregator="2", key="77")})
    decision = Vigil().decide(seen)
    assert decision.outcome == "refused"
    assert "the switch gives eno2 key 77, the others 17" in decision.text
    assert "A cycle does not cure that" in decision.text


def test_what_was_well_a_moment_ago_is_not_stuck() -> None:
    watch = Vigil()
    assert watch.add(picture({"eno1": port(), "eno2": port()}).stand)
    last = picture({"eno1": port(), "eno2": port(UNHEARD)})
    assert not watch.add(last.stand)
    decision = watch.decide(last)
    assert (decision.outcome, decision.ailments[0].kind) == ("refused", "unsteady")


def test_what_loses_its_carrier_is_not_stuck() -> None:
    watch = Vigil()
    watch.add(picture({"eno1": port(), "eno2": port(UNHEARD)}).stand)
    last = picture({"eno1": port(), "eno2": port(UNHEARD, carrier_down=1)})
    watch.add(last.stand)
    decision = watch.decide(last)
    assert (decision.outcome, decision.ailments[0].kind) == ("refused", "unsteady")


def test_only_members_that_were_named_are_treated() -> None:
    seen = picture({"eno1": port(), "eno2": port(UNHEARD), "eno3": port(UNHEARD)})
    assert Vigil(["eno3"]).decide(seen).members == ("eno3",)
    refused = Vigil(["eno1"]).decide(seen)
    assert refused.outcome == "refused"
    assert "not among the members named" in refused.text


def test_a_bond_without_members_is_refused() -> None:
    assert Vigil().decide(picture({})).outcome == "refused"


NOW = Now("boot-b", 5000.0, 1_000_000.0)
LIMITS = {
    "none yet": ((), 0.0),
    "one of two": ((("boot-b", 4000.0, 0.0),), 0.0),
    "two of two": ((("boot-b", 4000.0, 0.0), ("boot-b", 4900.0, 0.0)), 2600.0),
    "two, one of them old": ((("boot-b", 100.0, 0.0), ("boot-b", 4900.0, 0.0)), 0.0),
    "the date was set back": ((("boot-b", 4000.0, 9e9), ("boot-b", 4900.0, 9e9)), 2600.0),
    "before this boot": ((("boot-a", 9.0, 999_000.0), ("boot-b", 4900.0, 0.0)), 0.0),
    "before this boot, and the date was set back": (
        (("boot-a", 9.0, 2e9), ("boot-a", 9.0, 2e9)),
        0.0,
    ),
}


@pytest.mark.parametrize("case", LIMITS)
def test_how_long_to_wait(case: str) -> None:
    attempts, expected = LIMITS[case]
    history = tuple(Attempt(*one, ("eno2",)) for one in attempts)
    assert rate_limit.wait_s(history, NOW, 2, 3600.0) == expected


def test_a_reboot_does_not_lift_the_limit() -> None:
    now = Now("boot-b", 60.0, 1_000_000.0)
    history = (Attempt("boot-a", 9.0, 999_900.0, ()), Attempt("boot-a", 9.0, 2e9, ()))
    assert rate_limit.wait_s(history, now, 2, 3600.0) == 3500.0


def test_the_history_comes_back_as_it_was() -> None:
    history = rate_limit.with_attempt((), NOW, ("eno2", "eno1"))
    assert rate_limit.loads(rate_limit.dumps(history)) == history
    for _number in range(150):
        history = rate_limit.with_attempt(history, NOW, ())
    assert len(history) == 100


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "other/1"}', '{"schema": "bondproof.lacp/repairs/1"}']
)
def test_a_damaged_history_is_not_an_empty_one(text: str) -> None:
    with pytest.raises(HistoryDamaged, match=r"understood|of the form"):
        rate_limit.loads(text)
