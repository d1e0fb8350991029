# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules over the whole fleet. A check takes a Fleet and yields FleetDeviation.

That a host differs from its group is no fault: it may be the first of an upgrade or the only one of
its kind. So outliers are info; a policy can make them more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Callable

from .catalogue import load
from .fleet import Fleet, FleetBond, FleetDeviation, FleetHost, Port, leg
from .rule import CATALOGUE, FLEET, INFO, WARNING, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FAMILY = "fleet"
ENOUGH = 3
EVERYBODY = ("all", "ungrouped")

# (subject, parameter) -> value, of one host.
Read = Callable[[FleetHost], "Mapping[tuple[str, str], str]"]


def _cohorts(fleet: Fleet) -> list[tuple[str, list[FleetHost]]]:
    """Groups that can be compared in, small ones first; all hosts where there are no groups."""
    groups: dict[str, list[FleetHost]] = {}
    for host in fleet.hosts:
        for name in host.groups:
            if name not in EVERYBODY:
                groups.setdefault(name, []).append(host)
    if not groups:
        groups = {"all": fleet.hosts}
    fit = [(name, hosts) for name, hosts in groups.items() if len(hosts) >= ENOUGH]
    return sorted(fit, key=lambda pair: (len(pair[1]), pair[0]))


def outliers(fleet: Fleet, read: Read) -> Iterator[FleetDeviation]:
    """Hosts that differ from at least two thirds of three or more hosts of their smallest group.

    A host is judged in the smallest of its groups that agrees on a value, and in no larger one:
    the storage hosts of a site may well differ from the rest of it.
    """
    judged: set[tuple[str, str, str]] = set()
    for group, hosts in _cohorts(fleet):
        tables = {host.name: read(host) for host in hosts}
        for subject, parameter in sorted({key for table in tables.values() for key in table}):
            values = {
                name: table[subject, parameter]
                for name, table in tables.items()
                if (subject, parameter) in table
            }
            common = _common(list(values.values()))
            if common is None:
                continue
            agree = sum(value == common for value in values.values())
            for name, value in values.items():
                if (name, subject, parameter) in judged:
                    continue
                judged.add((name, subject, parameter))
                if value != common:
                    yield FleetDeviation(
                        parameter,
                        f"{common}, as on {agree} of {len(values)} hosts of group {group}",
                        value,
                        subject=f"{name}/{subject}" if subject else name,
                        source=(f"{name} {subject} {parameter}".replace("  ", " "),),
                    )


def _common(values: list[str]) -> str | None:
    (common, agree) = Counter(values).most_common(1)[0]
    enough = len(values) >= ENOUGH and 3 * agree >= 2 * len(values)
    return common if enough else None


@rule(
    "fleet-kernel-outlier",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="The host runs another kernel than its group",
    why="A fault that only this host shows may come with its kernel; or it was forgotten in an "
    "upgrade.",
    remedy="Upgrade and reboot it, or finish the upgrade of the others.",
    reference="kernel.upstream of each host",
)
def kernel_outlier(fleet: Fleet) -> Iterator[FleetDeviation]:
    yield from outliers(fleet, _kernel)


def _kernel(host: FleetHost) -> dict[tuple[str, str], str]:
    return {("", "kernel.upstream"): host.kernel} if host.kernel else {}


@rule(
    "fleet-driver-outlier",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="The host's members have other drivers, or other versions, than its group",
    why="A fault that only this host shows may come with its NIC or its driver.",
    remedy="ethtool -i MEMBER here and on another host of the group; make them alike.",
    reference="drivers of the members; versions only of drivers that do not come with the kernel",
)
def driver_outlier(fleet: Fleet) -> Iterator[FleetDeviation]:
    yield from outliers(fleet, _drivers)


def _drivers(host: FleetHost) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for bond in host.bonds:
        drivers = sorted({port.driver for port in bond.ports if port.driver})
        if drivers and all(port.driver for port in bond.ports):
            found[bond.name, "driver"] = ", ".join(drivers)
        for driver in drivers:
            versions = {port.driver_version for port in bond.ports if port.driver == driver}
            # A driver of the kernel's own tree has the kernel's version: fleet-kernel-outlier.
            versions -= {None, host.release, host.kernel}
            if versions:
                found[bond.name, f"driver_version of {driver}"] = ", ".join(
                    sorted(version for version in versions if version)
                )
    return found


@rule(
    "fleet-firmware-outlier",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="The host's NICs run other firmware than those of its group",
    why="Firmware decides about link training, filters and LLDP agents: a fault that only this "
    "host shows is often this.",
    remedy="Bring the NIC's firmware to that of the group with the vendor's tool.",
    reference="firmware of members of one driver and PCI device id",
)
def firmware_outlier(fleet: Fleet) -> Iterator[FleetDeviation]:
    yield from outliers(fleet, _firmware)


def _firmware(host: FleetHost) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], set[str]] = {}
    for bond in host.bonds:
        for port in bond.ports:
            if port.driver and port.firmware:
                name = f"firmware of {port.driver} {port.device}".rstrip()
                found.setdefault((bond.name, name), set()).add(port.firmware)
    return {key: ", ".join(sorted(versions)) for key, versions in found.items()}


@rule(
    "fleet-option-outlier",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="The bond is set otherwise than that of its group",
    why="Hosts of one role that differ in MTU, LACP rate or hash policy behave differently under "
    "the same fault; mostly one was changed by hand.",
    remedy="Correct the configuration of the host, or put it into a group of its own.",
    reference="MTU and options of the bonds of one name",
)
def option_outlier(fleet: Fleet) -> Iterator[FleetDeviation]:
    yield from outliers(fleet, _options)


def _options(host: FleetHost) -> dict[tuple[str, str], str]:
    found = {
        (bond.name, path): value for bond in host.bonds for path, value in bond.options.items()
    }
    found.update({(bond.name, "members"): str(len(bond.ports)) for bond in host.bonds})
    return found


@rule(
    "fleet-host-twice",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="Two names of the inventory are one host",
    why="Its findings count twice.",
    remedy="Remove one of the names from the inventory.",
    reference="/proc/sys/kernel/random/boot_id is the same",
)
def host_twice(fleet: Fleet) -> Iterator[FleetDeviation]:
    for names in _machines(fleet):
        if len(names) > 1:
            observed = f"the boot id of {', '.join(names[1:])} too"
            yield FleetDeviation("boot_id", "of this host alone", observed, subject=names[0])


def _machines(fleet: Fleet) -> list[list[str]]:
    """Names of hosts by machine."""
    machines: dict[str, list[str]] = {}
    for host in fleet.hosts:
        machines.setdefault(host.boot_id or f"name {host.name}", []).append(host.name)
    return list(machines.values())


@rule(
    "fleet-partner-port-twice",
    family=FAMILY,
    scope=FLEET,
    severity=WARNING,
    title="Two bonds say that they hang on the same port of the same partner",
    why="A system id and a port number name one port of one switch. Two of them mean that two "
    "switches use one system id (a cloned configuration, two MLAG pairs of one domain id), or "
    "that the legs of an MLAG pair number their ports alike.",
    remedy="Compare system id, MLAG domain and port of both switches. If the legs of this pair "
    "number alike, switch this rule off or waive it.",
    reference="802.1AX 6.3.2 and 6.3.4; legs that differ by 0x8000 are fine. Silent where a bond "
    "or a host shows that a partner's numbers are not unique",
)
def partner_port_twice(fleet: Fleet) -> Iterator[FleetDeviation]:
    claims, vague = _claims(fleet)
    for (system, number), claim in sorted(claims.items()):
        if len(claim) > 1 and system not in vague:
            members = [f"{bond}/{port}" for bond, ports in sorted(claim.items()) for port in ports]
            yield FleetDeviation(
                "partner.port",
                "one member",
                f"port {number} on {', '.join(members)}",
                subject=system,
                source=tuple(f"{member} partner.port" for member in members),
            )


def _claims(fleet: Fleet) -> tuple[dict[tuple[str, int], dict[str, list[str]]], set[str]]:
    """Members by bond for each (system, port number), and the systems whose numbers say little.

    The legs of some pairs number alike: a bond sees a number twice. Other partners, Linux among
    them, number the ports of each group anew: a host sees a number twice, with different keys.
    """
    first = {names[0] for names in _machines(fleet)}
    claims: dict[tuple[str, int], dict[str, list[str]]] = {}
    keys: dict[tuple[str, int, str], int | None] = {}
    vague: set[str] = set()
    for host, bond, port in fleet.ports():
        if not port.heard or port.system is None or port.number is None or host.name not in first:
            continue
        members = claims.setdefault((port.system, port.number), {})
        names = members.setdefault(f"{host.name}/{bond.name}", [])
        names.append(port.name)
        key = keys.setdefault((port.system, port.number, host.name), port.key)
        if len(names) > 1 or key != port.key:
            vague.add(port.system)
    return claims, vague


@rule(
    "fleet-partner-in-common",
    family=FAMILY,
    scope=FLEET,
    severity=INFO,
    title="Hosts that share a finding share a partner",
    why="When most hosts behind one partner have a finding that others have not, look at the "
    "partner before the hosts.",
    remedy="Ask the network team about this system id first: control plane, peer link, template of "
    "the ports.",
    reference="three or more hosts, two thirds of those behind the partner, at most one third of "
    "the others",
)
def partner_in_common(fleet: Fleet) -> Iterator[FleetDeviation]:
    load()
    rules = {r.id for r in CATALOGUE.values() if r.family in ("negotiation", "physical")}
    behind: dict[str, set[str]] = {}
    for host, _bond, port in fleet.ports():
        if port.system:
            behind.setdefault(port.system, set()).add(host.name)
    for rule_id in sorted(rules & {name for host in fleet.hosts for name, _s in host.troubles}):
        hit = list(_hit(fleet, rule_id))
        for system, hosts in sorted(behind.items()):
            here = {host for host, bond, _port in hit if system in bond.systems}
            yield from _common_partner(system, rule_id, hosts, here, hit, fleet)


def _hit(fleet: Fleet, rule_id: str) -> Iterator[tuple[str, FleetBond, Port | None]]:
    """(host, bond, member or None) of the findings of a rule."""
    for host in fleet.hosts:
        bonds = {bond.name: bond for bond in host.bonds}
        for name, subject in host.troubles:
            bond_name, _slash, member = subject.partition("/")
            if name == rule_id and bond_name in bonds:
                bond = bonds[bond_name]
                yield host.name, bond, next((p for p in bond.ports if p.name == member), None)


def _common_partner(
    system: str,
    rule_id: str,
    behind: set[str],
    here: set[str],
    hit: Iterable[tuple[str, FleetBond, Port | None]],
    fleet: Fleet,
) -> Iterator[FleetDeviation]:
    others = {host.name for host in fleet.hosts if host.bonds} - behind
    there = {host for host, _bond, _port in hit} & others
    if len(here) < ENOUGH or 3 * len(here) < 2 * len(behind) or 3 * len(there) > len(others):
        return
    legs = {leg(port) if port else "" for _h, bond, port in hit if system in bond.systems}
    where = f"; all on ports {legs.pop()}" if len(legs) == 1 and legs & _legs(fleet, system) else ""
    elsewhere = f"{len(there)} of {len(others)} elsewhere" if others else "no host elsewhere"
    yield FleetDeviation(
        rule_id,
        "no finding that hosts of one partner have in common",
        f"{len(here)} of {len(behind)} hosts behind it, {elsewhere}{where}",
        subject=system,
        source=tuple(sorted(here)),
    )


def _legs(fleet: Fleet, system: str) -> set[str]:
    """The legs of a partner, if there are two."""
    found = {leg(port) for _host, _bond, port in fleet.ports() if port.system == system}
    found.discard("unknown")
    return found if len(found) > 1 else set()
