# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Open vSwitch's database file: a log of transactions, written after ovsdb(5)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    places,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)

from .netlink_bytes import Kernel

SCHEMA = {"name": "Open_vSwitch", "version": "8.5.0", "tables": {"Port": {"columns": {}}}}
CREATED = {
    "Port": {
        "p1": {"name": "bond7", "interfaces": ["set", [["uuid", "i1"], ["uuid", "i2"]]]},
        "p2": {"name": "br0", "interfaces": ["uuid", "i3"]},
    },
    "Interface": {"i1": {"name": "eno2"}, "i2": {"name": "eno1"}, "i3": {"name": "br0"}},
    "_date": 1,
}


def database(*transactions: Any) -> bytes:
    lines = []
    for transaction in (SCHEMA, *transactions):
        text = json.dumps(transaction)
        lines.append(f"OVSDB JSON {len(text) + 1} 0123\n{text}\n")
    return "".join(lines).encode()


def read(content: Reading, links: bytes = b"") -> Any:
    return facts_from(Snapshot(files={places.OPENVSWITCH: content}, dumps={"links": links}))


def test_a_port_with_two_interfaces_is_a_bond() -> None:
    links = Kernel().link(8, "eno1", [(4, 1500)])
    (bond,) = read(database(CREATED), links).bonds
    assert (bond.name, bond.record.value(b.KIND)) == ("bond7", "openvswitch")
    assert bond.record.value(b.MEMBERS) == ["eno1", "eno2"]
    assert [member.name for member in bond.members] == ["eno1", "eno2"]
    assert isinstance(bond.record.fact(b.MODE), Unknown)
    assert bond.record.disagreements == ()


def test_the_mode_is_named_as_open_vswitch_does() -> None:
    (bond,) = read(database(CREATED, {"Port": {"p1": {"bond_mode": "balance-tcp"}}})).bonds
    assert bond.record.value(b.MODE) == "balance-tcp"


def test_later_transactions_change_the_set_of_members() -> None:
    third = {
        "_is_diff": True,
        "Port": {"p1": {"interfaces": ["set", [["uuid", "i1"], ["uuid", "i4"]]]}},
        "Interface": {"i4": {"name": "eno4"}},
    }
    (bond,) = read(database(CREATED, third)).bonds
    assert bond.record.value(b.MEMBERS) == ["eno1", "eno4"]
    whole = {"Port": {"p1": {"interfaces": ["set", [["uuid", "i3"], ["uuid", "i1"]]]}}}
    (bond,) = read(database(CREATED, third, whole)).bonds
    assert bond.record.value(b.MEMBERS) == ["br0", "eno2"]


def test_a_deleted_port_is_no_bond() -> None:
    assert read(database(CREATED, {"Port": {"p1": None}})).bonds == ()


def test_a_database_that_cannot_be_read_is_a_problem() -> None:
    facts = read(ReadFailure("EACCES", "Permission denied"))
    assert [(item.place, item.text) for item in facts.problems] == [
        ("/etc/openvswitch/conf.db", "EACCES: Permission denied")
    ]
    assert read(ReadFailure("ENOENT", "No such file or directory")).problems == ()


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    assert read(content).bonds == ()


values = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(["set", "uuid", "i1"])),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=3), inner)),
    max_leaves=8,
)


@given(values)
def test_any_json_in_the_places_that_are_looked_at(value: Any) -> None:
    for broken in (value, {"Port": value}, {"Port": {"p1": {"interfaces": value, "name": value}}}):
        facts = read(database(CREATED, broken))
        assert len(facts.bonds) <= 1
