# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks drivers what they know, by the SIOCETHTOOL ioctl: no privilege, no program, no library.

Structures: include/uapi/linux/ethtool.h. _Replies stay raw; _lacp/ethtool_facts.py decodes them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
from array import array
from typing import TYPE_CHECKING

from .._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._lacp.snapshot import Reading

_SIOCETHTOOL = 0x8946
_GDRVINFO, _GSTRINGS, _GSTATS, _GPFLAGS = 0x03, 0x1B, 0x1D, 0x27
_GSSET_INFO, _GFEATURES, _GLINKSETTINGS = 0x37, 0x3A, 0x4C
_FIXED = (("GRINGPARAM", 0x10, 36), ("GPAUSEPARAM", 0x12, 16), ("GCHANNELS", 0x3C, 36))
_GFECPARAM = ("GFECPARAM", 0x50, 16)
_STATS, _PRIVATE, _FEATURES = 1, 2, 4  # enum ethtool_stringset
_DRVINFO_SIZE, _STRING, _LINK_SETTINGS_SIZE = 196, 32, 48
_SLACK = 256
_ENOTSUPP = 524  # a code of the kernel's own that some drivers let through


def read_ethtool(names: Sequence[str]) -> dict[tuple[str, str], Reading]:
    """Return the replies by (interface, command), such as ('eno1', 'GDRVINFO').

    The names of counters and private flags are under 'GSTRINGS/stats' and 'GSTRINGS/private'; the
    names of features, the same for all devices of a kernel, under ('', 'GSTRINGS/features').
    """
    replies: dict[tuple[str, str], Reading] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        asker = _Asker(channel.fileno(), replies)
        for name in names:
            asker.read(name)
    return replies


class _Asker:
    """One run of questions; what is the same for all devices is asked once."""

    def __init__(self, descriptor: int, replies: dict[tuple[str, str], Reading]) -> None:
        self._descriptor = descriptor
        self._replies = replies
        self._features = 0  # how many the kernel has
        self._mask_words = 0  # 32-bit words in a link mode mask

    def read(self, name: str) -> None:
        """Ask everything of one interface."""
        driver = self._ask(name, "GDRVINFO", struct.pack("=I", _GDRVINFO), _DRVINFO_SIZE)
        if isinstance(driver, ReadFailure) and driver.errno == "ENODEV":
            return
        self._link_settings(name)
        self._feature_bits(name)
        for label, command, size in (*_FIXED, _GFECPARAM):
            self._ask(name, label, struct.pack("=I", command), size)
        if isinstance(driver, bytes):
            flags, counters = struct.unpack_from("=II", driver, 176)
            self._counters(name, counters)
            self._private_flags(name, flags)

    def _counters(self, name: str, count: int) -> None:
        if not count:
            return
        self._strings(name, "GSTRINGS/stats", _STATS, count)
        # Kernels write as many as the device has now, not as many as were asked for: hence room.
        self._ask(name, "GSTATS", struct.pack("=II", _GSTATS, count), 8 + 8 * count, room=8 * count)

    def _private_flags(self, name: str, count: int) -> None:
        if count:
            self._strings(name, "GSTRINGS/private", _PRIVATE, count)
            self._ask(name, "GPFLAGS", struct.pack("=I", _GPFLAGS), 8)

    def _strings(self, name: str, label: str, kind: int, count: int) -> None:
        question = struct.pack("=III", _GSTRINGS, kind, count)
        size = _STRING * count
        reply = self._call(name, question, 12 + size, room=size)
        self._replies["" if kind == _FEATURES else name, label] = reply

    def _feature_bits(self, name: str) -> None:
        if not self._features:
            question = struct.pack("=IIQI", _GSSET_INFO, 0, 1 << _FEATURES, 0)
            reply = self._call(name, question, len(question))
            if isinstance(reply, ReadFailure):
                self._replies[name, "GFEATURES"] = reply
                return
            self._features = int(struct.unpack_from("=I", reply, 16)[0])
            self._strings(name, "GSTRINGS/features", _FEATURES, self._features)
        blocks = (self._features + 31) // 32
        self._ask(name, "GFEATURES", struct.pack("=II", _GFEATURES, blocks), 8 + 16 * blocks)

    def _link_settings(self, name: str) -> None:
        """Ask twice: the kernel answers a wrong mask size with the right one, negated."""
        for _attempt in range(2):
            question = struct.pack("=I11xb", _GLINKSETTINGS, self._mask_words)
            size = _LINK_SETTINGS_SIZE + 12 * self._mask_words
            reply = self._ask(name, "GLINKSETTINGS", question, size)
            if isinstance(reply, ReadFailure):
                return
            words = struct.unpack_from("=b", reply, 15)[0]
            if words >= 0:
                return
            self._mask_words = -words

    def _ask(self, name: str, label: str, question: bytes, size: int, *, room: int = 0) -> Reading:
        reply = self._call(name, question, size, room=room)
        self._replies[name, label] = reply
        return reply

    def _call(self, name: str, question: bytes, size: int, *, room: int = 0) -> Reading:
        buffer = array("B", question.ljust(size + room + _SLACK, b"\0"))
        request = struct.pack("16sP", os.fsencode(name)[:15], buffer.buffer_info()[0])
        try:
            fcntl.ioctl(self._descriptor, _SIOCETHTOOL, request.ljust(64, b"\0"))
        except OSError as error:
            return _failure(error)
        return buffer[:size].tobytes()


def _failure(error: OSError) -> ReadFailure:
    code = error.errno or 0
    if code in (errno.EOPNOTSUPP, _ENOTSUPP):
        return ReadFailure("EOPNOTSUPP", "the driver does not support it")
    return ReadFailure(errno.errorcode.get(code, str(code)), error.strerror or str(error))
