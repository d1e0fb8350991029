# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ICMP echo requests, sent and timed by a process of their own, so that no other work delays them.

Bonding spreads echo requests by their identifier where the hash looks at ports (bond_main.c,
bond_ip_hash: flow.icmp): each flow here is an identifier.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from .._lacp.outage import FlowMeter, Gap
from . import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ECHO_REPLY, ECHO_REQUEST = 0, 8
_SOL_RAW, _ICMP_FILTER = 255, 1  # include/uapi/linux/icmp.h
_SO_TIMESTAMPNS = 35
_CONTROL = socket.CMSG_SPACE(16)
_BUFFER = 1 << 20
_HEADER = struct.Struct("!BBHHH")
_NS = 1_000_000_000
_MOST = 512  # answers at a time
_PADDING = b"bondproof.lacp  " * 2
FLOWS = 64  # identifiers that one process has for itself


class Probed(NamedTuple):
    """What became of the probes: gaps of all flows, how many were sent, the slowest answer."""

    gaps: tuple[Gap, ...]
    sent: int
    lost: int
    slowest_ms: float


def open_socket(address: str) -> socket.socket:
    """A raw socket to an IPv4 address that gets echo replies only; OSError."""
    kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
    found = socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP)
    try:
        wanted = ~(1 << ECHO_REPLY) & 0xFFFFFFFF
        found.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("@I", wanted))
        found.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        found.connect((address, 0))
    except OSError:
        found.close()
        raise
    return found


def first_flow() -> int:
    """The first identifier of a block that other programs of this host will hardly use."""
    return os.getpid() * FLOWS & 0xFFFF & ~(FLOWS - 1)


def request(flow: int, number: int) -> bytes:
    """An echo request of a flow; only the low 16 bits of the number travel."""
    head = _HEADER.pack(ECHO_REQUEST, 0, 0, flow, number & 0xFFFF)
    return _HEADER.pack(ECHO_REQUEST, 0, _checksum(head + _PADDING), flow, number & 0xFFFF) + (
        _PADDING
    )


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return 0xFFFF & ~(total + (total >> 16))


def answers(channel: socket.socket) -> Iterator[tuple[int, int, int]]:
    """(flow, number, UTC ns at which the kernel got it) of each echo reply that waits."""
    for _attempt in range(_MOST):
        try:
            data, control, _flags, _address = channel.recvmsg(2048, _CONTROL)
        except BlockingIOError:
            return
        except OSError:  # an ICMP error that concerns one of the requests
            continue
        at = (data[0] & 15) * 4 if data else 0
        if len(data) < at + _HEADER.size:
            continue
        kind, _code, _sum, flow, number = _HEADER.unpack_from(data, at)
        if kind == ECHO_REPLY:
            yield flow, number, _stamp(control)


def _stamp(control: list[tuple[int, int, bytes]]) -> int:
    for level, kind, value in control:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, fraction = struct.unpack("@ll", value[: struct.calcsize("@ll")])
            return int(seconds) * _NS + int(fraction)
    return time.time_ns()


class Prober:
    """A child that probes until it is told to stop, or until this process is gone."""

    def __init__(self, address: str, interval_ms: float, flows: Sequence[int]) -> None:
        """Start; OSError. To be called before any lock is taken: the child would hold it, too."""
        channel = open_socket(address)
        order, self._order = os.pipe()
        self._result, result = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            status = 1
            try:
                _let_go_of_all_but({channel.fileno(), order, result})
                _Sender(channel, order, flows, int(interval_ms * 1e6)).run(result)
                status = 0
            finally:
                # Whatever happened: the module's own work must not be done twice.
                os._exit(status)
        channel.close()
        os.close(order)
        os.close(result)

    def stop(self) -> Probed:
        """Wait for late answers, end the child and take its result; ChildProcessError."""
        data, status = self._end()
        if status or not data:
            raise ChildProcessError(f"the process that sends probes failed (status {status})")
        return _probed(json.loads(data))

    def _end(self) -> tuple[bytes, int]:
        os.close(self._order)
        parts = []
        while True:
            part = os.read(self._result, 1 << 16)
            if not part:
                break
            parts.append(part)
        os.close(self._result)
        pid, self.pid = self.pid, 0
        return b"".join(parts), os.waitpid(pid, 0)[1]

    def close(self) -> None:
        """End the child, if it has not been stopped, and drop what it found."""
        if self.pid:
            self._end()


def _let_go_of_all_but(kept: set[int]) -> None:
    """A lock that the module holds is not to outlive it in a child."""
    for name in files.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with suppress(OSError):  # the descriptor of the listing itself
                os.close(int(name))


def _probed(data: dict[str, Any]) -> Probed:
    gaps = tuple(Gap(*gap) for gap in data["gaps"])
    return Probed(gaps, data["sent"], data["lost"], data["slowest_ms"])


class _Sender:
    """The work of the child."""

    def __init__(
        self, channel: socket.socket, order: int, flows: Sequence[int], interval_ns: int
    ) -> None:
        self._channel = channel
        self._order = order
        self._interval = interval_ns
        self._meters = {flow: FlowMeter(flow) for flow in flows}
        self._number = 0

    def run(self, result: int) -> None:
        """Send until the order to stop, then say what was found."""
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        poll.register(self._order, select.POLLIN)
        tick = time.monotonic_ns()
        while True:
            wait_ns = max(0, tick - time.monotonic_ns())
            ready = {number for number, _events in poll.poll(wait_ns // 1_000_000)}
            if self._channel.fileno() in ready:
                self._receive()
            if self._order in ready:
                break
            now = time.monotonic_ns()
            if now >= tick:
                self._send()
                # Looks that were missed are not made up for: a burst would measure nothing.
                tick = max(tick + self._interval, now)
        self._wait_for_the_last()
        _write(result, json.dumps(self._found()).encode("ascii"))

    def _send(self) -> None:
        self._number += 1
        for meter in self._meters.values():
            at = time.monotonic_ns()
            with suppress(OSError):  # no route or no neighbour for the moment: it counts as lost
                self._channel.send(request(meter.flow, self._number))
            meter.sent(self._number, at)
            meter.settle(at)

    def _receive(self) -> None:
        shift = time.monotonic_ns() - time.time_ns()
        for flow, short, utc_ns in answers(self._channel):
            meter = self._meters.get(flow)
            if meter is not None:
                # The number that was sent last with these 16 bits.
                number = self._number - (self._number - short & 0xFFFF)
                meter.answered(number, utc_ns + shift)

    def _wait_for_the_last(self) -> None:
        until = time.monotonic_ns() + _NS // 4
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        while time.monotonic_ns() < until:
            left = max(1, (until - time.monotonic_ns()) // 1_000_000)
            if poll.poll(left):
                self._receive()

    def _found(self) -> dict[str, Any]:
        meters = list(self._meters.values())
        for meter in meters:
            meter.finish()
        return {
            "gaps": [gap for meter in meters for gap in meter.gaps],
            "sent": sum(meter.sent_count for meter in meters),
            "lost": sum(meter.lost_count for meter in meters),
            "slowest_ms": max((meter.slowest_ns for meter in meters), default=0) / 1e6,
        }


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
