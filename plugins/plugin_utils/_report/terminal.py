# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table for a terminal: worst host first, then the findings, then where the report lies."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

from ...module_utils._lacp.rule import ERROR, INFO, SEVERITIES, WAIVED, WARNING
from .fleet import group_findings
from .text import count, cut, listed, one_line
from .vendor import vendor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .digest import HostDigest
    from .fleet import FleetReport, Group, Variant

# Ansible's own colour names; the caller turns them into escapes where colour is on.
COLOURS = {ERROR: "red", WARNING: "yellow", INFO: "blue", WAIVED: "dark gray", "ok": "green"}
# More rows and blocks than these are counted, not printed: the HTML page has them all.
MAX_HOSTS = 30
MAX_BLOCKS = 20
MAX_VARIANTS = 3
MAX_PLACES = 3
MAX_LINES = 5


class Row(NamedTuple):
    """A line of the table."""

    host: str
    bonds: str
    forwarding: str
    partner: str
    errors: str
    warnings: str
    infos: str
    worst: str


HEAD = Row("host", "bonds", "fwd", "partner", "err", "warn", "info", "worst finding")
_A_MAC = "00:00:00:00:00:00"
_RIGHT = ("bonds", "forwarding", "errors", "warnings", "infos")


def render(report: FleetReport, *, width: int, paint: Callable[[str, str], str], where: str) -> str:
    """The whole text; paint colours a word; where: the sentence that says where the report is."""
    parts = [_headline(report), ""]
    parts += _table(report, width, paint)
    parts += _findings(report, width, paint)
    parts += _notes(report, width, paint)
    parts += ["", where, _verdict(report, paint)]
    return "\n".join(parts)


def _headline(report: FleetReport) -> str:
    figures = report.summary()
    unsure = f", {figures['unsure']} not known" if figures["unsure"] else ""
    told = [
        f"{figures['audited']} of {count(figures['hosts'], 'host')} audited",
        count(figures["bonds"], "LACP bond"),
    ]
    if figures["members"]:
        members = count(figures["members"], "member")
        told.append(f"{figures['forwarding']} of {members} forwarding{unsure}")
    if report.collected_utc:
        told.append(report.collected_utc)
    return f"{one_line(report.title)}: {', '.join(told)}"


def _table(report: FleetReport, width: int, paint: Callable[[str, str], str]) -> Iterator[str]:
    shown = report.hosts[:MAX_HOSTS]
    rows = [_row(host) for host in shown]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    widths[0] = min(widths[0], 28)
    widths[3] = min(widths[3], max(width - sum(widths) + widths[3] + widths[7] - 38, len(_A_MAC)))
    if widths[3] == len(_A_MAC):
        rows = [row._replace(partner=row.partner[: len(_A_MAC)]) for row in rows]
    widths[7] = max(width - sum(widths[:7]) - 2 * 7, 10)
    yield _line(HEAD, widths, lambda text, _name: text).upper()
    for host, row in zip(shown, rows, strict=True):
        yield _line(row, widths, _painter(host, paint))
    hidden = report.hosts[MAX_HOSTS:]
    if hidden:
        clean = sum(host.audited and not host.failed for host in hidden)
        yield f"... and {count(len(hidden), 'host')} more, {clean:,} of them without findings"


def _line(row: Row, widths: list[int], paint: Callable[[str, str], str]) -> str:
    cells = []
    for name, text, width in zip(Row._fields, row, widths, strict=True):
        fitted = cut(text, width)
        padding = " " * (width - len(fitted))
        cell = paint(fitted, name) if fitted else ""
        cells.append(padding + cell if name in _RIGHT else cell + padding)
    return "  ".join(cells).rstrip()


def _row(host: HostDigest) -> Row:
    name = one_line(host.name)
    if not host.audited:
        return Row(name, "", "", "", "", "", "", f"{host.status}: {one_line(host.trouble)}")
    found = host.severities
    return Row(
        name,
        str(len(host.lacp_bonds)),
        _share(host),
        _partner(host),
        str(found[ERROR]),
        str(found[WARNING]),
        str(found[INFO]),
        _worst(host),
    )


def _share(host: HostDigest) -> str:
    if not host.links:
        return "-"
    if host.unsure == len(host.links):
        return f"?/{len(host.links)}"
    doubt = f" {host.unsure}?" if host.unsure else ""
    return f"{host.forwarding}/{len(host.links)}{doubt}"


def _partner(host: HostDigest) -> str:
    systems = list(dict.fromkeys(s for bond in host.lacp_bonds for s in bond.partners))
    if not systems:
        return "none heard" if any(link.hears is False for link in host.links) else "-"
    more = f" +{len(systems) - 1}" if len(systems) > 1 else ""
    vendor = vendor_of(systems[0]).short
    return one_line(f"{systems[0]}{more}{f' {vendor}' if vendor else ''}")


def _worst(host: HostDigest) -> str:
    if host.failed:
        first = host.failed[0]
        return one_line(f"{first.subject}: {first.title}" if first.subject else first.title)
    if not host.bonds:
        return "no bond"
    if not host.lacp_bonds:
        return "no 802.3ad bond"
    return "the state of its members could not be read" if host.unsure else "nothing found"


def _painter(host: HostDigest, paint: Callable[[str, str], str]) -> Callable[[str, str], str]:
    found = host.severities
    worst = next((severity for severity in SEVERITIES if found[severity]), None)
    tone = COLOURS[worst or (WAIVED if host.unsure or not host.links else "ok")]

    def colour(text: str, name: str) -> str:
        if not host.audited:
            return paint(text, COLOURS[ERROR]) if name in ("host", "worst") else text
        if name in ("host", "worst"):
            return paint(text, tone)
        severity = {"errors": ERROR, "warnings": WARNING, "infos": INFO}.get(name)
        if severity and found[severity]:
            return paint(text, COLOURS[severity])
        if name == "forwarding" and host.forwarding < len(host.links):
            return paint(text, COLOURS[WARNING])
        return text

    return colour


def _findings(report: FleetReport, width: int, paint: Callable[[str, str], str]) -> Iterator[str]:
    groups = [g for g in group_findings(report.placed()) if g.finding.outcome != WAIVED]
    loud = [group for group in groups if group.finding.severity != INFO]
    for group in loud[:MAX_BLOCKS]:
        yield ""
        yield from _block(group, width, paint)
    if loud[MAX_BLOCKS:]:
        yield ""
        yield f"... and {count(len(loud) - MAX_BLOCKS, 'more finding')}, all in the report"
    quiet = [group for group in groups if group.finding.severity == INFO]
    if quiet:
        yield ""
    for group in quiet[:MAX_BLOCKS]:
        told = f"info  {group.finding.title} ({group.finding.rule}), on {_where(group)}"
        wrapped = textwrap.wrap(one_line(told), width, subsequent_indent=" " * 6)
        yield paint("info", COLOURS[INFO]) + wrapped[0][4:]
        yield from wrapped[1:]
    if quiet[MAX_BLOCKS:]:
        yield f"... and {count(len(quiet) - MAX_BLOCKS, 'more info')}, all in the report"


def _where(group: Group | Variant) -> str:
    return listed([one_line(place) for place in group.places], MAX_PLACES)


def _block(group: Group, width: int, paint: Callable[[str, str], str]) -> Iterator[str]:
    finding = group.finding
    severity = paint(finding.severity, COLOURS[finding.severity])
    title = one_line(finding.title)
    rule = one_line(f"{finding.rule}: {finding.parameter}")
    if len(title) + len(rule) + 12 <= width:
        yield f"{severity}  {title} ({rule})"
    else:
        yield f"{severity}  {cut(title, width - 9)}"
        yield from _said("rule", rule, width)
    if len(group.variants) == 1:
        yield from _said("on", _where(group), width)
        yield from _said("expected", finding.expected, width)
        yield from _said("observed", finding.observed, width)
    else:
        yield from _said("expected", finding.expected, width)
        for variant in group.variants[:MAX_VARIANTS]:
            yield from _said("observed", f"{variant.finding.observed}, on {_where(variant)}", width)
        if group.variants[MAX_VARIANTS:]:
            rest = [p for variant in group.variants[MAX_VARIANTS:] for p in variant.places]
            yield from _said("", f"and otherwise on {count(len(rest), 'more place')}", width)
    yield from _said("remedy", finding.remedy, width)


def _said(label: str, text: str, width: int) -> Iterable[str]:
    return textwrap.wrap(
        one_line(text),
        width,
        initial_indent=f"  {label:<10}",
        subsequent_indent=" " * 12,
        break_long_words=True,
        max_lines=MAX_LINES,
        placeholder=" \N{HORIZONTAL ELLIPSIS}",
        break_on_hyphens=False,
    )


def _notes(report: FleetReport, width: int, paint: Callable[[str, str], str]) -> list[str]:
    notes = []
    figures = report.summary()
    if figures["not_evaluable"]:
        unseen = sum(bool(host.not_evaluable) for host in report.hosts)
        notes.append(
            f"{count(figures['not_evaluable'], 'check')} could not be evaluated on "
            f"{count(unseen, 'host')}; the report says why"
        )
    if figures[WAIVED]:
        notes.append(f"{count(figures[WAIVED], 'finding')} waived by the policy")
    if report.comparison is not None:
        notes.append(_compared(report))
    if notes:
        notes = ["", *(cut(one_line(note), width) for note in notes)]
    for problem in report.problems[:MAX_BLOCKS]:
        told = f"problem  {problem.place}: {problem.text}"
        wrapped = textwrap.wrap(one_line(told), width, subsequent_indent=" " * 9)
        notes += [paint("problem", COLOURS[ERROR]) + wrapped[0][7:], *wrapped[1:]]
    return notes


def _compared(report: FleetReport) -> str:
    found = report.comparison
    if found is None or found.quiet:
        return "since the baseline: nothing changed"
    numbers = {"new": found.appeared, "gone": found.disappeared, "changed": found.changed}
    told = ", ".join(f"{len(changes)} {word}" for word, changes in numbers.items())
    parts = [f"findings: {told}", f"{count(len(found.moved), 'fact')} moved"]
    hosts = {"new": found.hosts_new, "gone": found.hosts_gone, "not comparable": found.not_compared}
    parts += [f"{count(len(names), 'host')} {word}" for word, names in hosts.items() if names]
    return f"since the baseline: {'; '.join(parts)}"


def _verdict(report: FleetReport, paint: Callable[[str, str], str]) -> str:
    gate = report.gate
    tone = ERROR if gate.failed else WARNING if gate.found else "ok"
    return f"{paint('Gate:', COLOURS[tone])} {one_line(gate.reason)}"
