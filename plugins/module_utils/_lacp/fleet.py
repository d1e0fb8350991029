# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet: what is kept of each host's document to compare hosts, and who hangs behind whom.

Runs on the controller, over saved documents; the audit of a host does not import it. Documents are
taken one at a time, so a mapping that reads them from disk keeps one in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, TypeVar, cast

from . import bond_fields as b, host_fields as h, member_fields as m
from .fact import Absent, Known
from .model import KIND_BOND, MODE_LACP
from .port_state import DEFAULTED, EXPIRED
from .record import Record
from .rule import CATALOGUE, ERROR, FAILED, FLEET, SEVERITIES, WARNING, Deviation, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .fact import Field

T = TypeVar("T")

# The legs of an MLAG pair number their ports 0x8000 apart under one system id.
LEG = 0x8000
# Options whose value is a host's own, or says which member is what: they differ by design.
OWN = ("options.ad_actor_system", "options.primary", "options.active_slave")

_HOST = (h.KERNEL_RELEASE, h.KERNEL_UPSTREAM, h.BOOT_ID)
_OPTIONS = tuple(
    field
    for field in b.ALL
    if field.path == "mtu"
    or (field.path.startswith("options.") and field.path not in OWN and field.kind != "list")
)
_BOND = (b.KIND, b.MODE, *_OPTIONS)
_MEMBER = (
    m.MII_STATUS,
    m.ACTOR_STATE,
    m.PARTNER_SYSTEM,
    m.PARTNER_KEY,
    m.PARTNER_PORT,
    m.DRIVER,
    m.DRIVER_VERSION,
    m.FIRMWARE,
    m.PCI_ID,
)


@dataclass(frozen=True)
class Port:
    """A member as the fleet sees it; heard: its partner's words are recent; None: not known."""

    name: str
    silent: bool
    heard: bool
    system: str | None
    key: int | None
    number: int | None
    driver: str | None
    driver_version: str | None
    device: str
    firmware: str | None


@dataclass(frozen=True)
class FleetBond:
    """An 802.3ad bond: its options as text, by field path, as far as they are known."""

    name: str
    options: Mapping[str, str]
    ports: tuple[Port, ...]

    @property
    def systems(self) -> set[str]:
        """The partner systems that its ports see."""
        return {port.system for port in self.ports if port.system}


@dataclass(frozen=True)
class FleetHost:
    """A host; troubles: (rule, subject) of its findings that count, errors and warnings."""

    name: str
    groups: tuple[str, ...]
    release: str | None
    kernel: str | None
    boot_id: str | None
    bonds: tuple[FleetBond, ...]
    troubles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FleetDeviation(Deviation):
    """A deviation that names its subject: a host, 'host/bond0', or a partner system."""

    subject: str = ""
    source: tuple[str, ...] = ()


class Fleet:
    """Hosts to be compared. A host that was not audited (no facts) is left out."""

    def __init__(self) -> None:
        self.hosts: list[FleetHost] = []

    @classmethod
    def of(cls, documents: Mapping[str, Mapping[str, Any]]) -> Fleet:
        """The fleet of documents by host name; KeyError or TypeError if one is malformed."""
        fleet = cls()
        for name in sorted(documents):
            fleet.add(name, documents[name])
        return fleet

    def add(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep what comparisons need of one document."""
        facts = document.get("facts")
        if not facts:
            return
        host = Record.from_result(facts["host"], _HOST)
        bonds = tuple(_bond(bond, data) for bond, data in sorted(facts["bonds"].items()))
        self.hosts.append(
            FleetHost(
                name,
                tuple(document.get("groups") or ()),
                _known(host, h.KERNEL_RELEASE),
                _known(host, h.KERNEL_UPSTREAM) or _known(host, h.KERNEL_RELEASE),
                _known(host, h.BOOT_ID),
                tuple(bond for bond in bonds if bond is not None),
                tuple(
                    (finding["rule"], finding["subject"])
                    for finding in document.get("findings") or ()
                    if finding["outcome"] == FAILED and finding["severity"] in (ERROR, WARNING)
                ),
            )
        )

    def groups(self) -> list[dict[str, Any]]:
        """Hosts by partner system and key.

        Each group: partner_system, partner_key, hosts, bonds ('host/bond'), legs.
        A group without partner_system holds the ports that hear nobody. legs: port numbers below
        and from 0x8000 apart (an MLAG pair), each with its members as 'host/bond/member'.
        """
        found: dict[tuple[str, int], list[tuple[FleetHost, FleetBond, Port]]] = {}
        for host, bond, port in self.ports():
            if port.system or port.silent:
                key = port.key if port.system and port.key is not None else -1
                found.setdefault((port.system or "", key), []).append((host, bond, port))
        return [_group(system, key, ports) for (system, key), ports in sorted(found.items())]

    def ports(self) -> list[tuple[FleetHost, FleetBond, Port]]:
        """Every port of the fleet with its bond and host."""
        return [
            (host, bond, port) for host in self.hosts for bond in host.bonds for port in bond.ports
        ]

    def findings(self, severity: Callable[[str, str], str | None] | None = None) -> list[Finding]:
        """What the rules of the fleet find, worst first.

        severity: given a rule's id and own severity, the one it shall have, None for a rule that
        is off (Policy.severity).
        """
        from . import fleet_rules  # noqa: F401, PLC0415  fills the catalogue; needs this module

        found = []
        for rule in [rule for rule in CATALOGUE.values() if rule.scope == FLEET]:
            chosen = severity(rule.id, rule.severity) if severity else rule.severity
            if chosen is not None:
                deviations = cast("Iterable[FleetDeviation]", rule.check(self))
                found += [_finding(rule, chosen, deviation) for deviation in deviations]
        return sorted(
            found, key=lambda f: (SEVERITIES.index(f.severity), f.rule, f.subject, f.parameter)
        )


def _finding(rule: Rule, severity: str, deviation: FleetDeviation) -> Finding:
    return Finding(
        rule=rule.id,
        severity=severity,
        title=rule.title,
        subject=deviation.subject,
        parameter=deviation.parameter,
        expected=deviation.expected,
        observed=deviation.observed,
        source=deviation.source,
        why=rule.why,
        remedy=deviation.remedy or rule.remedy,
    )


def _group(system: str, key: int, ports: list[tuple[FleetHost, FleetBond, Port]]) -> dict[str, Any]:
    legs: dict[str, list[str]] = {}
    for host, bond, port in ports:
        legs.setdefault(leg(port), []).append(f"{host.name}/{bond.name}/{port.name}")
    return {
        "partner_system": system or None,
        "partner_key": key if key >= 0 else None,
        "hosts": sorted({host.name for host, _bond, _port in ports}),
        "bonds": sorted({f"{host.name}/{bond.name}" for host, bond, _port in ports}),
        "legs": [{"ports": name, "members": sorted(legs[name])} for name in sorted(legs)],
    }


def leg(port: Port) -> str:
    """Which half of an MLAG pair's port numbers a port's partner is of."""
    if port.number is None or not port.system:
        return "unknown"
    return "from 0x8000" if port.number >= LEG else "below 0x8000"


def _bond(name: str, data: Mapping[str, Any]) -> FleetBond | None:
    """The bond, None if it is no 802.3ad bond of the kernel."""
    record = Record.from_result(data, _BOND)
    if _known(record, b.KIND) != KIND_BOND or _known(record, b.MODE) != MODE_LACP:
        return None
    options = {field.path: _known(record, field) for field in _OPTIONS}
    return FleetBond(
        name,
        {path: str(value) for path, value in options.items() if value is not None},
        tuple(_port(port, member) for port, member in data["members"].items()),
    )


def _port(name: str, data: Mapping[str, Any]) -> Port:
    record = Record.from_result(data, _MEMBER)
    state = _known(record, m.ACTOR_STATE)
    # A port that is down, or waits in vain, shows what its partner said before.
    heard = (
        _known(record, m.MII_STATUS) == "up"
        and state is not None
        and not state & (DEFAULTED | EXPIRED)
    )
    return Port(
        name,
        isinstance(record.fact(m.PARTNER_SYSTEM), Absent),
        heard,
        _known(record, m.PARTNER_SYSTEM),
        _known(record, m.PARTNER_KEY),
        _known(record, m.PARTNER_PORT),
        _known(record, m.DRIVER),
        _known(record, m.DRIVER_VERSION),
        _known(record, m.PCI_ID) or "",
        _known(record, m.FIRMWARE),
    )


def _known(record: Record, wanted: Field[T]) -> T | None:
    found = record.fact(wanted)
    return found.value if isinstance(found, Known) else None
