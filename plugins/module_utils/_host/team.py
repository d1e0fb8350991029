# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks teamd and the team driver about a team device: by their sockets, without any process.

teamd answers on a sequenced Unix socket: 'REQUEST', a method, arguments, a line each. The driver
keeps its options, 'enabled' of each port among them, behind generic netlink (linux/if_team.h).
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from typing import TYPE_CHECKING

from .._lacp.snapshot import ReadFailure, Reading

if TYPE_CHECKING:
    from .source import Run

OPTIONS = "options"  # of places.TEAM_REQUESTS; all others are methods of teamd
_LARGEST = 1 << 20
_DEADLINE_S = 5.0  # as long as teamdctl waits for an answer (TEAMDCTL_REPLY_TIMEOUT)
_NETLINK_GENERIC, _CTRL, _GETFAMILY, _OPTIONS_GET = 16, 0x10, 3, 2
_COMMANDS = {"StateDump": ("state", "dump"), "ConfigDumpActual": ("config", "dump", "actual")}
_REQUEST, _ACK, _ERROR, _DONE = 1, 4, 2, 3


def ask(path: str, run: Run | None = None) -> Reading:
    """The answer to SOCKET:REQUEST, such as /var/run/teamd/team0.sock:StateDump, or why none.

    run: runs teamdctl where teamd has no such socket, as it may listen elsewhere (D-Bus, ZeroMQ).
    """
    place, _colon, request = path.rpartition(":")
    name = place.rpartition("/")[2][: -len(".sock")]
    try:
        return _options(name) if request == OPTIONS else _teamd(place, request)
    except OSError as error:
        found = _failure(error)
    if run and request in _COMMANDS and _nobody_listens(found):
        done = run(["teamdctl", name, *_COMMANDS[request]])
        if done and not done[0]:
            return done[1].encode("utf-8", "surrogateescape")
    return found


def _nobody_listens(found: ReadFailure) -> bool:
    """Whether nobody listens there, as opposed to somebody who may not or does not answer."""
    return found.errno in ("ENOENT", "ECONNREFUSED")


def _failure(error: OSError) -> ReadFailure:
    if isinstance(error, socket.timeout):
        return ReadFailure("ETIMEDOUT", f"no answer within {_DEADLINE_S:.0f} s")
    number = error.errno or 0
    return ReadFailure(errno.errorcode.get(number, str(number)), error.strerror or str(error))


def _teamd(place: str, method: str) -> Reading:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
        link.settimeout(_DEADLINE_S)
        link.connect(place)
        link.send(f"REQUEST\n{method}\n".encode())
        answer = link.recv(_LARGEST)
    outcome, _newline, content = answer.partition(b"\n")
    if outcome == b"REPLY_SUCCESS":
        return content
    told = content.decode("utf-8", "replace").replace("\n", ": ").strip(": ")
    return ReadFailure("EPROTO", f"teamd refused {method}: {told or 'it hung up'}")


def _options(name: str) -> Reading:
    """The driver's answers as netlink messages; their payload begins with struct genlmsghdr."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_GENERIC) as link:
        link.settimeout(_DEADLINE_S)
        family = _family(_call(link, _CTRL, _GETFAMILY, _text(2, "team")))
        if not family:
            return ReadFailure("ENOENT", "the team driver is not loaded")
        index = struct.pack("=HHI", 8, 1, socket.if_nametoindex(name))
        return _call(link, family, _OPTIONS_GET, index)


def _text(kind: int, text: str) -> bytes:
    """A netlink attribute with a C string."""
    value = os.fsencode(text) + b"\0"
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


def _call(link: socket.socket, family: int, command: int, payload: bytes) -> bytes:
    """All messages of an answer but the last, which says that there are no more."""
    size = 20 + len(payload)
    flags = _REQUEST | _ACK
    link.send(struct.pack("=IHHIIBBH", size, family, flags, 1, 0, command, 1, 0) + payload)
    parts: list[bytes] = []
    total = 0
    while total <= _LARGEST:
        data = link.recv(1 << 16)
        at = 0
        while at + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, at)
            if length < 16:
                break
            if kind in (_ERROR, _DONE):
                code = struct.unpack_from("=i", data, at + 16)[0] if length >= 20 else 0
                if code < 0:
                    raise OSError(-code, os.strerror(-code))
                if kind == _ERROR:  # the acknowledgement: it comes after all parts
                    return b"".join(parts)
            else:
                parts.append(data[at : at + length])
            at += length + 3 & ~3
        total += len(data)
    raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


def _family(data: bytes) -> int:
    """CTRL_ATTR_FAMILY_ID, which is 1; 0 if it is not there."""
    at = 20
    while at + 6 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind == 1:
            return int(struct.unpack_from("=H", data, at + 4)[0])
        if length < 4:
            break
        at += length + 3 & ~3
    return 0
