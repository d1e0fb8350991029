# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A switch port that is taken out of its LAG, or put into another, blinks: no cable is accused."""

from __future__ import annotations

import pytest
from unit.factory import ABSENT

from .scene import Scene, ours, rule_of, theirs

DEFAULTED = 71
OTHER = "02:5c:ff:00:00:01"


def moved(driver: str = "veth", *, blinks: int = 1) -> Scene:
    scene = Scene(seconds=40, driver=driver)
    scene.fine("eno2", 0, 8)
    for number in range(blinks):
        scene.talk.link(8 + number, "carrier", "up", "down", "eno2")
        scene.talk.link(8.5 + number, "carrier", "down", "up", "eno2")
    return scene


def left_alone(driver: str = "veth", *, blinks: int = 1) -> Scene:
    scene = moved(driver, blinks=blinks)
    scene.speaks("eno2", 12, 40, sent=ours(2, DEFAULTED), period=10)
    return scene.after(
        "eno2", ACTOR_STATE=DEFAULTED, PARTNER_STATE=0, PARTNER_SYSTEM=ABSENT, PARTNER_KEY=1
    )


def test_a_port_that_never_speaks_again_was_taken_out() -> None:
    verdict = left_alone().verdict()
    assert (verdict["fault"], verdict["members"], verdict["rule"]) == ("switch", ["eno2"], "R06a")
    assert verdict["direction"] == "receive"
    (link,) = [match for match in verdict["also"] if match["rule"] == "R01"]
    assert (link["fault"], link["confidence"]) == ("physical", "hint")


def test_over_a_real_cable_nobody_is_accused_yet() -> None:
    verdict = left_alone("ice").verdict()
    assert verdict["fault"] == "insufficient"
    assert verdict["members"] == ["eno2"]


def test_a_link_that_blinks_again_and_again_is_a_link_that_is_ill() -> None:
    verdict = left_alone(blinks=3).verdict()
    assert rule_of(verdict, "R01")["subjects"][1]["confidence"] == "likely"


def test_a_link_that_blinks_once_and_is_well_is_told_as_one() -> None:
    scene = moved()
    scene.fine("eno2", 10, 40)
    verdict = scene.verdict()
    assert (verdict["fault"], verdict["rule"], verdict["confidence"]) == (
        "physical", "R01", "likely",
    )  # fmt: skip


@pytest.mark.parametrize("blinks", [0, 1])
def test_another_system_is_another_switch_only_after_a_blink(blinks: int) -> None:
    scene = moved(blinks=blinks)
    other = theirs(2, 7, system=OTHER)
    scene.speaks("eno2", 10, 40, sent=ours(2, 7), received=other)
    scene.after("eno2", ACTOR_STATE=7, PARTNER_STATE=7, PARTNER_SYSTEM=OTHER, AGGREGATOR_ID=2)
    verdict = scene.verdict()
    assert (verdict["fault"], verdict["members"]) == ("switch", ["eno2"])
    assert verdict["rule"] == ("R12" if blinks else "R10")
