# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of the page: one block a rule and parameter, with every place that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...module_utils._lacp.rule import FAILED, INFO, WAIVED
from .markup import Safe, join, tag
from .text import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...module_utils._lacp.rule import Rule
    from .fleet import Group, Variant

# Beyond so many blocks none stands open: the list of titles is the overview then.
_OPEN_BLOCKS = 12


def finding_groups(groups: Sequence[Group], catalogue: Mapping[str, Rule]) -> Safe:
    """The section of all findings."""
    if not groups:
        words = "No rule found anything. What could not be evaluated stands under Rules."
        return tag("section", tag("h2", "Findings"), tag("p", words), id_="findings")
    loud = [g for g in groups if g.finding.outcome == FAILED and g.finding.severity != INFO]
    unfold = len(loud) <= _OPEN_BLOCKS
    return tag(
        "section",
        tag("h2", "Findings"),
        *(_block(group, catalogue, unfold=unfold and group in loud) for group in groups),
        id_="findings",
    )


def _block(group: Group, catalogue: Mapping[str, Rule], *, unfold: bool) -> Safe:
    finding = group.finding
    waived = finding.outcome == WAIVED
    hosts = group.hosts
    where = count(len(hosts), "host") if hosts else "the fleet"
    return tag(
        "details",
        tag(
            "summary",
            badge("waived" if waived else finding.severity),
            tag("span", finding.title, class_="title"),
            tag("code", finding.parameter, class_="parameter"),
            tag("span", where, class_="where"),
        ),
        tag("dl", *_texts(group, catalogue)),
        _places(group.variants),
        class_=f"finding {'waived' if waived else finding.severity}",
        open=unfold,
        data_severity=finding.severity,
        data_rule=finding.rule,
    )


def badge(word: str) -> Safe:
    """A severity as a coloured word."""
    return tag("span", word, class_=f"badge {word}")


def _texts(group: Group, catalogue: Mapping[str, Rule]) -> Iterator[Safe]:
    finding = group.finding
    known = catalogue.get(finding.rule)
    remedies = dict.fromkeys(variant.finding.remedy for variant in group.variants)
    yield _term("Why it matters", finding.why)
    yield _term(
        "Remedy",
        tag("ul", *(tag("li", text) for text in remedies)) if len(remedies) > 1 else finding.remedy,
    )
    for waiver in dict.fromkeys(variant.finding.waiver for variant in group.variants):
        yield _term("Waived", waiver) if waiver else Safe("")
    yield _term("Rule", tag("code", finding.rule))
    if known is not None:
        yield _term("Rests on", known.reference)


def _term(word: str, text: object) -> Safe:
    return join([tag("dt", word), tag("dd", text)]) if text else Safe("")


def _places(variants: Sequence[Variant]) -> Safe:
    head = tag("tr", *(tag("th", word, scope="col") for word in _COLUMNS))
    return tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *_rows(variants)), class_="places"),
        class_="scroll",
    )


_COLUMNS = ("Host", "Subject", "Expected", "Observed", "Read from")


def _rows(variants: Sequence[Variant]) -> Iterator[Safe]:
    for variant in variants:
        found = variant.finding
        for place in variant.places:
            yield tag(
                "tr",
                tag("th", place.host or "fleet", scope="row"),
                tag("td", tag("code", place.subject or "host")),
                tag("td", found.expected, data_label="Expected"),
                tag("td", found.observed, data_label="Observed", class_="observed"),
                tag("td", *_sources(found.source), data_label="Read from", class_="quiet"),
                data_host=place.host,
            )


def _sources(sources: Sequence[str]) -> Iterator[object]:
    shown = 4
    for index, source in enumerate(sources[:shown]):
        yield tag("br") if index else None
        yield source
    if sources[shown:]:
        yield tag("br")
        yield f"and {len(sources) - shown} more"
