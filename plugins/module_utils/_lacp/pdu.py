# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""LACPDUs and Marker PDUs (IEEE 802.1AX clauses 6.4.2 and 6.5.3): octets to values, and back."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple, Union

LACP = 1
MARKER = 2
OAM = 3
OSSP = 10
# IEEE 802.3 table 57A-3: 4 to 9 are reserved for later protocols, 0 and 11 to 255 are illegal.
SUBTYPES = {LACP: "LACP", MARKER: "marker", OAM: "OAM", OSSP: "OSSP"}

PDU_OCTETS = 110  # of a version 1 LACPDU and of a Marker PDU, behind the Ethernet header
MAX_OCTETS = 1500  # what an Ethernet frame can carry

_PORT = Struct("!H6sHHHB3x")
_MARKER = Struct("!H6sI2x")
_TERMINATOR, _ACTOR, _PARTNER, _COLLECTOR = 0, 1, 2, 3
_MARKER_INFO, _MARKER_RESPONSE = 1, 2
# 802.1AX 6.4.2.3: these three stand in this order in each version, with these lengths.
_FIXED = {_ACTOR: 20, _PARTNER: 20, _COLLECTOR: 16}


class DecodeError(ValueError):
    """Octets that cannot be a slow-protocol PDU; offset counts from the subtype."""

    def __init__(self, text: str, offset: int) -> None:
        super().__init__(f"{text}, at octet {offset} of the PDU")
        self.offset = offset


class Flaw(NamedTuple):
    """What is not as 802.1AX has it, in a PDU that could be read all the same."""

    offset: int
    text: str


class PortInfo(NamedTuple):
    """Actor or Partner information (802.1AX 6.4.2.3); system is a MAC in lower case."""

    system_priority: int
    system: str
    key: int
    port_priority: int
    port: int
    state: int


class Tlv(NamedTuple):
    """A type-length-value besides the three that each LACPDU has; value without type and length."""

    type: int
    value: bytes


class Lacpdu(NamedTuple):
    """A LACPDU; None where the octets end before a part is whole. length counts all its octets."""

    version: int | None
    actor: PortInfo | None = None
    partner: PortInfo | None = None
    collector_max_delay: int | None = None
    tlvs: tuple[Tlv, ...] = ()
    length: int = PDU_OCTETS
    flaws: tuple[Flaw, ...] = ()


class Marker(NamedTuple):
    """A Marker PDU or its response (802.1AX 6.5.3.3); None where the octets end before."""

    version: int | None
    response: bool | None = None
    requester_port: int = 0
    requester_system: str = ""
    requester_transaction_id: int = 0
    length: int = PDU_OCTETS
    flaws: tuple[Flaw, ...] = ()


class OtherSlow(NamedTuple):
    """A slow protocol that is not link aggregation: OAM, OSSP or a reserved subtype."""

    subtype: int


Pdu = Union[Lacpdu, Marker, OtherSlow]


def mac_text(octets: bytes) -> str:
    """Six octets as lower case hexadecimal with colons."""
    return octets.hex(":")


def mac_octets(text: str) -> bytes:
    """The inverse of mac_text(); ValueError for anything but six octets."""
    octets = bytes.fromhex(text.replace(":", ""))
    if len(octets) != 6:
        raise ValueError(f"{text!r} is not a MAC address")
    return octets


def decode(data: bytes) -> Pdu:
    """The PDU in the payload of a slow-protocol frame (ethertype 0x8809), padding included.

    DecodeError only where there is no PDU: no octets, or an illegal subtype. Everything else that
    is wrong is a Flaw of what could be read.
    """
    if not data:
        raise DecodeError("the frame ends before the subtype", 0)
    subtype = data[0]
    if subtype == LACP:
        return _lacpdu(data)
    if subtype == MARKER:
        return _marker(data)
    if 1 <= subtype <= OSSP:
        return OtherSlow(subtype)
    raise DecodeError(f"subtype {subtype} is illegal (802.3 table 57A-3)", 0)


def _port_info(data: bytes, at: int) -> PortInfo:
    priority, system, key, port_priority, port, state = _PORT.unpack_from(data, at)
    return PortInfo(priority, mac_text(system), key, port_priority, port, state)


def _lacpdu(data: bytes) -> Lacpdu:
    flaws: list[Flaw] = []
    if len(data) < 2:
        return Lacpdu(None, length=len(data), flaws=(Flaw(1, "it ends before the version"),))
    parts: dict[int, int] = {}
    at = 2
    for kind, length in _FIXED.items():
        if not _is_whole(data, at, kind, length, flaws):
            break
        parts[kind] = at + 2
        at += length
    tlvs: tuple[Tlv, ...] = ()
    if len(parts) == len(_FIXED):
        tlvs = _further_tlvs(data, at, flaws)
    if len(data) > MAX_OCTETS:
        flaws.append(Flaw(MAX_OCTETS, f"it is oversize: {len(data)} octets"))
    elif len(data) < PDU_OCTETS and not flaws:
        flaws.append(Flaw(len(data), f"it is short: {len(data)} of {PDU_OCTETS} octets"))
    collector = parts.get(_COLLECTOR)
    return Lacpdu(
        data[1],
        _port_info(data, parts[_ACTOR]) if _ACTOR in parts else None,
        _port_info(data, parts[_PARTNER]) if _PARTNER in parts else None,
        None if collector is None else int.from_bytes(data[collector : collector + 2], "big"),
        tlvs,
        len(data),
        tuple(flaws),
    )


def _is_whole(data: bytes, at: int, kind: int, length: int, flaws: list[Flaw]) -> bool:
    """Whether a fixed TLV can be read at its place, whatever its own octets claim.

    Linux validates neither type nor length (bond_3ad.c, bond_3ad_rx_indication); so do we, and
    say what is off.
    """
    if len(data) < at + length:
        flaws.append(Flaw(len(data), f"it ends inside TLV {kind}, which needs {length} octets"))
        return False
    if data[at] != kind:
        flaws.append(Flaw(at, f"TLV type {data[at]} where {kind} belongs"))
    if data[at + 1] != length:
        flaws.append(Flaw(at + 1, f"TLV {kind} has length {data[at + 1]}, not {length}"))
    return True


def _further_tlvs(data: bytes, at: int, flaws: list[Flaw]) -> tuple[Tlv, ...]:
    """The TLVs up to the terminator: those of version 2, and vendors' retry counts."""
    tlvs: list[Tlv] = []
    while at + 2 <= len(data):
        kind, length = data[at], data[at + 1]
        if kind == _TERMINATOR:
            if length:
                flaws.append(Flaw(at + 1, f"the terminator has length {length}, not 0"))
            return tuple(tlvs)
        if length < 2:
            flaws.append(Flaw(at + 1, f"TLV {kind} has the impossible length {length}"))
            return tuple(tlvs)
        if at + length > len(data):
            flaws.append(Flaw(at + 1, f"TLV {kind} of length {length} passes the end"))
            return tuple(tlvs)
        tlvs.append(Tlv(kind, bytes(data[at + 2 : at + length])))
        at += length
    flaws.append(Flaw(at, "it has no terminator"))
    return tuple(tlvs)


def _marker(data: bytes) -> Marker:
    size = len(data)
    if size < 20:
        version = data[1] if size > 1 else None
        return Marker(version, length=size, flaws=(Flaw(size, "it ends inside the marker"),))
    flaws: list[Flaw] = []
    if data[2] not in (_MARKER_INFO, _MARKER_RESPONSE):
        flaws.append(Flaw(2, f"TLV type {data[2]} where a marker's (1 or 2) belongs"))
    if data[3] != 16:
        flaws.append(Flaw(3, f"the marker has length {data[3]}, not 16"))
    if bytes(data[18:20]) != b"\0\0":
        flaws.append(Flaw(18, "the marker's pad is not zero"))
    if size < PDU_OCTETS:
        flaws.append(Flaw(size, f"it is short: {size} of {PDU_OCTETS} octets"))
    elif size > MAX_OCTETS:
        flaws.append(Flaw(MAX_OCTETS, f"it is oversize: {size} octets"))
    port, system, transaction = _MARKER.unpack_from(data, 4)
    known = {_MARKER_INFO: False, _MARKER_RESPONSE: True}.get(data[2])
    return Marker(data[1], known, port, mac_text(system), transaction, size, tuple(flaws))


def encode(pdu: Lacpdu | Marker) -> bytes:
    """The octets of a PDU, padded to its length; ValueError if a part is missing or does not fit.

    The inverse of decode() for what has no flaw, and reserved octets of zero.
    """
    body = _lacpdu_octets(pdu) if isinstance(pdu, Lacpdu) else _marker_octets(pdu)
    if len(body) > pdu.length:
        raise ValueError(f"the PDU needs {len(body)} octets, its length says {pdu.length}")
    return body.ljust(pdu.length, b"\0")


def _port_octets(kind: int, info: PortInfo) -> bytes:
    return bytes((kind, _FIXED[kind])) + _PORT.pack(
        info.system_priority,
        mac_octets(info.system),
        info.key,
        info.port_priority,
        info.port,
        info.state,
    )


def _lacpdu_octets(pdu: Lacpdu) -> bytes:
    if pdu.version is None or pdu.actor is None or pdu.partner is None:
        raise ValueError("a LACPDU needs a version, an actor and a partner")
    delay = (pdu.collector_max_delay or 0).to_bytes(2, "big")
    further = b"".join(bytes((tlv.type, len(tlv.value) + 2)) + tlv.value for tlv in pdu.tlvs)
    return (
        bytes((LACP, pdu.version))
        + _port_octets(_ACTOR, pdu.actor)
        + _port_octets(_PARTNER, pdu.partner)
        + bytes((_COLLECTOR, _FIXED[_COLLECTOR]))
        + delay.ljust(14, b"\0")
        + further
        + b"\0\0"
    )


def _marker_octets(pdu: Marker) -> bytes:
    if pdu.version is None or pdu.response is None:
        raise ValueError("a marker needs a version, and to be a request or a response")
    kind = _MARKER_RESPONSE if pdu.response else _MARKER_INFO
    system = mac_octets(pdu.requester_system)
    return bytes((MARKER, pdu.version, kind, 16)) + _MARKER.pack(
        pdu.requester_port, system, pdu.requester_transaction_id
    )
