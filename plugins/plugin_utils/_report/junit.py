# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junit.xml: a suite a host, a case a rule; valid for Jenkins, GitLab and GitHub's reporters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from ...module_utils._lacp.rule import FLEET, NOT_EVALUABLE, WAIVED
from .documents import Outcome
from .fleet import DISABLED
from .text import natural, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...module_utils._lacp.rule import Finding
    from .digest import HostDigest
    from .fleet import FleetReport

_NO_TIME = "1970-01-01T00:00:00"


@dataclass(frozen=True)
class Case:
    """A test case; kind is '', 'failure', 'error' or 'skipped'."""

    family: str
    name: str
    kind: str = ""
    type: str = ""
    message: str = ""
    text: str = ""
    output: str = ""


@dataclass(frozen=True)
class Suite:
    """The cases of one host, of the fleet, or of the documents that could not be read."""

    name: str
    timestamp: str
    cases: Sequence[Case]

    def number(self, kind: str) -> int:
        """How many cases ended so."""
        return sum(case.kind == kind for case in self.cases)


def render(report: FleetReport) -> Iterator[str]:
    """The document in pieces, one host at a time."""
    totals = dict.fromkeys(("tests", "failure", "error"), 0)
    for suite in _suites(report):
        totals["tests"] += len(suite.cases)
        totals["failure"] += suite.number("failure")
        totals["error"] += suite.number("error")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield _open(
        "testsuites",
        name=report.title,
        tests=totals["tests"],
        failures=totals["failure"],
        errors=totals["error"],
        time="0",
    )
    for index, suite in enumerate(_suites(report)):
        yield _suite(suite, index)
    yield "</testsuites>\n"


def _suites(report: FleetReport) -> Iterator[Suite]:
    for host in sorted(report.hosts, key=lambda host: natural(host.name)):
        yield Suite(host.name, host.collected_utc, list(_cases(host, report)))
    fleet = list(_fleet_cases(report))
    if fleet:
        yield Suite("fleet", report.collected_utc, fleet)
    if report.problems:
        cases = [
            Case("report", problem.place, "error", "problem", problem.text, problem.text)
            for problem in report.problems
        ]
        yield Suite("problems", report.collected_utc, cases)


def _cases(host: HostDigest, report: FleetReport) -> Iterator[Case]:
    if not host.audited:
        yield Case("collection", "audited", "error", host.status, host.trouble, host.trouble)
        return
    found: dict[str, list[Finding]] = {}
    for finding in host.findings:
        found.setdefault(finding.rule, []).append(finding)
    for rule in sorted(host.outcomes.keys() | found.keys()):
        told = host.outcomes.get(rule, Outcome("failed"))
        yield _case(rule, told, found.get(rule, ()), host.name, report)


def _fleet_cases(report: FleetReport) -> Iterator[Case]:
    found: dict[str, list[Finding]] = {}
    for finding in report.fleet_findings:
        found.setdefault(finding.rule, []).append(finding)
    known = {rule.id for rule in report.catalogue.values() if rule.scope == FLEET}
    for rule in sorted(known | found.keys()):
        yield _case(rule, Outcome("passed"), found.get(rule, ()), "", report)


def _case(
    rule: str, told: Outcome, found: Sequence[Finding], host: str, report: FleetReport
) -> Case:
    known = report.catalogue.get(rule)
    family = known.family if known else "other"
    title = known.title if known else found[0].title if found else ""
    name = f"{rule}: {title}" if title else rule
    stopping = [f for f in found if report.gate.stops(host, f)]
    rest = "\n\n".join(_words(f) for f in found if f not in stopping)
    if stopping:
        first = stopping[0]
        where = f"{first.subject}: " if first.subject else ""
        more = f" (and {len(stopping) - 1} more)" if len(stopping) > 1 else ""
        message = (
            f"{where}{first.title}: expected {first.expected}, observed {first.observed}{more}"
        )
        text = "\n\n".join(_words(f) for f in stopping)
        return Case(family, name, "failure", first.severity, message, text, rest)
    if found and all(finding.outcome == WAIVED for finding in found):
        why = "; ".join(dict.fromkeys(finding.waiver or "" for finding in found))
        return Case(family, name, "skipped", WAIVED, f"waived: {why}", "", rest)
    reasons = "; ".join(told.reasons)
    if told.outcome == NOT_EVALUABLE and not found:
        why = f"not evaluable: {reasons or 'no reason was given'}"
        return Case(family, name, "skipped", NOT_EVALUABLE, why)
    if told.outcome == DISABLED:
        return Case(
            family, name, "skipped", DISABLED, f"disabled{': ' if reasons else ''}{reasons}"
        )
    return Case(family, name, output=rest)


def _words(finding: Finding) -> str:
    state = f" ({finding.outcome}: {finding.waiver})" if finding.waiver else ""
    return "\n".join(
        (
            f"{finding.severity}: {finding.title}{state}",
            f"subject:   {finding.subject or 'host'}",
            f"parameter: {finding.parameter}",
            f"expected:  {finding.expected}",
            f"observed:  {finding.observed}",
            f"source:    {'; '.join(finding.source)}",
            f"why:       {finding.why}",
            f"remedy:    {finding.remedy}",
        )
    )


def _suite(suite: Suite, index: int) -> str:
    # id, package and the empty elements are what the schema of Ant's task demands.
    parts = [
        _open(
            "testsuite",
            name=suite.name,
            tests=len(suite.cases),
            failures=suite.number("failure"),
            errors=suite.number("error"),
            skipped=suite.number("skipped"),
            time="0",
            timestamp=_timestamp(suite.timestamp),
            hostname=suite.name,
            id=index,
            package="bondproof",
        ),
        "<properties/>\n",
    ]
    for case in suite.cases:
        classname = f"bondproof.{suite.name}.{case.family}"
        attributes = _attributes({"classname": classname, "name": case.name, "time": "0"})
        inner = _inner(case)
        parts.append(
            f"<testcase{attributes}>{inner}</testcase>\n" if inner else f"<testcase{attributes}/>\n"
        )
    parts.append("<system-out/>\n<system-err/>\n</testsuite>\n")
    return "".join(parts)


def _inner(case: Case) -> str:
    inner = ""
    if case.kind == "skipped":
        inner = f"<skipped{_attributes({'message': case.message})}/>"
    elif case.kind:
        told = _attributes({"message": case.message, "type": case.type})
        inner = f"<{case.kind}{told}>{_text(case.text)}</{case.kind}>"
    return inner + (f"<system-out>{_text(case.output)}</system-out>" if case.output else "")


def _timestamp(utc: str) -> str:
    """The schema allows no time zone; what is no time becomes the epoch."""
    plain = utc.removesuffix("Z")
    shape = "".join("0" if char.isascii() and char.isdigit() else char for char in plain)
    return plain if shape == "0000-00-00T00:00:00" else _NO_TIME


def _open(element: str, **attributes: object) -> str:
    return f"<{element}{_attributes(attributes)}>\n"


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f' {name}="{_attribute(str(value))}"' for name, value in values.items())


@lru_cache(maxsize=4096)
def _attribute(value: str) -> str:
    """A value, escaped; the names of rules come back with every host."""
    return escape(one_line(value), quote=True)


def _text(text: str) -> str:
    return escape(printable(text), quote=False)
