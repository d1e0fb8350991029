# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report.html: one file, no network, nothing in it that host data could make run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...module_utils._lacp.rule import ERROR, INFO, SEVERITIES, WAIVED, WARNING
from .fleet import group_findings
from .head import head
from .markup import Safe, join, raw, tag
from .page_findings import finding_groups
from .page_fleet import baseline_section, partner_section, problem_section, rule_section
from .page_hosts import host_card
from .text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fleet import FleetReport

_HERE = Path(__file__).parent


def render(report: FleetReport) -> Iterator[str]:
    """The page in pieces, one host at a time."""
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    script = (_HERE / "report.js").read_text(encoding="utf-8")
    groups = group_findings(report.placed())
    yield "<!DOCTYPE html>\n"
    yield '<html lang="en">'
    yield head(report.title, style, script)
    yield "<body>"
    yield _top(report)
    yield baseline_section(report.comparison)
    yield "<main>"
    yield _filters(report, sorted({group.finding.rule for group in groups}))
    anchors = {host.name: f"host-{index}" for index, host in enumerate(report.hosts)}
    yield finding_groups(groups, report.catalogue, anchors)
    yield '<section id="hosts"><h2>Hosts</h2>'
    unfold = len(report.hosts) <= 12  # so many pictures can be taken in
    for index, host in enumerate(report.hosts):
        yield host_card(
            host, anchors[host.name], unfold=unfold or (index < 6 and bool(host.failed))
        )
    yield "</section>"
    yield partner_section(report.partner_groups)
    yield rule_section(report)
    yield problem_section(report)
    yield "</main>"
    yield _foot(report)
    yield tag("script", raw(script))
    yield "</body></html>\n"


def _top(report: FleetReport) -> Safe:
    figures = report.summary()
    return tag(
        "header",
        tag("p", "bondproof audit of LACP bonds", class_="kicker"),
        tag("h1", report.title),
        tag("p", _verdict(figures), class_=f"verdict {_tone(figures)}"),
        tag("ul", *_tiles(figures), class_="tiles"),
        tag("p", f"Gate: {report.gate.reason}.", class_="gate"),
        class_="top",
    )


def _tone(figures: dict[str, int]) -> str:
    if figures[ERROR] or figures["audited"] < figures["hosts"] or not figures["hosts"]:
        return ERROR
    if figures[WARNING]:
        return WARNING
    return "unknown" if figures["unsure"] else "good"


def _verdict(figures: dict[str, int]) -> str:
    told = []
    lost = figures["hosts"] - figures["audited"]
    if not figures["hosts"]:
        return "No host was audited."
    if figures["with_findings"] and (figures[ERROR] or figures[WARNING]):
        found = [count(figures[name], name) for name in (ERROR, WARNING) if figures[name]]
        told.append(f"{' and '.join(found)} found.")
    elif figures["audited"]:
        told.append("No error and no warning was found.")
    if lost:
        told.append(f"{count(lost, 'host')} could not be audited.")
    idle = figures["members"] - figures["forwarding"] - figures["unsure"]
    if idle:
        told.append(f"{count(idle, 'member')} of {figures['members']} not forwarding.")
    if figures["unsure"]:
        told.append(f"The state of {count(figures['unsure'], 'member')} could not be read.")
    return " ".join(told)


def _tiles(figures: dict[str, int]) -> Iterator[Safe]:
    lost = figures["hosts"] - figures["audited"]
    idle = figures["forwarding"] < figures["members"]
    yield _tile(f"{figures['audited']}/{figures['hosts']}", "hosts audited", lost and "bad")
    yield _tile(str(figures["bonds"]), "LACP bonds")
    yield _tile(
        f"{figures['forwarding']}/{figures['members']}",
        "members forwarding" + (f", {figures['unsure']} unknown" if figures["unsure"] else ""),
        "waiting" if idle else "good" if figures["members"] else None,
    )
    tones = {ERROR: "bad", WARNING: "waiting", INFO: "info"}
    for severity in SEVERITIES:
        number = figures[severity]
        words = severity if number == 1 else f"{severity}s"
        yield _tile(f"{number:,}", words, tones[severity] if number else None)
    unknown = figures["not_evaluable"]
    yield _tile(f"{unknown:,}", "checks not evaluable", "unknown" if unknown else None)
    if figures[WAIVED]:
        yield _tile(f"{figures[WAIVED]:,}", "waived")


def _tile(figure: str, words: str, tone: object = None) -> Safe:
    return tag("li", tag("b", figure), tag("span", words), class_=f"tile {tone or ''}".strip())


def _filters(report: FleetReport, rules: list[str]) -> Safe:
    """Hidden until the script wakes it: without a script it would be a dead control."""
    return tag(
        "div",
        tag(
            "label",
            tag("span", "Host or group"),
            tag("input", type_="search", id_="filter-host", autocomplete="off"),
        ),
        tag("label", tag("span", "Severity"), _select("filter-severity", SEVERITIES)),
        tag("label", tag("span", "Rule"), _select("filter-rule", rules)),
        tag("button", "Clear", type_="button", id_="filter-clear"),
        tag("output", count(len(report.hosts), "host"), id_="filter-count"),
        id_="filters",
        hidden=True,
    )


def _select(name: str, options: tuple[str, ...] | list[str]) -> Safe:
    return tag(
        "select",
        tag("option", "all", value=""),
        *(tag("option", option, value=option) for option in options),
        id_=name,
    )


def _foot(report: FleetReport) -> Safe:
    read = f"Hosts read until {report.collected_utc}. " if report.collected_utc else ""
    made = f"Made by bondproof.lacp {report.collection}.".replace(" .", ".")
    return tag("footer", tag("p", join([read, made, " Unknown is never counted as healthy."])))
