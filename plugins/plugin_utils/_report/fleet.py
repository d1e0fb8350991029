# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a value: everything that the table and the files say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING, Any, NamedTuple

from ...module_utils._lacp.rule import (
    ERROR,
    FAILED,
    INFO,
    NOT_EVALUABLE,
    PASSED,
    SEVERITIES,
    WAIVED,
    WARNING,
)
from .digest import severity_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...module_utils._lacp.model import Problem
    from ...module_utils._lacp.rule import Finding, Rule
    from .compare import Comparison
    from .digest import HostDigest
    from .gate import Gate

FLEET_SCHEMA = "bondproof.lacp/fleet/1"
DISABLED = "disabled"


class Place(NamedTuple):
    """Where a finding was made; host is '' for a finding about the fleet."""

    host: str
    subject: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part) or "the host"


@dataclass(frozen=True)
class Variant:
    """Places where a rule expected and observed the same."""

    finding: Finding
    places: list[Place]


@dataclass(frozen=True)
class Group:
    """All findings of one rule, severity, outcome and parameter, the commonest variant first."""

    finding: Finding
    variants: list[Variant]

    @property
    def places(self) -> list[Place]:
        """All places of all variants."""
        return [place for variant in self.variants for place in variant.places]

    @property
    def hosts(self) -> list[str]:
        """The hosts that have it, in the order of the report."""
        return list(dict.fromkeys(place.host for place in self.places if place.host))


@dataclass(frozen=True)
class Tally:
    """How a rule ended over the fleet, in hosts; reasons: why it was not evaluable, and where."""

    outcomes: Counter[str] = attribute(default_factory=Counter)
    reasons: dict[str, list[str]] = attribute(default_factory=dict)


@dataclass(frozen=True)
class FleetReport:
    """A run: its hosts, worst first, and what was found when they were looked at together.

    stable: host -> its stable facts as JSON text, for later runs to compare with.
    """

    title: str
    hosts: tuple[HostDigest, ...]
    fleet_findings: tuple[Finding, ...]
    partner_groups: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...]
    comparison: Comparison | None
    gate: Gate
    catalogue: Mapping[str, Rule]
    collection: str
    stable: Mapping[str, str]

    @property
    def collected_utc(self) -> str:
        """When the last of its hosts was read; '' if none was."""
        return max((host.collected_utc for host in self.hosts), default="")

    def placed(self) -> Iterable[tuple[Place, Finding]]:
        """Every finding with its place: fleet first, then host by host."""
        for finding in self.fleet_findings:
            yield Place("", finding.subject), finding
        for host in self.hosts:
            for finding in host.findings:
                yield Place(host.name, finding.subject), finding

    def summary(self) -> dict[str, int]:
        """The figures at the top of every form of the report."""
        found = severity_counts(finding for _place, finding in self.placed())
        return {
            "hosts": len(self.hosts),
            "audited": sum(host.audited for host in self.hosts),
            "with_findings": sum(bool(host.failed) for host in self.hosts),
            "bonds": sum(len(host.lacp_bonds) for host in self.hosts),
            "bonds_not_judged": sum(len(host.bonds) - len(host.lacp_bonds) for host in self.hosts),
            "members": sum(len(host.links) for host in self.hosts),
            "forwarding": sum(host.forwarding for host in self.hosts),
            "unsure": sum(host.unsure for host in self.hosts),
            **{name: found[name] for name in (*SEVERITIES, WAIVED)},
            "not_evaluable": sum(len(host.not_evaluable) for host in self.hosts),
        }

    def tallies(self) -> dict[str, Tally]:
        """How each rule ended, by rule id."""
        tallies: dict[str, Tally] = {}
        for host in self.hosts:
            for rule, told in host.outcomes.items():
                tally = tallies.setdefault(rule, Tally())
                tally.outcomes[told.outcome] += 1
                if told.outcome == NOT_EVALUABLE:
                    for reason in told.reasons or ("no reason was given",):
                        tally.reasons.setdefault(reason, []).append(host.name)
        for finding in self.fleet_findings:
            tallies.setdefault(finding.rule, Tally()).outcomes[finding.outcome] += 1
        return dict(sorted(tallies.items()))


def group_findings(placed: Iterable[tuple[Place, Finding]]) -> list[Group]:
    """The same finding on many hosts becomes one group, the worst and commonest first."""
    groups: dict[tuple[str, ...], dict[tuple[str, ...], Variant]] = {}
    for place, finding in placed:
        key = (finding.rule, finding.severity, finding.outcome, finding.parameter)
        same = (finding.expected, finding.observed, finding.remedy, finding.waiver or "")
        variants = groups.setdefault(key, {})
        variants.setdefault(same, Variant(finding, [])).places.append(place)
    made = [
        Group(next(iter(variants.values())).finding, _commonest(variants.values()))
        for variants in groups.values()
    ]
    return sorted(
        made,
        key=lambda group: (
            group.finding.outcome == WAIVED,
            SEVERITIES.index(group.finding.severity),
            -len(group.places),
            group.finding.rule,
            group.finding.parameter,
        ),
    )


def _commonest(variants: Iterable[Variant]) -> list[Variant]:
    return sorted(variants, key=lambda variant: -len(variant.places))


OUTCOMES = (FAILED, WAIVED, NOT_EVALUABLE, PASSED, DISABLED)
SEVERITY_WORDS = {ERROR: "errors", WARNING: "warnings", INFO: "infos"}
