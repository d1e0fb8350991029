# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Captures that are cut, corrupt or none at all: what is whole is read, the rest is named."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_stream import (
    VIEW,
    CaptureError,
    Packet,
)

from .wire import (
    T0,
    Source,
    ethernet,
    interface,
    lacpdu,
    packet,
    pcap,
    section,
    user_frame,
)

SLOW = ethernet(lacpdu())


def read(data: bytes) -> tuple[list[Packet], Capture]:
    capture = Capture(Source(data).read_into)
    return [found for found, _envelope in capture.slow_frames()], capture


CUT = [(T0, SLOW), (T0 + 1000, user_frame(70)), (T0 + 2000, SLOW)]


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_every_truncation(form: str) -> None:
    data = pcap(CUT)
    ends = [24, 24 + 140, 24 + 140 + 86, len(data)]
    if form == "pcapng":
        parts = [section(), interface(), *(packet(t // 1000, f) for t, f in CUT)]
        data = b"".join(parts)
        ends = [len(b"".join(parts[: i + 1])) for i in range(len(parts))]
    first, last = ends[-3], ends[-1]
    for size in range(ends[0], last + 1):
        found, capture = read(data[:size])
        assert len(found) == (size >= first) + (size == last)
        texts = [note.text for note in capture.notes]
        if size in ends:
            assert texts == []
        else:
            assert len(texts) == 1
            assert "cut off" in texts[0] or "ends inside" in texts[0]
            assert capture.notes[0].offset == max(end for end in ends if end < size)


@pytest.mark.parametrize("size", range(24))
def test_a_cut_file_header(size: int) -> None:
    with pytest.raises(CaptureError, match=r"is empty|neither pcap|ends inside the pcap header"):
        read(pcap([])[:size])
    with pytest.raises(CaptureError, match=r"is empty|neither pcap|ends inside its section"):
        read(section()[:size])


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (b"", "the file is empty"),
        (b"root:x:0", "neither pcap nor pcapng: it begins with 72 6f 6f 74"),
        (b"PK\x03\x04....", "a zip archive"),
        (b"\x34\xcd\xb2\xa1", "Kuznetzov"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "no byte-order magic at offset 8"),
    ],
)
def test_what_is_no_capture(head: bytes, text: str) -> None:
    with pytest.raises(CaptureError, match=text):
        read(head)


def test_a_link_type_without_lacp() -> None:
    found, capture = read(pcap([(T0, SLOW)], link_type=101))
    assert found == []
    assert [note.text for note in capture.notes] == [
        "link type 101 does not carry LACP: no frame was read"
    ]


@pytest.mark.parametrize("size", [VIEW - 15, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("broken", [0, 1, 150])
def test_an_impossible_length_is_passed_over(size: int, broken: int) -> None:
    frames = [(T0 + i * 1000, SLOW if i % 3 == 0 else user_frame(200)) for i in range(300)]
    data = bytearray(pcap(frames))
    at = 24 + sum(16 + len(frame) for _t, frame in frames[:broken])
    data[at + 8 : at + 12] = struct.pack("<I", size)
    found, capture = read(bytes(data))
    behind = at + 16 + len(frames[broken][1])
    assert [p.utc_ns for p in found] == [
        t for i, (t, f) in enumerate(frames) if f is SLOW and i != broken
    ]
    assert [(n.offset, n.text) for n in capture.notes] == [
        (at, f"the record claims a frame of {size} octets; reading resumes at offset {behind}")
    ]


def test_damage_far_from_the_next_record() -> None:
    """Megabytes of junk between two good stretches."""
    good = [(T0 + i * 1000, SLOW) for i in range(10)]
    head, tail = pcap(good), pcap(good)[24:]
    junk = bytes((i * 7 + i // 256) % 251 for i in range(3_000_000))
    found, capture = read(head + b"\xff" * 16 + junk + tail)
    assert len(found) == 20
    assert [note.offset for note in capture.notes] == [len(head)]


def test_damage_to_the_end() -> None:
    found, capture = read(pcap([(T0, SLOW)]) + b"\xff" * 5000)
    assert len(found) == 1
    assert [note.text for note in capture.notes] == [
        (
            "the record claims a frame of 4294967295 octets; "
            "no record could be found behind it, up to offset 5164"
        )
    ]


@pytest.mark.parametrize("length", [0, 8, 30, 33, 300_000, 0xFFFFFFFC])
def test_a_corrupt_block_is_passed_over(length: int) -> None:
    blocks = [packet(i, SLOW if i % 3 == 0 else user_frame(200)) for i in range(300)]
    head = section() + interface()
    at = len(head) + sum(map(len, blocks[:150]))
    data = bytearray(head + b"".join(blocks))
    data[at + 4 : at + 8] = struct.pack("<I", length)
    found, capture = read(bytes(data))
    assert [p.utc_ns for p in found] == [i * 1000 for i in range(300) if i % 3 == 0 and i != 150]
    (note,) = capture.notes
    assert note.offset == at
    assert note.text.endswith(f"reading resumes at offset {at + len(blocks[150])}")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_damage_is_survived(data: st.DataObject) -> None:
    frames = [(T0 + i * 1000, SLOW if i % 2 else user_frame(60 + i)) for i in range(20)]
    whole = bytearray(
        pcap(frames)
        if data.draw(st.booleans())
        else section() + interface() + b"".join(packet(t, f) for t, f in frames)
    )
    for _turn in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(28, len(whole) - 1))
        whole[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    found, capture = read(bytes(whole))
    assert len(found) <= 20
    assert len(capture.notes) <= 21


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([pcap([]), section() + interface()]), st.binary(max_size=2000))
def test_random_octets_behind_a_header(head: bytes, data: bytes) -> None:
    for found in read(head + data)[0]:
        assert found.offset >= 24


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_looking_behind_damage_comes_to_an_end(form: str) -> None:
    """Junk in which each octet looks like the beginning of a record, or each four."""
    if form == "pcap":
        data = pcap([(T0, SLOW)]) + b"\xff" * 16 + b"\x65" * 700_000
    else:
        junk = b"\xff" * 16 + b"\6\0\0\0" * 700_000
        data = section() + interface() + packet(1, SLOW) + junk
    found, capture = read(data + pcap([(T0, SLOW)] * 9)[24:])
    assert len(found) == 1
    (note,) = capture.notes
    assert "could be found behind it, up to offset" in note.text
