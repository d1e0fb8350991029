# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host documents in, a report out: each document is read once, and let go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING, Any, Protocol

from ...module_utils._lacp.model import Problem
from ...module_utils._lacp.rule import FLEET
from .baseline import Comparer
from .digest import Digester, by_severity, worst_first
from .documents import (
    OK,
    DocumentError,
    HostDocument,
    HostFolder,
    host_paths,
    problem_of,
    read_host,
)
from .fleet import FleetReport
from .gate import judge
from .stable import stable_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ...module_utils._lacp.rule import Finding, Rule
    from .digest import HostDigest


class Judges(Protocol):
    """What knows rules: the texts of all, and those that look at many hosts at once."""

    def catalogue(self) -> Mapping[str, Rule]:
        """All rules by id."""

    def findings(self, documents: Mapping[str, Mapping[str, Any]]) -> Sequence[Finding]:
        """What the rules of the fleet find."""

    def groups(self, documents: Mapping[str, Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Hosts by the partner they hang behind."""


@dataclass(frozen=True)
class Wanted:
    """What to report: source is a run folder, baseline an earlier one or its fleet.json."""

    source: Path
    fail_on: str
    title: str
    baseline: Path | None = None


@dataclass
class Gathered:
    """What the documents of a run gave, host by host."""

    hosts: dict[str, HostDigest] = attribute(default_factory=dict)
    paths: dict[str, Path] = attribute(default_factory=dict)
    stable: dict[str, str] = attribute(default_factory=dict)
    problems: list[Problem] = attribute(default_factory=list)
    collections: set[str] = attribute(default_factory=set)
    unreadable: int = 0


@dataclass(frozen=True)
class Built:
    """A report, and why its baseline could not be used, '' if it could or there was none."""

    report: FleetReport
    baseline_error: str


def build(wanted: Wanted, judges: Judges) -> Built:
    """The report of a run; DocumentError if there is no such folder.

    A document that cannot be used is a problem of the report, and a baseline that cannot be used is
    named in the result: neither costs what the other hosts gave.
    """
    comparer, trouble = _comparer(wanted.baseline)
    gathered, trouble = _gather(host_paths(wanted.source), comparer, trouble)
    if trouble:
        gathered.problems.append(Problem("baseline", trouble))
    hosts = tuple(sorted(gathered.hosts.values(), key=worst_first))
    audited = HostFolder(
        {name: path for name, path in gathered.paths.items() if gathered.hosts[name].audited}
    )
    found = tuple(by_severity(judges.findings(audited)))
    report = FleetReport(
        title=wanted.title,
        hosts=hosts,
        fleet_findings=found,
        partner_groups=tuple(judges.groups(audited)),
        problems=tuple(gathered.problems),
        comparison=comparer.finish() if comparer and not trouble else None,
        gate=judge(hosts, found, gathered.unreadable, wanted.fail_on),
        catalogue=judges.catalogue(),
        collection=", ".join(sorted(gathered.collections)),
        stable=gathered.stable,
    )
    return Built(report, trouble)


def _comparer(baseline: Path | None) -> tuple[Comparer | None, str]:
    if baseline is None:
        return None, ""
    try:
        return Comparer.of(baseline), ""
    except DocumentError as error:
        return None, str(error)


def _gather(paths: Iterable[Path], comparer: Comparer | None, trouble: str) -> tuple[Gathered, str]:
    gathered = Gathered()
    digester = Digester()
    for path in paths:
        try:
            document = read_host(path)
        except DocumentError as error:
            gathered.problems.append(problem_of(error, path))
            gathered.unreadable += 1
            continue
        if not _newest(document, path, gathered):
            continue
        digest = digester.digest(document)
        stable = None if document.facts is None else stable_facts(document.facts)
        gathered.hosts[document.host] = digest
        gathered.paths[document.host] = path
        gathered.stable[document.host] = json.dumps(stable)
        gathered.collections.add(document.collection)
        gathered.problems += [Problem(document.host, bug) for bug in document.bugs]
        if comparer is not None and not trouble:
            try:
                comparer.add(digest, stable)
            except DocumentError as error:
                trouble = str(error)
    return gathered, trouble


def _newest(document: HostDocument, path: Path, gathered: Gathered) -> bool:
    """Whether to take it: slices may have brought a host twice, and the newer one holds."""
    there = gathered.hosts.get(document.host)
    if there is None:
        return True
    kept, left = path.name, gathered.paths[document.host].name
    newer = document.collected_utc > there.collected_utc
    if not newer:
        kept, left = left, kept
    gathered.problems.append(
        Problem(f"hosts/{left}", f"is an older document of {document.host}; {kept} was taken")
    )
    return newer


class NoFleetRules:
    """Judges that know the rules of hosts only."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules

    def catalogue(self) -> Mapping[str, Rule]:
        """All rules by id."""
        return {name: rule for name, rule in self._rules.items() if rule.scope != FLEET}

    def findings(self, _documents: Mapping[str, Mapping[str, Any]]) -> Sequence[Finding]:
        """Nothing."""
        return ()

    def groups(self, _documents: Mapping[str, Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Nothing."""
        return ()


__all__ = ["OK", "Built", "Judges", "NoFleetRules", "Wanted", "build"]
