# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the analysis concludes: what was not heard, what is proven, and what happened meanwhile."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    RECEIVED,
    SENT,
)

from .talk import Talk, at
from .wire import NOBODY, SLOW, THEIRS, Port, marker

DEAF = Port(THEIRS.system, THEIRS.port, 0x45, THEIRS.key)
EXPIRED = Port(THEIRS.system, THEIRS.port, 0xBF, THEIRS.key, 32768, 128)
OUR_EXPIRED = Port(state=143)
OTHER = Port("02:00:00:00:00:99", 21, key=7)


def test_an_end_that_starts_did_not_expire() -> None:
    """EXPIRED together with DEFAULTED is a port that has just come up."""
    talk = Talk()
    talk.sent(0, Port(state=199), NOBODY)
    talk.sent(1, Port(state=71), NOBODY)
    talk.sent(2, Port(state=199), NOBODY)
    found = talk.analysis().as_result()
    assert found["deliveries"] == []
    (event,) = found["events"]
    assert (event["kind"], event["at"]) == ("defaulted", at(2))
    assert "we started anew" in event["text"]


def test_the_far_end_stops_hearing_us() -> None:
    """Ours are in the capture to the end; it says EXPIRED 3 s after the last that it heard."""
    talk = Talk()
    talk.both(range(10))
    for second in range(10, 20):
        talk.sent(second)
    for heard, port in ((10.3, THEIRS), (11.3, THEIRS), (12.4, EXPIRED), (13.4, EXPIRED)):
        talk.received(heard, port)
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


def test_a_gap_is_tied_to_what_happened_on_the_host() -> None:
    talk = Talk()
    talk.both(range(11))
    talk.both(range(16, 22))
    talk.sample(0, {"rx_crc_errors": 5, "rx_packets": 100})
    talk.sample(10, {"rx_crc_errors": 5, "rx_packets": 120})
    talk.sample(11, {"rx_crc_errors": 9, "rx_packets": 121})
    talk.sample(11, {}, "", {"cpu_pressure": 40.0})
    talk.sample(12, {}, "", {"stall_ms": 249.0})
    talk.sample(15, {}, "", {"stall_ms": 3400.0})
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
        ("stall", "this host let the capture wait for 3400 ms"),
    ]
    assert {tie["kind"]: tie["offset_ms"] for tie in gap["ties"]}["link"] == 800.0


LADDER: list[tuple[dict[str, int], dict[str, int], str]] = [
    ({}, {}, "is not proven"),
    ({"tx_packets": 50}, {"tx_packets": 50}, "not sent: 10 PDUs were seen at the tap"),
    (
        {"tx_multicast_phy": 5},
        {"tx_multicast_phy": 15},
        "sent by the NIC: tx_multicast_phy grew by 10",
    ),
    (
        {"tx_multicast_phy": 5},
        {"tx_multicast_phy": 9},
        "not all sent: tx_multicast_phy grew by 4, 10 PDUs",
    ),
    ({"lacpdu_tx": 5, "tx_packets": 1}, {"lacpdu_tx": 15, "tx_packets": 40}, "is not proven"),
    ({"tx_packets": 50}, {"tx_packets": 3}, "is not proven"),
]


@pytest.mark.parametrize(("before", "after", "text"), LADDER)
def test_the_ladder_of_proof(before: dict[str, int], after: dict[str, int], text: str) -> None:
    talk = Talk()
    for second in range(10):
        talk.sent(second)
    talk.sample(0, before)
    talk.sample(10, after)
    (proof,) = talk.analysis(10).as_result()["proofs"]
    assert proof["tap"] == 10
    assert text in proof["statement"]
    assert proof["kernel"] == (10 if "lacpdu_tx" in before else None)


def test_a_far_end_that_describes_us_is_proof() -> None:
    talk = Talk()
    talk.both(range(10))
    (proof,) = talk.analysis(10).as_result()["proofs"]
    assert proof["heard"] == "yes"
    assert proof["statement"].startswith("proven: the far end describes us as its partner")


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


def deaf_talk() -> Talk:
    talk = Talk()
    talk.both(range(10))
    talk.sent(10)
    talk.sent(11)
    talk.sent(12)
    return talk


def told(talk: Talk) -> list[tuple[str, str]]:
    found = talk.analysis(20).as_result()
    return [(e["kind"], e["at"]) for e in found["events"] if e["kind"] in ("expired", "defaulted")]


def test_a_port_that_recovers_before_it_may_say_that_it_expired() -> None:
    """Only the kernel told; the arithmetic is done all the same, here on the way to us."""
    talk = deaf_talk()
    talk.link(12.4, "actor_state", "63", "143")
    talk.sent(12.7, Port(state=7))
    talk.received(12.6)
    talk.link(13.1, "actor_state", "143", "63")
    talk.both(range(13, 20))
    assert told(talk) == [("expired", at(12.4))]
    (delivery,) = talk.analysis(20).as_result()["deliveries"]
    assert (delivery["direction"], delivery["last_heard"]) == (RECEIVED, at(9.3))


@pytest.mark.parametrize(
    ("heard", "linked"),
    [((12.5,), (12.4, 15.5)), ((12.4,), (12.5, 15.5)), ((12.4, 13.4, 14.4), (13.0, 15.2))],
    ids=["kernel first", "wire first", "looked at late"],
)
def test_what_both_the_wire_and_the_kernel_tell_is_told_once(
    heard: tuple[float, ...], linked: tuple[float, float]
) -> None:
    talk = deaf_talk()
    for second in heard:
        talk.sent(second, OUR_EXPIRED)
    talk.link(linked[0], "actor_state", "63", "143")
    talk.sent(15.4, Port(state=71), NOBODY)
    talk.link(linked[1], "actor_state", "143", "71")
    first, second = min(heard[0], linked[0]), min(15.4, linked[1])
    assert told(talk) == [("expired", at(first)), ("defaulted", at(second))]


def test_an_announcement_that_is_read_after_all_is_well_again() -> None:
    talk = deaf_talk()
    talk.sent(12.4, OUR_EXPIRED)
    talk.received(12.6)
    talk.both(range(13, 20))
    talk.link(13.5, "actor_state", "63", "143")
    talk.link(13.6, "actor_state", "143", "63")
    assert told(talk) == [("expired", at(12.4))]


def test_a_port_that_expires_twice_is_told_twice() -> None:
    talk = deaf_talk()
    for second in (12, 16):
        talk.link(second + 0.4, "actor_state", "63", "143")
        talk.link(second + 1.4, "actor_state", "143", "63")
    assert told(talk) == [("expired", at(12.4)), ("expired", at(16.4))]


@pytest.mark.parametrize(("until", "is_certain"), [(10, False), (13, True)])
def test_what_stops_within_a_period_has_no_order(until: int, *, is_certain: bool) -> None:
    """A carrier that goes silences both directions; which spoke last is the chance of its phase."""
    talk = Talk()
    talk.both(range(10))
    for second in range(10, until):
        talk.received(second + 0.3)
    silence = talk.analysis(20).as_result()["silence"]
    assert silence["first"]["direction"] == SENT
    assert [stop["direction"] for stop in silence["order"]] == [SENT, RECEIVED]
    assert silence["first_is_certain"] is is_certain
