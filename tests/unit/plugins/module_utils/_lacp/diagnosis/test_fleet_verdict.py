# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts: one, one switch, one leg, one rack, or nothing in common."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_fleet import (
    fleet_view,
)

from ..talk import at
from .scenes import carrier_flaps, healthy, set_down

LEAF, SPARE = "00:1c:73:aa:bb:cc", "00:1c:73:00:00:99"


def verdict(host: str, fault: str = "physical", **summary: Any) -> dict[str, Any]:
    member = "eno1"
    partners = {
        "eno1": {"system": LEAF, "key": 11, "port": 3},
        "eno2": {"system": LEAF, "key": 11, "port": 0x8003},
    }
    hit = fault != "healthy"
    told = {
        "host": host,
        "fault": fault,
        "members": [member] if hit else [],
        "losses": [{"member": member, "at": at(5), "kind": "carrier"}] if hit else [],
        "partners": partners,
        **summary,
    }
    return {"host": host, "fault": fault, "headline": "", "summary": told}


def fleet(*verdicts: dict[str, Any]) -> dict[str, Any]:
    return fleet_view({one["host"]: one for one in verdicts})


FINE = [verdict("h8", "healthy"), verdict("h9", "healthy")]
ELSEWHERE = {"eno1": {"system": SPARE, "key": 11, "port": 3}}
ALONE = {"eno1": {"system": LEAF, "key": 11, "port": 3}}


@pytest.mark.parametrize(
    ("hit", "pattern", "said"),
    [
        ([], "none", "none of 2 hosts"),
        ([verdict("h1")], "one_host", "h1 alone of 3"),
        ([verdict("h1"), verdict("h2")], "one_leg", "same leg of the pair"),
        ([verdict("h1"), verdict("h2", members=["eno2"])], "one_pair", "both legs"),
        (
            [verdict("h1"), verdict("h2", partners=ELSEWHERE)],
            "scattered",
            "share no switch",
        ),
        (
            [verdict("h1", rack="r7"), verdict("h2", partners=ELSEWHERE, rack="r7")],
            "one_rack",
            "in rack r7",
        ),
    ],
    ids=["none", "one_host", "one_leg", "one_pair", "scattered", "one_rack"],
)
def test_the_pattern_is_named(hit: list[dict[str, Any]], pattern: str, said: str) -> None:
    found = fleet(*hit, *FINE)
    assert (found["pattern"], found["schema"]) == (pattern, "bondproof.lacp/fleet-verdict/1")
    assert said in found["text"]
    assert sum(found["faults"].values()) == len(hit) + len(FINE)


def test_a_single_switch_is_no_pair() -> None:
    both = [verdict("h1", partners=ALONE), verdict("h2", partners=ALONE)]
    clean = verdict("h3", "healthy", partners=ALONE)
    found = fleet(*both, clean)
    assert found["pattern"] == "one_switch"
    assert "1 others behind it are clean" in found["text"]


def test_losses_within_a_minute_are_a_burst() -> None:
    late = [{"member": "eno1", "at": at(300), "kind": "carrier"}]
    found = fleet(verdict("h1"), verdict("h2"), verdict("h3", losses=late))
    (burst,) = found["bursts"]
    assert (burst["hosts"], burst["partners"]) == (["h1", "h2"], [LEAF])


def test_each_verdict_says_what_the_fleet_shows() -> None:
    """Two passes: each host first, then each with what the others lost."""
    packets = {name: carrier_flaps().packet(host=name) for name in ("h1", "h2")}
    packets["h3"] = healthy().packet(host="h3")
    first = {name: diagnose(packet) for name, packet in packets.items()}
    assert first["h1"]["fault"] == "physical"
    summaries = [one["summary"] for one in first.values()]
    second = {name: diagnose({**p, "fleet": summaries}) for name, p in packets.items()}
    assert (second["h1"]["fault"], second["h1"]["rule"]) == ("switch", "R16")
    assert second["h1"]["fleet"]["pattern"] == "one_switch"
    assert second["h3"]["fault"] == "healthy"
    assert second["h1"]["also"][0]["rule"] == "R01"


def test_what_a_host_did_to_itself_is_not_laid_on_the_switch() -> None:
    hosts = {"h1": set_down().packet(host="h1"), "h2": set_down().packet(host="h2")}
    summaries = [diagnose(packet)["summary"] for packet in hosts.values()]
    assert diagnose({**hosts["h1"], "fleet": summaries})["fault"] == "host"
