# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pcapng file of a live capture: always whole blocks, bounded in size."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._lacp.frame import IN, OUT
from .._lacp.pcap_write import interface_block, packet_block, section_header
from .._lacp.pdu import mac_octets

if TYPE_CHECKING:
    from .packet_socket import Heard

LARGEST = 64 << 20


class CaptureWriter:
    """Writes what is given; after a failure it keeps what was whole and says so in note."""

    def __init__(self, path: str, application: str, largest: int = LARGEST) -> None:
        """Create or replace the file; OSError."""
        self.path = path
        self.frames = 0
        self.note = ""
        self._largest = largest
        self._size = 0
        self._unsure = 0  # frames that wait to be written
        self._interfaces: dict[str, int] = {}
        self._waiting: list[bytes] = []
        # Not through a link that somebody left in a folder that all may write to.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        try:
            self._put(section_header(application))
            self.flush()
        except OSError:
            self.close()
            raise
        if self.note:
            self.close()
            raise OSError(self.note)

    def add(self, member: str, mac: str, heard: Heard) -> None:
        """A frame of a member; its interface block comes before its first."""
        if self.note:
            return
        self.interface(member, mac)
        direction = OUT if heard.is_sent else IN
        number = self._interfaces[member]
        self._put(packet_block(number, heard.utc_ns, heard.data, direction=direction))
        self.frames += not self.note
        self._unsure += not self.note

    def interface(self, member: str, mac: str) -> None:
        """Announce a member."""
        if member not in self._interfaces and not self.note:
            self._interfaces[member] = len(self._interfaces)
            self._put(interface_block(member, mac=mac_octets(mac) if mac else b""))

    def _put(self, block: bytes) -> None:
        if self._size + len(block) > self._largest:
            self.flush()
            self.note = (
                f"{self.path}: {self.frames} frames were written, then the file had "
                f"{self._largest} octets, the most it may have"
            )
            return
        self._size += len(block)
        self._waiting.append(block)

    def flush(self) -> None:
        """Hand over what waits; a file that cannot take it is cut back to whole blocks."""
        data, self._waiting = b"".join(self._waiting), []
        start = self._size - len(data)
        try:
            while data:
                data = data[os.write(self._file, data) :]
            self._unsure = 0
        except OSError as error:
            self.frames -= self._unsure
            self.note = (
                f"{self.path} could not be written on: {error.strerror}; "
                "the frames of up to one interval before that are missing in it"
            )
            self._size = start
            os.ftruncate(self._file, start)

    def close(self) -> None:
        """Write what waits, and close."""
        if self._file >= 0:
            if not self.note:
                self.flush()
            os.close(self._file)
            self._file = -1
