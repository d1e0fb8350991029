# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The analysis of a window, case by case: it names what was done to the link, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import (
    Analysis,
    analyse,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis_lane import (
    KEPT_FAULTS,
    KEPT_IDENTITIES,
    KEPT_STATES,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    RECEIVED,
    SENT,
    Window,
)

from .talk import Talk
from .wire import FAST, NOBODY, OURS, SLOW, THEIRS, Port, lacpdu, marker

DEAF = Port(THEIRS.system, THEIRS.port, 0x45, THEIRS.key)
EXPIRED = Port(THEIRS.system, THEIRS.port, 0xBF, THEIRS.key, 32768, 128)
OUR_EXPIRED = Port(state=143)
OUR_DEFAULTED = Port(state=71)


def at(second: float) -> str:
    minute, rest = divmod(20 + second, 60)
    return f"2023-11-14T22:{13 + int(minute):02d}:{rest:012.9f}Z"


def kinds(found: Analysis) -> list[tuple[str, str, str]]:
    return [(event.member, event.direction, event.kind) for event in found.events]


def lane(found: Analysis, direction: str, member: str = "eno1") -> dict[str, Any]:
    result: dict[str, Any] = found.lanes[member, direction].as_result()
    return result


@pytest.mark.parametrize(("state", "step"), [(FAST, 1.2), (SLOW, 30)])
def test_a_healthy_bond_yields_nothing(state: int, step: float) -> None:
    talk = Talk()
    for number in range(int(180 / step)):
        for member in ("eno1", "eno2"):
            talk.sent(number * step, Port(state=state), Port(THEIRS.system, 21, state), member)
            talk.received(number * step + 0.2, Port(THEIRS.system, 21, state), OURS, member)
    found = talk.analysis(180, ("eno1", "eno2"))
    result = found.as_result()
    assert result["events"] == []
    assert result["deliveries"] == []
    assert result["silence"]["extent"] == "none"
    assert [entry["heard"] for entry in result["proofs"]] == ["yes", "yes"]
    assert [entry["cadence"]["median_ms"] for entry in result["lanes"]] == [step * 1000] * 4
    assert [entry["cadence"]["expected_period_ms"] for entry in result["lanes"]] == [
        (1 if state == FAST else 30) * 1000.0
    ] * 4


def test_each_side_is_held_to_what_the_other_asks_for() -> None:
    """We ask for fast and are asked for slow: legal, and no gap on either side."""
    slow = Port(THEIRS.system, 21, SLOW)
    talk = Talk()
    for second in range(90):
        talk.received(second + 0.1, slow)
    for second in (0, 30, 60):
        talk.sent(second, partner=slow)
    found = talk.analysis(90)
    assert found.events == []
    assert lane(found, SENT)["cadence"]["expected_period_ms"] == 30_000.0
    assert lane(found, RECEIVED)["cadence"]["expected_period_ms"] == 1000.0


def test_a_change_of_rate_is_no_gap() -> None:
    talk = Talk()
    for second in (0, 30, 60, 61, 62, 63):
        state = SLOW if second <= 60 else FAST
        talk.sent(second, Port(state=state), Port(THEIRS.system, 21, state))
        talk.received(second + 0.1, Port(THEIRS.system, 21, state), Port(state=state))
    assert talk.analysis(64).events == []


def test_gaps_late_and_lost() -> None:
    talk = Talk()
    talk.both([0, 1, 2, 3, 4, 5, 6])
    for heard in (7, 8.7, 9.7, 13.8, 14.8):
        talk.received(heard)
    for said in range(7, 15):
        talk.sent(said)
    found = talk.analysis(15)
    gaps = lane(found, RECEIVED)["gaps"]
    assert [(g["start"], g["end"], g["length_ms"], g["grade"]) for g in gaps] == [
        (at(7), at(8.7), 1700.0, "late"),
        (at(9.7), at(13.8), 4100.0, "lost"),
    ]
    assert kinds(found) == [("eno1", RECEIVED, "late"), ("eno1", RECEIVED, "lost")]


def test_who_went_silent_first_and_on_which_leg() -> None:
    talk = Talk()
    talk.both(range(20), "eno2")
    talk.both(range(8), "eno1")
    for second in range(8, 20):
        talk.sent(second)
    silence = talk.analysis(20, ("eno1", "eno2")).as_result()["silence"]
    assert silence["first"] == {
        "at": at(7.3),
        "member": "eno1",
        "direction": RECEIVED,
        "how": "silent",
    }
    assert (silence["extent"], silence["members_hit"]) == ("one", ["eno1"])


def test_all_legs_silent() -> None:
    talk = Talk()
    talk.both(range(9), "eno2")
    talk.both(range(8), "eno1")
    silence = talk.analysis(20, ("eno1", "eno2")).as_result()["silence"]
    assert silence["extent"] == "all"
    assert [(s["member"], s["direction"]) for s in silence["order"]] == [
        ("eno1", SENT),
        ("eno1", RECEIVED),
        ("eno2", SENT),
        ("eno2", RECEIVED),
    ]


def test_what_never_spoke_is_not_invented() -> None:
    talk = Talk()
    talk.both(range(10), "eno1")
    found = talk.analysis(10, ("eno1", "eno2"))
    assert found.events == []
    assert found.as_result()["silence"]["members"] == ["eno1", "eno2"]


def test_states_in_order_and_by_name() -> None:
    talk = Talk()
    talk.sent(0)
    talk.sent(1, OUR_EXPIRED)
    talk.sent(2, OUR_DEFAULTED, NOBODY)
    talk.sent(3)
    changes = [c for c in lane(talk.analysis(), SENT)["states"] if c["whose"] == "actor"]
    assert [(c["at"], c["before"], c["after"], c["set"], c["cleared"]) for c in changes] == [
        (at(0), None, 63, [], []),
        (at(1), 63, 143, ["expired"], ["collecting", "distributing"]),
        (at(2), 143, 71, ["defaulted"], ["synchronization", "expired"]),
        (at(3), 71, 63, ["synchronization", "collecting", "distributing"], ["defaulted"]),
    ]


def test_an_end_that_starts_did_not_expire() -> None:
    """EXPIRED together with DEFAULTED is a port that has just come up."""
    talk = Talk()
    talk.sent(0, Port(state=199), NOBODY)
    talk.sent(1, Port(state=71), NOBODY)
    talk.sent(2, Port(state=199), NOBODY)
    found = talk.analysis()
    assert found.as_result()["deliveries"] == []


def test_the_far_end_stops_hearing_us() -> None:
    """Ours are in the capture to the end; it says EXPIRED 3 s after the last that it heard."""
    talk = Talk()
    talk.both(range(10))
    for second in range(10, 20):
        talk.sent(second)
    for second, port in ((10.3, THEIRS), (11.3, THEIRS), (12.4, EXPIRED), (13.4, EXPIRED)):
        talk.received(second, port)
    for second in range(15, 20):
        talk.received(second + 0.4, DEAF, NOBODY)
    talk.received(14.4, EXPIRED)
    (delivery,) = talk.analysis(20).as_result()["deliveries"]
    assert delivery["direction"] == SENT
    assert (delivery["expired_at"], delivery["heard_nothing_after"]) == (at(12.4), at(9.4))
    assert (delivery["last_heard"], delivery["expired_after_ms"]) == (at(9), 3400.0)
    assert (delivery["captured_unheard"], delivery["first_unheard"]) == (3, at(10))
    assert delivery["defaulted_after_ms"] == 3000.0
    assert "did not reach the far end: lost behind our tap" in delivery["conclusion"]


def test_the_timeline_of_the_stuck_vrouter() -> None:
    """Slow rate, from the published capture: 90.047 s to EXPIRED, 3.000 s from there to DEFAULTED.

    The host's PDU at 30 s is in the capture, and the switch never heard it.
    """
    host = Port("0c:c4:7a:ba:9c:80", 9, SLOW)
    switch = Port("44:4c:a8:74:ca:b6", 32795, SLOW)
    expired = Port(switch.system, switch.port, SLOW & 0x0F | 0x80)
    defaulted = Port(switch.system, switch.port, 0x45)
    talk = Talk()
    talk.sent(-30, host, switch)
    talk.received(2.235 - 30, switch, host)
    talk.sent(0, host, switch)  # 14:12:47.763827
    talk.received(2.235, switch, host)
    for number in range(2500):  # a storm of duplicates, 3.684 s to 6.184 s
        talk.sent(3.684 + number / 1000, host, switch)
    talk.sent(30, host, switch)  # 14:13:17.763746, captured, not received
    talk.received(90.047, expired, host)  # 14:14:17.810749
    talk.sent(90.048, host, expired)
    talk.received(93.047, defaulted, NOBODY)  # 14:14:20.810790
    talk.sent(93.048, Port(host.system, 9, 13), defaulted)
    result = talk.analysis().as_result()
    (delivery,) = result["deliveries"]
    assert delivery["timeout_ms"] == 90_000.0
    assert delivery["expired_after_ms"] == 90_047.0
    assert delivery["defaulted_after_ms"] == 3000.0
    assert delivery["captured_unheard"] == 2501
    assert delivery["last_unheard"] == at(30)
    assert result["silence"]["first"]["how"] == "unheard"
    (proof,) = result["proofs"]
    assert (proof["heard"], proof["nic"]) == ("no", None)
    assert "is not proven" in proof["statement"]


def test_received_at_the_tap_but_not_by_our_lacp() -> None:
    """A tc ingress drop: their PDUs are captured, our own port says EXPIRED."""
    talk = Talk()
    for second in range(20):
        talk.received(second)
    for second in range(9):
        talk.sent(second + 0.5)
    talk.sent(9.2, OUR_EXPIRED)
    (delivery,) = talk.analysis(20).as_result()["deliveries"]
    assert delivery["direction"] == RECEIVED
    assert delivery["last_heard"] == at(6)
    assert delivery["captured_unheard"] == 3
    assert "did not reach our LACP machine" in delivery["conclusion"]


def test_silence_at_the_tap_is_not_called_lost_behind_it() -> None:
    talk = Talk()
    talk.both(range(7))
    talk.sent(9.4, OUR_EXPIRED)
    (delivery,) = talk.analysis(12).as_result()["deliveries"]
    assert delivery["captured_unheard"] == 0
    assert "shows nothing that we missed" in delivery["conclusion"]


OTHER = Port("02:00:00:00:00:99", 21, FAST, 7, 32768, 128)


def test_a_partner_that_flips() -> None:
    talk = Talk()
    talk.both(range(3))
    for second, port in ((3, OTHER), (4, THEIRS), (5, OTHER)):
        talk.received(second + 0.3, port)
        talk.sent(second)
    found = talk.analysis(6)
    received = lane(found, RECEIVED)
    assert received["flip_flop"]
    assert [(c["at"], c["changed"], c["returned"]) for c in received["identity_changes"]] == [
        (at(3.3), {"system": [THEIRS.system, OTHER.system]}, False),
        (at(4.3), {"system": [OTHER.system, THEIRS.system]}, True),
        (at(5.3), {"system": [THEIRS.system, OTHER.system]}, True),
    ]
    systems = [(s["system"], s["count"], s["third"]) for s in found.as_result()["systems"]]
    assert (OTHER.system, 2, True) in systems
    assert kinds(found) == [("eno1", RECEIVED, "identity")] * 3


def test_a_new_port_number_is_a_change_but_no_flip_flop() -> None:
    talk = Talk()
    talk.both(range(3))
    talk.sent(3, Port(port=4))
    sent = lane(talk.analysis(), SENT)
    assert [c["changed"] for c in sent["identity_changes"]] == [{"port": [1, 4]}]
    assert not sent["flip_flop"]


def test_our_own_frames_that_come_back() -> None:
    talk = Talk()
    talk.both(range(5))
    talk.frame(2.5, RECEIVED, lacpdu())
    received = lane(talk.analysis(), RECEIVED)
    assert (received["looped"], received["looped_first"]) == (1, at(2.5))
    assert received["count"] == 5
    assert len(received["identities"]) == 1


def test_what_is_no_lacpdu_is_counted_apart() -> None:
    talk = Talk()
    talk.received(0)
    talk.frame(1, RECEIVED, marker(response=True))
    talk.frame(2, RECEIVED, marker(response=False))
    talk.frame(3, RECEIVED, b"\x0a" + bytes(50))
    talk.frame(4, RECEIVED, b"\xff" + bytes(50))
    talk.frame(5, RECEIVED, lacpdu(THEIRS)[:15])
    talk.frame(6, RECEIVED, lacpdu(THEIRS, version=0xF1, more=b"\x80\x04\5\0\x07\x01"))
    received = lane(talk.analysis(), RECEIVED)
    assert received["count"] == 2
    assert (received["markers"], received["marker_responses"]) == (1, 1)
    assert received["other_subtypes"] == {"OSSP": 1}
    assert received["versions"] == {"1": 1, "241": 1}
    assert received["extra_tlvs"] == {"128": 1}
    assert [fault["text"] for fault in received["undecodable"]] == [
        "subtype 255 is illegal (802.3 table 57A-3), at octet 0 of the PDU"
    ]
    assert [(f["at"], f["pdu_offset"]) for f in received["malformed"]] == [(at(5), 15), (at(6), 63)]


def test_a_gap_is_tied_to_what_happened_on_the_host() -> None:
    talk = Talk()
    talk.both(range(11))
    talk.both(range(16, 22))
    talk.sample(0, {"rx_crc_errors": 5, "rx_packets": 100})
    talk.sample(10, {"rx_crc_errors": 5, "rx_packets": 120})
    talk.sample(11, {"rx_crc_errors": 9, "rx_packets": 121})
    talk.sample(11, {}, "", {"cpu_pressure": 40.0})
    talk.sample(20, {"rx_crc_errors": 9, "rx_packets": 130})
    talk.log(11.2, "ice 0000:01:00.0 eno1: NIC Link is Down")
    talk.log(3, "something else")
    talk.link(11.1, "carrier", "up", "down")
    talk.link(11.1, "carrier", "up", "down", "eno2")
    found = talk.analysis(22)
    (gap, *_rest) = [e for e in found.as_result()["events"] if e["direction"] == RECEIVED]
    assert gap["kind"] == "lost"
    assert sorted((tie["kind"], tie["text"]) for tie in gap["ties"]) == [
        ("counter", "eno1: rx_crc_errors +4"),
        ("link", "eno1: carrier up -> down"),
        ("log", "ice 0000:01:00.0 eno1: NIC Link is Down"),
        ("pressure", "tasks waited for a CPU 40 % of the time"),
    ]
    assert {tie["kind"]: tie["offset_ms"] for tie in gap["ties"]}["link"] == 800.0


LADDER: list[tuple[dict[str, int], dict[str, int], str]] = [
    ({}, {}, "is not proven"),
    ({"tx_packets": 50}, {"tx_packets": 50}, "not sent: 10 PDUs seen at the tap"),
    (
        {"tx_multicast_phy": 5},
        {"tx_multicast_phy": 15},
        "sent by the NIC: tx_multicast_phy grew by 10",
    ),
    ({"tx_multicast_phy": 5}, {"tx_multicast_phy": 9}, "not all sent: 10 PDUs seen at the tap"),
    ({"lacpdu_tx": 5, "tx_packets": 1}, {"lacpdu_tx": 15, "tx_packets": 40}, "is not proven"),
    ({"tx_packets": 50}, {"tx_packets": 3}, "is not proven"),
]


@pytest.mark.parametrize(("before", "after", "text"), LADDER)
def test_the_ladder_of_proof(before: dict[str, int], after: dict[str, int], text: str) -> None:
    talk = Talk()
    talk.both(range(10))
    talk.sample(0, before)
    talk.sample(10, after)
    (proof,) = talk.analysis(10).as_result()["proofs"]
    assert proof["tap"] == 10
    assert text in proof["statement"]
    assert proof["kernel"] == (10 if "lacpdu_tx" in before else None)


def test_an_answered_marker_is_proof() -> None:
    talk = Talk()
    talk.both(range(10))
    talk.frame(5, RECEIVED, marker(response=True))
    (proof,) = talk.analysis(10).as_result()["proofs"]
    assert proof["statement"].startswith("proven: the far end answered 1 marker")


def test_the_far_end_speaks_of_somebody_else() -> None:
    talk = Talk()
    talk.sent(0)
    talk.received(1, THEIRS, OTHER)
    (proof,) = talk.analysis().as_result()["proofs"]
    assert proof["heard"] == "no"
    assert OTHER.system in proof["heard_reason"]


def test_time_that_goes_backwards_is_said() -> None:
    talk = Talk()
    talk.both(range(5))
    records = [*talk.records[4:], *talk.records[:4]]
    window = analyse(Window(records)).as_result()["window"]
    assert (window["backwards"], window["backwards_first"]) == (1, at(0))
    assert (window["start"], window["end"]) == (at(2), at(4.3))


def test_an_empty_window() -> None:
    result = Talk().analysis(60, ("eno1",)).as_result()
    assert result["lanes"] == result["events"] == []
    assert result["silence"]["members"] == ["eno1"]


def test_a_storm_does_not_fill_the_memory() -> None:
    talk = Talk()
    for number in range(3000):
        port = Port(f"02:00:00:00:{number % 200:02x}:02", number % 77, number % 256)
        talk.received(number / 100, port)
        talk.frame(number / 100, RECEIVED, b"\xff")
        talk.frame(number / 100, RECEIVED, lacpdu(port)[:30])
    found = talk.analysis()
    received = found.lanes["eno1", RECEIVED]
    assert len(received.states) == KEPT_STATES < received.states_total
    assert len(received.identities) == KEPT_IDENTITIES
    assert len(received.undecodable.kept) == KEPT_FAULTS
    assert received.undecodable.total == received.malformed.total == 3000
    assert found.events_total > len(found.events)


def test_results_are_plain_data() -> None:
    talk = Talk()
    talk.both(range(10))
    talk.received(14, EXPIRED)
    result = talk.analysis(20).as_result()
    assert json.loads(json.dumps(result)) == result
