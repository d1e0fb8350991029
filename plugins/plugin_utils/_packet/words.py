# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULTS = {
    "host": "The host",
    "switch": "The switch",
    "physical": "The path between the two ends",
    "not_lacp": "Not LACP",
    "healthy": "Healthy",
    "insufficient": "Not enough evidence",
}
TONES = {
    "host": "bad",
    "switch": "bad",
    "physical": "bad",
    "not_lacp": "waiting",
    "healthy": "good",
    "insufficient": "unknown",
}
CONFIDENCE = {
    "conclusive": "conclusive: the evidence excludes the others",
    "likely": "likely: the best explanation, not the only one",
    "hint": "a hint: not enough to accuse anybody",
}
DIRECTIONS = {
    "transmit": "from this host to the switch",
    "receive": "from the switch to this host",
    "both": "both directions",
}


def fault_words(verdict: Mapping[str, Any]) -> str:
    """Who, in few words."""
    fault = str(verdict.get("fault"))
    return FAULTS.get(fault, fault)


def where_words(verdict: Mapping[str, Any]) -> str:
    """Member and direction; '' where there is none to name."""
    parts = [
        ", ".join(map(str, verdict.get("members") or ())),
        DIRECTIONS.get(str(verdict.get("direction")), ""),
    ]
    return ", ".join(filter(None, parts))


def next_steps(verdict: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(side, command, why) of each step that the verdict proposes."""
    told = verdict.get("next") or {}
    found = [
        ("host", str(step.get("command", "")), str(step.get("why", "")))
        for step in told.get("host") or ()
    ]
    for step in told.get("switch") or ():
        side = f"switch ({step['vendor']})" if step.get("vendor") else "switch"
        found.append((side, str(step.get("command", "")), str(step.get("why", ""))))
    if told.get("again"):
        found.append(("again", "", str(told["again"])))
    return found


def problems(verdict: Mapping[str, Any]) -> list[str]:
    """What was wrong with the packet, each a sentence."""
    found = []
    for item in verdict.get("problems") or ():
        if isinstance(item, dict):
            place, text = str(item.get("place") or ""), str(item.get("text") or "")
            is_told = place in ("", "packet") or text.startswith(place)
            found.append(text if is_told else f"{place}: {text}")
        else:
            found.append(str(item))
    return found
