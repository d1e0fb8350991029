# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets that are short, old, altered, contradictory or nonsense: said, never guessed at."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import (
    PACKET_SCHEMA,
    VERDICT_SCHEMA,
    diagnose,
)

from .scene import Scene, port_evidence, rule_of, unknown
from .scenes import (
    carrier_flaps,
    driver_reset,
    egress_dropped,
    flipping,
    healthy,
    healthy_slow,
    ingress_dropped,
    silent,
    starved,
    unheard,
    unheard_for_a_time,
)
from .test_verdicts import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = {
    "schema", "host", "bond", "source", "fault", "members", "direction", "confidence",
    "direction_confidence", "headline", "rule", "excluded", "suspects", "also", "rules",
    "evidence_for", "evidence_against", "alternatives", "arithmetic", "next", "window", "clock",
    "pairing", "kernel_log", "problems", "fleet", "summary",
}  # fmt: skip
STRANGER = {"actor__system": "02:99:00:00:00:01", "partner__system": "02:99:00:00:00:02"}


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        ({"schema": "bondproof.lacp/packet/9"}, "'bondproof.lacp/packet/9'"),
        ({}, "schema None"),
        ([], "of type list"),
        (None, "of type NoneType"),
    ],
    ids=["version", "empty", "list", "none"],
)
def test_what_is_no_packet_of_ours_is_refused_in_words(packet: Any, said: str) -> None:
    verdict = diagnose(packet)
    assert verdict["fault"] == "insufficient"
    assert said in verdict["headline"]
    assert said in verdict["problems"][0]["text"]
    assert set(verdict) == KEYS


def test_a_packet_with_nothing_in_it_accuses_nobody() -> None:
    verdict = diagnose({"schema": PACKET_SCHEMA, "bond": "bond0"})
    assert (verdict["fault"], verdict["schema"]) == ("insufficient", VERDICT_SCHEMA)
    assert all(row["outcome"] != "matched" for row in verdict["rules"] if row["rule"] != "R99")


def test_problems_are_passed_on() -> None:
    told = ["wire.json is not there", {"place": "h1", "text": "unreachable half-way"}]
    verdict = Scene().verdict(problems=told)
    assert [one["text"] for one in verdict["problems"]] == [told[0], "unreachable half-way"]


def test_an_altered_packet_is_worth_a_hint() -> None:
    integrity = {"state": "tampered", "files": ["wire.json"]}
    verdict = egress_dropped().verdict(integrity=integrity)
    assert (verdict["fault"], verdict["confidence"]) == ("host", "hint")
    assert verdict["direction_confidence"] == "hint"
    assert "wire.json" in verdict["problems"][0]["text"]


def test_evidence_of_other_ports_costs_all_confidence() -> None:
    verdict = egress_dropped().verdict(switch_evidence=[port_evidence(2, **STRANGER)])
    assert (verdict["fault"], verdict["confidence"]) == ("host", "hint")
    assert verdict["pairing"]["state"] == "unproven"
    assert "port mapping unproven" in verdict["problems"][0]["text"]
    assert rule_of(verdict, "R00")["outcome"] == "not matched"


def test_evidence_in_a_wrong_form_is_named_and_not_used() -> None:
    verdict = healthy().verdict(switch_evidence=[{"schema": "switch_evidence/v0"}, 7])
    texts = [one["text"] for one in verdict["problems"]]
    assert any("switch_evidence[0] is 'switch_evidence/v0'" in text for text in texts)
    assert any("switch_evidence[1] is 'int'" in text for text in texts)
    assert "of type dict" in healthy().verdict(switch_evidence={})["problems"][0]["text"]


@pytest.mark.parametrize(
    ("make", "sure", "less"),
    [
        (driver_reset, "conclusive", "likely"),
        (starved, "conclusive", "likely"),
        (carrier_flaps, "likely", "hint"),
        (egress_dropped, "conclusive", "conclusive"),
    ],
    ids=["R04", "R08", "R01", "untimed"],
)
def test_clocks_that_disagree_cost_rules_of_time_a_step(make: Any, sure: str, less: str) -> None:
    assert make().verdict(clock={"offset_s": 0.4})["confidence"] == sure
    verdict = make().verdict(clock={"offset_s": -2.5, "synchronised": False})
    assert verdict["confidence"] == less
    assert "disagree by 2.5 s" in verdict["clock"]["text"]


def test_a_window_too_short_says_how_long_it_should_be() -> None:
    scene = Scene(seconds=10)
    scene.state = 61
    for name in scene.names:
        scene.quiet.add(name)
    verdict = scene.verdict()
    assert verdict["fault"] == "insufficient"
    assert verdict["window"]["reason"] == "insufficient_window"
    assert verdict["window"]["needed_s"] == 90
    assert "90 s are needed" in verdict["headline"]
    assert "95" in verdict["next"]["again"]


def test_a_short_window_in_which_all_was_heard_is_healthy_and_likely_only() -> None:
    scene = healthy_slow()
    scene.seconds = 35
    verdict = scene.verdict()
    assert (verdict["fault"], verdict["confidence"]) == ("healthy", "likely")
    assert verdict["window"]["reason"] == "insufficient_window"


def test_without_privilege_nobody_is_called_alone() -> None:
    """The kernel hides the partner; that is no partner that is missing."""
    scene = Scene()
    for name in scene.names:
        hidden = unknown("needs CAP_NET_ADMIN")
        scene.after(name, PARTNER_SYSTEM=hidden, PARTNER_KEY=hidden, PARTNER_PORT=hidden)
    verdict = scene.verdict(wire=None)
    assert verdict["fault"] in {"healthy", "insufficient"}
    assert not any(row["outcome"] == "matched" for row in verdict["rules"] if row["rule"] == "R06")
    assert "CAP_NET_ADMIN" in json.dumps(verdict["evidence_against"])


def test_a_capture_alone_gives_the_direction() -> None:
    verdict = unheard_for_a_time().verdict(before=None, after=None, kernel_log=None)
    assert (verdict["fault"], verdict["direction"]) == ("insufficient", "transmit")
    assert (verdict["members"], verdict["direction_confidence"]) == (["eno2"], "conclusive")
    assert "- 3 s = " in verdict["arithmetic"][0]


def test_a_capture_that_does_not_tell_our_end_accuses_nobody() -> None:
    packet = silent("veth").packet()
    for lane in packet["wire"]["lanes"]:
        lane["direction"] = {"sent": "from_a", "received": "from_b"}[lane["direction"]]
    verdict = diagnose(packet)
    assert verdict["fault"] == "insufficient"
    assert verdict["also"] == []
    assert "which end is ours" in json.dumps(verdict["rules"])


def test_a_bond_of_another_mode_is_not_judged() -> None:
    scene = Scene()
    scene.bond["MODE"] = "active-backup"
    verdict = scene.verdict()
    assert verdict["fault"] == "insufficient"
    assert "bond0 is of mode active-backup" in verdict["headline"]


def test_a_bond_that_went_away_is_said_to_be_gone() -> None:
    packet = Scene().packet()
    packet["after"]["bonds"] = {}
    verdict = diagnose(packet)
    assert verdict["fault"] == "host"
    assert "is gone after it" in verdict["headline"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: getattr(case[0], "__name__", "case"))
def test_the_same_packet_gives_the_same_verdict(case: Any) -> None:
    packet = case[0]().packet()
    kept = copy.deepcopy(packet)
    first = diagnose(packet)
    assert packet == kept
    assert json.loads(json.dumps(first)) == diagnose(json.loads(json.dumps(packet))) == first
    assert set(first) == KEYS


@pytest.mark.parametrize("case", CASES, ids=lambda case: getattr(case[0], "__name__", "case"))
def test_every_pointer_leads_to_what_it_says(case: Any) -> None:
    packet = case[0]().packet()
    verdict = diagnose(packet)
    values = [v for row in verdict["rules"] for one in row["subjects"] for v in one["values"]]
    assert values
    for value in values:
        found = resolved(packet, value["pointer"])
        if isinstance(found, (str, int, float, bool)) and not isinstance(value["value"], str):
            # The capture tells words; a state octet is a number in a text there.
            still = "/unmoved/" in value["pointer"] and value["value"] == 0
            assert still or str(found) == str(value["value"]) or found in {"up", "down"}, value


def resolved(packet: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        plain = step.replace("~1", "/").replace("~0", "~")
        packet = packet[int(plain)] if isinstance(packet, list) else packet[plain]
    return packet


MAKERS: list[Callable[[], Scene]] = [
    lambda: unheard("ice"), unheard_for_a_time, ingress_dropped, flipping, carrier_flaps
]  # fmt: skip
WHOLE = {
    make: json.dumps(make().packet(switch_evidence=[port_evidence(2)], fleet=[{"host": "h2"}]))
    for make in MAKERS
}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 300),
    st.floats(allow_nan=False),
    st.sampled_from(["", "x", "2026-13-99T99:99:99Z", "2026-11-20T23:00:00Z", "up", "63"]),
    st.just([]),
    st.just({}),
    st.just([1, "a", None]),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in steps:
            found += places(inner, (*at, key))
    return found


PLACES = {make: places(json.loads(text)) for make, text in WHOLE.items()}


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_part_that_is_nonsense_raises(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from(list(WHOLE)))
    packet = json.loads(WHOLE[make])
    for _time in range(data.draw(st.integers(1, 4))):
        *way, last = data.draw(st.sampled_from(PLACES[make]))
        place: Any = packet
        try:
            for step in way:
                place = place[step]
            place[last] = data.draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    packet["schema"] = PACKET_SCHEMA
    verdict = diagnose(packet)
    assert verdict["fault"] in {"host", "switch", "physical", "not_lacp", "healthy", "insufficient"}
    json.dumps(verdict)
