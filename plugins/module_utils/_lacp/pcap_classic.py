# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of a classic pcap file: both byte orders, micro- and nanoseconds."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from .frame import EN10MB, LINK_TYPES
from .pcap_skim import RECORD, WORTH, Care, leap, pcap_skim
from .pcap_stream import MAX_FRAME, TRIES, VIEW, CaptureError, Interface, Notes, Packet, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = 24
_NS = 1_000_000_000
# The magic as it lies in the file: byte order, and ticks of the records' clock in a second.
MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", _NS),
    b"\xa1\xb2\x3c\x4d": (">", _NS),
}
# So many headers in a row that make sense are taken for the chain of records again; they are
# looked for within this many octets.
_CHAIN = 4
_AHEAD = MAX_FRAME // 2


class ClassicReader:
    """Candidates for slow-protocol frames, at the cost of some dozen nanoseconds a record.

    A record is visited by its length alone, and only one that looks like a slow protocol is taken
    out. A capture inside the payload of a frame is never visited: it is not on the chain.
    """

    def __init__(self, stream: Stream, notes: Notes) -> None:
        head = bytes(stream.view[:HEADER])
        if len(head) < HEADER:
            raise CaptureError(f"the file ends inside the pcap header ({len(head)} of 24 octets)")
        order, ticks = MAGICS[head[:4]]
        # The upper bits say whether an FCS was kept.
        link_type = Struct(order + "I").unpack_from(head, 20)[0] & 0x0FFFFFFF
        self.interfaces = [Interface(link_type, ticks_per_s=ticks)]
        self._order = order
        self._stream = stream
        self._notes = notes
        self._tries = TRIES
        self._header = Struct(order + "IIII")
        # The octet of the first record's seconds that stays the same for 194 days, and its place.
        self._epoch_at = 3 if order == "<" else 0
        self._epoch = bytes(stream.view[HEADER + self._epoch_at :][:1])

    def packets(self) -> Iterator[Packet]:
        """Candidates in the order of the file."""
        link_type = self.interfaces[0].link_type
        if link_type not in LINK_TYPES:
            self._notes.add(20, f"link type {link_type} does not carry LACP: no frame was read")
            return
        care = Care()
        skim = pcap_skim(self._order, link_type, care.level)
        stream = self._stream
        place: int | None = HEADER
        is_ethernet = is_uniform = link_type == EN10MB
        while place is not None:
            start = self._leap(place) if is_uniform else place
            at, size, found = skim(stream.view, start)
            is_uniform = is_ethernet and (not found or at - place >= WORTH)
            if size + RECORD > VIEW:
                place = self._resume(at if found else at - size - RECORD, size)
            elif found and at + RECORD + size <= len(stream.view):
                place = at + RECORD + size
                if not is_ethernet or care.is_worth(stream.view, at + RECORD):
                    yield self._packet(at, size)
            else:
                place = self._go_on(at, size)
            if care.changes(stream.base):
                skim = pcap_skim(self._order, link_type, care.level)

    def _leap(self, at: int) -> int:
        """Over records of one length, if some follow here."""
        end = len(self._stream.view)
        if at + RECORD > end:
            return at
        stride = RECORD + self._header.unpack_from(self._stream.view, at)[2]
        if stride < RECORD + 14:
            return at
        octets = self._stream.octets
        return leap(octets, at, end, stride=stride, fixed=range(8, 12), frame_at=RECORD)

    def _packet(self, at: int, size: int) -> Packet:
        second, fraction, _size, original = self._header.unpack_from(self._stream.view, at)
        utc_ns = second * _NS + fraction * (_NS // self.interfaces[0].ticks_per_s)
        start = at + RECORD
        data = bytes(self._stream.view[start : start + size])
        return Packet(0, utc_ns, data, original, "", self._stream.base + at)

    def _go_on(self, at: int, size: int) -> int | None:
        """Read on where a record is not wholly in view; None, and perhaps a note, at the end."""
        stream = self._stream
        previous = stream.base + at - size - RECORD
        passes = at > len(stream.view)
        if stream.slide(at):
            return 0
        if passes:
            self._cut(previous, size)
            return None
        at = 0
        while len(stream.view) - at >= RECORD:
            size = self._header.unpack_from(stream.view, at)[2]
            if size + RECORD > VIEW:
                return self._resume(at, size)
            if at + RECORD + size > len(stream.view):
                self._cut(stream.base + at, size)
                return None
            at += RECORD + size
        if at < len(stream.view):
            self._notes.add(stream.base + at, "the file ends inside the header of a record")
        return None

    def _cut(self, offset: int, size: int) -> None:
        self._notes.add(offset, f"the last record is cut off: a frame of {size} octets")

    def _resume(self, broken: int, size: int) -> int | None:
        """Find the chain of records again behind one with an impossible length."""
        stream = self._stream
        place = stream.base + broken
        what = f"the record claims a frame of {size} octets"
        stream.slide(broken)
        at = 1
        while True:
            hit = stream.find(self._epoch, at + self._epoch_at)
            at = (len(stream.view) if hit < 0 else hit) - self._epoch_at
            if len(stream.view) - at < _AHEAD and not stream.ended:
                stream.slide(max(at, 0))
                at = 0
            elif hit < 0 or not self._tries:
                end = len(stream.view) if hit < 0 else at
                where = f"up to offset {stream.base + end}"
                self._notes.add(place, f"{what}; no record could be found behind it, {where}")
                return None
            elif self._is_chain(at):
                resumed = stream.base + at
                self._notes.add(place, f"{what}; reading resumes at offset {resumed}")
                return at
            else:
                at += 1
                self._tries -= 1

    def _is_chain(self, at: int) -> bool:
        """Whether records that make sense follow one another from here, or up to the end."""
        view = self._stream.view
        for passed in range(_CHAIN):
            if at + RECORD > len(view):
                return at == len(view) if self._stream.ended else passed > 1
            _second, fraction, size, original = self._header.unpack_from(view, at)
            epoch = view[at + self._epoch_at]
            if not 0 < size <= min(original, MAX_FRAME) or original > MAX_FRAME:
                return False
            if epoch != self._epoch[0] or fraction >= self.interfaces[0].ticks_per_s:
                return False
            at += RECORD + size
        return True
