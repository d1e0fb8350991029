# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which member carries a probe, and by which one its answer comes back."""

from __future__ import annotations

import select
import socket
import struct
import time
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

from .._lacp.outage import Seen
from .packet_socket import ETH_P_ALL, PACKET_OUTGOING
from .probe import ECHO_REPLY, ECHO_REQUEST, FLOWS, answers, open_socket, request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SO_ATTACH_FILTER = 26
_NS = 1_000_000_000
_ROUNDS_NS = _NS // 5
_LONGEST_NS = 3 * _NS
_TRIED = 32

# Classic BPF, as packet_socket has it: IPv4 without options, ICMP, an identifier of our block;
# behind one VLAN tag or none.
_LDH, _JEQ, _RET, _LDX, _JA, _LDH_X, _LDB_X, _AND = 0x28, 0x15, 0x06, 0x01, 0x05, 0x48, 0x50, 0x54


def _program(first: int) -> bytes:
    steps = (
        (_LDH, 0, 0, 12),
        (_JEQ, 0, 2, 0x8100),
        (_LDX, 0, 0, 4),
        (_JA, 0, 0, 1),
        (_LDX, 0, 0, 0),
        (_LDH_X, 0, 0, 12),
        (_JEQ, 0, 7, 0x0800),
        (_LDB_X, 0, 0, 14 + 9),
        (_JEQ, 0, 5, socket.IPPROTO_ICMP),
        (_LDH_X, 0, 0, 14 + 20 + 4),
        (_AND, 0, 0, 0xFFFF & ~(FLOWS - 1)),
        (_JEQ, 1, 0, first),
        (_RET, 0, 0, 0),
        (_RET, 0, 0, 128),
        (_RET, 0, 0, 0),
    )
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _tap(name: str, first: int) -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
    tap = socket.socket(socket.AF_PACKET, kind, 0)
    try:
        steps = array("B", _program(first))
        attach = struct.pack("@HP", len(steps) // 8, steps.buffer_info()[0])
        tap.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attach)
        tap.bind((name, ETH_P_ALL))
    except OSError:
        tap.close()
        raise
    return tap


def find_paths(address: str, members: Sequence[str], first: int) -> tuple[list[Seen], int]:
    """Where probes of our block of flows were seen, and how many were answered; OSError.

    It takes as long as it takes until some probes of each flow have come back, at most 3 s.
    """
    taps = {name: _tap(name, first) for name in members}
    channel = open_socket(address)
    try:
        return _search(channel, taps, first)
    finally:
        channel.close()
        for tap in taps.values():
            tap.close()


def _search(
    channel: socket.socket, taps: dict[str, socket.socket], first: int
) -> tuple[list[Seen], int]:
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    for tap in taps.values():
        poll.register(tap, select.POLLIN)
    flows = range(first, first + _TRIED)
    missing = set(flows)
    found: list[Seen] = []
    end = time.monotonic_ns() + _LONGEST_NS
    number = 0
    while missing and time.monotonic_ns() < end:
        number += 1
        with suppress(OSError):  # no neighbour yet: the next round tries again
            for flow in sorted(missing):
                channel.send(request(flow, number))
        until = time.monotonic_ns() + _ROUNDS_NS
        while missing and time.monotonic_ns() < until:
            poll.poll(max(1, (until - time.monotonic_ns()) // 1_000_000))
            missing.difference_update(flow for flow, _number, _at in answers(channel))
            for name, tap in taps.items():
                found.extend(_seen(name, tap))
    # What the sockets got before the last answer was taken.
    for name, tap in taps.items():
        found.extend(_seen(name, tap))
    return found, len(flows) - len(missing)


def _seen(name: str, tap: socket.socket) -> Iterator[Seen]:
    for _attempt in range(4 * _TRIED):
        try:
            data, address = tap.recvfrom(128)
        except BlockingIOError:
            return
        except OSError:  # the link is down
            return
        at = 38 if data[12:14] == b"\x81\x00" else 34
        if len(data) < at + 6:
            continue
        flow = int.from_bytes(data[at + 4 : at + 6], "big")
        is_sent = address[2] == PACKET_OUTGOING
        if data[at] == (ECHO_REQUEST if is_sent else ECHO_REPLY):
            yield Seen(flow, name, is_sent)
