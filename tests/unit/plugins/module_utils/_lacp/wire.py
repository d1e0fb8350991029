# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""LACPDUs, frames and captures for tests, laid out by hand: nothing of ours makes them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP = bytes.fromhex("0180c2000002")
HOST = "00:1b:21:00:00:01"
SWITCH = "44:4c:a8:00:00:02"
T0 = 1_700_000_000 * 10**9  # 2023-11-14T22:13:20Z
FAST, SLOW = 63, 61


def octets(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


@dataclass(frozen=True)
class Port:
    """One end of a link as its LACPDUs describe it."""

    system: str = "02:00:00:00:00:01"
    port: int = 1
    state: int = FAST
    key: int = 15
    priority: int = 65535
    port_priority: int = 255

    def info(self) -> bytes:
        return struct.pack(
            "!H6sHHHB3x",
            self.priority,
            octets(self.system),
            self.key,
            self.port_priority,
            self.port,
            self.state,
        )


NOBODY = Port("00:00:00:00:00:00", 0, 0, 0, 0, 0)
OURS = Port()
THEIRS = Port("02:00:00:00:00:02", 21, FAST, 7, 32768, 128)


def lacpdu(
    actor: Port = OURS, partner: Port = THEIRS, *, version: int = 1, more: bytes = b""
) -> bytes:
    body = bytes((1, version, 1, 20)) + actor.info() + b"\x02\x14" + partner.info()
    body += b"\x03\x10\x00\x00" + bytes(12) + more + b"\0\0"
    return body.ljust(110, b"\0")


def marker(
    *, response: bool, port: int = 1, system: str = OURS.system, transaction: int = 1
) -> bytes:
    body = bytes((2, 1, 2 if response else 1, 16))
    return (body + struct.pack("!H6sI2x", port, octets(system), transaction)).ljust(110, b"\0")


def ethernet(
    payload: bytes,
    source: str = HOST,
    *,
    tags: Iterable[tuple[int, int]] = (),
    destination: bytes = GROUP,
    kind: int = 0x8809,
) -> bytes:
    tag = b"".join(struct.pack("!HH", ethertype, vlan) for ethertype, vlan in tags)
    return destination + octets(source) + tag + struct.pack("!H", kind) + payload


def cooked(payload: bytes, source: str, packet_type: int, *, kind: int = 0x8809) -> bytes:
    head = struct.pack("!HHH6s2xH", packet_type, 1, 6, octets(source), kind)
    return head + payload


def cooked2(
    payload: bytes, source: str, packet_type: int, ifindex: int, *, kind: int = 0x8809
) -> bytes:
    address = octets(source)
    return struct.pack("!HHIHBB6s2x", kind, 0, ifindex, 1, packet_type, 6, address) + payload


def user_frame(size: int, filler: int = 0x41) -> bytes:
    head = octets(HOST) + octets(SWITCH) + b"\x08\x00"
    return head + bytes((filler,)) * (size - len(head))


def pcap(
    frames: Iterable[tuple[int, bytes]],
    *,
    order: str = "<",
    nanoseconds: bool = False,
    link_type: int = 1,
    snaplen: int = 262144,
) -> bytes:
    """frames: (UTC in nanoseconds, octets)."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    ticks = 1 if nanoseconds else 1000
    parts = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, snaplen, link_type)]
    for utc_ns, frame in frames:
        second, rest = divmod(utc_ns, 10**9)
        parts.append(struct.pack(order + "IIII", second, rest // ticks, len(frame), len(frame)))
        parts.append(frame)
    return b"".join(parts)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(
    *options: tuple[int, bytes], link_type: int = 1, order: str = "<", snaplen: int = 0
) -> bytes:
    body = struct.pack(order + "HHI", link_type, 0, snaplen)
    body += b"".join(option(code, value, order) for code, value in options)
    return block(1, body + (option(0, b"", order) if options else b""), order)


def packet(
    ticks: int,
    frame: bytes,
    *,
    number: int = 0,
    order: str = "<",
    flags: int | None = None,
) -> bytes:
    head = struct.pack(
        order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame)
    )
    body = head + frame + bytes(-len(frame) % 4)
    if flags is not None:
        body += option(2, struct.pack(order + "I", flags), order) + option(0, b"", order)
    return block(6, body, order)


class Source:
    """Octets that are read in pieces of at most `most`."""

    def __init__(self, data: bytes, most: int = 1 << 20) -> None:
        self.data = data
        self.most = most
        self.at = 0

    def read_into(self, view: memoryview) -> int:
        part = self.data[self.at : self.at + min(self.most, len(view))]
        view[: len(part)] = part
        self.at += len(part)
        return len(part)
