# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdict against expectation: right, a wrong accusation, insufficient, or otherwise wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .scenario import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .scenario import Expected, Scenario

RIGHT, ACCUSED, INSUFFICIENT, MISSED, BROKEN = (
    "right", "wrong accusation", "insufficient", "wrong", "not run",
)  # fmt: skip
ACCUSING = ("host", "switch", "physical")
RIGHT_SHARE = 0.95


@dataclass(frozen=True)
class Case:
    """How one scenario went."""

    scenario: Scenario
    outcome: str
    verdict: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    starved: bool = False

    @property
    def fault(self) -> str:
        return str(self.verdict.get("fault", "-"))

    def as_result(self) -> dict[str, Any]:
        """Plain data, in the words of the scenario's file."""
        expected = self.scenario.expected
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "outcome": self.outcome,
            "expected": {
                "fault": expected.fault,
                "members": list(expected.members),
                "direction": list(expected.directions),
            },
            "verdict": {
                "fault": self.fault,
                "members": _named(self.verdict.get("members") or (), self.aliases),
                "direction": self.verdict.get("direction"),
                "confidence": self.verdict.get("confidence"),
                "rule": self.verdict.get("rule"),
                "headline": spoken(str(self.verdict.get("headline", "")), self.aliases),
            },
            "complaints": list(self.complaints),
            "notes": list(self.notes),
            "recorded": bool(self.scenario.packet),
        }


def judge(
    scenario: Scenario,
    verdict: Mapping[str, Any],
    aliases: Mapping[str, str],
    *,
    notes: Iterable[str] = (),
    starved: bool = False,
) -> Case:
    """Compare. Whatever names somebody who is not at fault is an accusation, in `also` too."""
    found = str(verdict.get("fault"))
    wrong = list(_accusations(scenario.expected, verdict, aliases))
    complaints = [*wrong, *_differences(scenario.expected, verdict, aliases)]
    if wrong:
        outcome = ACCUSED
    elif found == "insufficient" and scenario.expected.fault != "insufficient":
        outcome = INSUFFICIENT
    else:
        outcome = MISSED if complaints else RIGHT
    told = tuple(spoken(note, aliases) for note in notes)
    return Case(scenario, outcome, verdict, aliases, tuple(complaints), told, starved)


def spoken(text: str, aliases: Mapping[str, str]) -> str:
    """A sentence with the names of the scenario's file."""
    for real, name in aliases.items():
        text = text.replace(real, name)
    return text


def _named(members: Iterable[object], aliases: Mapping[str, str]) -> list[str]:
    return sorted(aliases.get(str(member), str(member)) for member in members)


def _accusations(
    expected: Expected, verdict: Mapping[str, Any], aliases: Mapping[str, str]
) -> Iterable[str]:
    guilty = {expected.fault, *expected.also}
    fault = verdict.get("fault")
    if fault in ACCUSING and fault not in guilty:
        yield f"it accuses the {fault}; it is {expected.fault}"
    for match in verdict.get("also") or ():
        accused = match.get("fault")
        if accused not in ACCUSING or match.get("confidence") == "hint":
            continue
        hit = set(_named(match.get("members") or (), aliases))
        guilt = set(expected.also.get(accused, ()))
        if accused == expected.fault:
            guilt |= set(expected.members)
        if accused not in guilty or hit - guilt:
            whom = f"the {accused}" if accused not in guilty else ", ".join(sorted(hit - guilt))
            yield f"it accuses {whom}, too ({match.get('rule')}): {match.get('text')}"
    if fault in ACCUSING:
        for member in _named(verdict.get("members") or (), aliases):
            if member in expected.not_accused:
                yield f"it accuses {member}, which is well"


def _differences(
    expected: Expected, verdict: Mapping[str, Any], aliases: Mapping[str, str]
) -> Iterable[str]:
    if verdict.get("fault") != expected.fault:
        yield f"fault {verdict.get('fault')}, not {expected.fault}"
        return
    members = _named(verdict.get("members") or (), aliases)
    if members != sorted(expected.members):
        yield f"members {', '.join(members) or 'none'}, not {', '.join(expected.members) or 'none'}"
    for key, allowed in (("direction", expected.directions), ("confidence", expected.confidences)):
        if allowed and verdict.get(key) not in allowed:
            yield f"{key} {verdict.get(key)}, not {' or '.join(allowed)}"
    matched = {
        str(rule.get("rule"))
        for rule in verdict.get("rules") or ()
        if rule.get("outcome") == "matched"
    } | {str(verdict.get("rule"))}
    for rule in expected.rules:
        if rule not in matched:
            yield f"rule {rule} did not match"
    accused = {match.get("fault") for match in verdict.get("also") or ()}
    for fault in expected.also:
        if fault not in accused:
            yield f"the second fault, {fault}, is not named"
    reason = (verdict.get("window") or {}).get("reason", "")
    if expected.window_reason and reason != expected.window_reason:
        yield f"the window's reason is {reason!r}, not {expected.window_reason!r}"


def matrix(cases: Iterable[Case]) -> list[str]:
    """Rows: what it is; columns: what the verdict said."""
    told = [case for case in cases if case.outcome != BROKEN]
    width = max(map(len, FAULTS)) + 1
    corner = "is \\ said"
    lines = [f"{corner:{width}}" + "".join(f"{fault:>{width}}" for fault in FAULTS)]
    for fault in FAULTS:
        row = [case for case in told if case.scenario.expected.fault == fault]
        counts = (sum(case.fault == said for case in row) for said in FAULTS)
        lines.append(f"{fault:{width}}" + "".join(f"{count or '.':>{width}}" for count in counts))
    return lines


def summary(cases: list[Case], problems: list[str]) -> dict[str, Any]:
    """What goes to build/accuracy.json."""

    def count(outcome: str) -> int:
        return sum(case.outcome == outcome for case in cases)

    return {
        "scenarios": len(cases),
        "right": count(RIGHT),
        "wrong_accusations": count(ACCUSED),
        "insufficient": count(INSUFFICIENT),
        "wrong": count(MISSED),
        "not_run": count(BROKEN),
        "bad_files": problems,
        "cases": [case.as_result() for case in cases],
    }


def is_good(result: Mapping[str, Any]) -> bool:
    """No wrong accusation, and at least 95 % of the verdicts right."""
    total = result["scenarios"]
    return bool(
        total
        and not result["wrong_accusations"]
        and not result["bad_files"]
        and result["right"] >= RIGHT_SHARE * total
    )
