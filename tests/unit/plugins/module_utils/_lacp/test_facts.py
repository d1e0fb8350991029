# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole hosts, recorded on real kernels (tests/fixtures/snapshots/README.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    sources,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Field,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import (
    confirmed,
    disagreeing,
    facts_from,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import Bond, HostFacts
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import Record

FOLDER = Path(__file__).parents[4] / "fixtures" / "snapshots"
KERNELS = ("6.1", "6.12")
HOSTS = tuple(f"linux-{kernel}-{user}" for kernel in KERNELS for user in ("root", "auditor"))


def snapshot(host: str) -> Snapshot:
    return load((FOLDER / f"{host}.json").read_text(encoding="utf-8"))


def bonds(host: str) -> dict[str, Bond]:
    return {bond.name: bond for bond in facts_from(snapshot(host)).bonds}


def records(facts: HostFacts) -> dict[tuple[str, str], Record]:
    found = {(bond.name, ""): bond.record for bond in facts.bonds}
    for bond in facts.bonds:
        found.update({(bond.name, member.name): member.record for member in bond.members})
    return found


def values(record: Record, *fields: Field[Any]) -> list[Any]:
    return [record.maybe(field) for field in fields]


@pytest.mark.parametrize("host", HOSTS)
def test_sources_of_a_real_kernel_agree_and_leave_nothing_unrecognised(host: str) -> None:
    facts = facts_from(snapshot(host))
    assert len(facts.bonds) == 6
    for key, record in records(facts).items():
        assert record.disagreements == (), key
        assert record.unrecognised == (), key
    assert facts.problems == ()


@pytest.mark.parametrize("host", HOSTS)
def test_the_healthy_bond(host: str) -> None:
    bond = bonds(host)["bond0"]
    fields: tuple[Field[Any], ...]
    fields = (b.KIND, b.MODE, b.AGGREGATOR_PORTS, b.ACTOR_KEY, b.PARTNER_KEY, b.MTU, b.CARRIER)
    assert values(bond.record, *fields) == ["bond", "802.3ad", 2, 463, 15, 1500, True]
    fields = (b.LACP_RATE, b.UPDELAY, b.DOWNDELAY, b.XMIT_HASH_POLICY, b.MII_STATUS)
    assert values(bond.record, *fields) == ["fast", 200, 100, "layer3+4", "up"]
    assert bond.record.value(b.MEMBERS) == ["eno1", "eno2"]
    assert bond.record.value(b.ADDRESSES) == ["10.9.0.1/24"]
    assert bond.record.value(b.GATEWAYS) == ["10.7.0.254", "10.9.0.254"]
    assert bond.record.value(b.VLANS) == [
        {"name": "bond0.7", "id": 7, "mtu": 1500, "admin_up": True}
    ]
    for member in bond.members:
        fields = (m.ACTOR_STATE, m.PARTNER_STATE, m.STATE, m.CARRIER, m.CHURN_ACTOR)
        assert values(member.record, *fields) == [63, 61, "active", True, "monitoring"]
        assert member.record.value(m.LACPDU_RX) > 2
        assert "01:80:c2:00:00:02" in member.record.value(m.MULTICAST)
        assert member.record.value(m.STATISTICS)["rx_packets"] > 2


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_wrongly_on_a_member(host: str) -> None:
    first, second = bonds(host)["bond0"].members
    fields = (m.ADDRESSES, m.VLANS, m.INGRESS_QDISC)
    assert values(first.record, *fields) == [[], [], None]
    vlan = {"name": "eno2.5", "id": 5, "mtu": 1500, "admin_up": False}
    assert values(second.record, *fields) == [["10.55.0.1/24"], [vlan], "clsact"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_only_root_sees(kernel: str) -> None:
    root, auditor = bonds(f"linux-{kernel}-root"), bonds(f"linux-{kernel}-auditor")
    record = root["bond0"].record
    fields = (b.SYSTEM_PRIORITY, b.AD_ACTOR_SYS_PRIO, b.AD_USER_PORT_KEY, b.AD_ACTOR_SYSTEM)
    assert values(record, *fields) == [100, 100, 7, None]
    assert record.value(b.SYSTEM_MAC) == record.value(b.MAC)
    for member in root["bond0"].members:
        assert member.record.value(m.PARTNER_SYSTEM) == record.value(b.PARTNER_SYSTEM)
        assert values(member.record, m.ACTOR_KEY, m.PARTNER_KEY) == [463, 15]
    for field in fields:
        assert auditor["bond0"].record.fact(field) == Unknown(sources.NEEDS_ADMIN)
    for member in auditor["bond1"].members:
        assert member.record.fact(m.PARTNER_SYSTEM) == Unknown(sources.NEEDS_ADMIN)


@pytest.mark.parametrize("kernel", KERNELS)
def test_an_auditor_knows_less_and_nothing_else(kernel: str) -> None:
    root = records(facts_from(snapshot(f"linux-{kernel}-root")))
    auditor = records(facts_from(snapshot(f"linux-{kernel}-auditor")))
    moving = {field.path for field in (*b.ALL, *m.ALL) if field.volatile}
    compared = 0
    # bond4 was made a moment before: it was still finding its aggregators.
    for key in [key for key in root if key[0] != "bond4"]:
        for path, fact in auditor[key].facts.items():
            if isinstance(fact, Known) and path not in moving:
                assert root[key].facts[path] == fact, (key, path)
                compared += 1
            elif isinstance(fact, Absent):
                assert isinstance(root[key].facts[path], Absent), (key, path)
    assert compared > 400


@pytest.mark.parametrize("host", HOSTS)
def test_a_bond_without_partner(host: str) -> None:
    bond = bonds(host)["bond1"]
    assert isinstance(bond.record.fact(b.PARTNER_SYSTEM), Absent)
    assert values(bond.record, b.PARTNER_KEY, b.AGGREGATOR_PORTS, b.CARRIER) == [1, 1, True]
    fields = (b.BRIDGE, b.BRIDGE_KIND, b.GROUP_FWD_MASK, b.MIN_LINKS, b.AD_SELECT)
    assert values(bond.record, *fields) == ["br0", "bridge", 8, 1, "bandwidth"]
    states = [values(member.record, m.STATE, m.LACPDU_RX) for member in bond.members]
    assert sorted(states) == [["active", 0], ["backup", 0]]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_bond_with_two_partners(kernel: str) -> None:
    bond = bonds(f"linux-{kernel}-root")["bond2"]
    first, second = (member.record for member in bond.members)
    assert first.value(m.PARTNER_SYSTEM) != second.value(m.PARTNER_SYSTEM)
    assert {first.value(m.AGGREGATOR_ID), second.value(m.AGGREGATOR_ID)} == {1, 2}
    assert {first.value(m.STATE), second.value(m.STATE)} == {"active", "backup"}


@pytest.mark.parametrize("host", HOSTS)
def test_other_modes_and_kinds(host: str) -> None:
    found = bonds(host)
    backup = found["bond3"]
    fields = (b.MODE, b.PRIMARY, b.ACTIVE_SLAVE, b.FAIL_OVER_MAC, b.PRIMARY_RESELECT)
    assert values(backup.record, *fields) == ["active-backup", "a1", "a1", "active", "failure"]
    assert isinstance(backup.record.fact(b.AGGREGATOR_ID), Absent)
    assert isinstance(backup.members[0].record.fact(m.ACTOR_STATE), Absent)
    team = found["team0"]
    assert values(team.record, b.KIND, b.MEMBERS) == ["team", ["tm1"]]
    assert isinstance(team.record.fact(b.MODE), Unknown)
    assert team.members[0].record.value(m.ADMIN_UP) is True


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_port_that_was_enslaved_this_moment(kernel: str) -> None:
    bond = bonds(f"linux-{kernel}-root")["bond4"]
    assert isinstance(bond.record.fact(b.AGGREGATOR_ID), Absent)
    for member in bond.members:
        fact = member.record.fact(m.AGGREGATOR_ID)
        assert isinstance(fact, Known) or fact == Unknown(sources.NO_AGGREGATOR)


@pytest.mark.parametrize("host", HOSTS)
def test_round_trip(host: str) -> None:
    facts = facts_from(snapshot(host))
    again = HostFacts.from_result(facts.as_result())
    assert again.as_result() == facts.as_result()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("dump", ["links", "stats", "addresses", "qdiscs", "routes"])
def test_without_a_dump_the_rest_is_known(host: str, dump: str) -> None:
    whole = snapshot(host)
    denied = ReadFailure("EPERM", "Operation not permitted")
    facts = facts_from(whole._replace(dumps={**whole.dumps, dump: denied}))
    (bond,) = [bond for bond in facts.bonds if bond.name == "bond0"]
    assert bond.record.value(b.MODE) == "802.3ad"
    assert [member.name for member in bond.members] == ["eno1", "eno2"]
    assert any(problem.place == f"rtnetlink {dump}" for problem in facts.problems)
    assert not disagreeing(facts)


@pytest.mark.parametrize("host", HOSTS)
def test_a_bond_deleted_while_it_was_read(host: str) -> None:
    whole = snapshot(host)
    gone = ReadFailure("ENOENT", "No such file or directory")
    files = {path: gone if "/bond0" in path else old for path, old in whole.files.items()}
    facts = facts_from(whole._replace(files=files))
    assert [problem.place for problem in facts.problems] == ["/proc/net/bonding/bond0"]
    assert {bond.name for bond in facts.bonds} >= {"bond0", "bond1"}


def test_a_member_renamed_while_it_was_read_shows_as_a_disagreement() -> None:
    whole = snapshot("linux-6.12-root")
    path = "/proc/net/bonding/bond0"
    content = whole.file(path)
    assert isinstance(content, bytes)
    renamed = {**whole.files, path: content.replace(b"eno2", b"wan2")}
    facts = facts_from(whole._replace(files=renamed))
    (bond,) = [bond for bond in facts.bonds if bond.name == "bond0"]
    assert [member.name for member in bond.members] == ["eno1", "eno2"]
    (found,) = bond.record.disagreements
    assert found.path == "member_names"
    assert dict(found.readings)["procfs"] == ["eno1", "wan2"]


def moved(old: bytes, new: bytes) -> HostFacts:
    whole = snapshot("linux-6.12-root")
    path = "/proc/net/bonding/bond0"
    content = whole.file(path)
    assert isinstance(content, bytes)
    assert old in content
    return facts_from(whole._replace(files={**whole.files, path: content.replace(old, new)}))


def test_only_disagreements_that_both_readings_show_alike_are_kept() -> None:
    rate = moved(b"LACP rate: fast", b"LACP rate: slow")
    first = moved(b"port state: 61", b"port state: 13")
    second = moved(b"port state: 61", b"port state: 5")
    agreeing = facts_from(snapshot("linux-6.12-root"))
    assert disagreeing(rate)
    assert disagreeing(first)
    assert disagreeing(confirmed(rate, rate))
    assert not disagreeing(confirmed(first, second))
    assert not disagreeing(confirmed(agreeing, rate))
    assert not disagreeing(confirmed(rate, agreeing))


def test_enslave_order_is_taken_from_procfs() -> None:
    whole = snapshot("linux-6.12-root")
    path = "/proc/net/bonding/bond0"
    content = whole.file(path)
    assert isinstance(content, bytes)
    swapped = content.replace(b"Interface: eno1", b"Interface: X").replace(b"eno2", b"eno1")
    files = {**whole.files, path: swapped.replace(b"Interface: X", b"Interface: eno2")}
    files["/sys/class/net/bond0/bonding/slaves"] = b"eno2 eno1\n"
    facts = facts_from(whole._replace(files=files))
    (bond,) = [bond for bond in facts.bonds if bond.name == "bond0"]
    assert bond.record.value(b.MEMBERS) == ["eno2", "eno1"]
    assert [member.name for member in bond.members] == ["eno2", "eno1"]
    assert b.MEMBERS.path not in {item.path for item in bond.record.disagreements}
