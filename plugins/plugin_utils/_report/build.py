# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host documents in, a report out: each document is read once, and let go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING

from ...module_utils._lacp.model import Problem
from .baseline import Comparer
from .digest import Digester, by_severity, worst_first
from .documents import (
    DocumentError,
    HostDocument,
    HostFolder,
    host_paths,
    problem_of,
    read_host,
)
from .fleet import FleetReport
from .gate import Gate, judge
from .stable import stable_facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .digest import HostDigest
    from .rules import FleetRules


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

    def audited(self) -> HostFolder:
        """The documents of the hosts that were audited, to be read again."""
        return HostFolder({name: self.paths[name] for name in self.hosts if self._ok(name)})

    def _ok(self, name: str) -> bool:
        return self.hosts[name].audited


@dataclass(frozen=True)
class Built:
    """A report, and why its baseline could not be used, '' if it could or there was none."""

    report: FleetReport
    baseline_error: str


def build(wanted: Wanted, rules: FleetRules) -> Built:
    """The report of a run; DocumentError if there is no such folder.

    A document that cannot be used is a problem of the report, and a baseline that cannot be used is
    named in the result: neither costs what the other hosts gave.
    """
    comparer, trouble = _comparer(wanted)
    gathered, trouble = _gather(host_paths(wanted.source), comparer, trouble)
    if trouble:
        comparer = None
        gathered.problems.append(Problem("baseline", trouble))
    hosts = tuple(sorted(gathered.hosts.values(), key=worst_first))
    today = max((host.collected_utc for host in hosts), default="")[:10]
    seen = rules.look(gathered.audited(), today)
    found = tuple(by_severity(seen.findings))
    if comparer:
        comparer.add_fleet(found)
    known = frozenset(comparer.known) if comparer else frozenset()
    gate = Gate(wanted.fail_on, known, baseline=comparer is not None)
    report = FleetReport(
        title=wanted.title,
        hosts=hosts,
        fleet_findings=found,
        partner_groups=seen.groups,
        problems=tuple(gathered.problems),
        comparison=comparer.finish() if comparer else None,
        gate=judge(gate, hosts, found, gathered.unreadable),
        catalogue=rules.catalogue(),
        collection=", ".join(sorted(gathered.collections)),
        stable=gathered.stable,
    )
    return Built(report, trouble)


def _comparer(wanted: Wanted) -> tuple[Comparer | None, str]:
    if wanted.baseline is None:
        return None, ""
    if wanted.baseline.resolve() in (wanted.source, wanted.source / "fleet.json"):
        return None, f"{wanted.baseline}: is the run itself: name an earlier one"
    try:
        return Comparer.of(wanted.baseline), ""
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
