# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A window that slides over the octets of a capture, and what readers of captures share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

# The largest frame a capture may hold (libpcap's MAXIMUM_SNAPLEN), and the view: hardly longer, so
# that a corrupt length always leads out of it and the fast loops need no test of their own.
MAX_FRAME = 262_144
VIEW = MAX_FRAME + 1024
KEPT_NOTES = 20
# Places that are tried in a whole file when records are looked for behind damage: a second's
# work. Random octets have one such place in 256.
TRIES = 500_000

ReadInto = Callable[[memoryview], int]


class CaptureError(ValueError):
    """A file that is no capture, or of a kind that cannot be read; the text says which and why."""


class Interface(NamedTuple):
    """Where frames were captured: pcapng names it, pcap has a single one without a name."""

    link_type: int
    name: str = ""
    ticks_per_s: int = 1_000_000
    offset_s: int = 0


class Packet(NamedTuple):
    """A frame of a capture; a tuple because there may be millions.

    utc_ns is None where the format keeps no time; offset is the record's; direction: 'in', 'out'
    or ''; original is the length on the wire, of which data may be a part.
    """

    interface: int
    utc_ns: int | None
    data: bytes
    original: int
    direction: str
    offset: int


class Note(NamedTuple):
    """Something about the file that a reader of the result should know, and where it is."""

    offset: int
    text: str


@dataclass
class Notes:
    """The first notes, and how many there were: a file of junk must not fill the memory."""

    kept: list[Note] = field(default_factory=list)
    total: int = 0

    def add(self, offset: int, text: str) -> None:
        """Count it, and keep it if it is among the first."""
        self.total += 1
        if len(self.kept) < KEPT_NOTES:
            self.kept.append(Note(offset, text))


class Stream:
    """The octets of a source from offset `base` on, as far as they were read into `view`.

    view is the front of `octets`, which is there for what a memoryview cannot do.
    """

    def __init__(self, read_into: ReadInto) -> None:
        self._read_into = read_into
        self.octets = bytearray(VIEW)
        self._all = memoryview(self.octets)
        self.view = self._all[:0]
        self.base = 0
        self.ended = False
        self.slide(0)

    def slide(self, keep: int) -> bool:
        """Let the view begin at its offset `keep` and read on; False when there is nothing more.

        keep may lie beyond the view: what is between is read and dropped.
        """
        have = len(self.view)
        came = 0
        while keep > have:
            self.base += have
            keep -= have
            have = self._fill(0)
            came += have
            if not have:
                self.view = self._all[:0]
                return False
        left = have - keep
        self._all[:left] = bytes(self._all[keep:have])
        self.base += keep
        new = self._fill(left)
        self.view = self._all[: left + new]
        return came + new > 0

    def _fill(self, at: int) -> int:
        """Read until the store is full or the source ends; the number of new octets."""
        start = at
        while at < VIEW and not self.ended:
            count = self._read_into(self._all[at:])
            self.ended = count == 0
            at += count
        return at - start

    def find(self, needle: bytes, start: int) -> int:
        """Offset of the needle in the view, at or behind start; -1 if it is not there."""
        return self.octets.find(needle, start, len(self.view))


class Finder:
    """The first of several needles in the view; each is looked for once, not at each question."""

    def __init__(self, stream: Stream, needles: Iterable[bytes]) -> None:
        self._stream = stream
        self._next = dict.fromkeys(needles, -1)

    def first(self, start: int) -> int:
        """Offset of the first at or behind start; the length of the view if there is none."""
        end = len(self._stream.view)
        for needle, known in self._next.items():
            if known < start:
                hit = self._stream.find(needle, start)
                self._next[needle] = end if hit < 0 else hit
        return min(self._next.values())

    def forget(self) -> None:
        """The view has changed."""
        self._next = dict.fromkeys(self._next, -1)
