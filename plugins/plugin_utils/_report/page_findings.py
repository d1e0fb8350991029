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


def finding_groups(
    groups: Sequence[Group], catalogue: Mapping[str, Rule], anchors: Mapping[str, str]
) -> Safe:
    """The section of all findings; anchors: host -> id of its card."""
    if not groups:
        words = "No rule found anything. What could not be evaluated stands under Rules."
        return tag("section", tag("h2", "Findings"), tag("p", words), id_="findings")
    loud = [g for g in groups if g.finding.outcome == FAILED and g.finding.severity != INFO]
    unfold = len(loud) <= _OPEN_BLOCKS
    return tag(
        "section",
        tag("h2", "Findings"),
        *(_block(group, catalogue, anchors, unfold=unfold and group in loud) for group in groups),
        id_="findings",
    )


def _block(
    group: Group, catalogue: Mapping[str, Rule], anchors: Mapping[str, str], *, unfold: bool
) -> Safe:
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
        _places(group.variants, anchors),
        tag("div", *_texts(group, catalogue), class_="texts"),
        class_=f"finding {'waived' if waived else finding.severity}",
        open=unfold,
        data_severity=finding.severity,
        data_rule=finding.rule,
    )


def badge(word: str) -> Safe:
    """A severity as a coloured word."""
    return tag("span", word, class_=f"badge {word}")


def _texts(group: Group, catalogue: Mapping[str, Rule]) -> Iterator[Safe | None]:
    finding = group.finding
    known = catalogue.get(finding.rule)
    remedies = list(dict.fromkeys(variant.finding.remedy for variant in group.variants))
    yield tag("div", tag("h4", "Why it matters"), tag("p", finding.why))
    yield tag("div", tag("h4", "Remedy"), *(tag("p", text) for text in remedies[:_REMEDIES]))
    waivers = dict.fromkeys(variant.finding.waiver for variant in group.variants)
    waived = "; ".join(filter(None, waivers))
    yield tag("div", tag("h4", "Waived"), tag("p", waived)) if waived else None
    rests = f" rests on {known.reference}" if known else ""
    yield tag("p", "Rule ", tag("code", finding.rule), rests, class_="quiet rests")


# Remedies that differ only in the names of members need not all be told.
_REMEDIES = 3


def _places(variants: Sequence[Variant], anchors: Mapping[str, str]) -> Safe:
    head = tag("tr", *(tag("th", word, scope="col") for word in _COLUMNS))
    return tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *_rows(variants, anchors)), class_="places"),
        class_="scroll",
    )


_COLUMNS = ("Where", "Expected", "Observed", "Read from")


def _rows(variants: Sequence[Variant], anchors: Mapping[str, str]) -> Iterator[Safe]:
    for variant in variants:
        found = variant.finding
        for place in variant.places:
            yield tag(
                "tr",
                tag("th", _host(place.host, anchors), " ", tag("code", place.subject), scope="row"),
                tag("td", found.expected, data_label="Expected"),
                tag("td", found.observed, data_label="Observed", class_="observed"),
                tag("td", _sources(found.source), data_label="Read from", class_="quiet"),
                data_host=place.host,
            )


def _host(host: str, anchors: Mapping[str, str]) -> Safe | str:
    return tag("a", host, href=f"#{anchors[host]}") if host in anchors else host or "fleet"


def _sources(sources: Sequence[str]) -> Safe:
    """What was read, folded away: evidence for whoever doubts, noise for the others."""
    if len(sources) <= 1:
        return join(sources) if sources else Safe("not said")
    lines = tag("ul", *(tag("li", source) for source in sources))
    return tag("details", tag("summary", count(len(sources), "value")), lines, class_="more")
