# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""index.html of a run over many hosts: what the hosts have in common, and each one's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._report.markup import Safe, tag
from .._report.text import count, natural
from .page_frame import document_of
from .words import TONES, fault_words, where_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_BADGES = {"bad": "error", "waiting": "warning", "good": "good"}


def fleet_page(verdicts: Mapping[str, Mapping[str, Any]], fleet: Mapping[str, Any]) -> str:
    """The page; verdicts: by the name of the packet's folder; fleet: of diagnosis_fleet."""
    rows = [_row(name, verdicts[name]) for name in sorted(verdicts, key=natural)]
    heads = ("Host", "Bond", "Fault", "Confidence", "Where", "What the evidence shows", "Packet")
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head) for head in heads))),
        tag("tbody", *rows),
    )
    body = [
        tag(
            "header",
            tag("p", "bondproof diagnosis of LACP bonds", class_="kicker"),
            tag("h1", count(len(verdicts), "bond")),
            tag("p", _said(verdicts, fleet), class_="verdict"),
            class_="top",
        ),
        tag("main", tag("section", tag("div", table, class_="scroll fleet")), _bursts(fleet)),
    ]
    return document_of("Diagnosis of LACP bonds", body)


def _said(verdicts: Mapping[str, Mapping[str, Any]], fleet: Mapping[str, Any]) -> str:
    """What the hosts have in common; one alone has nothing to be compared with."""
    if len(verdicts) == 1:
        return "One bond was watched, so nothing is said of others."
    return str(fleet.get("text") or "The hosts have nothing in common.")


def _row(name: str, verdict: Mapping[str, Any]) -> Safe:
    tone = _BADGES.get(TONES.get(str(verdict.get("fault")), ""), "")
    return tag(
        "tr",
        tag("th", verdict.get("host")),
        tag("td", verdict.get("bond")),
        tag("td", tag("span", fault_words(verdict), class_=f"badge {tone}".strip())),
        tag("td", verdict.get("confidence")),
        tag("td", where_words(verdict)),
        tag("td", verdict.get("headline")),
        tag("td", tag("code", f"{name}/report.html")),
    )


def _bursts(fleet: Mapping[str, Any]) -> Safe | None:
    rows = [
        tag(
            "tr",
            tag("th", burst.get("minute")),
            tag("td", ", ".join(map(str, burst.get("hosts") or ()))),
            tag("td", ", ".join(map(str, burst.get("partners") or ()))),
        )
        for burst in fleet.get("bursts") or ()
    ]
    if not rows:
        return None
    heads = tag("tr", *(tag("th", head) for head in ("Minute", "Hosts that lost", "Partners")))
    return tag(
        "section",
        tag("h2", "Losses within the same minute"),
        tag("table", tag("thead", heads), tag("tbody", *rows)),
    )
