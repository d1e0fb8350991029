# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_capture while bonds are taken to pieces: it tells what it heard, and what it could not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lab.reader import load

from .captured import TOPOLOGY, Captured, lane, run_plan
from .test_lab import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.lab, pytest.mark.root]

# Sends junk with the slow protocols' ethertype towards the host, as fast as it can.
JUNK = (
    "import socket, sys; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); "
    "s.bind((sys.argv[1], 0)); "
    "[s.send(bytes.fromhex('0180c2000002020000000001' '8809') + bytes([200]) * 110) "
    "for _ in range(20000)]"
)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    lab = Commands(tmp_path_factory.mktemp("lab"))
    lab("setup")
    lab("up", str(TOPOLOGY))
    yield lab
    lab("down")


@pytest.fixture(scope="module")
def rough(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Captured:
    """What no capture may die of; it leaves the bonds in ruins, so these tests stand last."""
    port = load(str(TOPOLOGY)).host("c1").bond("deaf").members["de2"].name
    steps = {
        "deaf": [f'ip netns exec sw python3 -c "{JUNK}" {port}'],
        "mute": ["ip link set mu2 nomaster", "ip link set mu2 down", "ip link set mu2 master mute"],
        "flap": ["ip link del fl2"],
        "flip": ["ip link del flip"],
        "holes": ["ip link set holes down"],
        "split": ["ip link set sp1 down", "ip link set sp1 name renamed", "ip link set renamed up"],
    }
    return run_plan(
        commands,
        tmp_path_factory.mktemp("rough"),
        list(steps),
        {bond: [{"name": "it", "commands": said}] for bond, said in steps.items()},
        15.0,
    )


def changes_of(result: Mapping[str, Any], what: str) -> list[tuple[str, str, str]]:
    return [
        (event["member"], event["before"], event["after"])
        for event in result["link_events"]
        if event["what"] == what
    ]


def test_a_storm_is_counted_and_not_hoarded(rough: Captured) -> None:
    result = rough.results["deaf"]
    (note,) = [note for note in result["notes"] if note.endswith("kernel only: a storm")]
    assert note.startswith("de2: ")
    assert int(note.split()[1]) >= 20_000
    heard = lane(result, "de2", "received")
    assert 0 < heard["undecodable_total"] < 20_000
    assert result["ended_by"] == "duration"
    assert lane(result, "de1", "received")["count"] > 5


def test_a_member_that_leaves_and_comes_back(rough: Captured) -> None:
    result = rough.results["mute"]
    assert result["notes"] == []
    assert changes_of(result, "master") == [("mu2", "mute", "none"), ("mu2", "none", "mute")]
    assert lane(result, "mu2", "sent")["count"] > 3


def test_a_member_that_is_deleted(rough: Captured) -> None:
    result = rough.results["flap"]
    assert changes_of(result, "device") == [("fl2", "none", "gone")]
    assert any(note.startswith("member fl2 is gone") for note in result["notes"])
    assert lane(result, "fl1", "received")["count"] > 5
    assert lane(result, "fl2", "received")["count"] > 0


def test_a_bond_that_is_deleted_ends_the_capture(rough: Captured) -> None:
    result = rough.results["flip"]
    assert result["ended_by"] == "bond gone"
    assert "bond flip was deleted during the capture" in result["notes"]
    assert lane(result, "ip1", "received")["count"] > 0
    assert float(result["window"]["length_ms"]) < 15_000


def test_a_bond_that_is_set_down(rough: Captured) -> None:
    result = rough.results["holes"]
    assert ("holes", "up", "down") in changes_of(result, "admin")
    assert result["ended_by"] == "duration"


def test_a_member_that_is_renamed(rough: Captured) -> None:
    result = rough.results["split"]
    assert changes_of(result, "name") == [("sp1", "sp1", "renamed")]
    assert {one["member"] for one in result["lanes"]} == {"sp1", "sp2"}
    assert lane(result, "sp1", "sent")["count"] > 5
