# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pcapng of slow-protocol frames written anew, with other addresses in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...module_utils._lacp.frame import EN10MB, open_envelope
from ...module_utils._lacp.pcap import Capture
from ...module_utils._lacp.pcap_stream import CaptureError
from ...module_utils._lacp.pcap_write import interface_block, packet_block, section_header
from ...module_utils._lacp.pdu import DecodeError, Lacpdu, Marker, decode, mac_octets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...module_utils._lacp.pcap_stream import Interface, Packet

_APPLICATION = "bondproof.lacp, addresses replaced"


def frames_of(content: bytes) -> Iterator[tuple[Interface, Packet]]:
    """Each slow-protocol frame with its interface; nothing of what is no capture."""
    view, at = memoryview(content), 0

    def read_into(target: memoryview) -> int:
        nonlocal at
        size = min(len(target), len(view) - at)
        target[:size] = view[at : at + size]
        at += size
        return size

    try:
        capture = Capture(read_into)
    except CaptureError:
        return
    for packet, _envelope in capture.slow_frames():
        yield capture.interfaces[packet.interface], packet


def rewritten(content: bytes, mac: Callable[[str], str], name: Callable[[str], str]) -> bytes:
    """The capture with each address replaced by what mac says, and each interface by name.

    Addresses of the interfaces themselves are left out. b'' of what is no capture.
    """
    blocks = [section_header(_APPLICATION)]
    numbers: dict[str, int] = {}
    for interface, packet in frames_of(content):
        if interface.name not in numbers:
            numbers[interface.name] = len(numbers)
            blocks.append(interface_block(name(interface.name)))
        blocks.append(
            packet_block(
                numbers[interface.name],
                packet.utc_ns or 0,
                _replaced(packet.data, mac),
                direction=packet.direction,
                original=packet.original,
            )
        )
    return b"".join(blocks) if numbers else b""


def _replaced(data: bytes, mac: Callable[[str], str]) -> bytes:
    for address in _addresses(data):
        data = data.replace(mac_octets(address), mac_octets(mac(address)))
    return data


def _addresses(data: bytes) -> list[str]:
    """Of the frame itself, and of the systems that its PDU names."""
    envelope = open_envelope(EN10MB, data)
    if envelope is None:
        return []
    found = {envelope.source, envelope.destination}
    try:
        pdu = decode(data[envelope.pdu_at :])
    except DecodeError:
        pdu = None
    if isinstance(pdu, Lacpdu):
        found |= {port.system for port in (pdu.actor, pdu.partner) if port is not None}
    elif isinstance(pdu, Marker):
        found.add(pdu.requester_system)
    return sorted(filter(None, found))
