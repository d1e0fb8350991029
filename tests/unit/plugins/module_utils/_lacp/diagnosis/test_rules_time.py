# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of time, of the fleet, of dataplanes and of traffic: R08, R09, R24, R16, R17, R27, R18."""

from __future__ import annotations

from typing import Any

import pytest
from unit.factory import PARTNER

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_table import load

from ..talk import at
from .rule_cases import FIRES, OUTCOMES, SILENT, UNASKED, Case, check, name_of
from .scene import Scene, ours, port_evidence, theirs
from .scenes import (
    busy_host,
    carrier_flaps,
    drops,
    healthy,
    late_now_and_then,
    one_flow,
    passive,
    starved,
    unheard_for_a_time,
)
from .test_rules_identity import CASES as IDENTITY
from .test_rules_link import CASES as LINK
from .test_rules_one_way import CASES as ONE_WAY

FIRMWARE = "4.80 0x8002053c 1.3805.0"  # of the factory's members


def short(seconds: float = 2) -> dict[str, Any]:
    return Scene(seconds=seconds).verdict()


def mute() -> dict[str, Any]:
    """We say nothing at all; the far end does."""
    scene = Scene(seconds=120)
    scene.speaks("eno2", received=theirs(2))
    return scene.grew("eno2", lacpdu_tx=0).verdict()


def mute_team() -> dict[str, Any]:
    """The same of a team device: teamd does not count what it sends."""
    scene = Scene(seconds=120)
    scene.bond.update(KIND="team", TEAM_ANSWERS=True)
    scene.speaks("eno2", received=theirs(2))
    return scene.grew("eno2", lacpdu_tx=None).verdict()


def gaps_from_far_end(driver: str = "ice", **port: Any) -> dict[str, Any]:
    """Five seconds of nothing; our port expired, and heard it again."""
    scene = Scene(driver=driver)
    scene.fine("eno2", 0, 6)
    scene.speaks("eno2", 6, 9, sent=ours(2))
    scene.speaks("eno2", 9, 11, sent=ours(2, 0xBF - 0x30))
    scene.fine("eno2", 11)
    given = [port_evidence(2, **port)] if port else None
    return scene.verdict(switch_evidence=given)


def slow_sender() -> dict[str, Any]:
    """Every two to three seconds instead of every second; nobody expires."""
    scene = Scene()
    scene.speaks("eno2", sent=ours(2))
    for second in range(0, 20, 2):
        scene.talk.received(second + 0.2, theirs(2), ours(2), member="eno2")
    return scene.verdict()


def stood_still() -> dict[str, Any]:
    """The whole machine did: a gap both ways, and no timer ran out."""
    scene = Scene()
    scene.fine("eno2", 0, 6)
    scene.fine("eno2", 11)
    return scene.verdict()


def lost_behind_tap() -> dict[str, Any]:
    """Our own EXPIRED, with LACPDUs of the far end in the capture after the last it can count."""
    scene = Scene()
    scene.fine("eno2", 0, 8)
    scene.speaks("eno2", 8, 10, sent=ours(2, 0xBF), received=theirs(2))
    scene.fine("eno2", 10)
    return scene.verdict()


def slow_to_collect(**port: Any) -> dict[str, Any]:
    scene = Scene()
    scene.speaks("eno2", 0, 3, sent=ours(2, 15), received=theirs(2, 7))
    scene.speaks("eno2", 3, 14, sent=ours(2, 15), received=theirs(2, 15))
    scene.fine("eno2", 14)
    return scene.verdict(switch_evidence=[port_evidence(2, **port)])


def row(host: str, second: float | None, fault: str = "physical", **more: Any) -> dict[str, Any]:
    """The summary of another host behind the same switch; second: when it lost a member."""
    lost = [{"member": "eno1", "at": at(second), "kind": "carrier"}] if second is not None else []
    return {
        "host": host,
        "bond": "bond0",
        "fault": fault,
        "members": ["eno1"] if lost else [],
        "losses": lost,
        "partners": {"eno1": {"system": PARTNER, "key": 11, "port": 7}},
        "drivers": {"eno1": {"driver": "ice", "firmware": FIRMWARE}},
        **more,
    }


def fleet(*others: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return carrier_flaps().verdict(fleet=list(others), **parts)


def busy_switch() -> dict[str, Any]:
    evidence = [port_evidence(2, control_plane__cpu_pct=99)]
    return fleet(row("h2", 6), switch_evidence=evidence)


def forwards(*, enabled: object) -> dict[str, Any]:
    return Scene().verdict(dataplane={"eno2": {"enabled": enabled, "source": "vplsh lag"}})


def team(**changes: Any) -> dict[str, Any]:
    scene = Scene()
    scene.bond.update(KIND="team", **changes)
    return scene.verdict()


def no_counters() -> dict[str, Any]:
    return Scene().verdict(before=None)


CASES = [
    Case("R08", FIRES, starved().verdict, "gave up on it", fault="host", confidence="conclusive"),
    Case("R08", FIRES, mute, "no LACPDU at all", confidence="conclusive"),
    Case("R08", FIRES, mute_team, "no LACPDU of teamd", confidence="conclusive"),
    Case("R08", FIRES, busy_host().verdict, "sent no LACPDU", confidence="hint"),
    Case("R08", SILENT, healthy().verdict),
    Case("R08", SILENT, passive().verdict),
    Case("R08", UNASKED, short, "insufficient_window"),
    Case("R08b", FIRES, gaps_from_far_end, "ours were regular", fault="insufficient"),
    Case("R08b", FIRES, lambda: gaps_from_far_end("veth"), "1 gap", fault="switch"),
    Case(
        "R08b",
        FIRES,
        lambda: gaps_from_far_end(lacp_counters__tx=9),
        "sent 9 of 20",
        fault="switch",
        confidence="likely",
    ),
    Case(
        "R08b",
        FIRES,
        lambda: gaps_from_far_end(control_plane__cpu_pct=97),
        "97 % busy",
        fault="switch",
    ),
    Case("R08b", FIRES, slow_sender, "gaps", confidence="hint"),
    Case("R08b", SILENT, healthy().verdict),
    Case("R08b", SILENT, late_now_and_then().verdict),
    Case("R08b", SILENT, stood_still),
    Case("R08b", UNASKED, short, "insufficient_window"),
    Case("R09", FIRES, unheard_for_a_time().verdict, "did not reach", fault="switch"),
    Case("R09", FIRES, lost_behind_tap, "did not reach our LACP", fault="host"),
    Case("R09", SILENT, healthy().verdict),
    Case("R09", SILENT, carrier_flaps().verdict),
    Case("R09", UNASKED, lambda: Scene().verdict(wire=None), "no frames were captured"),
    Case("R24", FIRES, slow_to_collect, "10.9 s", fault="host", confidence="hint"),
    Case(
        "R24",
        FIRES,
        lambda: slow_to_collect(member__reason="peer_collect_timeout"),
        "not set Collecting",
        confidence="conclusive",
    ),
    Case(
        "R24",
        FIRES,
        lambda: slow_to_collect(logs=[{"mnemonic": "ETHPORT", "text": "lacp sequence timeout"}]),
        "not set Collecting",
        confidence="conclusive",
    ),
    Case("R24", SILENT, healthy().verdict),
    Case("R24", UNASKED, lambda: Scene().verdict(wire=None), "no frames were captured"),
    Case("R16", FIRES, lambda: fleet(row("h2", 6)), "h2 and this host", "", "switch", "likely"),
    Case("R16", FIRES, busy_switch, "99 % busy", "", "switch", "conclusive"),
    Case("R16", SILENT, lambda: fleet(row("h2", 300)), subject=""),
    Case("R16", SILENT, lambda: fleet(row("h2", 6, "host")), subject=""),
    Case("R16", SILENT, lambda: fleet(row("h2", 6, partners={})), subject=""),
    Case("R16", UNASKED, healthy().verdict, "no other host", ""),
    Case(
        "R17",
        FIRES,
        lambda: (
            carrier_flaps()
            .after("eno2", FIRMWARE="4.20")
            .verdict(fleet=[row("h2", None), row("h3", None)])
        ),
        "firmware 4.20",
        "",
        "host",
        "likely",
    ),
    Case("R17", SILENT, lambda: fleet(row("h2", None), row("h3", None)), subject=""),
    Case("R17", SILENT, lambda: fleet(row("h2", 6), row("h3", None)), subject=""),
    Case("R17", UNASKED, carrier_flaps().verdict, "no other host", ""),
    Case("R27", FIRES, lambda: forwards(enabled=False), "vplsh lag does not", fault="host"),
    Case("R27", SILENT, lambda: forwards(enabled=True)),
    Case("R27", UNASKED, lambda: forwards(enabled=None), "no dataplane"),
    Case(
        "R29",
        FIRES,
        lambda: team(TEAM_ANSWERS=False),
        "no teamd answers",
        "bond0",
        "host",
        "conclusive",
    ),
    Case("R29", SILENT, lambda: team(TEAM_ANSWERS=True), subject="bond0"),
    Case("R29", SILENT, healthy().verdict, subject="bond0"),
    Case(
        "R29", UNASKED, lambda: Scene().verdict(after=None), "were not collected", subject="bond0"
    ),
    Case("R18", FIRES, drops().verdict, "900 of 20000 TCP segments", "", "not_lacp", "conclusive"),
    Case("R18", FIRES, one_flow().verdict, "% of what bond0 sends", "", "not_lacp", "hint"),
    Case("R18", SILENT, healthy().verdict, subject=""),
    Case("R18", SILENT, carrier_flaps().verdict, subject=""),
    Case("R18", UNASKED, no_counters, "no counter of drops", ""),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_rule(case: Case) -> None:
    check(case)


def test_every_rule_fires_is_silent_and_cannot_be_asked() -> None:
    told: dict[str, set[str]] = {rule.id: set() for rule in load()}
    for case in (*LINK, *ONE_WAY, *IDENTITY, *CASES):
        told[case.rule].add(case.outcome)
    assert {rule: OUTCOMES - found for rule, found in told.items() if found != OUTCOMES} == {}
