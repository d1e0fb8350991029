# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report.md: the verdict as Markdown, for tickets and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .facts_of import bond_of, said, state_words, vendor_words
from .layout import FRAMES, MANIFEST, QUESTIONS, TIMELINE
from .moments import seconds_text
from .questions import clock_words
from .readable import code, plain
from .words import CONFIDENCE, fault_words, next_steps, problems, where_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reader import Packet

_MOST = 30


def summary(packet: Packet) -> str:
    """The report in Markdown that holds nothing of a host as markup."""
    return "".join(_parts(packet.document, packet.verdict or {}))


def _parts(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {plain(document.get('host'))}, {plain(document.get('bond'))}: "
    yield f"{fault_words(verdict)}\n\n"
    yield f"**{plain(verdict.get('headline') or 'no verdict')}**\n\n"
    confidence = str(verdict.get("confidence"))
    window = verdict.get("window") or document.get("window") or {}
    told = {
        "Confidence": CONFIDENCE.get(confidence, confidence),
        "Where": where_words(verdict) or "the whole bond",
        "Window": f"{seconds_text(window.get('start'))} to {seconds_text(window.get('end'))}",
        "Clock": clock_words(document.get("clock") or {}),
        "Partner": vendor_words(document) or "maker unknown",
        "Rule": str(verdict.get("rule") or "none"),
    }
    yield "".join(f"- {key}: {plain(value)}\n" for key, value in told.items())
    yield "\n![What happened in the window](" + TIMELINE + ")\n\n"
    yield from _listed("Evidence for it", _evidence(verdict.get("evidence_for")))
    yield from _listed("Evidence against it", _evidence(verdict.get("evidence_against")))
    yield from _listed("The sums behind it", map(plain, verdict.get("arithmetic") or ()))
    yield from _listed(
        "Not excluded",
        (
            f"{plain(one.get('fault'))}: {plain(one.get('text'))}"
            for one in verdict.get("alternatives") or ()
        ),
    )
    yield from _listed("What else was found", _evidence(verdict.get("also")))
    yield from _listed("Next", _next(verdict))
    yield from _listed("What is wrong with this packet", map(plain, problems(verdict)))
    yield from _members(document)
    yield (
        f"The questions to the switch team are in {code(QUESTIONS)}, the frames in {code(FRAMES)}; "
        f"{code('sha256sum -c ' + MANIFEST)} shows whether a file was altered.\n"
    )


def _next(verdict: Mapping[str, Any]) -> Iterator[str]:
    """Commands for the switch only where its maker is known: else they would be of all makers."""
    steps = next_steps(verdict)
    makers = {side for side, command, _why in steps if side.startswith("switch (") and command}
    for side, command, why in steps:
        if side not in makers or len(makers) == 1:
            yield f"{plain(side)}: {code(command) + ', ' if command else ''}{plain(why)}"
    if len(makers) > 1:
        yield f"switch: what {code(QUESTIONS)} asks for, with the commands of each maker"


def _evidence(items: Any) -> Iterator[str]:  # noqa: ANN401 - a list of the verdict
    for item in items or ():
        rule = f" ({plain(item['rule'])})" if item.get("rule") else ""
        yield f"{plain(item.get('text'))}{rule}"


def _listed(title: str, lines: Any) -> Iterator[str]:  # noqa: ANN401 - any iterable of text
    found = list(lines)
    if found:
        yield f"## {title}\n\n"
        yield "".join(f"- {line}\n" for line in found[:_MOST])
        yield f"- and {len(found) - _MOST} more\n\n" if len(found) > _MOST else "\n"


def _members(document: Mapping[str, Any]) -> Iterator[str]:
    earlier, later = (bond_of(document, when).get("members") or {} for when in ("before", "after"))
    if not earlier and not later:
        return
    yield "## Members, before and after\n\n"
    yield "| Member | | Carrier | Our state | Partner's state | Partner | Key | Port |\n"
    yield "|---|---|---|---|---|---|--:|--:|\n"
    for name in sorted({*earlier, *later}):
        for word, found in (("before", earlier), ("after", later)):
            member = found.get(name)
            if member is None:
                yield f"| {plain(name)} | {word} | not there | | | | | |\n"
                continue
            cells = [
                said(member, "carrier"),
                state_words(member, "actor.port_state"),
                state_words(member, "partner.port_state"),
                said(member, "partner.system"),
                said(member, "partner.key"),
                said(member, "partner.port"),
            ]
            yield f"| {plain(name)} | {word} | {' | '.join(map(plain, cells))} |\n"
    yield "\n"
