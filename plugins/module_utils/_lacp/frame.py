# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the slow-protocol PDU begins in a frame of a capture, and what stands before it."""

from __future__ import annotations

from typing import NamedTuple

from .pdu import mac_text

# https://www.tcpdump.org/linktypes.html
EN10MB = 1
LINUX_SLL = 113
LINUX_SLL2 = 276
LINK_TYPES = {EN10MB: "Ethernet", LINUX_SLL: "Linux cooked v1", LINUX_SLL2: "Linux cooked v2"}

SLOW_PROTOCOLS = 0x8809
# 802.1Q, 802.1ad, and the value QinQ had before it was standardised.
TAGS = (0x8100, 0x88A8, 0x9100)
# Where a cooked header keeps the ethertype, and the values behind which a LACPDU may be.
PROTOCOL_AT = {LINUX_SLL: 14, LINUX_SLL2: 0}
COOKED_KINDS = (SLOW_PROTOCOLS, *TAGS)
# How the destinations of all IEEE 802.1 protocols begin, LACP's with or without VLAN tags.
GROUP = b"\x01\x80"

IN = "in"
OUT = "out"
_PACKET_OUTGOING = 4  # linux/if_packet.h


class Envelope(NamedTuple):
    """What is around a slow-protocol PDU; '' or None where the link type does not carry it.

    direction: 'in', 'out' or ''; pdu_at: offset of the subtype in the frame.
    """

    source: str
    destination: str
    vlans: tuple[int, ...]
    pdu_at: int
    direction: str = ""
    ifindex: int | None = None


def open_envelope(link_type: int, data: bytes) -> Envelope | None:
    """The envelope of a slow-protocol frame; None for every other frame."""
    if link_type == EN10MB:
        found = _behind_tags(data, 12)
        if found is None:
            return None
        vlans, at = found
        return Envelope(mac_text(data[6:12]), mac_text(data[:6]), vlans, at)
    if link_type == LINUX_SLL:
        return _cooked(data, protocol_at=14, body_at=16)
    if link_type == LINUX_SLL2:
        return _cooked(data, protocol_at=0, body_at=20)
    return None


def _behind_tags(data: bytes, at: int) -> tuple[tuple[int, ...], int] | None:
    """VLAN ids and the offset behind the ethertype at `at`, if it is, at last, 0x8809."""
    vlans: list[int] = []
    while len(data) >= at + 2:
        kind = data[at] << 8 | data[at + 1]
        if kind == SLOW_PROTOCOLS:
            return tuple(vlans), at + 2
        if kind not in TAGS or len(data) < at + 4:
            return None
        vlans.append((data[at + 2] << 8 | data[at + 3]) & 0x0FFF)
        at += 4
    return None


def _cooked(data: bytes, *, protocol_at: int, body_at: int) -> Envelope | None:
    if len(data) < body_at:
        return None
    kind = data[protocol_at] << 8 | data[protocol_at + 1]
    vlans: tuple[int, ...] = ()
    at = body_at
    if kind in TAGS and len(data) >= body_at + 4:
        first = (data[body_at] << 8 | data[body_at + 1]) & 0x0FFF
        found = _behind_tags(data, body_at + 2)
        if found is None:
            return None
        vlans, at = (first, *found[0]), found[1]
    elif kind != SLOW_PROTOCOLS:
        return None
    if body_at == 16:  # version 1: packet type, ARPHRD, address length, address
        packet, source, ifindex = data[1], data[6:12], None
    else:  # version 2: protocol, reserved, interface, ARPHRD, packet type, address length, address
        packet, source, ifindex = data[10], data[12:18], int.from_bytes(data[4:8], "big")
    direction = OUT if packet == _PACKET_OUTGOING else IN
    return Envelope(mac_text(source), "", vlans, at, direction, ifindex)
