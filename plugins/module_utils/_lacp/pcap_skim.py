# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inner loops over the records of a capture: from one record to the next by its length."""

from __future__ import annotations

from struct import Struct, error
from typing import Callable

from .frame import COOKED_KINDS, EN10MB, GROUP, PROTOCOL_AT, SLOW_PROTOCOLS

RECORD = 16  # octets of a pcap record in front of its frame
PACKET = 28  # octets of a pcapng enhanced packet block in front of its frame
ENHANCED = 6  # its block type
_SMALLEST = 32  # an enhanced packet block without a frame
_ETHERTYPE_AT = 12
_SLOW = SLOW_PROTOCOLS.to_bytes(2, "big")

# A leap is tried after so many octets without a stop, so that it cannot cost more than it gains.
WORTH = 16_384
# So many vain stops (a MAC of the host may have 0x80 in second place) are the time to be exact.
VAIN = 256
# Uniform records are compared in blocks of that many, doubling while they stay uniform.
_BLOCK, _LARGEST_BLOCK = 32, 2048

# (view, offset) -> (offset, length, stopped): stopped at a record to be looked at, whose length it
# is; or at the end of the view, and then it is the length of the last record that was passed.
Skim = Callable[[memoryview, int], "tuple[int, int, bool]"]


# How closely Ethernet frames are looked at, from the quickest to the slowest.
BY_GROUP, BY_OCTET, EXACT = range(3)
# A frame with 0x8809 that is not addressed to 01:80.. is no LACPDU (802.1AX 6.2.11.2; Linux drops
# it), but a sender at fault could send such. It is looked for in so many octets; where none came
# up to there, a sixth of the time is saved by looking at addresses alone.
THOROUGH = 64 << 20


def pcap_skim(order: str, link_type: int, care: int) -> Skim:
    """Stop at frames to 01:80.. and with 0x8809; in cooked captures at 0x8809 and VLAN tags.

    BY_GROUP: at frames to 01:80.. only; BY_GROUP and BY_OCTET: also at some others.
    """
    if link_type != EN10MB:
        return _pcap_cooked(order, link_type)
    if care == BY_GROUP:
        return _pcap_group(order)
    return _pcap_ethernet(order, *_test(order, exact=care == EXACT))


def pcapng_skim(order: str, link_type: int, care: int) -> Skim:
    """The same; stops also at each block that is no enhanced packet block."""
    if link_type != EN10MB:
        return _pcapng_cooked(order, link_type)
    if care == BY_GROUP:
        return _pcapng_group(order)
    return _pcapng_ethernet(order, *_test(order, exact=care == EXACT))


class Care:
    """How closely to look: more after many vain stops, less where nothing strange came for long."""

    def __init__(self) -> None:
        self.level = BY_OCTET
        self._vain = 0
        self._has_strange = False

    def is_worth(self, view: memoryview, frame_at: int) -> bool:
        """Whether the Ethernet frame at a stop is to be taken out: to 01:80.., or with 0x8809."""
        if view[frame_at : frame_at + 2] == GROUP:
            return True
        kind_at = frame_at + _ETHERTYPE_AT
        if view[kind_at : kind_at + 2] == _SLOW:
            self._has_strange = True
            return True
        self._vain += 1
        return False

    def changes(self, offset: int) -> bool:
        """Whether, so far into the file, the level becomes another now."""
        before = self.level
        if self._vain >= VAIN:
            self.level = EXACT
        elif self.level == BY_OCTET and offset >= THOROUGH and not self._has_strange:
            self.level = BY_GROUP
        return self.level != before


def pcapng_each(order: str) -> Skim:
    """Stop at each block: before the first interface, and where interfaces differ in link type."""
    unpack = Struct(order + "4xI").unpack_from

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        try:
            return at, unpack(view, at)[0], True
        except error:
            return at, 0, False

    return skim


def _test(order: str, *, exact: bool) -> tuple[str, tuple[int, int]]:
    """The format of a frame's destination and ethertype, and the values to stop at."""
    if exact:
        return "H10xH", (_as_read(order, GROUP), _as_read(order, _SLOW))
    # Their second octets. Small numbers are not allocated, which saves a tenth of the time.
    return "xB11xB", (GROUP[1], _SLOW[1])


def _as_read(order: str, octets: bytes) -> int:
    """Two octets of a frame as a Struct of that byte order reads them."""
    number: int = Struct(order + "H").unpack(octets)[0]
    return number


def _kinds(order: str) -> frozenset[int]:
    return frozenset(_as_read(order, kind.to_bytes(2, "big")) for kind in COOKED_KINDS)


# The loops below run once a frame. They differ in a comparison each; a common one would cost every
# frame a call. Variables of the loop are locals, because cells are slower.


def _pcap_ethernet(order: str, frame: str, wanted: tuple[int, int]) -> Skim:
    fields = Struct(f"{order}8xI4x{frame}").unpack_from

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        size = 0
        unpack, (group, slow) = fields, wanted
        try:
            while True:
                size, first, kind = unpack(view, at)
                if first == group or kind == slow:
                    return at, size, True
                at += size + 16
        except error:
            return at, size, False

    return skim


def _pcap_group(order: str) -> Skim:
    fields = Struct(order + "8xI5xB").unpack_from

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        size = 0
        unpack = fields
        try:
            while True:
                size, second = unpack(view, at)
                if second == 0x80:
                    return at, size, True
                at += size + 16
        except error:
            return at, size, False

    return skim


def _pcap_cooked(order: str, link_type: int) -> Skim:
    fields = Struct(f"{order}8xI4x{PROTOCOL_AT[link_type]}xH").unpack_from
    wanted = _kinds(order)

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        size = 0
        unpack, kinds = fields, wanted
        try:
            while True:
                size, kind = unpack(view, at)
                if kind in kinds:
                    return at, size, True
                at += size + 16
        except error:
            return at, size, False

    return skim


def _pcapng_ethernet(order: str, frame: str, wanted: tuple[int, int]) -> Skim:
    fields = Struct(f"{order}II20x{frame}").unpack_from

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        total = 0
        unpack, (group, slow) = fields, wanted
        try:
            while True:
                block, total, first, kind = unpack(view, at)
                if first == group or kind == slow or block != 6 or total < 32:
                    return at, total, True
                at += total
        except error:
            return at, total, False

    return skim


def _pcapng_group(order: str) -> Skim:
    fields = Struct(order + "II21xB").unpack_from

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        total = 0
        unpack = fields
        try:
            while True:
                block, total, second = unpack(view, at)
                if second == 0x80 or block != 6 or total < 32:
                    return at, total, True
                at += total
        except error:
            return at, total, False

    return skim


def _pcapng_cooked(order: str, link_type: int) -> Skim:
    fields = Struct(f"{order}II20x{PROTOCOL_AT[link_type]}xH").unpack_from
    wanted = _kinds(order)

    def skim(view: memoryview, at: int) -> tuple[int, int, bool]:
        total = 0
        unpack, kinds = fields, wanted
        try:
            while True:
                block, total, kind = unpack(view, at)
                if kind in kinds or block != ENHANCED or total < _SMALLEST:
                    return at, total, True
                at += total
        except error:
            return at, total, False

    return skim


def leap(octets: bytearray, at: int, end: int, *, stride: int, fixed: range, frame_at: int) -> int:
    """Pass Ethernet records that are all alike, a column of octets at a time; where that ends.

    stride: from one record to the next, as the first record says; fixed: the octets of its header
    that say so (and that it is a packet). Frames of one length are common: small segments, or a
    capture that cut them. A column costs a few ns a record, ten times less than a visit.
    """
    count = _BLOCK
    header = [(place, octets[at + place]) for place in fixed]
    while at + stride * count <= end:
        stop = at + stride * count
        for place, octet in header:
            if octets[at + place : stop : stride].count(octet) != count:
                return at
        kinds = octets[at + frame_at + _ETHERTYPE_AT : stop : stride]
        if _SLOW[0] in kinds or GROUP[0] in octets[at + frame_at : stop : stride]:
            return at
        at = stop
        count = min(2 * count, _LARGEST_BLOCK)
    return at
