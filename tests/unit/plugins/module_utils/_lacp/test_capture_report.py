# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import analyse
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.capture_report import (
    capture_result,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.frame_reader import FrameReader
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pdu import (
    Lacpdu,
    PortInfo,
    encode,
    mac_octets,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.reaction import Reaction
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    NS,
    RECEIVED,
    SENT,
    LinkEvent,
    LogLine,
    Sample,
    Window,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import Frame, Record

GROUP = mac_octets("01:80:c2:00:00:02")
OURS, THEIRS = "02:00:00:00:00:01", "02:5c:00:00:00:01"
START = 1_800_000_000 * NS
READER = FrameReader()


def octets(direction: str, state: int = 63, key: int = 79) -> bytes:
    ours = PortInfo(65535, OURS, 15, 255, 1, state if direction == SENT else 63)
    theirs = PortInfo(32768, THEIRS, key, 255, 7, state if direction == RECEIVED else 63)
    actor, partner = (ours, theirs) if direction == SENT else (theirs, ours)
    source = OURS if direction == SENT else THEIRS
    return GROUP + mac_octets(source) + b"\x88\x09" + encode(Lacpdu(1, actor, partner, 0))


def frame(member: str, direction: str, at_s: float, **say: int) -> Frame:
    at = int(at_s * NS)
    found = READER.read(
        octets(direction, **say),
        member=member,
        direction=direction,
        utc_ns=START + at,
        mono_ns=at,
    )
    assert found is not None
    return found


def sample(member: str, at_s: int, **counters: int) -> Sample:
    return Sample(START + at_s * NS, at_s * NS, member, counters)


def result(*records: Record, seconds: int = 10) -> dict[str, Any]:
    ends = [
        sample(member, at, lacpdu_rx=at, lacpdu_tx=at)
        for at in (0, seconds)
        for member in ("eno1", "eno2")
    ]
    mine = {record.member for record in records if isinstance(record, Sample)}
    everything = [*records, *(end for end in ends if end.member not in mine)]
    everything.sort(key=lambda record: record.mono_ns)
    return capture_result(analyse(Window(everything, members=("eno1", "eno2"))))


def talk(member: str, seconds: int = 10, **say: int) -> list[Frame]:
    return [
        one
        for at in range(seconds)
        for one in (frame(member, SENT, at + 0.1), frame(member, RECEIVED, at + 0.2, **say))
    ]


def kinds(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(remark["kind"], remark["members"]) for remark in found["remarks"]]


def test_a_healthy_bond_gives_no_remark_and_plain_data() -> None:
    found = result(*talk("eno1"), *talk("eno2"))
    assert found["remarks"] == []
    assert found["events"] == []
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(("state", "seconds", "told"), [(71, 10, 1), (71, 2, 0), (69, 10, 0)])
def test_a_far_end_that_never_speaks(state: int, seconds: int, told: int) -> None:
    counters = [sample("eno2", 0, lacpdu_tx=0), sample("eno2", seconds, lacpdu_tx=1)]
    only = frame("eno2", SENT, 0.5, state=state)
    found = result(*talk("eno1", seconds), only, *counters, seconds=seconds)
    assert kinds(found) == [("never heard", ["eno2"])] * told


def test_a_passive_far_end() -> None:
    found = result(*talk("eno1"), *talk("eno2", state=62))
    assert kinds(found) == [("passive partner", ["eno2"])]


def test_members_with_different_partners() -> None:
    found = result(*talk("eno1"), *talk("eno2", key=80))
    assert kinds(found) == [("different partners", ["eno1", "eno2"])]
    assert "eno2: system 02:5c:00:00:00:01 key 80" in found["remarks"][0]["text"]


def test_frames_that_this_host_drops_behind_the_tap() -> None:
    counters = [sample("eno2", 0, lacpdu_rx=5, lacpdu_tx=5)]
    counters.append(sample("eno2", 10, lacpdu_rx=8, lacpdu_tx=15))
    found = result(*talk("eno1"), *talk("eno2"), *counters)
    assert kinds(found) == [("dropped behind the tap", ["eno2"])]
    assert "10 LACPDUs came in at the tap, and bonding took in 3" in found["remarks"][0]["text"]


def test_frames_that_this_host_drops_ahead_of_the_tap() -> None:
    counters = [sample("eno2", 0, lacpdu_rx=0, lacpdu_tx=0)]
    counters.append(sample("eno2", 10, lacpdu_rx=10, lacpdu_tx=30))
    found = result(*talk("eno1"), *talk("eno2"), *counters)
    assert kinds(found) == [("dropped ahead of the tap", ["eno2"])]


def test_events_lines_and_counters_are_listed() -> None:
    event = LinkEvent(START + NS, NS, "eno1", "carrier", "up", "down")
    line = LogLine(START + 2 * NS, 2 * NS, "eno1: NIC Link is Down")
    found = result(event, line, *talk("eno1"), *talk("eno2"))
    (told,) = found["link_events"]
    assert (told["member"], told["what"], told["before"], told["after"]) == (
        "eno1",
        "carrier",
        "up",
        "down",
    )
    assert [one["text"] for one in found["kernel_log"]] == ["eno1: NIC Link is Down"]
    grown = {"lacpdu_rx": 10, "lacpdu_tx": 10}
    assert {"member": "eno1", "grown": grown, "unmoved": []} in found["counters"]


def test_junk_is_a_frame_with_a_fault_and_other_ethertypes_are_none() -> None:
    head = GROUP + mac_octets(THEIRS)
    junk = READER.read(
        head + b"\x88\x09" + bytes([200]) * 50,
        member="eno1",
        direction=RECEIVED,
        utc_ns=START,
        mono_ns=0,
    )
    assert junk is not None
    assert junk.pdu is None
    assert "subtype 200 is illegal" in junk.fault
    other = READER.read(
        head + b"\x08\x00" + bytes(50), member="a", direction=SENT, utc_ns=0, mono_ns=0
    )
    assert other is None


def test_the_same_octets_give_the_very_same_pdu() -> None:
    first, second = frame("eno1", SENT, 1), frame("eno2", SENT, 2)
    assert first.pdu is second.pdu


def test_a_reaction_counts_only_what_follows() -> None:
    reaction = Reaction(("eno1", "eno2"))
    reaction.heard(frame("eno1", SENT, 0.5))
    reaction.poked(START + NS, NS)
    for member, direction, at in (
        ("eno1", RECEIVED, 1.1),
        ("eno1", SENT, 1.25),
        ("eno1", RECEIVED, 1.5),
        ("eno1", SENT, 2.5),
    ):
        reaction.heard(frame(member, direction, at))
    assert reaction.as_result()["members"] == [
        {"member": "eno1", "sent_after_ms": 250.0, "received_after_ms": 250.0},
        {"member": "eno2", "sent_after_ms": None, "received_after_ms": None},
    ]
