# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The analysis of a window, case by case: it names what was done to the link, and nothing else."""

from __future__ import annotations

import json

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import (
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

from .talk import Talk, at, kinds, lane
from .wire import FAST, NOBODY, OURS, SLOW, THEIRS, Port, lacpdu, marker

EXPIRED = Port(THEIRS.system, THEIRS.port, 0xBF, THEIRS.key, 32768, 128)
OUR_EXPIRED = Port(state=143)
OUR_DEFAULTED = Port(state=71)


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


def test_a_sender_that_hears_nothing_is_not_held_to_what_it_is_asked_for() -> None:
    """We do not hear that the far end wants fast: DEFAULTED says so, 30 s of silence is no news."""
    talk = Talk()
    for second in range(70):
        talk.received(second, THEIRS, Port(state=OUR_DEFAULTED.state))
    for second in (0, 30, 60):
        talk.sent(second, OUR_DEFAULTED, NOBODY)
    assert talk.analysis(70).events == []


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
