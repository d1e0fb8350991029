# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Slow-protocol frames of one interface, both ways, with the kernel's time stamps."""

from __future__ import annotations

import socket
import struct
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4  # linux/if_packet.h
_SOL_PACKET, _PACKET_STATISTICS, _PACKET_AUXDATA = 263, 6, 8
_SO_ATTACH_FILTER, _SO_TIMESTAMPNS = 26, 35
_VLAN_VALID, _VLAN_TPID_VALID = 1 << 4, 1 << 6  # TP_STATUS_*
_BUFFER = 1 << 20
_MOST = 8192  # frames, far more than the buffer holds
# A LACPDU has 124 octets with its header; what is larger than an Ethernet frame is cut here.
_LARGEST = 1 << 11
_CONTROL = socket.CMSG_SPACE(16) + socket.CMSG_SPACE(20)
_NS = 1_000_000_000

# Classic BPF: (operation, jump if true, jump if false, operand). Looks for 0x8809 behind up to two
# VLAN tags; received ones are mostly in the metadata, sent ones may still be in the frame.
_LDH, _JEQ, _RET = 0x28, 0x15, 0x06
_PROGRAM = (
    (_LDH, 0, 0, 12),
    (_JEQ, 10, 0, 0x8809),
    (_JEQ, 2, 0, 0x8100),
    (_JEQ, 1, 0, 0x88A8),
    (_JEQ, 0, 6, 0x9100),
    (_LDH, 0, 0, 16),
    (_JEQ, 5, 0, 0x8809),
    (_JEQ, 1, 0, 0x8100),
    (_JEQ, 0, 2, 0x88A8),
    (_LDH, 0, 0, 20),
    (_JEQ, 1, 0, 0x8809),
    (_RET, 0, 0, 0),
    (_RET, 0, 0, _LARGEST),
)


class Heard(NamedTuple):
    """A frame as it is on the wire, VLAN tags included; utc_ns: when the kernel saw it."""

    utc_ns: int
    is_sent: bool
    data: bytes


class PacketSocket:
    """Hears what one interface sends and receives; needs CAP_NET_RAW.

    It listens to all protocols with a filter: bonding takes LACPDUs away before taps of a single
    protocol see them (net/core/dev.c, __netif_receive_skb_core), and what is sent goes to taps of
    all protocols only.
    """

    def __init__(self, name: str) -> None:
        """Open on an interface by name; OSError."""
        # With protocol 0 it hears nothing until the filter is in place and bind() names one.
        kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        self.socket = socket.socket(socket.AF_PACKET, kind, 0)
        try:
            program = b"".join(struct.pack("=HBBI", *step) for step in _PROGRAM)
            steps = array("B", program)
            attach = struct.pack("@HP", len(_PROGRAM), steps.buffer_info()[0])
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attach)
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self.socket.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
            self.socket.bind((name, ETH_P_ALL))
        except OSError:
            self.socket.close()
            raise

    def fileno(self) -> int:
        """Its descriptor, to wait for."""
        return self.socket.fileno()

    def frames(self, limit: int) -> Iterator[Heard]:
        """What has arrived, at most so many; OSError when the interface goes down or away."""
        for _attempt in range(limit):
            try:
                data, control, _flags, address = self.socket.recvmsg(_LARGEST, _CONTROL)
            except BlockingIOError:
                return
            yield _heard(data, control, is_sent=address[2] == PACKET_OUTGOING)

    def discard(self) -> None:
        """Throw away what waits: its place in time has gone by."""
        with suppress(OSError):  # when nothing is left, or the link is down
            for _attempt in range(_MOST):
                self.socket.recv(1)

    def counts(self) -> tuple[int, int]:
        """(frames that passed the filter, those of them that found no room) since last asked."""
        answer = self.socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        packets, drops = struct.unpack("=II", answer)
        return packets, drops

    def send(self, frame: bytes) -> None:
        """Send one frame; OSError ENOBUFS where this host itself drops it."""
        self.socket.send(frame)

    def close(self) -> None:
        """Stop listening."""
        self.socket.close()


def _heard(data: bytes, control: list[tuple[int, int, bytes]], *, is_sent: bool) -> Heard:
    utc_ns = 0
    for level, kind, value in control:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, fraction = struct.unpack("@ll", value[: struct.calcsize("@ll")])
            utc_ns = seconds * _NS + fraction
        elif level == _SOL_PACKET and kind == _PACKET_AUXDATA and len(value) >= 20:
            # struct tpacket_auxdata
            status, _length, _kept, _mac, _net, tci, tpid = struct.unpack("=IIIHHHH", value[:20])
            if status & _VLAN_VALID:
                tag = struct.pack("!HH", tpid if status & _VLAN_TPID_VALID else 0x8100, tci)
                data = data[:12] + tag + data[12:]
    return Heard(utc_ns, is_sent, data)
