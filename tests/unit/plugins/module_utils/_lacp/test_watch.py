# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import watch

if TYPE_CHECKING:
    from collections.abc import Mapping

NEWLINK, DELLINK, NEWSTATS = 16, 17, 92
Attribute = tuple[int, bytes]


def attributes(*pairs: Attribute) -> bytes:
    return b"".join(
        struct.pack("<HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)
        for kind, value in pairs
    )


def message(kind: int, header: bytes, *pairs: Attribute) -> bytes:
    body = header + attributes(*pairs)
    return struct.pack("<IHHII", len(body) + 16, kind, 0, 1, 0) + body


def link(kind: int, index: int, flags: int, *pairs: Attribute) -> bytes:
    return message(kind, struct.pack("<BxHiII", 0, 1, index, flags, 0), *pairs)


def member(
    index: int = 3, *, actor: int = 63, partner: int = 63, aggregator: int = 1, state: int = 0
) -> bytes:
    data = attributes(
        (1, bytes([state])),
        (2, b"\0"),
        (6, struct.pack("<H", aggregator)),
        (7, bytes([actor])),
        (8, struct.pack("<H", partner)),
    )
    return link(
        NEWLINK,
        index,
        1,
        (3, b"eno1\0"),
        (10, struct.pack("<I", 2)),
        (16, b"\6"),
        (33, b"\1"),
        (47, struct.pack("<I", 4)),
        (48, struct.pack("<I", 3)),
        (18, attributes((4, b"bond\0"), (5, data))),
    )


def bond(aggregator: int = 1) -> bytes:
    active = attributes(
        (1, struct.pack("<H", aggregator)),
        (2, struct.pack("<H", 2)),
        (3, struct.pack("<H", 15)),
        (4, struct.pack("<H", 79)),
        (5, bytes.fromhex("025c00000001")),
    )
    info = attributes((1, b"bond\0"), (2, attributes((23, active))))
    return link(NEWLINK, 2, 1, (3, b"bond0\0"), (33, b"\1"), (18, info))


def one(data: bytes) -> watch.Look:
    (look,) = watch.looks(data, "<")
    return look


def test_a_member_as_netlink_describes_it() -> None:
    look = one(member())
    assert (look.ifindex, look.name, look.master, look.gone) == (3, "eno1", 2, False)
    assert look.fields == {
        "admin": "up",
        "operstate": "up",
        "carrier": "up",
        "state": "active",
        "mii_status": "up",
        "aggregator": "1",
        "actor_state": "63",
        "partner_state": "63",
    }
    assert look.counters == {"carrier_up": 4, "carrier_down": 3}


def test_a_bond_as_netlink_describes_it() -> None:
    fields = one(bond()).fields
    assert fields["aggregator"] == "1"
    assert (fields["ports"], fields["partner_key"]) == ("2", "79")
    assert fields["partner_system"] == "02:5c:00:00:00:01"


def test_a_bond_without_an_active_aggregator() -> None:
    info = attributes((1, b"bond\0"), (2, b""))
    assert one(link(NEWLINK, 2, 0, (18, info))).fields == {"admin": "down", "aggregator": "none"}


def test_a_deleted_link() -> None:
    assert one(link(DELLINK, 3, 0, (3, b"eno1\0"))).gone


def test_counters_of_the_slow_protocols() -> None:
    numbers = attributes(*((kind, struct.pack("<Q", kind + 100)) for kind in range(9)))
    nest = attributes((3, attributes((2, attributes((1, numbers))))))
    data = struct.pack("<IHHII", len(nest) + 28, NEWSTATS, 0, 1, 0)
    data += struct.pack("<BxHiI", 0, 0, 7, 4) + nest
    ((index, found),) = watch.slow_counters(data, "<")
    assert index == 7
    assert (found["lacpdu_rx"], found["lacpdu_tx"], found["marker_resp_rx"]) == (100, 101, 106)


@given(st.integers(0, 200), st.binary(max_size=40))
def test_no_damage_raises(cut: int, junk: bytes) -> None:
    for data in (member(), bond()):
        for damaged in (data[:cut], data[:cut] + junk, data[:cut] + junk + data[cut + len(junk) :]):
            list(watch.looks(damaged, "<"))
            list(watch.slow_counters(damaged, "<"))


def test_what_only_procfs_shows() -> None:
    text = (
        b"System MAC address: 02:00:00:00:00:01\n\nSlave Interface: eno1\n"
        b"Link Failure Count: 2\nActor Churn State: none\n"
        b"details partner lacp pdu:\n    system mac address: 02:5c:00:00:00:01\n"
    )
    assert watch.proc_fields(text) == {
        "": {"system": "02:00:00:00:00:01"},
        "eno1": {
            "link_failures": "2",
            "actor_churn": "none",
            "partner_system": "02:5c:00:00:00:01",
        },
    }


def test_changes_name_what_is_missing() -> None:
    found = list(watch.changes({"a": "1", "b": "2"}, {"a": "1", "c": "3"}))
    assert found == [("b", "2", "none"), ("c", "none", "3")]


@pytest.mark.parametrize(
    ("change", "flaps"),
    [
        (("carrier", "up", "down"), True),
        (("carrier", "down", "up"), False),
        (("admin", "up", "down"), True),
        (("mii_status", "up", "fail"), True),
        (("master", "bond0", "none"), True),
        (("actor_state", "63", "143"), True),
        (("partner_state", "63", "15"), True),
        (("actor_state", "15", "63"), False),
        (("actor_state", "63", "none"), False),
        (("aggregator", "1", "2"), False),
    ],
)
def test_what_takes_a_member_out_of_service(change: tuple[str, str, str], *, flaps: bool) -> None:
    assert watch.is_flap(*change) is flaps


@pytest.mark.parametrize(
    ("given_", "converged"),
    [
        ({}, True),
        ({"actor": 61, "partner": 61}, True),
        ({"partner": 15}, False),
        ({"actor": 143}, False),
        ({"actor": 127}, False),
        ({"aggregator": 2}, False),
        ({"state": 1}, False),  # Linux 6.1, no carrier: the octets stay at 63
    ],
)
def test_convergence(given_: Mapping[str, int], *, converged: bool) -> None:
    healthy, other = one(member()), one(member(4, **given_))
    assert watch.is_converged(one(bond()), [healthy, other]) is converged


def test_no_members_have_not_converged() -> None:
    assert not watch.is_converged(one(bond()), [])
