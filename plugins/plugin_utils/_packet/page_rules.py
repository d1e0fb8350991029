# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trace of the page: what every rule said, and the raw values that it said it of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._report.markup import Safe, tag
from .._report.text import count
from .page_verdict import links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Exhibit

_ORDER = {"matched": 0, "not evaluable": 1, "not matched": 2}
_TONES = {"matched": "warning", "not evaluable": "", "not matched": "good"}


def rules_section(verdict: Mapping[str, Any], pieces: Mapping[str, Exhibit]) -> Safe:
    """All rules, those that matched first."""
    rules = sorted(verdict.get("rules") or (), key=lambda rule: _ORDER.get(rule["outcome"], 3))
    matched = sum(rule["outcome"] == "matched" for rule in rules)
    blind = sum(rule["outcome"] == "not evaluable" for rule in rules)
    words = f"{count(len(rules), 'rule')}: {matched} matched, {blind} could not be evaluated."
    return tag(
        "section",
        tag("h2", "What every rule said"),
        tag("p", words, class_="quiet"),
        *(_rule(rule, pieces) for rule in rules),
        id_="trace",
    )


def _rule(rule: Mapping[str, Any], pieces: Mapping[str, Exhibit]) -> Safe:
    outcome = str(rule["outcome"])
    return tag(
        "details",
        tag(
            "summary",
            tag("span", outcome, class_=f"badge {_TONES.get(outcome, '')}".strip()),
            tag("code", rule["rule"]),
            tag("span", rule.get("title"), class_="title"),
        ),
        *(_subject(subject, pieces) for subject in rule.get("subjects") or ()),
        class_="finding",
        id_=f"rule-{rule['rule']}",
        open_=outcome == "matched",
    )


def _subject(subject: Mapping[str, Any], pieces: Mapping[str, Exhibit]) -> Safe:
    values = [
        tag(
            "tr",
            tag("th", value.get("name")),
            tag("td", _words(value.get("value"))),
            tag("td", links([value.get("pointer")], pieces)),
        )
        for value in subject.get("values") or ()
    ]
    told = subject.get("text") or subject.get("reason") or subject.get("outcome")
    return tag(
        "div",
        tag("p", tag("b", subject.get("subject")), f": {told}"),
        tag("table", tag("tbody", *values), class_="values") if values else None,
    )


def _words(value: object) -> str:
    if value is None:
        return "unknown"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def exhibit_section(pieces: Mapping[str, Exhibit]) -> Safe | None:
    """The raw values, each where its file has it."""
    if not pieces:
        return None
    rows = [
        tag(
            "tr",
            tag("th", f"[{one.number}]"),
            tag("td", tag("code", one.file), " ", tag("code", one.pointer, class_="quiet")),
            tag("td", tag("pre", one.value)),
            id_=one.anchor,
        )
        for one in pieces.values()
    ]
    return tag(
        "section",
        tag("h2", "Raw evidence"),
        tag("table", tag("tbody", *rows), class_="exhibits"),
        id_="exhibits",
    )
