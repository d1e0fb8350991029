# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot becomes facts: each source adds what it knows, the most trusted first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from . import (
    bond_fields,
    dev_mcast,
    ethtool_facts,
    host_facts,
    intent,
    managers,
    openvswitch,
    ovsdb,
    pci_facts,
    procfs,
    rtnl,
    rtnl_dumps,
    rtnl_facts,
    sysfs,
    teamd,
    vyatta_facts,
    vyatta_sysfs,
)
from .model import KIND_BOND, Bond, HostFacts, Member, Problem
from .places import OPENVSWITCH, PROC_BONDING
from .record import Record, RecordBuilder
from .snapshot import ReadFailure, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

HostSource = Callable[[Snapshot, RecordBuilder], None]
BondSource = Callable[[Snapshot, str, RecordBuilder], None]
MemberSource = Callable[[Snapshot, str, str, RecordBuilder], None]

# Adding a source: a module in this folder with host(), bond() or member(), and its line here. The
# first that knows a value wins; one that differs makes a disagreement.
HOST_SOURCES: tuple[HostSource, ...] = (host_facts.host, managers.host)
BOND_SOURCES: tuple[BondSource, ...] = (
    rtnl_facts.bond,
    sysfs.bond,
    procfs.bond,
    teamd.bond,
    vyatta_sysfs.bond,
    vyatta_facts.bond,
    intent.bond,
)
MEMBER_SOURCES: tuple[MemberSource, ...] = (
    rtnl_facts.member,
    sysfs.member,
    procfs.member,
    teamd.member,
    vyatta_sysfs.member,
    vyatta_facts.member,
    dev_mcast.member,
    ethtool_facts.member,
    pci_facts.member,
)


def bond_names(snapshot: Snapshot) -> list[str]:
    """Bonds and team devices; from procfs where rtnetlink could not be read."""
    network = rtnl_dumps.network(snapshot)
    if network is None:
        return sorted(
            {*procfs.names(snapshot), *teamd.names(snapshot), *vyatta_facts.names(snapshot)}
        )
    found = {link.name for link in network.links.values() if link.kind in rtnl.BOND_KINDS}
    return sorted(found.union(_openvswitch(snapshot)))


def is_kernel_bond(snapshot: Snapshot, name: str) -> bool:
    """Whether the kernel's bonding driver makes it; where rtnetlink is silent, all bonds are."""
    network = rtnl_dumps.network(snapshot)
    if network is None:
        return not (teamd.is_team(snapshot, name) or name in vyatta_facts.names(snapshot))
    return name in network.names and network.names[name].kind == KIND_BOND


def _openvswitch(snapshot: Snapshot) -> dict[str, list[str]]:
    """Members of Open vSwitch bonds by name."""
    return {name: found.members for name, found in ovsdb.bonds(snapshot).items()}


def member_names(snapshot: Snapshot, name: str) -> list[str]:
    """Members of a bond, in enslave order as far as that is known."""
    readings = _memberships(snapshot, name)
    return readings[0][1] if readings else []


def facts_from(snapshot: Snapshot) -> HostFacts:
    """All that a snapshot says; never raises, whatever the host said."""
    host = RecordBuilder()
    for source in HOST_SOURCES:
        source(snapshot, host)
    names = bond_names(snapshot)
    return HostFacts(
        host.build(),
        tuple(_bond(snapshot, name) for name in names),
        tuple(_problems(snapshot, names)),
    )


def confirmed(first: HostFacts, second: HostFacts) -> HostFacts:
    """The second reading, with those disagreements only that both readings show alike.

    A state that moves between the reads of two sources looks like a disagreement, once.
    """
    old = {
        (*subject, item.path, repr(item.readings))
        for *subject, record in _records(first)
        for item in record.disagreements
    }

    def settle(record: Record, bond: str, member: str) -> Record:
        kept = tuple(
            item
            for item in record.disagreements
            if (bond, member, item.path, repr(item.readings)) in old
        )
        return record._replace(disagreements=kept)

    return second._replace(
        bonds=tuple(
            bond._replace(
                record=settle(bond.record, bond.name, ""),
                members=tuple(
                    port._replace(record=settle(port.record, bond.name, port.name))
                    for port in bond.members
                ),
            )
            for bond in second.bonds
        ),
    )


def disagreeing(facts: HostFacts) -> bool:
    """Whether any two sources of a bond or member differ."""
    return any(record.disagreements for _bond, _member, record in _records(facts))


def _records(facts: HostFacts) -> Iterator[tuple[str, str, Record]]:
    """(bond, member or '', record) of every bond and member."""
    for bond in facts.bonds:
        yield bond.name, "", bond.record
        for member in bond.members:
            yield bond.name, member.name, member.record


def _bond(snapshot: Snapshot, name: str) -> Bond:
    into = RecordBuilder()
    for source in BOND_SOURCES:
        source(snapshot, name, into)
    if rtnl_dumps.network(snapshot) is None and name in procfs.names(snapshot):
        into.known(bond_fields.KIND, KIND_BOND, "procfs")
    if name in _openvswitch(snapshot):
        openvswitch.bond(snapshot, name, into)
    for origin, ports in _memberships(snapshot, name):
        into.known(bond_fields.MEMBERS, ports, origin)
    members = tuple(
        Member(port, _member(snapshot, name, port)) for port in member_names(snapshot, name)
    )
    return Bond(name, into.build(), members)


def _member(snapshot: Snapshot, bond: str, name: str) -> Record:
    into = RecordBuilder()
    for source in MEMBER_SOURCES:
        source(snapshot, bond, name, into)
    return into.build()


def _memberships(snapshot: Snapshot, name: str) -> list[tuple[str, list[str]]]:
    """(source, members) of each source that could tell, the most trusted first.

    rtnetlink does not know the order in which members were enslaved, procfs and sysfs do: so the
    order is taken from them, and lists that hold the same members are made equal.
    """
    ordered = [
        (origin, ports)
        for origin, ports in (
            ("procfs", procfs.members(snapshot, name)),
            ("sysfs", sysfs.members(snapshot, name)),
            ("teamd", teamd.members(snapshot, name)),
            ("sysfs", vyatta_sysfs.members(snapshot, name)),
            (vyatta_facts.SCREEN, vyatta_facts.members(snapshot, name)),
        )
        if ports is not None
    ]
    network = rtnl_dumps.network(snapshot)
    if network is None or name not in network.names:
        ovs = _openvswitch(snapshot).get(name)
        return ordered if ovs is None else [*ordered, ("ovsdb", ovs)]
    ports = network.ports.get(network.names[name].ifindex, ())
    present = sorted(port.name for port in ports)
    order = {port: at for _origin, ports in reversed(ordered) for at, port in enumerate(ports)}
    present.sort(key=lambda port: order.get(port, len(order)))
    return [
        ("rtnetlink", present),
        *((origin, present if set(ports) == set(present) else ports) for origin, ports in ordered),
    ]


def _problems(snapshot: Snapshot, names: list[str]) -> list[Problem]:
    problems = []
    for dump, reading in sorted(snapshot.dumps.items()):
        if isinstance(reading, ReadFailure):
            problems.append(Problem(f"rtnetlink {dump}", f"{reading.errno}: {reading.text}"))
        elif rtnl_dumps.damage(reading, rtnl.byte_order(snapshot)):
            text = rtnl_dumps.damage(reading, rtnl.byte_order(snapshot))
            problems.append(Problem(f"rtnetlink {dump}", text))
    paths = [f"{PROC_BONDING}/{name}" for name in names if is_kernel_bond(snapshot, name)]
    silent = {name: teamd.problem(snapshot, name) for name in names}
    problems += [Problem(f"teamd {name}", text) for name, text in silent.items() if text]
    for path in (*paths, OPENVSWITCH):
        content = snapshot.file(path)
        if isinstance(content, ReadFailure) and not (path == OPENVSWITCH and content.missing):
            problems.append(Problem(path, f"{content.errno}: {content.text}"))
    return problems
