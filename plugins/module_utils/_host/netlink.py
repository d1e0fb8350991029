# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dumps over a plain route netlink socket: bytes in, nothing decoded but the framing."""

from __future__ import annotations

import errno
import os
import socket
import struct

from .._lacp.snapshot import ReadFailure, Reading

NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300
NLM_F_DUMP_INTR = 0x10
NETLINK_ROUTE = 0
SOL_NETLINK, NETLINK_GET_STRICT_CHK = 270, 12

# RTM_GET* and the fixed header that asks for everything of all families.
_GETLINK, _GETADDR, _GETROUTE, _GETQDISC, _GETSTATS = 18, 22, 26, 38, 94
_MAIN_TABLE, _UNICAST = 254, 1
_XSTATS_SLAVE = 1 << 2  # filter mask of IFLA_STATS_LINK_XSTATS_SLAVE
REQUESTS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "links": ((_GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)),),
    "addresses": ((_GETADDR, struct.pack("=BBBBi", 0, 0, 0, 0, 0)),),
    "qdiscs": ((_GETQDISC, struct.pack("=BxHiIII", 0, 0, 0, 0, 0, 0)),),
    "stats": ((_GETSTATS, struct.pack("=BxHiI", 0, 0, 0, _XSTATS_SLAVE)),),
    "routes": tuple(
        (_GETROUTE, struct.pack("=BBBBBBBBI", family, 0, 0, 0, _MAIN_TABLE, 0, 0, _UNICAST, 0))
        for family in (socket.AF_INET, socket.AF_INET6)
    ),
}

_BUFFER = 1 << 20
_CHUNK = 1 << 17  # the kernel fills at most 32 KiB at a time
_TRIES = 4
_DEADLINE_S = 10.0
_HEADER = struct.Struct("=IHHII")


def dump(name: str, limit: int = 1 << 26) -> Reading:
    """The messages of a dump by its name in REQUESTS, or why there are none.

    A dump that the kernel marks as interrupted is asked for again, a few times; the last one is
    kept with its mark. More than limit bytes are a failure: EFBIG.
    """
    parts: list[bytes] = []
    try:
        for kind, payload in REQUESTS[name]:
            parts.append(_persist(kind, payload, limit - sum(map(len, parts))))
    except OSError as error:
        if error.errno == errno.EFBIG:
            return ReadFailure("EFBIG", f"more than {limit} bytes: not read")
        return failure(error)
    return b"".join(parts)


def ask(kind: int, payload: bytes, limit: int) -> Reading:
    """The messages of one dump, by request type and fixed header, or why there are none."""
    try:
        return _persist(kind, payload, limit)
    except OSError as error:
        return failure(error)


def failure(error: OSError) -> ReadFailure:
    """An OSError as data."""
    if isinstance(error, socket.timeout):
        return ReadFailure("ETIMEDOUT", f"no answer from the kernel within {_DEADLINE_S:.0f} s")
    number = error.errno or 0
    return ReadFailure(errno.errorcode.get(number, str(number)), os.strerror(number))


def _ask_strictly(link: socket.socket) -> None:
    """Let the kernel filter by what the request says (4.20); the decoder filters in any case."""
    try:
        link.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            raise


def _persist(kind: int, payload: bytes, limit: int) -> bytes:
    """One dump; a new socket for each try, as a dump that was given up blocks its socket."""
    kept: bytes | None = None
    for left in reversed(range(_TRIES)):
        try:
            with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE) as link:
                link.settimeout(_DEADLINE_S)
                link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
                _ask_strictly(link)
                size = _HEADER.size + len(payload)
                link.send(_HEADER.pack(size, kind, NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + payload)
                kept, interrupted = _receive(link, limit)
        except OSError as error:
            if error.errno != errno.ENOBUFS or (not left and kept is None):
                raise
            continue
        if not interrupted:
            break
    return kept or b""


def _receive(link: socket.socket, limit: int) -> tuple[bytes, bool]:
    """The messages of a dump but the last, which ends it; whether the kernel marked any."""
    parts: list[bytes] = []
    interrupted = False
    size = 0
    while size <= limit:
        data, _control, flags, _sender = link.recvmsg(_CHUNK)
        if flags & socket.MSG_TRUNC:
            raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
        end, marked = _scan(data)
        interrupted = interrupted or marked
        parts.append(data if end is None else data[:end])
        size += len(parts[-1])
        if end is not None:
            return b"".join(parts), interrupted
    raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


def _scan(data: bytes) -> tuple[int | None, bool]:
    """Where the dump ends in this datagram, if it does; whether it was interrupted."""
    at = 0
    interrupted = False
    while at + _HEADER.size <= len(data):
        length, kind, flags, _sequence, _port = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            break
        interrupted = interrupted or bool(flags & NLM_F_DUMP_INTR)
        if kind in (NLMSG_ERROR, NLMSG_DONE):
            code = struct.unpack_from("=i", data, at + _HEADER.size)[0] if length >= 20 else 0
            if code < 0:
                raise OSError(-code, os.strerror(-code))
            return at, interrupted
        at += length + 3 & ~3
    return None, interrupted
