# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole verdicts: what is made, and who must be named for it; nobody is accused without proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .scenes import (
    asymmetric,
    busy_host,
    carrier_flaps,
    crc,
    driver_reset,
    drops,
    egress_dropped,
    flipping,
    healthy,
    healthy_slow,
    ingress_dropped,
    late_now_and_then,
    new_mac,
    nobody_there,
    one_flow,
    other_key,
    other_speed,
    other_switch,
    passive,
    recreated,
    set_down,
    silenced_by_switch,
    stale_churn,
    starved,
    transmit_hung,
    unheard,
    unheard_by_switch,
    unheard_for_a_time,
    unmonitored,
    unplugged,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .scene import Scene


@pytest.mark.parametrize(
    "make",
    [healthy, healthy_slow, asymmetric, stale_churn, late_now_and_then, busy_host, one_flow],
    ids=lambda make: make.__name__,
)
@pytest.mark.parametrize("driver", ["ice", "veth"])
def test_a_healthy_bond_is_healthy(make: Callable[[], Scene], driver: str) -> None:
    scene = make()
    for name in scene.names:
        scene.after(name, DRIVER=driver)
    verdict = scene.verdict()
    assert (verdict["fault"], verdict["headline"]) == ("healthy", verdict["headline"])
    assert verdict["members"] == []
    assert verdict["confidence"] == "conclusive"
    assert verdict["next"]["switch"] == []


Case = tuple[Any, str, list[str], str, str, str]
BOTH_MEMBERS = ["eno1", "eno2"]
CASES: list[Case] = [
    (egress_dropped, "host", ["eno2"], "transmit", "conclusive", "R05a"),
    (transmit_hung, "host", ["eno2"], "transmit", "conclusive", "R05a"),
    (unheard_by_switch, "switch", ["eno2"], "transmit", "likely", "R05b"),
    (unheard_for_a_time, "switch", ["eno2"], "transmit", "likely", "R05b"),
    (lambda: unheard("ice"), "insufficient", ["eno2"], "transmit", "hint", "R05"),
    (ingress_dropped, "host", ["eno2"], "receive", "conclusive", "R06c"),
    (silenced_by_switch, "switch", ["eno2"], "receive", "likely", "R06a"),
    (nobody_there, "switch", BOTH_MEMBERS, "receive", "likely", "R06a"),
    (passive, "host", BOTH_MEMBERS, "both", "conclusive", "R06a"),
    (carrier_flaps, "physical", ["eno2"], "both", "likely", "R01"),
    (unplugged, "physical", ["eno2"], "both", "likely", "R01b"),
    (set_down, "host", ["eno2"], "both", "conclusive", "R15b"),
    (crc, "physical", ["eno2"], "receive", "likely", "R03"),
    (driver_reset, "host", ["eno2"], "both", "conclusive", "R04"),
    (other_key, "switch", ["eno2"], "none", "conclusive", "R11"),
    (other_switch, "switch", ["eno2"], "none", "conclusive", "R12"),
    (flipping, "switch", ["eno2"], "none", "conclusive", "R10"),
    (recreated, "host", ["eno2"], "both", "conclusive", "R15"),
    (new_mac, "host", BOTH_MEMBERS, "none", "conclusive", "R14"),
    (starved, "host", BOTH_MEMBERS, "transmit", "conclusive", "R08"),
    (unmonitored, "host", BOTH_MEMBERS, "none", "likely", "R20"),
    (other_speed, "host", ["eno2"], "none", "likely", "R13"),
    (drops, "not_lacp", [], "none", "conclusive", "R18"),
]


@pytest.mark.parametrize(
    ("make", "fault", "members", "direction", "confidence", "rule"),
    CASES,
    ids=[getattr(case[0], "__name__", "case") for case in CASES],
)
def test_the_fault_is_found(
    make: Callable[[], Scene],
    fault: str,
    members: list[str],
    direction: str,
    confidence: str,
    rule: str,
) -> None:
    verdict = make().verdict()
    keys = ("fault", "members", "direction", "confidence", "rule")
    found = {key: verdict[key] for key in keys}
    assert found == dict(zip(keys, (fault, members, direction, confidence, rule), strict=True))
    assert verdict["problems"] == []


@pytest.mark.parametrize("case", CASES, ids=[getattr(c[0], "__name__", "case") for c in CASES])
def test_what_to_do_next_is_told_for_the_side_that_must_do_it(case: Case) -> None:
    verdict = case[0]().verdict()
    steps = verdict["next"]
    assert steps["host"]
    assert all(step["why"] for side in ("host", "switch") for step in steps[side])
    commands = [step["command"] for step in steps["host"]]
    assert not any("{" in command for command in commands)
    cure = steps["switch" if verdict["fault"] == "switch" else "host"][0]
    assert cure["command"] == ""
    if verdict["fault"] != "not_lacp":
        assert any("show lacp neighbor" in step["command"] for step in steps["switch"])


def test_the_commands_are_those_of_the_vendor() -> None:
    steps = other_key().verdict(partner_vendor="Arista Networks")["next"]["switch"]
    assert {step["vendor"] for step in steps} == {"", "Arista EOS"}
    assert any("LACP port 18 (our eno2) on system 00:1c:73" in step["why"] for step in steps)


def test_facts_of_a_healthy_bond_are_told_in_a_line_each() -> None:
    texts = [item["text"] for item in healthy().verdict()["evidence_for"]]
    assert texts[0] == "eno1: our state 63, theirs 63; 20 LACPDUs came in, 20 went out"
