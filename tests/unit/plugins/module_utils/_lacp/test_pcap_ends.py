# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which frame of a file is whose: by MACs, by the file's own directions, or not at all."""

from __future__ import annotations

from collections import Counter

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_ends import (
    BY_FLAGS,
    BY_MACS,
    BY_NOTHING,
    Assigned,
)

from .wire import (
    HOST,
    NOBODY,
    OURS,
    SWITCH,
    T0,
    THEIRS,
    Port,
    Source,
    cooked,
    cooked2,
    ethernet,
    interface,
    lacpdu,
    marker,
    packet,
    pcap,
    section,
)

HOST2 = "00:1b:21:00:00:02"
OURS2 = Port(port=2)
THEIRS2 = Port(THEIRS.system, 22, THEIRS.state, THEIRS.key, 32768, 128)
# Two members of ours, to a switch that sends from one MAC on all its ports.
TALK = [
    ethernet(lacpdu(THEIRS, OURS), SWITCH),
    ethernet(lacpdu(OURS, THEIRS), HOST),
    ethernet(lacpdu(THEIRS2, OURS2), SWITCH),
    ethernet(lacpdu(OURS2, THEIRS2), HOST2),
]


def timed(frames: list[bytes]) -> list[tuple[int, bytes]]:
    return [(T0 + i * 1000, frame) for i, frame in enumerate(frames)]


def assign(data: bytes, *macs: str) -> tuple[Counter[tuple[str, str]], Assigned]:
    """How many frames of each (member, direction)."""
    assigned = Assigned(Capture(Source(data).read_into), macs)
    return Counter((f.member, f.direction) for f in assigned.records()), assigned


def test_by_macs() -> None:
    found, assigned = assign(pcap(timed(TALK * 3)), HOST, HOST2)
    assert assigned.ends.known_by == BY_MACS
    assert found == {
        (HOST, "sent"): 3,
        (HOST, "received"): 3,
        (HOST2, "sent"): 3,
        (HOST2, "received"): 3,
    }


def test_by_nothing_the_ends_are_told_apart() -> None:
    found, assigned = assign(pcap(timed(TALK[1:] + TALK)))
    assert assigned.ends.known_by == BY_NOTHING
    assert found == {
        (HOST, "from_a"): 2,
        (HOST, "from_b"): 1,
        (HOST2, "from_a"): 2,
        (HOST2, "from_b"): 2,
    }


def test_by_packet_flags() -> None:
    """A loop: our own frame comes in, and is not taken for a sent one."""
    flags = [1, 2, 1, 2, 1]
    data = section() + interface((2, b"eno1"))
    frames = [TALK[0], TALK[1], TALK[0], TALK[1], TALK[1]]
    data += b"".join(
        packet(i, f, flags=flag) for i, (f, flag) in enumerate(zip(frames, flags, strict=True))
    )
    found, assigned = assign(data)
    assert assigned.ends.known_by == BY_FLAGS
    assert found == {("eno1", "sent"): 2, ("eno1", "received"): 3}


def test_cooked_v1_of_all_interfaces() -> None:
    frames = [
        cooked(lacpdu(THEIRS, OURS), SWITCH, 2),
        cooked(lacpdu(OURS, THEIRS), HOST, 4),
        cooked(lacpdu(THEIRS2, OURS2), SWITCH, 2),
        cooked(lacpdu(OURS2, THEIRS2), HOST2, 4),
    ]
    found, assigned = assign(pcap(timed(frames), link_type=113))
    assert assigned.ends.known_by == BY_FLAGS
    assert set(found) == {(m, d) for m in (HOST, HOST2) for d in ("sent", "received")}


def test_cooked_v2_names_the_interface() -> None:
    frames = [
        cooked2(lacpdu(THEIRS, OURS), SWITCH, 2, 3),
        cooked2(lacpdu(OURS, THEIRS), HOST, 4, 3),
        cooked2(lacpdu(THEIRS2, NOBODY), SWITCH, 2, 4),
        cooked2(lacpdu(OURS2, NOBODY), HOST2, 4, 4),
    ]
    found, _assigned = assign(pcap(timed(frames), link_type=276))
    assert set(found) == {(f"ifindex {n}", d) for n in (3, 4) for d in ("sent", "received")}


def test_interfaces_of_pcapng_are_members() -> None:
    data = section() + interface((2, b"eno1")) + interface((2, b"eno2"))
    data += b"".join(packet(i, f, number=i // 2) for i, f in enumerate(TALK))
    found, _assigned = assign(data, HOST, HOST2)
    assert set(found) == {(m, d) for m in ("eno1", "eno2") for d in ("sent", "received")}


def test_two_links_on_one_named_interface() -> None:
    """A mirror port."""
    data = section() + interface((2, b"mirror"))
    data += b"".join(packet(i, f) for i, f in enumerate(TALK))
    found, _assigned = assign(data, HOST, HOST2)
    assert set(found) == {
        (f"mirror {mac}", direction) for mac in (HOST, HOST2) for direction in ("sent", "received")
    }


def test_a_partner_that_lost_us_is_still_on_its_link() -> None:
    """Once seen with our port, a sender that describes nobody stays where it was."""
    lost = ethernet(lacpdu(THEIRS, NOBODY), SWITCH)
    found, _assigned = assign(pcap(timed([*TALK, lost, lost])), HOST, HOST2)
    assert found[HOST, "received"] == 3


def test_a_single_member_needs_no_match() -> None:
    stranger = ethernet(lacpdu(Port("02:00:00:00:00:77", 5), NOBODY), "02:00:00:00:00:78")
    found, _assigned = assign(pcap(timed([TALK[1], stranger])), HOST)
    assert found == {(HOST, "sent"): 1, (HOST, "received"): 1}


def test_what_matches_no_port_of_ours() -> None:
    found, _assigned = assign(pcap(timed([TALK[0]])), "02:aa:aa:aa:aa:aa")
    assert found == {("unassigned", "received"): 1}


def test_markers_are_assigned_by_their_source() -> None:
    frames = [
        TALK[1],
        ethernet(marker(response=False), HOST),
        ethernet(marker(response=True), SWITCH),
    ]
    found, _assigned = assign(pcap(timed(frames)), HOST)
    assert found == {(HOST, "sent"): 2, (HOST, "received"): 1}


def test_frames_without_a_time_are_counted() -> None:
    simple = len(TALK[0]).to_bytes(4, "little") + TALK[0]
    length = (12 + len(simple)).to_bytes(4, "little")
    data = section() + interface() + b"\x03\0\0\0" + length + simple + length
    found, assigned = assign(data)
    assert (len(found), assigned.untimed) == (0, 1)
