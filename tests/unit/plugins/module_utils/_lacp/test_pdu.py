# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""LACPDUs and markers: what is whole is kept, what is odd is said, what is neither is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pdu import (
    DecodeError,
    Flaw,
    Lacpdu,
    Marker,
    OtherSlow,
    PortInfo,
    Tlv,
    decode,
    encode,
    mac_octets,
    mac_text,
)

from .wire import NOBODY, OURS, THEIRS, Port, lacpdu, marker

RETRY_COUNTS = bytes((0x80, 4, 5, 0, 0x81, 4, 3, 0))
VERSION_2 = bytes((4, 6, 0, 0x80, 0xC2, 1)) + bytes((5, 20)) + bytes(range(18))


def info(port: Port) -> PortInfo:
    return PortInfo(port.priority, port.system, port.key, port.port_priority, port.port, port.state)


def test_fields() -> None:
    assert decode(lacpdu()) == Lacpdu(1, info(OURS), info(THEIRS), 0)


def test_marker_fields() -> None:
    found = decode(marker(response=True, port=9, system="0c:c4:7a:00:00:01", transaction=77))
    assert found == Marker(1, True, 9, "0c:c4:7a:00:00:01", 77)


WELL_FORMED = {
    "plain": lacpdu(),
    "defaulted": lacpdu(Port(state=0x45), NOBODY),
    "version 2": lacpdu(version=2, more=VERSION_2),
    "version 2, conversation mask": lacpdu(version=2, more=bytes((6, 131)) + bytes(129)),
    "retry counts": lacpdu(version=0xF1, more=RETRY_COUNTS),
    "padded to a longer frame": lacpdu() + bytes(4),
    "marker": marker(response=False),
    "marker response": marker(response=True, port=9, transaction=0xFFFFFFFF),
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_well_formed_pdus_come_back(name: str) -> None:
    data = WELL_FORMED[name]
    found = decode(data)
    assert isinstance(found, (Lacpdu, Marker))
    assert found.flaws == ()
    assert encode(found) == data


def test_tlvs_that_are_not_known() -> None:
    found = decode(WELL_FORMED["retry counts"])
    assert isinstance(found, Lacpdu)
    assert (found.version, found.tlvs) == (0xF1, (Tlv(0x80, b"\5\0"), Tlv(0x81, b"\3\0")))


@pytest.mark.parametrize("subtype", [3, 4, 9, 10])
def test_other_slow_protocols(subtype: int) -> None:
    assert decode(bytes((subtype,)) + bytes(50)) == OtherSlow(subtype)


@pytest.mark.parametrize("data", [b"", b"\0" + bytes(109), b"\x0b" + bytes(109), b"\xff"])
def test_no_pdu_at_all(data: bytes) -> None:
    with pytest.raises(DecodeError, match="at octet 0 of the PDU") as caught:
        decode(data)
    assert caught.value.offset == 0


def altered(at: int, *values: int) -> bytes:
    data = bytearray(lacpdu())
    data[at : at + len(values)] = bytes(values)
    return bytes(data)


FLAWED = {
    "actor length": (altered(3, 18), Flaw(3, "TLV 1 has length 18, not 20")),
    "actor type": (altered(2, 9), Flaw(2, "TLV type 9 where 1 belongs")),
    "partner length": (altered(23, 0), Flaw(23, "TLV 2 has length 0, not 20")),
    "collector length": (altered(43, 255), Flaw(43, "TLV 3 has length 255, not 16")),
    "terminator length": (altered(59, 2), Flaw(59, "the terminator has length 2, not 0")),
    "impossible length": (altered(58, 7, 1), Flaw(59, "TLV 7 has the impossible length 1")),
    "oversize TLV": (altered(58, 7, 200), Flaw(59, "TLV 7 of length 200 passes the end")),
    "no terminator": (altered(58, 7, 52), Flaw(110, "it has no terminator")),
    "oversize": (lacpdu() + bytes(1500), Flaw(1500, "it is oversize: 1610 octets")),
    "short": (lacpdu()[:80], Flaw(80, "it is short: 80 of 110 octets")),
}


@pytest.mark.parametrize("name", FLAWED)
def test_flaws_are_named_and_the_rest_is_read(name: str) -> None:
    data, flaw = FLAWED[name]
    found = decode(data)
    assert isinstance(found, Lacpdu)
    assert found.flaws == (flaw,)
    assert (found.actor, found.partner) == (info(OURS), info(THEIRS))


@pytest.mark.parametrize(
    ("at", "value", "text"),
    [(2, 3, "TLV type 3 where"), (3, 4, "length 4, not 16"), (19, 1, "pad is not zero")],
)
def test_flawed_markers(at: int, value: int, text: str) -> None:
    data = bytearray(marker(response=False))
    data[at] = value
    found = decode(bytes(data))
    assert isinstance(found, Marker)
    assert [(flaw.offset <= at, text in flaw.text) for flaw in found.flaws] == [(True, True)]


@pytest.mark.parametrize("name", WELL_FORMED)
def test_every_truncation_keeps_what_is_whole(name: str) -> None:
    data = WELL_FORMED[name]
    for size in range(1, len(data)):
        found = decode(data[:size])
        assert isinstance(found, (Lacpdu, Marker))
        assert found.length == size
        assert bool(found.flaws) == (size < 110 or (name.startswith("version 2,") and size < 191))
        if isinstance(found, Lacpdu):
            assert (found.version is not None) == (size >= 2)
            assert (found.actor is not None) == (size >= 22)
            assert (found.partner is not None) == (size >= 42)
            assert (found.collector_max_delay is not None) == (size >= 58)
        else:
            assert (found.response is not None) == (size >= 20)


@given(st.binary(max_size=300))
def test_random_octets(data: bytes) -> None:
    if data and 1 <= data[0] <= 10:
        found = decode(data)
        assert not isinstance(found, OtherSlow) or found.subtype == data[0]
    else:
        with pytest.raises(DecodeError):
            decode(data)


@given(st.data())
def test_random_damage(data: st.DataObject) -> None:
    pdu = bytearray(WELL_FORMED[data.draw(st.sampled_from(sorted(WELL_FORMED)))])
    for _turn in range(data.draw(st.integers(1, 4))):
        pdu[data.draw(st.integers(1, len(pdu) - 1))] = data.draw(st.integers(0, 255))
    found = decode(bytes(pdu))
    assert isinstance(found, (Lacpdu, Marker))
    assert all(0 <= flaw.offset <= len(pdu) for flaw in found.flaws)


PORTS = st.builds(
    PortInfo,
    st.integers(0, 65535),
    st.binary(min_size=6, max_size=6).map(mac_text),
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.integers(0, 255),
)
TLVS = st.lists(st.builds(Tlv, st.integers(1, 255), st.binary(max_size=16)), max_size=2)


@given(st.integers(0, 255), PORTS, PORTS, st.integers(0, 65535), TLVS)
def test_what_is_encoded_comes_back(
    version: int, actor: PortInfo, partner: PortInfo, delay: int, tlvs: list[Tlv]
) -> None:
    pdu = Lacpdu(version, actor, partner, delay, tuple(tlvs))
    assert decode(encode(pdu)) == pdu


@pytest.mark.parametrize(
    ("pdu", "text"),
    [
        (Lacpdu(1), "an actor and a partner"),
        (Marker(1), "a request or a response"),
        (Lacpdu(1, info(OURS), info(THEIRS), 0, length=40), "its length says 40"),
    ],
)
def test_what_cannot_be_encoded(pdu: Lacpdu | Marker, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        encode(pdu)


def test_macs() -> None:
    assert mac_text(mac_octets("00:1B:21:00:00:0f")) == "00:1b:21:00:00:0f"
    with pytest.raises(ValueError, match="not a MAC address"):
        mac_octets("00:1b:21")
