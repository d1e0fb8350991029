# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Captures of every kind: what is in them is found, and nothing else is."""

from __future__ import annotations

import struct
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture

from .wire import (
    HOST,
    SWITCH,
    T0,
    Source,
    block,
    cooked,
    cooked2,
    ethernet,
    interface,
    lacpdu,
    packet,
    pcap,
    section,
    user_frame,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_stream import (
        Packet,
    )

SLOW = ethernet(lacpdu())
STP = bytes.fromhex("0180c2000000") + SLOW[6:12] + b"\x00\x26" + bytes(46)


def read(data: bytes, most: int = 1 << 20) -> tuple[list[Packet], Capture]:
    capture = Capture(Source(data, most).read_into)
    return [found for found, _envelope in capture.slow_frames()], capture


def times(data: bytes) -> list[int | None]:
    return [found.utc_ns for found in read(data)[0]]


@pytest.mark.parametrize(("order", "nanoseconds"), list(product("<>", (False, True))))
def test_pcap(order: str, nanoseconds: bool) -> None:  # noqa: FBT001 - a table
    t = T0 + 123_456_789
    data = pcap(
        [(t, SLOW), (t + 1, user_frame(60)), (t + 10**9, SLOW)],
        order=order,
        nanoseconds=nanoseconds,
    )
    found, capture = read(data)
    assert capture.format == "pcap"
    expected = t if nanoseconds else t // 1000 * 1000
    assert [(p.utc_ns, p.data, p.offset) for p in found] == [
        (expected, SLOW, 24),
        (expected + 10**9, SLOW, 24 + 140 + 76),
    ]
    assert capture.notes == []


@pytest.mark.parametrize(("order", "resolution"), list(product("<>", (None, 3, 6, 9, 0x80 | 20))))
def test_pcapng(order: str, resolution: int | None) -> None:
    ticks_per_s = {None: 10**6, 0x80 | 20: 1 << 20}.get(resolution, 10 ** (resolution or 0))
    ticks = T0 // 10**9 * ticks_per_s + ticks_per_s // 2
    options = [(2, b"eno1"), *([(9, bytes((resolution,)))] if resolution else [])]
    data = section(order) + interface(*options, order=order)
    data += packet(ticks, SLOW, order=order, flags=1) + packet(ticks, user_frame(99), order=order)
    data += packet(ticks + ticks_per_s, SLOW, order=order, flags=2)
    found, capture = read(data)
    assert [(p.utc_ns, p.data, p.direction) for p in found] == [
        (T0 + 5 * 10**8, SLOW, "in"),
        (T0 + 15 * 10**8, SLOW, "out"),
    ]
    assert [i.name for i in capture.interfaces] == ["eno1"]
    assert capture.notes == []


def test_pcapng_offset_of_an_interface() -> None:
    options = ((9, b"\x00"), (14, struct.pack("<q", T0 // 10**9 - 5)))
    assert times(section() + interface(*options) + packet(5, SLOW)) == [T0]


def test_several_sections_and_interfaces() -> None:
    data = section("<") + interface((2, b"a")) + interface((2, b"b"))
    data += packet(1, SLOW, number=1) + packet(2, SLOW, number=0)
    data += section(">") + interface((2, b"c"), order=">") + packet(3, SLOW, order=">")
    found, capture = read(data)
    assert [(capture.interfaces[p.interface].name, p.utc_ns) for p in found] == [
        ("b", 1000),
        ("a", 2000),
        ("c", 3000),
    ]


def test_interfaces_of_different_link_types() -> None:
    data = section() + interface() + interface(link_type=113) + interface(link_type=228)
    data += (
        packet(1, cooked(lacpdu(), HOST, 4), number=1) + packet(2, SLOW) + packet(3, SLOW, number=2)
    )
    found, capture = read(data)
    assert [(p.interface, p.utc_ns) for p in found] == [(1, 1000), (0, 2000)]
    assert [note.text for note in capture.notes] == [
        "interface '' has link type 228, which does not carry LACP"
    ]


def test_other_blocks_of_pcapng() -> None:
    old = struct.pack("<HHIIII", 0, 0, 0, 7, len(SLOW), len(SLOW)) + SLOW
    simple = struct.pack("<I", len(SLOW)) + SLOW
    large = block(0x0BAD, bytes(300_000)) + block(0x0BAD, bytes(1_000_000))
    data = section() + interface() + large + block(2, old) + block(3, simple) + large
    data += block(5, bytes(30)) + packet(9, SLOW) + large
    found, capture = read(data)
    assert [(p.utc_ns, p.data) for p in found] == [(7000, SLOW), (None, SLOW), (9000, SLOW)]
    assert capture.notes == []


TAGGED = {
    "untagged": (),
    "VLAN": ((0x8100, 0x6005),),
    "priority tag": ((0x8100, 0xE000),),
    "QinQ": ((0x88A8, 100), (0x8100, 200)),
    "old QinQ": ((0x9100, 7), (0x8100, 8)),
}


@pytest.mark.parametrize("name", TAGGED)
@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_tags_in_ethernet(name: str, form: str) -> None:
    frame = ethernet(lacpdu(), tags=TAGGED[name])
    frames = [(T0, user_frame(60)), (T0, frame), (T0, user_frame(60))]
    data = pcap(frames)
    if form == "pcapng":
        data = section() + interface() + b"".join(packet(t, f) for t, f in frames)
    capture = Capture(Source(data).read_into)
    ((found, envelope),) = capture.slow_frames()
    assert found.data[envelope.pdu_at :] == lacpdu()
    assert envelope.vlans == tuple(tag[1] & 0xFFF for tag in TAGGED[name])


def cooked_frames(version: int, tags: tuple[tuple[int, int], ...]) -> list[bytes]:
    """Received and sent; a tag's ethertype is the protocol of the header before it."""
    kinds = [kind for kind, _vlan in tags] + [0x8809]
    body = b"".join(
        struct.pack("!HH", vlan, kind) for (_kind, vlan), kind in zip(tags, kinds[1:], strict=True)
    )
    body += lacpdu()
    if version == 1:
        return [cooked(body, SWITCH, 2, kind=kinds[0]), cooked(body, HOST, 4, kind=kinds[0])]
    return [cooked2(body, SWITCH, 2, 7, kind=kinds[0]), cooked2(body, HOST, 4, 8, kind=kinds[0])]


@pytest.mark.parametrize(
    ("name", "form", "version"), list(product(TAGGED, ("pcap", "pcapng"), (1, 2)))
)
def test_cooked(name: str, form: str, version: int) -> None:
    link_type = {1: 113, 2: 276}[version]
    frames = [(T0, frame) for frame in cooked_frames(version, TAGGED[name])]
    other = (T0, cooked(bytes(50), HOST, 0, kind=0x0800) + bytes(9))
    data = pcap([other, *frames, other], link_type=link_type)
    if form == "pcapng":
        packets = b"".join(packet(t // 1000, frame) for t, frame in [other, *frames])
        data = section() + interface(link_type=link_type) + packets
    found = list(Capture(Source(data).read_into).slow_frames())
    assert [(e.source, e.direction, e.ifindex) for _p, e in found] == [
        (SWITCH, "in", 7 if version == 2 else None),
        (HOST, "out", 8 if version == 2 else None),
    ]
    for part, envelope in found:
        assert part.data[envelope.pdu_at :] == lacpdu()
        assert envelope.vlans == tuple(tag[1] & 0xFFF for tag in TAGGED[name])


@pytest.mark.parametrize(
    "frame",
    [STP, user_frame(60), SLOW[:13], SLOW[:6], b"", ethernet(lacpdu(), tags=((0x8100, 1),))[:17]],
)
def test_what_is_no_slow_protocol(frame: bytes) -> None:
    assert times(pcap([(T0, frame), (T0, SLOW), (T0, frame)])) == [T0]


def test_a_slow_protocol_frame_to_a_wrong_address_is_seen() -> None:
    frame = ethernet(lacpdu(), destination=bytes.fromhex("001b21000009"))
    assert times(pcap([(T0, user_frame(70)), (T0 + 1000, frame)])) == [T0 + 1000]


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_a_capture_inside_a_capture_is_not_counted(form: str) -> None:
    """Also where its records line up with the end of the frame that carries it."""
    inner = (
        pcap([(T0, SLOW)] * 60)
        if form == "pcap"
        else section() + interface() + packet(1, SLOW) * 60
    )
    carrier = user_frame(54) + inner
    frames = [(T0, carrier), (T0 + 1000, SLOW), (T0, carrier), (T0, user_frame(500))] * 200
    data = pcap(frames)
    if form == "pcapng":
        data = section() + interface() + b"".join(packet(t // 1000, f) for t, f in frames)
    assert times(data) == [T0 + 1000] * 200


@pytest.mark.parametrize("most", [1, 7, 16, 140, 65_536])
def test_sources_that_give_little_at_a_time(most: int) -> None:
    frames = [(T0 + i * 1000, SLOW if i % 5 == 0 else user_frame(60 + i % 90)) for i in range(100)]
    plain = [p.utc_ns for p in read(pcap(frames), most)[0]]
    ng = section() + interface() + b"".join(packet(t // 1000, f) for t, f in frames)
    assert plain == [p.utc_ns for p in read(ng, most)[0]] == [t for t, f in frames if f is SLOW]


SIZES = st.integers(0, 3000) | st.sampled_from([0, 1, 13, 14, 60, 60, 60, 1514, 65_535, 262_000])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SIZES, st.integers(1, 200)), min_size=1, max_size=12), st.booleans())
def test_any_mixture_of_sizes(runs: list[tuple[int, int]], is_ng: bool) -> None:  # noqa: FBT001
    """Runs of frames of one length are leapt over; a LACPDU behind each must still be found."""
    frames: list[tuple[int, bytes]] = []
    for size, count in runs:
        frames += [(T0, user_frame(size)[:size] if size >= 14 else bytes(size))] * min(
            count, 1 + 2_000_000 // (size + 1)
        )
        frames.append((T0 + len(frames) * 1000, SLOW))
    expected = [t for t, frame in frames if frame is SLOW]
    if is_ng:
        data = section() + interface() + b"".join(packet(t // 1000, f) for t, f in frames)
    else:
        data = pcap(frames)
    found, capture = read(data)
    assert [p.utc_ns for p in found] == expected
    assert capture.notes == []


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_many_frames_that_only_look_alike(form: str) -> None:
    """A MAC with 0x80 in the middle: the quick test stops at each, and must give way."""
    alike = b"\x00\x80" + user_frame(90)[2:]
    frames = [(T0, alike), (T0, user_frame(91)), (T0, STP)] * 2000 + [(T0 + 1000, SLOW)]
    data = pcap(frames)
    if form == "pcapng":
        data = section() + interface() + b"".join(packet(t // 1000, f) for t, f in frames)
    assert times(data) == [T0 + 1000]


def packets(frames: list[tuple[int, bytes]]) -> bytes:
    return b"".join(packet(t // 1000, frame) for t, frame in frames)


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
@pytest.mark.parametrize("early", [False, True])
def test_wrong_addresses_deep_in_a_capture(form: str, early: bool) -> None:  # noqa: FBT001
    """Where the first 64 MiB had no such frame, addresses alone are looked at from there on."""
    wrong = ethernet(lacpdu(), destination=bytes.fromhex("001b21000009"))
    part = [(T0, user_frame(60 + i % 41 * 36)) for i in range(1000)]
    deep = [(T0 + 2000, wrong), (T0 + 3000, SLOW), (T0 + 4000, wrong)]
    start = [(T0 + 1000, wrong)] if early else [(T0, user_frame(90))]
    if form == "pcap":
        body, repeated, end = pcap(start), pcap(part)[24:], pcap(deep)[24:]
    else:
        head = section() + interface()
        body, repeated, end = head + packets(start), packets(part), packets(deep)
    count = (66 << 20) // len(repeated)
    expected = [T0 + 3000]
    if early:
        expected = [T0 + 1000, T0 + 2000, T0 + 3000, T0 + 4000]
    assert times(body + repeated * count + end) == expected
