# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of /proc/net/bonding, written after the kernel's source (bond_procfs.c)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    sources,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Field,
    Unknown,
)

from .procfs_reading import NONE, read, seen, short

ADMIN = sources.NEEDS_ADMIN

ROOT = b"Name:\tpython3\nCapEff:\t000001ffffffffff\n"

PRIVILEGED = b"""\
Ethernet Channel Bonding Driver: v6.12.101

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
Transmit Hash Policy: layer3+4 (1)
MII Status: up
MII Polling Interval (ms): 100
Up Delay (ms): 200
Down Delay (ms): 100
Peer Notification Delay (ms): 0

802.3ad info
LACP active: on
LACP rate: fast
Min links: 1
Aggregator selection policy (ad_select): bandwidth
System priority: 100
System MAC address: 02:00:00:00:00:10
Active Aggregator Info:
\tAggregator ID: 1
\tNumber of ports: 2
\tActor Key: 463
\tPartner Key: 15
\tPartner Mac Address: 02:00:00:00:00:99

Slave Interface: eno1
MII Status: up
Speed: 10000 Mbps
Duplex: full
Link Failure Count: 3
Permanent HW addr: 02:00:00:00:00:10
Slave queue ID: 0
Aggregator ID: 1
Actor Churn State: none
Partner Churn State: monitoring
Actor Churned Count: 1
Partner Churned Count: 2
details actor lacp pdu:
    system priority: 100
    system mac address: 02:00:00:00:00:10
    port key: 463
    port priority: 255
    port number: 1
    port state: 63
details partner lacp pdu:
    system priority: 65535
    system mac address: 02:00:00:00:00:99
    oper key: 15
    port priority: 32768
    port number: 259
    port state: 61

Slave Interface: eno2
MII Status: going back
Speed: Unknown
Duplex: Unknown
Link Failure Count: 0
Permanent HW addr: 02:00:00:00:00:11
Slave queue ID: 0
Aggregator ID: N/A
"""


def test_a_privileged_file_is_read_whole() -> None:
    bond = read(PRIVILEGED, status=ROOT)
    expected: dict[Field[Any], Any] = {
        b.MODE: "802.3ad",
        b.XMIT_HASH_POLICY: "layer3+4",
        b.MIIMON: 100,
        b.UPDELAY: 200,
        b.DOWNDELAY: 100,
        b.PEER_NOTIF_DELAY: 0,
        b.LACP_ACTIVE: "on",
        b.LACP_RATE: "fast",
        b.MIN_LINKS: 1,
        b.AD_SELECT: "bandwidth",
        b.SYSTEM_PRIORITY: 100,
        b.SYSTEM_MAC: "02:00:00:00:00:10",
        b.AGGREGATOR_ID: 1,
        b.AGGREGATOR_PORTS: 2,
        b.ACTOR_KEY: 463,
        b.PARTNER_KEY: 15,
        b.PARTNER_SYSTEM: "02:00:00:00:00:99",
        b.MEMBERS: ["eno1", "eno2"],
    }
    assert {field: short(bond.record.fact(field)) for field in expected} == expected
    assert bond.record.unrecognised == ()


def test_the_members_of_a_privileged_file_are_read_whole() -> None:
    bond = read(PRIVILEGED, status=ROOT)
    member: dict[Field[Any], Any] = {
        m.BONDING_SPEED: 10000,
        m.BONDING_DUPLEX: "full",
        m.LINK_FAILURE_COUNT: 3,
        m.PERMANENT_MAC: "02:00:00:00:00:10",
        m.CHURN_ACTOR: "none",
        m.CHURN_PARTNER: "monitoring",
        m.CHURN_ACTOR_COUNT: 1,
        m.CHURN_PARTNER_COUNT: 2,
        m.ACTOR_SYSTEM_PRIORITY: 100,
        m.ACTOR_KEY: 463,
        m.ACTOR_PORT: 1,
        m.ACTOR_PORT_PRIORITY: 255,
        m.ACTOR_STATE: 63,
        m.PARTNER_SYSTEM: "02:00:00:00:00:99",
        m.PARTNER_SYSTEM_PRIORITY: 65535,
        m.PARTNER_KEY: 15,
        m.PARTNER_PORT: 259,
        m.PARTNER_PORT_PRIORITY: 32768,
        m.PARTNER_STATE: 61,
    }
    assert {field: seen(bond, "eno1", field) for field in member} == member
    assert all(port.record.unrecognised == () for port in bond.members)


def test_a_port_without_aggregator_is_unknown_for_that_reason() -> None:
    bond = read(PRIVILEGED, status=ROOT)
    for field in (m.AGGREGATOR_ID, m.ACTOR_STATE, m.PARTNER_SYSTEM):
        assert seen(bond, "eno2", field) == [sources.NO_AGGREGATOR]
    assert seen(bond, "eno2", m.BONDING_SPEED) == NONE
    assert seen(bond, "eno2", m.BONDING_DUPLEX) == NONE
    assert seen(bond, "eno2", m.MII_STATUS) == "going back"


def test_what_a_privileged_reader_does_not_see_is_hidden_for_another_reason() -> None:
    cut = PRIVILEGED[: PRIVILEGED.index(b"System priority")]
    assert short(read(cut, status=ROOT).record.fact(b.PARTNER_SYSTEM)) == [sources.HIDDEN]
    nobody = b"CapEff:\t0000000000000000\n"
    assert short(read(cut, status=nobody).record.fact(b.PARTNER_SYSTEM)) == [ADMIN]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Primary Slave: None", b.PRIMARY, NONE),
        ("Primary Slave: em3", b.PRIMARY, "em3"),
        ("Primary Slave: em3 (primary_reselect better)", b.PRIMARY_RESELECT, "better"),
        ("Currently Active Slave: None", b.ACTIVE_SLAVE, NONE),
        ("Currently Active Slave: em3", b.ACTIVE_SLAVE, "em3"),
        ("ARP Polling Interval (ms): 1000", b.ARP_INTERVAL, 1000),
        ("ARP Missed Max: 2", b.ARP_MISSED_MAX, 2),
        (
            "ARP IP target/s (n.n.n.n form): 10.0.0.1, 10.0.0.2",
            b.ARP_IP_TARGET,
            ["10.0.0.1", "10.0.0.2"],
        ),
        ("NS IPv6 target/s (xx::xx form):", b.NS_IP6_TARGET, []),
        ("NS IPv6 target/s (xx::xx form): fd00::1", b.NS_IP6_TARGET, ["fd00::1"]),
        ("", b.FAIL_OVER_MAC, "none"),
    ],
)
def test_line_of_active_backup(line: str, field: Field[Any], value: Any) -> None:
    bond = read(f"Bonding Mode: fault-tolerance (active-backup)\n{line}\n".encode())
    assert short(bond.record.fact(field)) == value
    assert bond.record.unrecognised == ()


def test_fail_over_mac_is_part_of_the_mode_line() -> None:
    bond = read(b"Bonding Mode: fault-tolerance (active-backup) (fail_over_mac follow)\n")
    assert short(bond.record.fact(b.MODE)) == "active-backup"
    assert short(bond.record.fact(b.FAIL_OVER_MAC)) == "follow"


def test_lines_from_the_future_are_kept() -> None:
    extra = PRIVILEGED.replace(
        b"LACP rate: fast\n", b"LACP rate: fast\nLACP mood: mellow\n"
    ).replace(b"    port state: 63\n", b"    port state: 63\n    port mood: calm\n")
    bond = read(extra, status=ROOT)
    assert bond.record.unrecognised == (("procfs", "LACP mood: mellow"),)
    assert bond.members[0].record.unrecognised == (
        ("procfs", "details actor lacp pdu/port mood: calm"),
    )
    assert seen(bond, "eno1", m.PARTNER_STATE) == 61


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"port number: 259", b"port number: many", m.PARTNER_PORT),
        (b"port number: 259", b"port number: -1", m.PARTNER_PORT),
        (b"port number: 259", "port number: \u0664".encode(), m.PARTNER_PORT),
        (b"Link Failure Count: 3", b"Link Failure Count: ", m.LINK_FAILURE_COUNT),
        (b"Permanent HW addr: 02:00", b"Permanent HW addr: 02-00", m.PERMANENT_MAC),
        (b"Speed: 10000 Mbps", b"Speed: fast", m.BONDING_SPEED),
    ],
)
def test_a_value_nobody_understands_is_unknown_and_kept(
    old: bytes, new: bytes, field: Field[Any]
) -> None:
    assert old in PRIVILEGED
    bond = read(PRIVILEGED.replace(old, new, 1), status=ROOT)
    fact = bond.members[0].record.fact(field)
    assert isinstance(fact, Unknown)
    assert fact.reason.startswith("unrecognised value")
    assert bond.members[0].record.unrecognised


def test_cut_at_every_byte_it_invents_nothing() -> None:
    whole = read(PRIVILEGED, status=ROOT)
    ports = {member.name: member.record for member in whole.members}
    told = 0
    for end in range(len(PRIVILEGED)):
        bond = read(PRIVILEGED[:end], status=ROOT)
        pairs = [(bond.record, whole.record)]
        pairs += [(member.record, ports[member.name]) for member in bond.members]
        for cut, full in pairs:
            for path, fact in cut.facts.items():
                if path != b.MEMBERS.path and not isinstance(fact, Unknown):
                    assert full.facts[path] == fact, (end, path)
                    told += 1
    assert told > 10_000


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_exception(content: bytes) -> None:
    assert read(content).name == "bond0"


@given(st.integers(0, len(PRIVILEGED)), st.binary(max_size=20))
def test_any_bytes_in_the_middle(at: int, junk: bytes) -> None:
    bond = read(PRIVILEGED[:at] + junk + PRIVILEGED[at:], status=ROOT)
    assert bond.record.as_result()["unknown"] is not None


def test_ten_megabytes_of_garbage_are_cut_down() -> None:
    bond = read(b"garbage without end\n" * 500_000)
    assert len(bond.record.unrecognised) < 30
    assert bond.record.unrecognised[-1] == ("procfs", "and 499980 more lines")


@pytest.mark.parametrize("name", ["eth\u3000wide", 'e"<b>', "None", "a'b&c", "Aggregator"])
def test_odd_interface_names(name: str) -> None:
    content = PRIVILEGED.replace(b"eno1", name.encode())
    assert [member.name for member in read(content, status=ROOT).members] == [name, "eno2"]


def test_an_interface_called_none_can_be_primary() -> None:
    bond = read(
        b"Bonding Mode: fault-tolerance (active-backup)\nPrimary Slave: None\n\n"
        b"Slave Interface: None\nMII Status: up\n"
    )
    assert short(bond.record.fact(b.PRIMARY)) == "None"
