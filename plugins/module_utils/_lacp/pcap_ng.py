# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of a pcapng file: sections of either byte order, several interfaces, packet flags."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from .frame import EN10MB, IN, LINK_TYPES, OUT
from .pcap_skim import ENHANCED, PACKET, WORTH, Care, leap, pcapng_each, pcapng_skim
from .pcap_stream import (
    MAX_FRAME,
    TRIES,
    VIEW,
    CaptureError,
    Finder,
    Interface,
    Notes,
    Packet,
    Stream,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\x0a\x0d\x0d\x0a"
ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_NS = 1_000_000_000

# draft-ietf-opsawg-pcapng: block types, options, and the direction bits of epb_flags.
INTERFACE, OLD_PACKET, SIMPLE = 1, 2, 3
IF_NAME, IF_TSRESOL, IF_TSOFFSET, EPB_FLAGS = 2, 9, 14, 2
_DIRECTIONS = {1: IN, 2: OUT}
_PACKETS = (ENHANCED, SIMPLE, OLD_PACKET)
_LARGEST = 16 << 20  # of a block that holds no packet, as in libpcap and Wireshark
_MOST_INTERFACES = 65_536
_AHEAD = MAX_FRAME // 2


class NgReader:
    """Candidates for slow-protocol frames of a pcapng file; ClassicReader tells the principle."""

    def __init__(self, stream: Stream, notes: Notes) -> None:
        self.interfaces: list[Interface] = []
        self._stream = stream
        self._notes = notes
        self._is_ethernet = False
        self._care = Care()
        self._tries = TRIES
        self._skim = pcapng_each("<")
        size = len(stream.view)
        if size < 28:
            raise CaptureError(f"the file ends inside its section header ({size} of 28 octets)")
        if bytes(stream.view[8:12]) not in ORDERS:
            raise CaptureError("the section header has no byte-order magic at offset 8")
        self._begin_section(0)

    def packets(self) -> Iterator[Packet]:
        """Candidates in the order of the file."""
        stream = self._stream
        place: int | None = 0
        is_uniform = False
        while place is not None:
            start = self._leap(place) if is_uniform and self._is_ethernet else place
            at, total, found = self._skim(stream.view, start)
            is_uniform = not found or at - place >= WORTH
            if found and bytes(stream.view[at : at + 4]) == MAGIC:
                total = self._section_length(at)
            if total > VIEW:
                place = self._pass_large(at if found else at - total, total)
            elif not found or at + total > len(stream.view):
                place = self._go_on(at, total)
            elif not self._is_whole(at, total):
                place = self._resume(at, "no whole block is here")
            else:
                packet = self._look(at, total)
                if packet is not None:
                    yield packet
                place = at + total
            if self._is_ethernet and self._care.changes(stream.base):
                self._skim = pcapng_skim(self._order, EN10MB, self._care.level)

    def _leap(self, at: int) -> int:
        """Over packet blocks of one length, if some follow here."""
        end = len(self._stream.view)
        if at + PACKET > end:
            return at
        stride = self._u32(at + 4)
        if self._u32(at) != ENHANCED or stride < PACKET + 16:
            return at
        octets = self._stream.octets
        return leap(octets, at, end, stride=stride, fixed=range(8), frame_at=PACKET)

    def _u32(self, at: int) -> int:
        number: int = Struct(self._order + "I").unpack_from(self._stream.view, at)[0]
        return number

    def _section_length(self, at: int) -> int:
        """In the byte order of the new section, if its header has one."""
        order = ORDERS.get(bytes(self._stream.view[at + 8 : at + 12]), self._order)
        length: int = Struct(order + "I").unpack_from(self._stream.view, at + 4)[0]
        return length

    def _is_whole(self, at: int, total: int) -> bool:
        view = self._stream.view
        if total < 12 or total % 4 or view[at + 4 : at + 8] != view[at + total - 4 : at + total]:
            return False
        if view[at : at + 4] == MAGIC:
            return total >= 28 and bytes(view[at + 8 : at + 12]) in ORDERS
        return total >= 32 or self._u32(at) != ENHANCED

    def _look(self, at: int, total: int) -> Packet | None:
        """Take in one whole block; its frame, if it holds one."""
        block = self._u32(at)
        if self._stream.view[at : at + 4] == MAGIC:
            self._begin_section(at)
        elif block == INTERFACE and total >= 20:
            self._add_interface(at, total)
        elif block == ENHANCED:
            if not self._is_ethernet or self._care.is_worth(self._stream.view, at + PACKET):
                return self._enhanced(at, total)
        elif block == SIMPLE and total >= 16:
            original = self._u32(at + 8)
            return self._packet(at, 0, None, at + 12, min(original, total - 16), original, "")
        elif block == OLD_PACKET and total >= 32:
            number, _drops = Struct(self._order + "HH").unpack_from(self._stream.view, at + 8)
            return self._timed(at, total, number, "")
        return None

    def _begin_section(self, at: int) -> None:
        self._order = ORDERS[bytes(self._stream.view[at + 8 : at + 12])]
        self._first = len(self.interfaces)  # a section numbers its interfaces from zero
        self._skim = pcapng_each(self._order)
        self._is_ethernet = False
        self._care = Care()

    def _add_interface(self, at: int, total: int) -> None:
        if len(self.interfaces) >= _MOST_INTERFACES:
            self._notes.add(self._stream.base + at, "too many interfaces: this one is ignored")
            return
        (link_type,) = Struct(self._order + "H").unpack_from(self._stream.view, at + 8)
        options = self._options(at + 16, at + total - 4)
        name = options.get(IF_NAME, b"").rstrip(b"\0").decode("utf-8", "backslashreplace")
        resolution = (options.get(IF_TSRESOL) or b"\x06")[0]
        ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
        offset = 0
        if len(options.get(IF_TSOFFSET, b"")) == 8:
            (offset,) = Struct(self._order + "q").unpack(options[IF_TSOFFSET])
        if link_type not in LINK_TYPES:
            text = f"interface {name!r} has link type {link_type}, which does not carry LACP"
            self._notes.add(self._stream.base + at, text)
        self.interfaces.append(Interface(link_type, name, ticks, offset))
        kinds = {interface.link_type for interface in self.interfaces[self._first :]}
        self._is_ethernet = kinds == {EN10MB}
        if len(kinds) == 1 and link_type in LINK_TYPES:
            self._skim = pcapng_skim(self._order, link_type, self._care.level)
        else:
            self._skim = pcapng_each(self._order)

    def _options(self, at: int, end: int) -> dict[int, bytes]:
        """The first of each kind; what does not fit is left out."""
        found: dict[int, bytes] = {}
        view = self._stream.view
        while at + 4 <= end:
            code, length = Struct(self._order + "HH").unpack_from(view, at)
            if code == 0 or at + 4 + length > end:
                break
            found.setdefault(code, bytes(view[at + 4 : at + 4 + length]))
            at += 4 + (length + 3) // 4 * 4
        return found

    def _enhanced(self, at: int, total: int) -> Packet | None:
        options_at = at + 28 + (self._u32(at + 20) + 3) // 4 * 4
        direction = ""
        if options_at + 12 <= at + total:
            flags = self._options(options_at, at + total - 4).get(EPB_FLAGS, b"")
            if len(flags) == 4:
                direction = _DIRECTIONS.get(Struct(self._order + "I").unpack(flags)[0] & 3, "")
        return self._timed(at, total, self._u32(at + 8), direction)

    def _timed(self, at: int, total: int, number: int, direction: str) -> Packet | None:
        """The frame of an enhanced or an old packet block, which agree from the time on."""
        index = self._first + number
        size = self._u32(at + 20)
        if index >= len(self.interfaces) or size > total - 32:
            text = f"a packet of {size} octets on interface {number} does not fit its section"
            self._notes.add(self._stream.base + at, text)
            return None
        interface = self.interfaces[index]
        ticks = self._u32(at + 12) << 32 | self._u32(at + 16)
        utc_ns = ticks * _NS // interface.ticks_per_s + interface.offset_s * _NS
        original = self._u32(at + 24)
        return self._packet(at, number, utc_ns, at + 28, size, original, direction)

    def _packet(
        self,
        at: int,
        number: int,
        utc_ns: int | None,
        start: int,
        size: int,
        original: int,
        direction: str,
    ) -> Packet | None:
        index = self._first + number
        if index >= len(self.interfaces):
            self._notes.add(self._stream.base + at, "a packet comes before its interface")
            return None
        data = bytes(self._stream.view[start : start + size])
        return Packet(index, utc_ns, data, original, direction, self._stream.base + at)

    def _pass_large(self, at: int, total: int) -> int | None:
        """Step over a block that is larger than any packet, unless that cannot be."""
        block, place = self._u32(at), self._stream.base + at
        if block in _PACKETS or total > _LARGEST:
            return self._resume(at, f"a block claims {total} octets")
        if not self._stream.slide(at + total):
            if self._stream.base != place + total:
                self._notes.add(place, f"the last block is cut off: it should have {total} octets")
            return None
        return 0

    def _go_on(self, at: int, total: int) -> int | None:
        """Read on where a block is not wholly in view; None, with a note if need be, at the end."""
        stream = self._stream
        previous, passes = stream.base + at - total, at > len(stream.view)
        if stream.slide(at):
            return 0
        if passes:
            self._notes.add(previous, f"the last block is cut off: it should have {total} octets")
            return None
        at = 0
        while at + 8 <= len(stream.view):
            total = (
                self._section_length(at) if stream.view[at : at + 4] == MAGIC else self._u32(at + 4)
            )
            if at + total > len(stream.view):
                place = stream.base + at
                self._notes.add(place, f"the last block is cut off: it should have {total} octets")
                return None
            if not self._is_whole(at, total):
                return self._resume(at, "no whole block is here")
            at += total
        if at < len(stream.view):
            self._notes.add(stream.base + at, "the file ends inside the header of a block")
        return None

    def _resume(self, broken: int, what: str) -> int | None:
        """Find the chain of blocks again: a packet block or a section whose two lengths agree."""
        stream = self._stream
        place = stream.base + broken
        finder = Finder(stream, (Struct(self._order + "I").pack(ENHANCED), MAGIC))
        stream.slide(broken)
        at = 1
        while True:
            at = finder.first(at)
            if len(stream.view) - at < _AHEAD and not stream.ended:
                stream.slide(max(at - 3, 0))  # a needle may begin at the very end
                finder.forget()
                at = 0
            elif at >= len(stream.view) or not self._tries:
                where = f"up to offset {stream.base + at}"
                self._notes.add(place, f"{what}; no block could be found behind it, {where}")
                return None
            elif self._is_found(at):
                resumed = stream.base + at
                self._notes.add(place, f"{what}; reading resumes at offset {resumed}")
                return at
            else:
                at += 1
                self._tries -= 1

    def _is_found(self, at: int) -> bool:
        if at + 28 > len(self._stream.view):
            return False
        if self._stream.view[at : at + 4] == MAGIC:
            total = self._section_length(at)
        else:
            total = self._u32(at + 4)
            if self._u32(at + 20) > total - 32 or total < 32:
                return False
        return at + total <= len(self._stream.view) and self._is_whole(at, total)
