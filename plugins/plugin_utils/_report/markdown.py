# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""summary.md: the run in a comment of a merge request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...module_utils._lacp.rule import FAILED, SEVERITIES, WAIVED
from .fleet import group_findings
from .text import count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .compare import Change
    from .digest import HostDigest
    from .fleet import FleetReport, Group

# A comment on GitHub holds 65,536 characters: the rest is counted.
_HOSTS = 40
_GROUPS = 15
_PLACES = 5
_CHANGES = 20
_LENGTH = 300


def render(report: FleetReport) -> Iterator[str]:
    """The document in pieces."""
    figures = report.summary()
    yield f"## {plain(report.title)}\n\n"
    yield (
        f"**{', '.join(count(figures[name], name) for name in SEVERITIES)}** on "
        f"{figures['audited']} of {count(figures['hosts'], 'host')}; "
        f"{figures['forwarding']} of {count(figures['members'], 'member')} forwarding"
        f"{', ' + str(figures['unsure']) + ' unknown' if figures['unsure'] else ''}; "
        f"{count(figures['not_evaluable'], 'check')} not evaluable; {figures[WAIVED]} waived.\n\n"
    )
    yield f"Gate: {plain(report.gate.reason)}.\n\n"
    yield from _compared(report)
    yield from _hosts(report)
    yield from _groups(report)
    if report.problems:
        yield "### Problems\n\n"
        for problem in report.problems[:_CHANGES]:
            yield f"- {code(problem.place)}: {plain(problem.text)}\n"
        yield _more(len(report.problems), _CHANGES, "problem")
        yield "\n"


def plain(text: object) -> str:
    """Text in which nothing is markup, a link, a mention or a reference.

    Punctuation that could mean something becomes an entity; '@' and '#' keep their distance from
    what follows, because forges look for mentions and issues in what has been rendered already.
    """
    shown = one_line(text)
    if len(shown) > _LENGTH:
        shown = shown[:_LENGTH] + "\u2026"
    return _WWW.sub("\\1&#46;", "".join(map(_entity, shown)))


# Harmless inside a line, which is where all text of hosts stands.
_HARMLESS = " ,;.()-/?'%"
# The one address that becomes a link without a colon (GFM, extended autolinks).
_WWW = re.compile(r"(www)\.", re.IGNORECASE)


def _entity(char: str) -> str:
    if char.isalnum() or char in _HARMLESS or not char.isascii():
        return char
    return f"&#{ord(char)};" + ("&#8203;" if char in "@#" else "")


def code(text: object) -> str:
    """The same as code."""
    return f"<code>{plain(text)}</code>"


def _compared(report: FleetReport) -> Iterator[str]:
    found = report.comparison
    if found is None:
        return
    yield f"### Since the baseline\n\nCompared with {code(found.baseline)}: "
    if found.quiet:
        yield "nothing changed.\n\n"
        return
    yield (
        f"{count(len(found.appeared), 'finding')} appeared, {len(found.disappeared)} disappeared, "
        f"{len(found.changed)} changed; {count(len(found.moved), 'fact')} moved; "
        f"{count(len(found.hosts_new), 'new host')}, {len(found.hosts_gone)} gone, "
        f"{len(found.not_compared)} not comparable.\n\n"
    )
    lists = (
        ("Appeared", found.appeared),
        ("Disappeared", found.disappeared),
        ("Changed", found.changed),
        ("Facts that moved", found.moved),
    )
    for title, changes in lists:
        yield from _changes(title, changes)


def _changes(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield f"<details><summary>{title}: {len(changes)}</summary>\n\n"
    yield "| Where | What | Before | Now |\n|---|---|---|---|\n"
    for change in changes[:_CHANGES]:
        where = code(f"{change.host} {change.subject}".strip())
        yield f"| {where} | {code(change.what)} | {_or(change.before)} | {_or(change.now)} |\n"
    yield _more(len(changes), _CHANGES, "change")
    yield "\n</details>\n\n"


def _or(value: str) -> str:
    return plain(value) if value else "not there"


def _hosts(report: FleetReport) -> Iterator[str]:
    if not report.hosts:
        return
    yield "| Host | Bonds | Forwarding | Errors | Warnings | Infos | Worst finding |\n"
    yield "|---|--:|--:|--:|--:|--:|---|\n"
    for host in report.hosts[:_HOSTS]:
        yield _host(host)
    yield _more(len(report.hosts), _HOSTS, "host")
    yield "\n"


def _host(host: HostDigest) -> str:
    if not host.audited:
        return f"| {code(host.name)} | | | | | | **{host.status}**: {plain(host.trouble)} |\n"
    found = host.severities
    doubt = f" ({host.unsure} unknown)" if host.unsure else ""
    worst = host.failed[0] if host.failed else None
    words = f"{code(worst.subject or 'host')} {plain(worst.title)}" if worst else ""
    share = f"{host.forwarding}/{len(host.links)}{doubt}"
    figures = " | ".join(str(found[severity]) for severity in SEVERITIES)
    return f"| {code(host.name)} | {len(host.lacp_bonds)} | {share} | {figures} | {words} |\n"


def _groups(report: FleetReport) -> Iterator[str]:
    groups = [g for g in group_findings(report.placed()) if g.finding.outcome == FAILED]
    if not groups:
        return
    yield "### Findings\n\n"
    for group in groups[:_GROUPS]:
        yield from _group(group)
    yield _more(len(groups), _GROUPS, "finding")
    yield "\n"


def _group(group: Group) -> Iterator[str]:
    finding = group.finding
    where = count(len(group.hosts), "host") if group.hosts else "the fleet"
    yield (
        f"<details><summary><b>{finding.severity}</b> {plain(finding.title)}, "
        f"{code(finding.parameter)} on {where}</summary>\n\n"
    )
    yield "| Where | Expected | Observed |\n|---|---|---|\n"
    places = [(place, variant) for variant in group.variants for place in variant.places]
    for place, variant in places[:_PLACES]:
        found = variant.finding
        yield f"| {code(place)} | {plain(found.expected)} | {plain(found.observed)} |\n"
    yield _more(len(places), _PLACES, "place")
    yield f"\nWhy: {plain(finding.why)}\n\nRemedy: {plain(finding.remedy)}\n\n</details>\n\n"


def _more(number: int, shown: int, noun: str) -> str:
    """Written after a list or a table; the empty line ends a table."""
    return f"\nand {count(number - shown, f'more {noun}')}\n" if number > shown else ""
