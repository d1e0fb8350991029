# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rtnetlink messages: built after the kernel's headers in both byte orders, cut, and at random."""

from __future__ import annotations

import ipaddress
import struct
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    rtnl_dumps,
    sources,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Field,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)

from .netlink_bytes import Kernel

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import Bond, HostFacts

ORDERS = {"<": "little", ">": "big"}
LACP, FAST = (1, 4), (1, 1)
PARTNER = bytes.fromhex("020000000099")
AGGREGATOR = [(1, (2, 3)), (2, (2, 2)), (3, (2, 463)), (4, (2, 15)), (5, PARTNER)]
PORT = [(1, (1, 0)), (2, (1, 0)), (3, 5), (6, (2, 3)), (7, (1, 63)), (8, (2, 61)), (9, (4, -7))]


def links(kernel: Kernel, bond: Any = None, port: Any = None) -> bytes:
    data = [(1, LACP), (3, 100), (21, FAST), (23, AGGREGATOR)] if bond is None else bond
    slave = kernel.info("veth", slave="bond", slave_data=PORT if port is None else port)
    return kernel.link(7, "bond0", [(4, 9000), kernel.info("bond", data)]) + kernel.link(
        8, "eno1", [(10, 7), (4, 9000), slave]
    )


def facts(order: str, dumps: dict[str, bytes | ReadFailure]) -> HostFacts:
    return facts_from(Snapshot(dumps=dumps, facts={"byteorder": ORDERS[order]}))


def only(found: HostFacts) -> Bond:
    (bond,) = found.bonds
    return bond


@pytest.mark.parametrize("order", ORDERS)
def test_both_byte_orders_say_the_same(order: str) -> None:
    bond = only(facts(order, {"links": links(Kernel(order))}))
    (member,) = bond.members
    fields: tuple[Field[Any], ...] = (b.MODE, b.MIIMON, b.MTU, b.IFINDEX)
    assert [bond.record.value(field) for field in fields] == ["802.3ad", 100, 9000, 7]
    assert bond.record.value(b.LACP_RATE) == "fast"
    assert bond.record.value(b.PARTNER_SYSTEM) == "02:00:00:00:00:99"
    assert bond.record.value(b.ACTOR_KEY) == 463
    assert (member.record.value(m.ACTOR_STATE), member.record.value(m.PARTNER_STATE)) == (63, 61)
    assert member.record.value(m.PRIO) == -7
    assert member.record.value(m.LINK_FAILURE_COUNT) == 5


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"\x0a\0\0\x01", "10.0.0.1"),
        (bytes(16), "::"),
        (bytes.fromhex("fd000000000000000000000000000001"), "fd00::1"),
        (bytes.fromhex("fd00000100000000000200000000000f"), "fd00:1::2:0:0:f"),
        (bytes.fromhex("fd00000100020003000400050000000f"), "fd00:1:2:3:4:5:0:f"),
        (b"\1\2\3", "010203"),
    ],
)
def test_address(value: bytes, address: str) -> None:
    assert rtnl_dumps.ip(value) == address


@given(st.binary(min_size=16, max_size=16))
def test_every_ipv6_address_is_written_as_python_writes_it(value: bytes) -> None:
    assert ipaddress.IPv6Address(rtnl_dumps.ip(value)).packed == value
    if not value.startswith(bytes(10)):  # Python writes mapped addresses with dots
        assert rtnl_dumps.ip(value) == str(ipaddress.IPv6Address(value))


def test_no_aggregator_and_zero_partner_are_different_things() -> None:
    kernel = Kernel()
    none = only(facts("<", {"links": links(kernel, [(1, LACP)])})).record
    assert isinstance(none.fact(b.AGGREGATOR_ID), Absent)
    nobody = [*AGGREGATOR[:4], (5, bytes(6))]
    zero = only(facts("<", {"links": links(kernel, [(1, LACP), (23, nobody)])}))
    assert zero.record.value(b.AGGREGATOR_ID) == 3
    assert isinstance(zero.record.fact(b.PARTNER_SYSTEM), Absent)


def test_a_port_without_aggregator_is_unknown_not_zero() -> None:
    member = only(facts("<", {"links": links(Kernel(), None, PORT[:3])})).members[0]
    assert member.record.fact(m.AGGREGATOR_ID) == Unknown(sources.NO_AGGREGATOR)
    assert member.record.fact(m.ACTOR_STATE) == Unknown(sources.NO_AGGREGATOR)


def test_what_the_kernel_does_not_send_is_named_so() -> None:
    bond = only(facts("<", {"links": links(Kernel())}))
    assert bond.record.fact(b.LACP_STRICT) == Unknown(sources.OLD_KERNEL)
    assert bond.members[0].record.fact(m.CHURN_ACTOR) == Unknown(sources.OLD_KERNEL)
    assert bond.record.fact(b.AD_USER_PORT_KEY) == Unknown(sources.NEEDS_ADMIN)


def test_attributes_and_choices_from_the_future_are_kept() -> None:
    bond = only(facts("<", {"links": links(Kernel(), [(1, LACP), (14, (1, 77)), (99, b"\1\2")])}))
    assert bond.record.fact(b.XMIT_HASH_POLICY) == Unknown("unrecognised value 77 from rtnetlink")
    assert bond.record.unrecognised == (
        ("rtnetlink", "IFLA_BOND 14: 4d"),
        ("rtnetlink", "IFLA_BOND 99: 0102"),
    )


@pytest.mark.parametrize("value", [b"", b"\4\0", b"\4\0\0\0"])
def test_a_value_of_the_wrong_width_is_not_believed(value: bytes) -> None:
    bond = only(facts("<", {"links": links(Kernel(), [(1, value)])}))
    assert isinstance(bond.record.fact(b.MODE), Unknown)
    assert bond.record.unrecognised


@pytest.mark.parametrize("mode", range(7))
def test_lacp_fields_are_absent_in_other_modes(mode: int) -> None:
    bond = only(facts("<", {"links": links(Kernel(), [(1, (1, mode))])}))
    absent = isinstance(bond.record.fact(b.AD_ACTOR_SYSTEM), Absent)
    assert absent == (mode != sources.MODES.index("802.3ad"))
    assert isinstance(bond.members[0].record.fact(m.ACTOR_STATE), Absent) == absent


def test_a_vlan_of_another_namespace_is_not_ours() -> None:
    kernel = Kernel()
    vlan = kernel.info("vlan", [(1, (2, 5))])
    ours = kernel.link(20, "bond0.5", [(5, 7), (4, 1500), vlan], up=False)
    theirs = kernel.link(21, "far.5", [(5, 7), (37, 1), (4, 1500), vlan])
    bond = only(facts("<", {"links": links(kernel) + ours + theirs}))
    assert bond.record.value(b.VLANS) == [
        {"name": "bond0.5", "id": 5, "mtu": 1500, "admin_up": False}
    ]


def test_gateways_are_found_through_all_that_lies_on_the_bond() -> None:
    kernel = Kernel()
    above = (
        kernel.link(20, "bond0.5", [(5, 7), kernel.info("vlan", [(1, (2, 5))]), (10, 30)])
        + kernel.link(30, "br0", [kernel.info("bridge", [(9, (2, 8))])])
        + kernel.link(31, "br0.6", [(5, 30), kernel.info("vlan", [(1, (2, 6))])])
        + kernel.link(40, "other", [])
    )

    def route(table: int, values: list[tuple[int, Any]], kind: int = 1) -> bytes:
        head = struct.pack("<BBBBBBBBI", 2, 0, 0, 0, table, 0, 0, kind, 0)
        return kernel.message(24, head + kernel.payload(values))

    hop = struct.pack("<HBBi", 16, 0, 0, 31) + kernel.attribute(5, bytes((10, 0, 0, 9)))
    routes = (
        route(254, [(5, bytes((10, 0, 0, 1))), (4, 7)])
        + route(254, [(5, bytes((10, 0, 0, 2))), (4, 20)])
        + route(254, [(9, hop)])
        + route(254, [(18, b"\x0a\0" + bytes.fromhex("fe80" + "00" * 13 + "01")), (4, 30)])
        + route(254, [(5, bytes((10, 0, 0, 66))), (4, 40)])
        + route(255, [(5, bytes((10, 0, 0, 67))), (4, 7)])
        + route(254, [(5, bytes((10, 0, 0, 68))), (4, 7)], kind=6)
        + route(254, [(4, 7)])
    )
    bond = only(facts("<", {"links": links(kernel) + above, "routes": routes}))
    assert bond.record.value(b.GATEWAYS) == ["10.0.0.1", "10.0.0.2", "10.0.0.9", "fe80::1"]


def test_a_loop_of_devices_ends() -> None:
    kernel = Kernel()
    loop = kernel.link(7, "bond0", [(10, 8), kernel.info("bond", [(1, LACP)])])
    loop += kernel.link(8, "br0", [(10, 7), (5, 7), kernel.info("bridge")])
    assert only(facts("<", {"links": loop, "routes": b""})).record.value(b.GATEWAYS) == []


def test_dump_failures_are_problems_and_values_stay_unknown() -> None:
    denied = ReadFailure("EPERM", "Operation not permitted")
    found = facts("<", {"links": links(Kernel()), "stats": denied, "routes": denied})
    assert {(problem.place, problem.text) for problem in found.problems} >= {
        ("rtnetlink stats", "EPERM: Operation not permitted"),
        ("rtnetlink routes", "EPERM: Operation not permitted"),
    }
    bond = only(found)
    reason = "rtnetlink {}: EPERM: Operation not permitted"
    assert bond.record.fact(b.GATEWAYS) == Unknown(reason.format("routes"))
    assert bond.members[0].record.fact(m.LACPDU_RX) == Unknown(reason.format("stats"))
    assert bond.record.fact(b.ADDRESSES) == Unknown("rtnetlink addresses: not read")


def test_an_interrupted_dump_is_a_problem() -> None:
    kernel = Kernel()
    dump = kernel.link(7, "bond0", [kernel.info("bond", [(1, LACP)])], flags=0x12)
    (problem,) = [p for p in facts("<", {"links": dump}).problems if p.place == "rtnetlink links"]
    assert problem.text == "kept changing while it was read: something may be missing"


def test_counters_of_a_member() -> None:
    kernel = Kernel()
    nest = [(2, [(1, [(kind, (8, 100 + kind)) for kind in range(9)])])]
    stats = kernel.message(92, struct.pack("<BxHiI", 0, 0, 8, 4) + kernel.payload([(3, nest)]))
    record = only(facts("<", {"links": links(kernel), "stats": stats})).members[0].record
    assert (record.value(m.LACPDU_RX), record.value(m.LACPDU_TX)) == (100, 101)
    assert record.value(m.MARKER_UNKNOWN_RX) == 108
    assert record.unrecognised == ()


def test_cut_at_every_byte_nothing_raises_and_the_damage_is_named() -> None:
    whole = links(Kernel())
    boundary = struct.unpack_from("<I", whole)[0] + 3 & ~3
    padding = len(whole) - boundary - struct.unpack_from("<I", whole, boundary)[0]
    intact = {boundary, *range(len(whole) - padding, len(whole))}
    for end in range(1, len(whole)):
        found = facts("<", {"links": whole[:end]})
        named = any(problem.place == "rtnetlink links" for problem in found.problems)
        assert named == (end not in intact), end


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(junk: bytes) -> None:
    dumps: dict[str, bytes | ReadFailure] = dict.fromkeys(
        ("addresses", "qdiscs", "stats", "routes"), junk
    )
    found = facts("<", {**dumps, "links": links(Kernel()) + junk})
    assert found.bonds[0].name == "bond0"


@given(st.data())
def test_any_byte_may_be_wrong(data: st.DataObject) -> None:
    whole = bytearray(links(Kernel()))
    for _turn in range(3):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert facts("<", {"links": bytes(whole)}).as_result()["schema"]


def test_a_name_that_is_not_utf8_can_be_shown() -> None:
    kernel = Kernel()
    bond = only(facts("<", {"links": kernel.link(7, b"b\xff", [kernel.info("bond", [(1, LACP)])])}))
    assert bond.name == "b\\xff"
    assert bond.record.value(b.MODE) == "802.3ad"


def calls(data: bytes) -> int:
    """How many functions are called to understand a dump."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        bond = only(facts("<", {"links": data}))
    finally:
        sys.setprofile(None)
    assert isinstance(bond.record.fact(b.VLANS), Known)
    return count


def test_work_grows_linearly_with_vlans_and_members() -> None:
    kernel = Kernel()

    def dump(count: int) -> bytes:
        vlans = (
            kernel.link(9000 + n, f"bond0.{n}", [(5, 7), kernel.info("vlan", [(1, (2, n))])])
            for n in range(count)
        )
        slave = kernel.info("veth", slave="bond", slave_data=PORT)
        ports = (kernel.link(100 + n, f"port{n}", [(10, 7), slave]) for n in range(count // 10))
        return links(kernel) + b"".join([*vlans, *ports])

    assert calls(dump(2000)) < 2.2 * calls(dump(1000))
