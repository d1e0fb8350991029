# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report keeps of a host once its document has been read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp import bond_fields as bf, host_fields as hf, member_fields as mf
from ...module_utils._lacp.model import KIND_BOND, MODE_LACP, Problem
from ...module_utils._lacp.record import Record
from ...module_utils._lacp.rule import (
    ERROR,
    FAILED,
    INFO,
    NOT_EVALUABLE,
    SEVERITIES,
    WAIVED,
    WARNING,
)
from .documents import OK, HostDocument, Outcome
from .link import GOOD, UNKNOWN, Link, link_of, typed
from .text import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...module_utils._lacp.fact import Field
    from ...module_utils._lacp.rule import Finding

# What is kept of a bond, and of its host.
BOND_KEPT: tuple[Field[Any], ...] = (
    bf.KIND,
    bf.MODE,
    bf.MTU,
    bf.MAC,
    bf.CARRIER,
    bf.ADMIN_UP,
    bf.LACP_RATE,
    bf.LACP_ACTIVE,
    bf.XMIT_HASH_POLICY,
    bf.MIIMON,
    bf.MIN_LINKS,
    bf.AD_SELECT,
    bf.AGGREGATOR_ID,
    bf.ACTOR_KEY,
    bf.PARTNER_KEY,
    bf.PARTNER_SYSTEM,
    bf.SYSTEM_MAC,
    bf.MANAGERS,
    bf.BRIDGE,
)
HOST_KEPT: tuple[Field[Any], ...] = (
    hf.KERNEL_RELEASE,
    hf.KERNEL_UPSTREAM,
    hf.OS_ID,
    hf.OS_VERSION,
    hf.CAPABILITIES,
)


@dataclass(frozen=True)
class BondDigest:
    """A bond as a report shows it; refusal says why LACP rules did not judge it."""

    name: str
    record: Record
    links: tuple[Link, ...]
    refusal: str | None

    @property
    def lacp(self) -> bool:
        """Whether it is an 802.3ad bond of the kernel."""
        return (
            typed(self.record, bf.KIND, str) == KIND_BOND
            and typed(self.record, bf.MODE, str) == MODE_LACP
        )

    @property
    def partners(self) -> tuple[str, ...]:
        """The partner systems that its members hear."""
        heard = [link.typed(mf.PARTNER_SYSTEM, str) for link in self.links]
        heard.append(typed(self.record, bf.PARTNER_SYSTEM, str))
        return tuple(dict.fromkeys(system for system in heard if system))


@dataclass(frozen=True)
class HostDigest:
    """A host as a report shows it; trouble is why it was not audited, '' if it was."""

    name: str
    status: str
    trouble: str
    groups: tuple[str, ...]
    collected_utc: str
    record: Record
    bonds: tuple[BondDigest, ...]
    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Outcome]
    problems: tuple[Problem, ...]

    @property
    def audited(self) -> bool:
        """Whether the host was reached and read."""
        return self.status == OK

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that count: those that no waiver covers."""
        return tuple(finding for finding in self.findings if finding.outcome == FAILED)

    @property
    def lacp_bonds(self) -> tuple[BondDigest, ...]:
        """Its 802.3ad bonds."""
        return tuple(bond for bond in self.bonds if bond.lacp)

    @property
    def links(self) -> tuple[Link, ...]:
        """The members of its 802.3ad bonds."""
        return tuple(link for bond in self.lacp_bonds for link in bond.links)

    @property
    def forwarding(self) -> int:
        """How many of them are known to forward."""
        return sum(link.condition.tone == GOOD for link in self.links)

    @property
    def unsure(self) -> int:
        """How many of them are in a state that could not be read."""
        return sum(link.condition.tone == UNKNOWN for link in self.links)

    @property
    def severities(self) -> Counter[str]:
        """How many findings of each severity, and how many are waived."""
        return severity_counts(self.findings)

    @property
    def not_evaluable(self) -> tuple[str, ...]:
        """The rules that could not be evaluated."""
        return tuple(rule for rule, told in self.outcomes.items() if told.outcome == NOT_EVALUABLE)


def severity_counts(findings: Iterable[Finding]) -> Counter[str]:
    """Findings by severity, those that are waived under 'waived' instead."""
    return Counter(WAIVED if f.outcome == WAIVED else f.severity for f in findings)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that count first, worst first, then by rule and subject."""
    return sorted(
        findings,
        key=lambda f: (
            f.outcome == WAIVED,
            SEVERITIES.index(f.severity),
            f.rule,
            natural(f.subject),
            f.parameter,
        ),
    )


def worst_first(host: HostDigest) -> tuple[Any, ...]:
    """Sort key: errors, hosts that could not be audited, warnings, idle members, infos, name."""
    found = host.severities
    return (
        -found[ERROR],
        host.audited,
        -found[WARNING],
        host.forwarding - len(host.links),
        -found[INFO],
        natural(host.name),
    )


class Digester:
    """Makes digests; equal texts of many hosts are held once."""

    def __init__(self) -> None:
        self._outcomes: dict[Outcome, Outcome] = {}

    def digest(self, document: HostDocument) -> HostDigest:
        """What a report keeps of a host document."""
        facts = document.facts or {"host": {}, "bonds": {}}
        return HostDigest(
            document.host,
            document.status,
            "" if document.status == OK else document.message or "no reason was given",
            document.groups,
            document.collected_utc,
            Record.from_result(facts["host"], HOST_KEPT),
            tuple(
                self._bond(name, bond, document.not_judged) for name, bond in facts["bonds"].items()
            ),
            tuple(by_severity(map(_shared, document.findings))),
            {
                intern(rule): self._outcomes.setdefault(told, told)
                for rule, told in document.outcomes.items()
            },
            tuple(
                Problem(str(item.get("place")), str(item.get("text")))
                for item in facts.get("problems") or ()
                if isinstance(item, dict)
            ),
        )

    @staticmethod
    def _bond(name: str, data: dict[str, Any], not_judged: Mapping[str, str]) -> BondDigest:
        return BondDigest(
            name,
            Record.from_result(data, BOND_KEPT),
            tuple(link_of(port, member) for port, member in data["members"].items()),
            not_judged.get(name),
        )


def _shared(finding: Finding) -> Finding:
    """The finding with its texts interned: they repeat on every host that has it."""
    return finding._replace(
        rule=intern(finding.rule),
        severity=intern(finding.severity),
        title=intern(finding.title),
        subject=intern(finding.subject),
        parameter=intern(finding.parameter),
        expected=intern(finding.expected),
        observed=intern(finding.observed),
        source=tuple(map(intern, finding.source)),
        why=intern(finding.why),
        remedy=intern(finding.remedy),
        outcome=intern(finding.outcome),
    )
