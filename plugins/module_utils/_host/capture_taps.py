# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One packet socket for each member and one for the bond, with a limit to what a storm may cost."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._lacp.pdu import Lacpdu
from .._lacp.window import RECEIVED, SENT
from .packet_socket import PacketSocket

if TYPE_CHECKING:
    import select
    from collections.abc import Callable, Iterator

    from .._lacp.frame_reader import FrameReader
    from .._lacp.window import Frame
    from .capture_watch import Moment
    from .packet_socket import Heard

# Frames read from one member between two looks. LACP itself sends three a second at most; beyond
# this the kernel goes on counting (PACKET_STATISTICS), and nobody has to read.
QUOTA = 1000


@dataclass
class Tap:
    """One interface that is listened to, and what was heard on it so far.

    is_bond: it is the bond, whose frames are copies of those of its members.
    """

    member: str
    mac: str
    packets: PacketSocket
    is_bond: bool = False
    left: int = QUOTA
    lacpdus: dict[str, int] = field(default_factory=lambda: {SENT: 0, RECEIVED: 0})
    read: int = 0
    counted: int = 0
    dropped: int = 0
    stormed: bool = False  # there was more than may be read

    @property
    def unread(self) -> int:
        """Frames that were counted by the kernel and left alone."""
        return max(0, self.counted - self.read)


class Taps:
    """All sockets of a capture; poll is where they wait."""

    def __init__(self, poll: select.poll, reader: FrameReader, events: int) -> None:
        self._poll = poll
        self._events = events
        self._reader = reader
        self.by_file: dict[int, Tap] = {}
        self.members: dict[str, Tap] = {}
        self.notes: list[str] = []
        self.on_frame: list[Callable[[Tap, Heard], None]] = []

    def open(self, member: str, mac: str, *, is_bond: bool = False) -> None:
        """Listen to an interface; OSError. What reaches a bond is counted, and nothing else."""
        tap = Tap(member, mac, PacketSocket(member), is_bond)
        self.members[member] = tap
        self.by_file[tap.packets.fileno()] = tap
        self._poll.register(tap.packets.fileno(), self._events)

    def read(self, number: int, moment: Moment) -> Iterator[Frame]:
        """Frames that wait on one socket."""
        tap = self.by_file[number]
        shift = moment.mono_ns - moment.utc_ns
        try:
            for heard in tap.packets.frames(tap.left):
                tap.left -= 1
                tap.read += 1
                frame = self._frame(tap, heard, shift)
                if frame is not None:
                    yield frame
        except OSError as error:
            self._failed(tap, error)
        if tap.left <= 0 and number in self.by_file:
            tap.stormed = True
            self._poll.unregister(number)

    def _frame(self, tap: Tap, heard: Heard, shift: int) -> Frame | None:
        direction = SENT if heard.is_sent else RECEIVED
        frame = self._reader.read(
            heard.data,
            member=tap.member,
            direction=direction,
            utc_ns=heard.utc_ns,
            mono_ns=heard.utc_ns + shift,
        )
        if frame is None:
            return None
        if isinstance(frame.pdu, Lacpdu):
            tap.lacpdus[direction] += 1
        if tap.is_bond:
            return None
        for listener in self.on_frame:
            listener(tap, heard)
        return frame

    def _failed(self, tap: Tap, error: OSError) -> None:
        """A link that goes down says so once, and the socket goes on when it comes back."""
        if error.errno != errno.ENETDOWN:
            self.gone(tap.member, f"cannot be read: {error.strerror}")

    def gone(self, member: str, what: str) -> None:
        """Nothing more is to be heard of a member."""
        tap = self.members.get(member)
        if tap is not None and tap.packets.fileno() in self.by_file and not tap.is_bond:
            self.notes.append(f"member {member} {what}; it was listened to up to then")
            self.close(member)

    def count(self) -> None:
        """Ask the kernel for its counts, and give every member its quota again."""
        for number, tap in list(self.by_file.items()):
            packets, drops = tap.packets.counts()
            tap.counted += packets
            tap.dropped += drops
            tap.stormed = tap.stormed or drops > 0
            if tap.left <= 0:
                tap.packets.discard()
                self._poll.register(number, self._events)
            tap.left = QUOTA

    def close(self, member: str) -> None:
        """Stop listening to one member; what was counted stays."""
        tap = self.members[member]
        number = tap.packets.fileno()
        if number in self.by_file:
            del self.by_file[number]
            if tap.left > 0:
                self._poll.unregister(number)
            tap.packets.close()

    def close_all(self) -> None:
        """Stop listening."""
        for member in self.members:
            self.close(member)
