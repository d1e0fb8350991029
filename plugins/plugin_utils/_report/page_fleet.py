# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of the page about the fleet: baseline, partners, rules, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.rule import NOT_EVALUABLE, PASSED
from .fleet import DISABLED, OUTCOMES
from .markup import Safe, tag
from .text import count, listed, natural
from .vendor import vendor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .compare import Change, Comparison
    from .fleet import FleetReport, Tally

_PLACES = 12


def baseline_section(found: Comparison | None) -> Safe:
    """What changed since the baseline; nothing without one."""
    if found is None:
        return Safe("")
    since = f"Compared with {found.baseline}"
    since += f", read {found.baseline_utc}" if found.baseline_utc else ""
    return tag(
        "section",
        tag("h2", "Since the baseline"),
        tag("p", since, class_="quiet"),
        tag("p", "Nothing changed.") if found.quiet else None,
        *_hosts_line(found),
        _changes("Findings that appeared", found.appeared),
        _changes("Findings that disappeared", found.disappeared),
        _changes("Findings that changed", found.changed),
        _changes("Facts that moved", found.moved),
        id_="baseline",
    )


def _hosts_line(found: Comparison) -> Iterator[Safe]:
    told = {
        "New hosts": found.hosts_new,
        "Hosts that are gone": found.hosts_gone,
        "Hosts that could not be compared, because one of the runs did not audit them": (
            found.not_compared
        ),
    }
    for words, hosts in told.items():
        if hosts:
            yield tag("p", f"{words}: {listed(hosts, _PLACES)}")


def _changes(title: str, changes: Sequence[Change]) -> Safe | None:
    """A table; what is empty for all, such as what was before a finding appeared, is left out."""
    if not changes:
        return None
    before = any(change.before for change in changes)
    now = any(change.now for change in changes)
    columns = ["Where", "What", *(["Before"] if before else []), *(["Now"] if now else [])]
    rows = (
        tag(
            "tr",
            tag("th", f"{change.host} {change.subject}".strip(), scope="row"),
            tag("td", tag("code", change.what), " ", change.title),
            tag("td", change.before or "not there", data_label="Before") if before else None,
            tag("td", change.now or "not there", data_label="Now") if now else None,
        )
        for change in changes
    )
    return tag(
        "details",
        tag("summary", f"{title}: {len(changes)}"),
        _table(columns, rows),
        class_="more",
        open=len(changes) <= _PLACES,
    )


def _table(columns: Sequence[str], rows: Iterable[Safe], class_: str = "places") -> Safe:
    head = tag("tr", *(tag("th", word, scope="col") for word in columns))
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_=class_)
    return tag("div", table, class_="scroll")


def partner_section(groups: Sequence[Mapping[str, Any]]) -> Safe:
    """Hosts by partner: to see whether one host, one switch, one leg or one rack suffers."""
    if not groups:
        return Safe("")
    return tag(
        "section",
        tag("h2", "Partners"),
        tag("p", "Hosts by the system and key that their partners announce.", class_="quiet"),
        _table(("Partner system", "Key", "Hosts", "Bonds"), map(_partner, groups)),
        id_="partners",
    )


def _partner(group: Mapping[str, Any]) -> Safe:
    system = str(group.get("partner_system") or "")
    hosts = sorted((str(host) for host in group.get("hosts") or ()), key=natural)
    bonds = group.get("bonds") or ()
    key = group.get("partner_key")
    vendor = vendor_of(system).full if system else "no partner heard"
    return tag(
        "tr",
        tag("th", tag("code", system or "none"), f" {vendor}", scope="row"),
        tag("td", "unknown" if key is None else str(key), data_label="Key"),
        tag("td", f"{len(hosts)}: {listed(hosts, _PLACES)}" if hosts else "0", data_label="Hosts"),
        tag(
            "td",
            str(len(bonds)) if isinstance(bonds, (list, tuple)) else str(bonds),
            data_label="Bonds",
        ),
    )


def rule_section(report: FleetReport) -> Safe:
    """How every rule ended, and why those that could not be evaluated could not."""
    tallies = report.tallies()
    if not tallies:
        return Safe("")
    columns = ("Rule", "Family", *(word.replace("_", " ").capitalize() for word in OUTCOMES))
    loud = dict(
        sorted(
            ((rule, tally) for rule, tally in tallies.items() if tally.outcomes.keys() - _QUIET),
            key=lambda item: [-item[1].outcomes[word] for word in OUTCOMES[:3]],
        )
    )
    calm = {rule: tally for rule, tally in tallies.items() if rule not in loud}
    return tag(
        "section",
        tag("h2", "Rules"),
        tag(
            "p",
            "In how many hosts each rule ended how. Not evaluable is not passed.",
            class_="quiet",
        ),
        _table(columns, (_rule(*item, report) for item in loud.items()), "rules"),
        _reasons(tallies),
        tag(
            "details",
            tag("summary", f"{count(len(calm), 'rule')} passed or disabled on every host"),
            _table(columns, (_rule(*item, report) for item in calm.items()), "rules"),
            class_="more",
        ),
        id_="rules",
    )


_QUIET = {PASSED, DISABLED}


def _rule(rule: str, tally: Tally, report: FleetReport) -> Safe:
    known = report.catalogue.get(rule)
    return tag(
        "tr",
        tag("th", tag("code", rule), f" {known.title}" if known else "", scope="row"),
        tag("td", known.family if known else "unknown"),
        *(
            tag(
                "td",
                str(tally.outcomes[word]) if tally.outcomes[word] else "",
                class_=f"number {word}",
            )
            for word in OUTCOMES
        ),
        data_rule=rule,
    )


def _reasons(tallies: Mapping[str, Tally]) -> Safe | None:
    """Rules that share a reason on the same hosts stand together."""
    told: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for rule, tally in tallies.items():
        for reason, hosts in tally.reasons.items():
            told.setdefault((reason, tuple(hosts)), []).append(rule)
    if not told:
        return None
    terms = (
        (
            tag("dt", reason),
            tag("dd", tag("code", ", ".join(rules)), f" on {listed(hosts, _PLACES)}"),
        )
        for (reason, hosts), rules in sorted(told.items(), key=lambda item: -len(item[0][1]))
    )
    number = sum(tally.outcomes[NOT_EVALUABLE] for tally in tallies.values())
    return tag(
        "details",
        tag("summary", f"Why {count(number, 'check')} could not be evaluated"),
        tag("dl", *(part for pair in terms for part in pair)),
        class_="more",
    )


def problem_section(report: FleetReport) -> Safe:
    """What kept the report from being whole."""
    if not report.problems:
        return Safe("")
    return tag(
        "section",
        tag("h2", "Problems"),
        tag("ul", *(tag("li", f"{item.place}: {item.text}") for item in report.problems)),
        id_="problems",
    )
