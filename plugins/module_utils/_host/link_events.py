# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel announces of links, and questions about single links and their counters."""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING

from .netlink import NETLINK_ROUTE, NLM_F_REQUEST, NLMSG_ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RTMGRP_LINK = 1
_GETLINK, _GETSTATS = 18, 94
_XSTATS_SLAVE = 1 << 2  # filter mask of IFLA_STATS_LINK_XSTATS_SLAVE
_HEADER = struct.Struct("=IHHII")
_CHUNK = 1 << 16
_MOST = 1000  # datagrams at a time: frames must not wait behind somebody else's links
_AT_ONCE = 16  # interfaces per question: the answers must fit into the socket's buffer


def _socket(groups: int) -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
    channel = socket.socket(socket.AF_NETLINK, kind, NETLINK_ROUTE)
    try:
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        channel.bind((0, groups))
    except OSError:
        channel.close()
        raise
    return channel


def _waiting(channel: socket.socket) -> Iterator[bytes]:
    """The datagrams that are there; an empty one stands for those that found no room."""
    for _attempt in range(_MOST):
        data = _received(channel)
        if data is None:
            return
        yield data


def _received(channel: socket.socket) -> bytes | None:
    try:
        return channel.recv(_CHUNK)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise
        return b""


def _question(indexes: Sequence[int], sequence: int) -> bytes:
    question = b""
    for index in indexes:
        for kind, body in (
            (_GETLINK, struct.pack("=BxHiII", 0, 0, index, 0, 0)),
            (_GETSTATS, struct.pack("=BxHiI", 0, 0, index, _XSTATS_SLAVE)),
        ):
            sequence += 1
            size = _HEADER.size + len(body)
            question += _HEADER.pack(size, kind, NLM_F_REQUEST, sequence, 0) + body
    return question


class LinkEvents:
    """Announcements of the link group (RTNLGRP_LINK), as datagrams.

    Answers to questions that are put here come in one queue with them, so that what was announced
    earlier is not taken for news after a look (the kernel answers and announces under one lock).
    """

    def __init__(self) -> None:
        """Subscribe; OSError."""
        self._socket = _socket(_RTMGRP_LINK)
        self._sequence = 0
        self.lost = False

    def fileno(self) -> int:
        """Its descriptor, to wait for."""
        return self._socket.fileno()

    def datagrams(self) -> Iterator[bytes]:
        """What was announced since; lost is set where there was no room for some."""
        for data in _waiting(self._socket):
            if data:
                yield data
            else:
                self.lost = True

    def ask(self, indexes: Sequence[int]) -> Iterator[bytes]:
        """What was announced since, then the answers as LinkAsker gives them. OSError."""
        for at in range(0, len(indexes), _AT_ONCE):
            some = indexes[at : at + _AT_ONCE]
            self._socket.send(_question(some, self._sequence))
            self._sequence += 2 * len(some)
            yield from self.datagrams()

    def close(self) -> None:
        """Unsubscribe."""
        self._socket.close()


class LinkAsker:
    """Asks for the state and the LACPDU counters of a few interfaces, in one go."""

    def __init__(self) -> None:
        """Open the channel; OSError."""
        self._socket = _socket(0)
        self._sequence = 0

    def ask(self, indexes: Sequence[int]) -> list[bytes]:
        """Link and statistics messages; an interface that is gone gives none. OSError."""
        answers: list[bytes] = []
        for at in range(0, len(indexes), _AT_ONCE):
            answers += self._ask(indexes[at : at + _AT_ONCE])
        return answers

    def _ask(self, indexes: Sequence[int]) -> list[bytes]:
        self._socket.send(_question(indexes, self._sequence))
        self._sequence += 2 * len(indexes)
        return list(self._answers())

    def _answers(self) -> Iterator[bytes]:
        """The kernel answers before send() returns, so what is not there yet never comes."""
        for data in _waiting(self._socket):
            if data and struct.unpack_from("=H", data, 4)[0] != NLMSG_ERROR:
                yield data

    def close(self) -> None:
        """Close the channel."""
        self._socket.close()
