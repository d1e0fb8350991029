# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Slow-protocol frames out of a capture of either format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .frame import Envelope, open_envelope
from .pcap_classic import MAGICS, ClassicReader
from .pcap_ng import MAGIC, NgReader
from .pcap_stream import CaptureError, Interface, Note, Notes, Packet, ReadInto, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

# Files that people hand over by mistake, and what to do about them.
_NO_CAPTURE = (
    (b"\x34\xcd\xb2\xa1", "a pcap file of the old 'Kuznetzov' variant; convert it with editcap"),
    (b"\xa1\xb2\xcd\x34", "a pcap file of the old 'Kuznetzov' variant; convert it with editcap"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"snoop\x00", "a snoop file; convert it with editcap -F pcapng"),
    (b"BZh", "compressed with bzip2; unpack it first"),
)


class Capture:
    """A capture that is read once, from its beginning.

    notes and interfaces grow while slow_frames() runs.
    """

    def __init__(self, read_into: ReadInto) -> None:
        """Look at the magic; CaptureError for a file that is no capture. read_into reads octets."""
        stream = Stream(read_into)
        magic = bytes(stream.view[:4])
        self._notes = Notes()
        self._stream = stream
        self.reader: ClassicReader | NgReader
        if magic in MAGICS:
            self.format = "pcap"
            self.reader = ClassicReader(stream, self._notes)
        elif magic == MAGIC:
            self.format = "pcapng"
            self.reader = NgReader(stream, self._notes)
        else:
            raise CaptureError(_not_a_capture(bytes(stream.view[:8])))

    @property
    def interfaces(self) -> list[Interface]:
        """Where frames were captured, as far as the file was read."""
        return self.reader.interfaces

    @property
    def notes(self) -> list[Note]:
        """The first notes, and behind them how many more there were."""
        kept = list(self._notes.kept)
        if self._notes.total > len(kept):
            more = self._notes.total - len(kept)
            kept.append(Note(self.octets, f"{more} more notes were left out"))
        return kept

    @property
    def octets(self) -> int:
        """How many octets (uncompressed) were read so far."""
        return self._stream.base + len(self._stream.view)

    def slow_frames(self) -> Iterator[tuple[Packet, Envelope]]:
        """Every frame with ethertype 0x8809, tagged or not, in the order of the file."""
        for packet in self.reader.packets():
            link_type = self.interfaces[packet.interface].link_type
            envelope = open_envelope(link_type, packet.data)
            if envelope is not None:
                yield packet, envelope


def _not_a_capture(head: bytes) -> str:
    if not head:
        return "the file is empty"
    for magic, what in _NO_CAPTURE:
        if head.startswith(magic):
            return f"this is {what}"
    return f"neither pcap nor pcapng: it begins with {head.hex(' ')}"
