# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R00: which switch port is at the other end, and what is said where nothing proves it."""

from __future__ import annotations

from typing import Any

import pytest
from unit.factory import ABSENT, SYSTEM

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.switch_pairing import plain_mac

from .scene import Scene, port_evidence, unknown
from .scenes import silent, unheard

NOBODY = {"partner__system": "00:00:00:00:00:00", "partner__key": 0, "partner__port": 0}


def pairing(scene: Scene, *records: dict[str, Any], **parts: Any) -> dict[str, Any]:
    found: dict[str, Any] = scene.verdict(switch_evidence=list(records), **parts)["pairing"]
    return found


def test_both_ends_that_describe_each_other_are_one_link() -> None:
    found = pairing(Scene(), port_evidence(2), port_evidence(1))
    assert found["state"] == "proven"
    assert [(one["member"], one["port"]) for one in found["ports"]] == [
        ("eno1", "Ethernet1"),
        ("eno2", "Ethernet2"),
    ]
    assert {one["how"] for one in found["ports"]} == {"both ends describe each other"}


def test_one_of_two_is_partial() -> None:
    assert pairing(Scene(), port_evidence(2))["state"] == "partial"


def test_an_end_that_hears_nobody_is_paired_by_the_word_of_the_other() -> None:
    (found,) = pairing(unheard("ice"), port_evidence(2, **NOBODY))["ports"]
    assert (found["member"], found["how"]) == (
        "eno2",
        "our end describes this port; it describes nobody",
    )
    scene = Scene().after(
        "eno2", PARTNER_SYSTEM=ABSENT, PARTNER_KEY=0, PARTNER_PORT=0, ACTOR_STATE=71
    )
    (found,) = pairing(scene, port_evidence(2), wire=None)["ports"]
    assert found["how"] == "the switch port describes our end; we hear nobody"


@pytest.mark.parametrize("told", ["eno2", "02:00:00:00:01:02", "0200.0000.0102"])
def test_where_both_are_deaf_lldp_tells(told: str) -> None:
    scene = silent("ice").after("eno2", PARTNER_SYSTEM=ABSENT, PARTNER_KEY=0, PARTNER_PORT=0)
    record = port_evidence(2, port__lldp_neighbor={"port_id": told}, **NOBODY)
    (found,) = pairing(scene, record, wire=None)["ports"]
    assert (found["member"], found["how"]) == ("eno2", "LLDP")


def test_crossed_documentation_is_told_and_harms_nothing() -> None:
    record = port_evidence(2, port__lldp_neighbor={"port_id": "eno1"})
    verdict = Scene().verdict(switch_evidence=[record, port_evidence(1)])
    assert verdict["pairing"]["state"] == "crossed"
    assert "cabled to eno1" in verdict["pairing"]["text"]
    assert (verdict["fault"], verdict["confidence"]) == ("healthy", "conclusive")


def test_another_key_is_not_our_link() -> None:
    assert pairing(Scene(), port_evidence(2, partner__key=99))["state"] == "unproven"


def test_identities_that_are_hidden_prove_nothing() -> None:
    scene = Scene()
    for name in scene.names:
        scene.after(name, PARTNER_SYSTEM=unknown(), ACTOR_SYSTEM=unknown())
    assert pairing(scene, port_evidence(2), wire=None)["state"] == "unproven"


@pytest.mark.parametrize(
    "told", ["2-0-0-0-1-1", "0200.0000.0101", "02:00:00:00:01:01", "02-00-00-00-01-01"]
)
def test_macs_are_read_as_switches_write_them(told: str) -> None:
    assert plain_mac(told) == SYSTEM
    assert pairing(Scene(), port_evidence(2, partner__system=told))["state"] == "partial"
