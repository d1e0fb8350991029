# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded scenarios get their verdicts; the judge tells right, wrong and unsure apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from accuracy import judge, packets
from accuracy.lined import ScenarioError
from accuracy.scenario import Expected, Scenario, read_all

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
RECORDED = {one.name: one for one in read_all(SHIPPED)[0] if one.packet}
EXPECTED = Expected("host", ("eno2",), ("transmit",), not_accused=("eno1",), rules=("R05a",))
DEAF: dict[str, Any] = {
    "fault": "host",
    "members": ["eno2"],
    "direction": "transmit",
    "rule": "R05a",
    "rules": [{"rule": "R05a", "outcome": "matched"}],
    "also": [],
}


def case(verdict: dict[str, Any], expected: Expected = EXPECTED) -> judge.Case:
    return judge.judge(Scenario("one", "One", expected), verdict, {})


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_packet_gets_its_verdict(name: str) -> None:
    scenario = RECORDED[name]
    found = judge.judge(scenario, diagnose(packets.recorded(scenario)), {})
    assert (found.outcome, found.complaints) == (judge.RIGHT, ())


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, judge.RIGHT),
        ({"direction": "receive"}, judge.MISSED),
        ({"rules": [], "rule": "R99"}, judge.MISSED),
        ({"members": []}, judge.MISSED),
        ({"members": ["eno1", "eno2"]}, judge.ACCUSED),
        ({"fault": "switch"}, judge.ACCUSED),
        ({"fault": "physical"}, judge.ACCUSED),
        ({"fault": "healthy", "members": []}, judge.MISSED),
        ({"fault": "insufficient"}, judge.INSUFFICIENT),
        ({"also": [{"fault": "switch", "confidence": "likely"}]}, judge.ACCUSED),
        ({"also": [{"fault": "switch", "confidence": "hint"}]}, judge.RIGHT),
        ({"also": [{"fault": "host", "confidence": "likely", "members": ["eno1"]}]}, judge.ACCUSED),
        ({"also": [{"fault": "host", "confidence": "likely", "members": ["eno2"]}]}, judge.RIGHT),
        ({"also": [{"fault": "insufficient", "confidence": "likely"}]}, judge.RIGHT),
    ],
)
def test_what_a_verdict_counts_as(change: dict[str, Any], outcome: str) -> None:
    assert case({**DEAF, **change}).outcome == outcome


def test_a_healthy_bond_that_is_accused_counts_as_accused() -> None:
    assert case(DEAF, Expected("healthy", ())).outcome == judge.ACCUSED


def test_a_second_fault_must_be_named() -> None:
    expected = Expected("host", ("eno2",), also={"switch": ("eno1",)})
    assert case(DEAF, expected).outcome == judge.MISSED
    second = {"fault": "switch", "confidence": "likely", "members": ["eno1"]}
    assert case({**DEAF, "also": [second]}, expected).outcome == judge.RIGHT
    second["members"] = ["eno2"]
    assert case({**DEAF, "also": [second]}, expected).outcome == judge.ACCUSED


def test_the_counts_decide() -> None:
    right = case(DEAF)
    insufficient = case({**DEAF, "fault": "insufficient"})
    accused = case({**DEAF, "fault": "switch"})
    assert judge.is_good(judge.summary([right] * 19 + [insufficient], []))
    assert not judge.is_good(judge.summary([right] * 18 + [insufficient] * 2, []))
    assert not judge.is_good(judge.summary([right] * 99 + [accused], []))
    assert not judge.is_good(judge.summary([right], ["a.yml:1: bad"]))
    assert not judge.is_good(judge.summary([], []))
    result = judge.summary([right, insufficient, accused], [])
    assert (result["scenarios"], result["right"]) == (3, 1)
    assert (result["wrong_accusations"], result["insufficient"]) == (1, 1)
    assert [one["outcome"] for one in result["cases"]] == [
        "right",
        "insufficient",
        "wrong accusation",
    ]


def test_the_matrix_counts_each_once() -> None:
    lines = judge.matrix([case(DEAF), case(DEAF), case({**DEAF, "fault": "switch"})])
    assert lines[1].split() == ["host", "2", "1", ".", ".", ".", "."]


def test_an_edit_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "packet.json"
    path.write_text('{"list": [1], "text": "a"}', encoding="utf-8")

    def edited(pointer: str) -> dict[str, Any]:
        one = Scenario(
            "one", "One", EXPECTED, packet=str(path), edits={pointer: 2}, source="one.yml"
        )
        return packets.recorded(one)

    assert edited("/list/0")["list"] == [2]
    assert edited("/list/-")["list"] == [1, 2]
    assert edited("/new/map")["new"] == {"map": 2}
    assert edited("/a~1b")["a/b"] == 2
    for pointer in ("/list/7", "/list/x/y", "/text/a"):
        with pytest.raises(ScenarioError, match=rf"one\.yml: set {pointer}"):
            edited(pointer)


def test_a_folder_from_outside_is_judged_and_its_bad_file_named(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    packet = json.dumps(str(SHIPPED / "packets" / "pair.json"))
    good = f"title: Well\npacket: {packet}\nexpect: {{fault: healthy, members: []}}\n"
    (folder / "good.yml").write_text(good, encoding="utf-8")
    (folder / "bad.yml").write_text(good.replace("healthy", "hearty"), encoding="utf-8")
    result = tmp_path / "accuracy.json"
    words = [str(folder), "--result", str(result), "--evidence", str(tmp_path / "evidence")]
    done = subprocess.run(
        [sys.executable, "-m", "accuracy", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"{folder / 'bad.yml'}:3: expect.fault: 'hearty' is not known" in done.stdout
    found = json.loads(result.read_text(encoding="utf-8"))
    assert (found["scenarios"], found["right"]) == (1, 1)
    assert len(found["bad_files"]) == 1
