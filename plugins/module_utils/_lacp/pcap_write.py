# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pcapng files, as live captures write them: octets to be put one behind the other into a file."""

from __future__ import annotations

from struct import pack

from .frame import EN10MB, IN, OUT
from .pcap_ng import EPB_FLAGS, IF_NAME, IF_TSRESOL, INTERFACE, MAGIC
from .pcap_skim import ENHANCED
from .pcap_stream import MAX_FRAME

_NS_RESOLUTION = 9  # 10^-9 s
_IF_DESCRIPTION, _IF_MACADDR, _SHB_USERAPPL = 3, 6, 4
_DIRECTIONS = {IN: 1, OUT: 2}


def section_header(application: str) -> bytes:
    """What a file begins with; little-endian, of unknown length. application: who wrote it."""
    body = pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    return _block(int.from_bytes(MAGIC, "little"), body + _options((_SHB_USERAPPL, application)))


def interface_block(name: str, description: str = "", mac: bytes = b"") -> bytes:
    """One per member, in the order of their numbers from 0; times are in nanoseconds."""
    options: list[tuple[int, str | bytes]] = [(IF_NAME, name)]
    if description:
        options.append((_IF_DESCRIPTION, description))
    if mac:
        options.append((_IF_MACADDR, mac))
    options.append((IF_TSRESOL, bytes((_NS_RESOLUTION,))))
    return _block(INTERFACE, pack("<HHI", EN10MB, 0, MAX_FRAME) + _options(*options))


def packet_block(
    interface: int, utc_ns: int, frame: bytes, *, direction: str = "", original: int = 0
) -> bytes:
    """A frame; direction 'in', 'out' or ''. original: its length on the wire, if it was cut."""
    head = pack(
        "<IIIII",
        interface,
        utc_ns >> 32 & 0xFFFFFFFF,
        utc_ns & 0xFFFFFFFF,
        len(frame),
        original or len(frame),
    )
    options = b""
    if direction:
        options = _options((EPB_FLAGS, pack("<I", _DIRECTIONS[direction])))
    return _block(ENHANCED, head + _padded(frame) + options)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _options(*options: tuple[int, str | bytes]) -> bytes:
    parts = []
    for code, value in options:
        data = value.encode() if isinstance(value, str) else value
        parts.append(pack("<HH", code, len(data)) + _padded(data))
    return b"".join(parts) + pack("<HH", 0, 0)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return pack("<II", kind, length) + body + pack("<I", length)
