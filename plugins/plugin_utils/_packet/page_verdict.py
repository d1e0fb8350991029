# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict of the page: who, how sure, what speaks for it and against it, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._report.markup import Safe, join, tag
from .facts_of import vendor_words
from .moments import seconds_text, utc_ns
from .questions import clock_words
from .words import CONFIDENCE, TONES, fault_words, next_steps, problems, where_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .evidence import Exhibit

_TONE = {"bad": "error", "waiting": "warning"}
_MOST = 12


def head_section(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> Safe:
    """Who is at fault, in one glance."""
    tone = TONES.get(str(verdict.get("fault")), "unknown")
    return tag(
        "header",
        tag("p", "bondproof diagnosis of an LACP bond", class_="kicker"),
        tag("h1", f"{document.get('host')}, {document.get('bond')}"),
        tag(
            "div",
            tag("p", fault_words(verdict), class_="who"),
            tag("p", verdict.get("headline") or "There is no verdict."),
            class_=f"verdict {_TONE.get(tone, tone)}",
        ),
        tag("dl", *_told(document, verdict), class_="told"),
        class_="top",
    )


def _told(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[Safe]:
    confidence = str(verdict.get("confidence"))
    window = verdict.get("window") or document.get("window") or {}
    start, end = utc_ns(window.get("start")), utc_ns(window.get("end"))
    length = f", {(end - start) / 1e9:.0f} s" if start and end else ""
    fleet = verdict.get("fleet") or {}
    pairs = {
        "Confidence": CONFIDENCE.get(confidence, confidence),
        "Where": where_words(verdict) or "the whole bond",
        "Window": f"{seconds_text(window.get('start'))}{length}",
        "Clock of the host": clock_words(document.get("clock") or {}),
        "Partner": vendor_words(document) or "maker unknown",
        "Switch evidence": (verdict.get("pairing") or {}).get("text") or "none was given",
        "Rule": verdict.get("rule") or "none",
        "Other hosts": fleet.get("text") or "",
    }
    for name, words in pairs.items():
        if words:
            yield tag("div", tag("dt", name), tag("dd", words))


def against_section(verdict: Mapping[str, Any], pieces: Mapping[str, Exhibit]) -> Safe:
    """For and against, side by side, the sums, and what is not excluded."""
    others = [
        tag("li", f"{item.get('fault')} is not excluded: {item.get('text')}")
        for item in verdict.get("alternatives") or ()
    ]
    against = [*_evidence(verdict.get("evidence_against"), pieces), *others]
    sums = [tag("li", text) for text in verdict.get("arithmetic") or ()]
    also = _evidence(verdict.get("also"), pieces)
    return tag(
        "section",
        tag(
            "div",
            _half("Evidence for it", _evidence(verdict.get("evidence_for"), pieces)),
            _half("Against it, and not excluded", against),
            class_="halves",
        ),
        tag("div", tag("h3", "The sums behind it"), tag("ul", *sums)) if sums else None,
        tag("div", tag("h3", "What else was found"), tag("ul", *also)) if also else None,
        id_="evidence",
    )


def _half(title: str, items: list[Safe]) -> Safe:
    shown: list[Safe] = items[:_MOST] or [tag("li", "Nothing.", class_="quiet")]
    return tag("div", tag("h2", title), tag("ul", *shown, class_="claims"))


def _evidence(items: Any, pieces: Mapping[str, Exhibit]) -> list[Safe]:  # noqa: ANN401 - of the verdict
    return [
        tag("li", item.get("text"), _rule(item.get("rule")), links(item.get("pointers"), pieces))
        for item in items or ()
    ]


def _rule(rule: object) -> Safe | None:
    return join([" ", tag("a", rule, href=f"#rule-{rule}", class_="rule")]) if rule else None


def links(pointers: Any, pieces: Mapping[str, Exhibit]) -> Safe | None:  # noqa: ANN401 - of the verdict
    """Links to the raw values, by their numbers."""
    found = [pieces[pointer] for pointer in pointers or () if pointer in pieces]
    if not found:
        return None
    marks = [tag("a", f"[{one.number}]", href=f"#{one.anchor}", title=one.pointer) for one in found]
    return tag("span", " ", *marks, class_="marks")


def next_section(verdict: Mapping[str, Any]) -> Safe | None:
    """Next steps; commands stand alone so that they can be copied.

    Where the maker of the switch is unknown there are commands of many: each maker's are folded.
    """
    steps = next_steps(verdict)
    if not steps:
        return None
    makers = dict.fromkeys(side for side, command, _why in steps if _is_switch(side) and command)
    folded = makers if len(makers) > 1 else {}
    ours = [step for step in steps if step[0] not in folded]
    return tag(
        "section",
        tag("h2", "Next"),
        _steps(ours),
        *(_maker(side, [step for step in steps if step[0] == side]) for side in folded),
        id_="next",
    )


def _is_switch(side: str) -> bool:
    return side.startswith("switch")


def _steps(steps: list[tuple[str, str, str]]) -> Safe:
    rows = [
        tag(
            "tr",
            tag("th", side),
            tag("td", tag("pre", command) if command else None, tag("p", why) if why else None),
        )
        for side, command, why in steps
    ]
    return tag("table", tag("tbody", *rows), class_="steps")


def _maker(side: str, steps: list[tuple[str, str, str]]) -> Safe:
    summary = tag("summary", tag("span", f"Commands on the {side}", class_="title"))
    return tag("details", summary, _steps([("", *step[1:]) for step in steps]), class_="finding")


def problem_section(verdict: Mapping[str, Any]) -> Safe | None:
    """What is wrong with the packet itself: before anything else, or the rest misleads."""
    told = problems(verdict)
    if not told:
        return None
    return tag(
        "section",
        tag("h2", "What is wrong with this packet"),
        tag("ul", *(tag("li", text) for text in told)),
        class_="problems",
        id_="problems",
    )
