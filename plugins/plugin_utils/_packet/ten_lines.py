# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verdict on the terminal: ten lines for each host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._report.text import cut, one_line
from .moments import utc_ns
from .words import fault_words, next_steps, problems, where_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_COLOURS = {
    "host": "red",
    "switch": "red",
    "physical": "red",
    "not_lacp": "yellow",
    "healthy": "green",
}
_FACTS = 3

Paint = "Callable[[str, str], str]"


def ten_lines(
    verdict: Mapping[str, Any],
    *,
    where: str,
    width: int,
    paint: Callable[[str, str], str],
) -> list[str]:
    """Verdict and confidence, headline, place, three facts, one against, two next steps, packet."""
    fault = str(verdict.get("fault"))
    name = f"{verdict.get('host')} {verdict.get('bond')}"
    grade = verdict.get("confidence") or ""
    head = f"{one_line(name)}: {fault_words(verdict).upper()}"
    facts = [str(item.get("text")) for item in verdict.get("evidence_for") or ()]
    against = [str(item.get("text")) for item in verdict.get("evidence_against") or ()]
    others = [
        f"{item.get('fault')} is not excluded: {item.get('text')}"
        for item in verdict.get("alternatives") or ()
    ]
    # What could not be gathered, or was altered since, weighs more than any other doubt.
    broken = [f"not whole: {text}" for text in problems(verdict)]
    rule = f", rule {verdict['rule']}" if verdict.get("rule") else ""
    lines = [
        paint(head, _COLOURS.get(fault, "bright purple")) + f" ({one_line(grade)}{rule})",
        f"  {verdict.get('headline') or 'no headline'}",
        f"  where    {_place(verdict)}",
        *(f"  for      {text}" for text in _padded(facts, _FACTS)),
        f"  against  {(broken or against or others or ['nothing was found'])[0]}",
        *(f"  next     {text}" for text in _padded(_steps(verdict), 2)),
        f"  packet   {where}",
    ]
    # The headline is the verdict: it is never cut.
    shown = [cut(one_line_kept(line), width) for line in lines[2:-1]]
    return [lines[0], one_line_kept(lines[1]), *shown, lines[-1]]


def one_line_kept(line: str) -> str:
    """One line, with its indent."""
    body = line.lstrip(" ")
    return " " * (len(line) - len(body)) + one_line(body)


def _padded(texts: Sequence[str], number: int) -> list[str]:
    return [*texts[:number], *["-"] * (number - len(texts))]


def _place(verdict: Mapping[str, Any]) -> str:
    window = verdict.get("window") or {}
    start, end = utc_ns(window.get("start")), utc_ns(window.get("end"))
    length = f"{(end - start) / 1e9:.0f} s from {str(window.get('start'))[:19]}Z" if start else "-"
    return ", ".join(filter(None, [where_words(verdict) or "the whole bond", length]))


def _steps(verdict: Mapping[str, Any]) -> list[str]:
    """One of each side first: the next step here, and the one to ask for there."""
    steps = next_steps(verdict)
    firsts: dict[str, tuple[str, str, str]] = {}
    for step in steps:
        firsts.setdefault(step[0].partition(" ")[0], step)
    chosen = [*firsts.values(), *(step for step in steps if step not in firsts.values())]
    return [
        f"{side}: {command}{f' ({why})' if why and command else why}"
        for side, command, why in chosen
    ]
