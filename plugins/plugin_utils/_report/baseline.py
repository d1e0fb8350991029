# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An earlier run to compare with: a run folder, or its fleet.json alone."""

from __future__ import annotations

from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING, Any, Protocol

from .compare import Comparison, compare_facts, compare_findings
from .documents import OK, DocumentError, findings_of, host_paths, load_json, read_host
from .fleet import FLEET_SCHEMA
from .gate import Identity, identity
from .stable import stable_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ...module_utils._lacp.rule import Finding
    from .digest import HostDigest
    from .stable import StableFacts

CURE = "name a folder of bond-reports that this collection can read, or leave the baseline out"


@dataclass(frozen=True)
class BaselineHost:
    """A host as it was; None for facts that were not there."""

    audited: bool
    findings: tuple[Finding, ...]
    stable: StableFacts | None


class Baseline(Protocol):
    """Hosts of an earlier run."""

    utc: str

    def names(self) -> Iterable[str]:
        """The hosts it has."""

    def host(self, name: str) -> BaselineHost:
        """A host of it; DocumentError if its document is broken."""

    def fleet_findings(self) -> Sequence[Finding]:
        """What was found of the fleet."""


@dataclass
class FolderBaseline:
    """A run folder; each document is read when its host is compared."""

    paths: Mapping[str, Path]
    utc: str
    fleet: Path | None

    def names(self) -> Iterable[str]:
        """The hosts it has."""
        return self.paths

    def host(self, name: str) -> BaselineHost:
        """A host of it; DocumentError if its document is broken."""
        document = read_host(self.paths[name])
        stable = None if document.facts is None else stable_facts(document.facts)
        return BaselineHost(document.status == OK, document.findings, stable)

    def fleet_findings(self) -> Sequence[Finding]:
        """What was found of the fleet: of a run that was never reported nothing is known."""
        return _fleet_findings(load_json(self.fleet, FLEET_SCHEMA, CURE)) if self.fleet else ()


@dataclass
class FleetBaseline:
    """A fleet.json."""

    path: Path
    hosts: Mapping[str, Any]
    utc: str
    fleet: Sequence[Finding]

    def names(self) -> Iterable[str]:
        """The hosts it has."""
        return self.hosts

    def host(self, name: str) -> BaselineHost:
        """A host of it; DocumentError if its entry is broken."""
        entry = self.hosts[name]
        if not isinstance(entry, dict) or not isinstance(entry.get("findings"), list):
            raise DocumentError(f"{self.path}: hosts.{name} has no findings: {CURE}")
        stable = entry.get("stable")
        return BaselineHost(
            entry.get("status") == OK,
            findings_of(entry["findings"]),
            stable if isinstance(stable, dict) and stable else None,
        )

    def fleet_findings(self) -> Sequence[Finding]:
        """What was found of the fleet."""
        return self.fleet


def _fleet_findings(data: Mapping[str, Any]) -> Sequence[Finding]:
    listed = data.get("fleet_findings")
    return findings_of(listed) if isinstance(listed, list) else ()


def open_baseline(path: Path) -> Baseline:
    """The run at a path; DocumentError names the file and the cure."""
    if path.is_dir() and not (path / "hosts").is_dir():
        path = path / "fleet.json"
    if not path.is_dir():
        data = load_json(path, FLEET_SCHEMA, CURE)
        hosts = data.get("hosts")
        if not isinstance(hosts, dict):
            raise DocumentError(f"{path}: has no hosts: {CURE}")
        utc = str(data.get("collected_utc") or "")
        return FleetBaseline(path, hosts, utc, _fleet_findings(data))
    paths = {}
    times = [""]
    for found in host_paths(path):
        document = read_host(found)
        paths[document.host] = found
        times.append(document.collected_utc)
    if not paths:
        raise DocumentError(f"{path / 'hosts'}: holds no host: {CURE}")
    fleet = path / "fleet.json"
    return FolderBaseline(paths, max(times), fleet if fleet.is_file() else None)


@dataclass
class Comparer:
    """Compares a run with its baseline while the documents of the run pass by."""

    baseline: Baseline
    result: Comparison
    known: set[Identity] = attribute(default_factory=set)
    _seen: set[str] = attribute(default_factory=set)

    @classmethod
    def of(cls, path: Path) -> Comparer:
        """A comparer with the run at a path; DocumentError names the file and the cure."""
        baseline = open_baseline(path)
        return cls(baseline, Comparison(str(path), baseline.utc))

    def add(self, host: HostDigest, stable: StableFacts | None) -> None:
        """Compare a host; one that was not audited in either run cannot be compared."""
        self._seen.add(host.name)
        if host.name not in self.baseline.names():
            self.result.hosts_new.append(host.name)
            return
        before = self.baseline.host(host.name)
        if not before.audited or not host.audited:
            self.result.not_compared.append(host.name)
            return
        self.known |= {identity(host.name, finding) for finding in before.findings}
        compare_findings(self.result, host.name, before.findings, host.findings)
        if before.stable is not None and stable is not None:
            compare_facts(self.result, host.name, before.stable, stable)

    def add_fleet(self, found: Sequence[Finding]) -> None:
        """Compare the findings about the fleet."""
        before = self.baseline.fleet_findings()
        self.known |= {identity("", finding) for finding in before}
        compare_findings(self.result, "", before, found)

    def finish(self) -> Comparison:
        """The comparison, hosts that are gone included."""
        self.result.hosts_gone += set(self.baseline.names()) - self._seen
        self.result.settle()
        return self.result
