# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shipped can be played; what is wrong with a scenario is said, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from accuracy import berths
from accuracy.lined import ScenarioError
from accuracy.scenario import CHURNED, read, read_all

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
GOOD = """---
title: A member is deaf
bond: {members: [eno1, eno2], options: {lacp_rate: fast}}
window: 30
faults:
  - {fault: deaf_host, with: {member: eno2}, at: 5, until: 20}
expect:
  fault: host
  members: [eno2]
"""


def scenario(folder: Path, text: str, name: str = "one") -> Path:
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_shipped_can_be_read() -> None:
    scenarios, problems = read_all(SHIPPED)
    assert problems == []
    assert len(scenarios) >= 30
    assert {one.expected.fault for one in scenarios} == {
        "host", "switch", "physical", "not_lacp", "healthy", "insufficient",
    }  # fmt: skip
    assert len({one.title for one in scenarios}) == len(scenarios)


def test_what_is_shipped_fits_on_the_lab() -> None:
    wards = berths.assign(one for one in read_all(SHIPPED)[0] if not one.packet)
    up = berths.check(wards, yaml.safe_dump(berths.topology(wards)))
    played = [berth for ward in wards for berth in ward.berths]
    assert max(len(ward.berths) for ward in wards) <= berths.BONDS_A_HOST
    for ward in wards:
        assert {berth.scenario.window_s for berth in ward.berths} == {ward.window_s}
        assert len(ward.berths) == 1 or not any(berth.scenario.alone for berth in ward.berths)
    for berth in played:
        members = list(up.host(berth.host).bond(berth.bond).members)
        assert [berth.aliases[member] for member in members] == list(berth.scenario.bond.members)


def test_a_scenario_becomes_what_a_guest_does(tmp_path: Path) -> None:
    (ward,) = berths.assign([read(scenario(tmp_path, GOOD))])
    up = berths.check([ward], yaml.safe_dump(berths.topology([ward])))
    todo = berths.work(ward, up)["bonds"]["bond01"]
    assert [(step["at"], step["states"]) for step in todo["during"]] == [
        (5.0, {"eno2x01": "silent"}),
        (20.0, {"eno2x01": "converged"}),
    ]
    assert "dev eno2x01 ingress" in " ".join(todo["during"][0]["commands"])
    assert todo["before"] == []


def test_a_fault_may_last_until_a_member_has_churned(tmp_path: Path) -> None:
    text = GOOD.replace("at: 5, until: 20", "at: before, until: churned")
    one = read(scenario(tmp_path, text))
    assert (one.injections[0].at, one.injections[0].until) == (None, CHURNED)
    (ward,) = berths.assign([one])
    up = berths.check([ward], yaml.safe_dump(berths.topology([ward])))
    steps = berths.work(ward, up)["bonds"]["bond01"]["before"]
    assert [step["churned"] for step in steps] == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: A member is deaf\n", "", 2, "title is missing"),
        ("window: 30", "widow: 30", 4, "this key is not known"),
        ("window: 30", "window: soon", 4, "a number is wanted, not 'soon'"),
        ("window: 30", "window: 3", 4, "3 is out of range"),
        ("deaf_host", "deaf_hose", 6, "unknown fault 'deaf_hose'"),
        ("{member: eno2}, at", "{member: eno9}, at", 6, "no member 'eno9'"),
        ("at: 5", "at: later", 6, "'later' is no moment"),
        ("at: 5", "at: 29", 6, "29 is out of range"),
        ("at: 5, until: 20", "until: 20", 6, "at is missing"),
        ("until: 20", "until: 4", 6, "it ends before it begins"),
        ("deaf_host, with: {member: eno2}", "members_reattached", 6, "ends by itself"),
        ("fault: host\n", "fault: hose\n", 8, "'hose' is not known"),
        ("members: [eno2]\n", "members: eno2\n", 9, "a list is wanted"),
        ("members: [eno2]\n", "members: [eno3]\n", 9, "eno3 is no member"),
        ("lacp_rate: fast", "lacp_speed: fast", 3, "unknown key 'lacp_speed'"),
        ("members: [eno1, eno2], ", "", 3, "no members"),
        ("members: [eno1, eno2], ", "members: [eno1, eno2], faults: [x], ", 3, "do not stand here"),
        ("bond: {", "bond: [", 3, "expected"),
        ("bond: {members: [eno1, eno2], options: {lacp_rate: fast}}\n", "", 2, "neither bond nor"),
        ("window: 30", "packet: nowhere.json", 4, "nowhere.json is not there"),
        ("window: 30", "set: {/a: 1}", 4, "only a recorded packet can be edited"),
    ],
)  # fmt: skip
def test_a_bad_file_is_named_with_line_and_cause(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    path = scenario(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}:{line}: "), said
    assert words in said
    assert "Cure: " in said


def test_a_bad_file_does_not_keep_the_others(tmp_path: Path) -> None:
    scenario(tmp_path, GOOD, "good")
    scenario(tmp_path, "title: [", "bad")
    (tmp_path / "odd.yml").write_bytes(b"\xff\xfe")
    scenarios, problems = read_all(tmp_path)
    assert [one.name for one in scenarios] == ["good"]
    assert len(problems) == 2


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    assert "there is no scenario in it" in read_all(tmp_path)[1][0]
