# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One question to one rule: a scene, and whether it matches, does not match or cannot be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_rule import (
    MATCHED,
    NOT_EVALUABLE,
    NOT_MATCHED,
)

from .scene import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable

FIRES, SILENT, UNASKED = MATCHED, NOT_MATCHED, NOT_EVALUABLE
OUTCOMES = {FIRES, SILENT, UNASKED}


class Case(NamedTuple):
    """told: a part of what the rule says, or of why it cannot be asked; subject '' is the bond."""

    rule: str
    outcome: str
    make: Callable[[], dict[str, Any]]
    told: str = ""
    subject: str = "eno2"
    fault: str = ""
    confidence: str = ""


def name_of(case: Case) -> str:
    return f"{case.rule} {case.outcome} {case.told}".strip()


def check(case: Case) -> None:
    """The rule said this of the subject, with values that the packet really holds."""
    packet_verdict = case.make()
    row = rule_of(packet_verdict, case.rule)
    subjects = [one for one in row["subjects"] if one["subject"] in (case.subject, "bond0")]
    assert case.outcome in [one["outcome"] for one in subjects], subjects
    one = next(one for one in subjects if one["outcome"] == case.outcome)
    assert case.told in (one["text"] if case.outcome == FIRES else one["reason"]), one
    if case.outcome == FIRES:
        assert one["values"], f"{case.rule}: nothing says what decided it"
        assert not case.fault or one["fault"] == case.fault
        assert not case.confidence or one["confidence"] == case.confidence
