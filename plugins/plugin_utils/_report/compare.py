# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is different between an earlier run and this one."""

from __future__ import annotations

from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING, Any, NamedTuple

from .text import natural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...module_utils._lacp.rule import Finding
    from .stable import StableFacts


class Change(NamedTuple):
    """A finding or a fact of one host, before and now; '' where it was or is not there."""

    host: str
    subject: str
    what: str
    before: str
    now: str
    severity: str = ""
    title: str = ""

    def as_result(self) -> dict[str, str]:
        """Plain data without empty parts."""
        return {name: value for name, value in self._asdict().items() if value}


@dataclass
class Comparison:
    """The differences, each list in the order of hosts, subjects and names."""

    baseline: str
    baseline_utc: str
    appeared: list[Change] = attribute(default_factory=list)
    disappeared: list[Change] = attribute(default_factory=list)
    changed: list[Change] = attribute(default_factory=list)
    moved: list[Change] = attribute(default_factory=list)
    hosts_new: list[str] = attribute(default_factory=list)
    hosts_gone: list[str] = attribute(default_factory=list)
    not_compared: list[str] = attribute(default_factory=list)

    @property
    def quiet(self) -> bool:
        """Whether nothing at all is different."""
        return not any(self.figures().values())

    def settle(self) -> None:
        """Put every list in order, once all hosts have been compared."""
        for changes in (self.appeared, self.disappeared, self.changed, self.moved):
            changes.sort(key=lambda c: (natural(c.host), natural(c.subject), c.what))
        for hosts in (self.hosts_new, self.hosts_gone, self.not_compared):
            hosts.sort(key=natural)

    def figures(self) -> dict[str, int]:
        """How many differences of each kind."""
        return {
            "appeared": len(self.appeared),
            "disappeared": len(self.disappeared),
            "changed": len(self.changed),
            "moved": len(self.moved),
            "hosts_new": len(self.hosts_new),
            "hosts_gone": len(self.hosts_gone),
            "not_compared": len(self.not_compared),
        }

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "baseline": self.baseline,
            "baseline_utc": self.baseline_utc,
            **{
                name: [change.as_result() for change in getattr(self, name)]
                for name in ("appeared", "disappeared", "changed", "moved")
            },
            "hosts_new": self.hosts_new,
            "hosts_gone": self.hosts_gone,
            "not_compared": self.not_compared,
        }


def compare_findings(
    into: Comparison, host: str, before: Iterable[Finding], now: Iterable[Finding]
) -> None:
    """Add the findings of a host that appeared, disappeared, or observed something else."""
    earlier, later = _keyed(before), _keyed(now)
    for key, finding in later.items():
        old = earlier.get(key)
        if old is None:
            into.appeared.append(_change(host, finding, "", finding.observed))
        elif (old.observed, old.severity, old.outcome) != (
            finding.observed,
            finding.severity,
            finding.outcome,
        ):
            into.changed.append(_change(host, finding, _told(old), _told(finding)))
    into.disappeared += [
        _change(host, old, old.observed, "") for key, old in earlier.items() if key not in later
    ]


def _keyed(findings: Iterable[Finding]) -> dict[tuple[str, str, str], Finding]:
    return {(f.rule, f.subject, f.parameter): f for f in findings}


def _told(finding: Finding) -> str:
    return f"{finding.observed} ({finding.severity}, {finding.outcome})"


def _change(host: str, finding: Finding, before: str, now: str) -> Change:
    what = f"{finding.rule}: {finding.parameter}"
    return Change(host, finding.subject, what, before, now, finding.severity, finding.title)


def compare_facts(into: Comparison, host: str, before: StableFacts, now: StableFacts) -> None:
    """Add the facts of a host that moved; a fact that either run does not know says nothing."""
    for subject in sorted(before.keys() | now.keys(), key=natural):
        if subject not in now or subject not in before:
            there, gone = ("there", "") if subject not in now else ("", "there")
            into.moved.append(Change(host, subject, "presence", there, gone))
            continue
        into.moved += [
            Change(host, subject, path, before[subject][path], value)
            for path, value in now[subject].items()
            if path in before[subject] and before[subject][path] != value
        ]
