# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few counters of a NIC, read again and again: their names are asked for once."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from array import array

from .._lacp.analysis_proof import NIC_RX, NIC_TX
from .._lacp.counters import plan

_SIOCETHTOOL = 0x8946
_GDRVINFO, _GSTRINGS, _GSTATS, _STATS = 0x03, 0x1B, 0x1D, 1
_STRING = 32


class NicCounters:
    """The counters of one interface that tell of its port, by the driver's names."""

    def __init__(self, name: str) -> None:
        """Ask the driver for the names; one that has none gives no counters. Never raises."""
        self._name = name
        self._count = 0
        self._wanted: list[tuple[str, int]] = []
        driver = self._ask(struct.pack("=I", _GDRVINFO), 196)
        if driver is None:
            return
        count = int(struct.unpack_from("=I", driver, 180)[0])
        head = struct.pack("=III", _GSTRINGS, _STATS, count)
        strings = self._ask(head, 12 + _STRING * count) if count else None
        if strings is None:
            return
        names = tuple(_text(strings, 12 + _STRING * at) for at in range(count))
        family = driver[4:36].partition(b"\0")[0].decode("ascii", "replace")
        wanted = dict(plan(family, names).raw)
        wanted.update((name, names.index(name)) for name in (*NIC_TX, *NIC_RX) if name in names)
        self._count = count
        self._wanted = sorted(wanted.items())

    def read(self) -> dict[str, int]:
        """Their values now; empty if the driver does not answer."""
        if not self._wanted:
            return {}
        reply = self._ask(struct.pack("=II", _GSTATS, self._count), 8 + 8 * self._count)
        if reply is None or struct.unpack_from("=I", reply, 4)[0] != self._count:
            return {}
        return {
            name: int(struct.unpack_from("=Q", reply, 8 + 8 * at)[0]) for name, at in self._wanted
        }

    def _ask(self, question: bytes, size: int) -> bytes | None:
        # Twice the room: a device may have got more counters than it said.
        buffer = array("B", question.ljust(2 * size, b"\0"))
        request = struct.pack("16sP", os.fsencode(self._name)[:15], buffer.buffer_info()[0])
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
                fcntl.ioctl(channel.fileno(), _SIOCETHTOOL, request.ljust(64, b"\0"))
        except OSError:
            return None
        return buffer.tobytes()


def _text(data: bytes, at: int) -> str:
    return data[at : at + _STRING].partition(b"\0")[0].decode("ascii", "replace")
