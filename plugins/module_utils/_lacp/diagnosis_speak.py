# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of a verdict: trace, evidence for and against, alternatives, sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .diagnosis_rule import (
    CONCLUSIVE,
    HEALTHY,
    INSUFFICIENT,
    LIKELY,
    MATCHED,
    NOT_EVALUABLE,
    NOT_MATCHED,
    PARTIES,
    PHYSICAL,
    SWITCH,
    THE_HOST,
    Entry,
)
from .port_state import flags
from .switch_pairing import NO_EVIDENCE, UNPROVEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .diagnosis_case import Case
    from .diagnosis_health import Health
    from .diagnosis_run import Found
    from .evidence import Value

_KEPT = 12
_NEAREST = 2
_LONGEST = 90
_PROOFS = {
    THE_HOST: "a hardware counter of this host, or the switch port's own receive counter, decides",
    SWITCH: "the LACP counters and the log of the switch port decide",
    PHYSICAL: "error counters and LLDP at both ends decide",
}


def trace_result(case: Case, trace: Iterable[Entry], health: Health) -> list[dict[str, Any]]:
    """Every rule with what it said of each subject, pairing first and R99 last."""
    rules: dict[str, dict[str, Any]] = {}
    for entry in trace:
        row = rules.setdefault(
            entry.rule.id,
            {
                "rule": entry.rule.id,
                "title": entry.rule.title,
                "group": entry.rule.group,
                "outcome": "",
                "subjects": [],
            },
        )
        row["subjects"].append(_subject(entry))
    for row in rules.values():
        outcomes = [subject["outcome"] for subject in row["subjects"]]
        row["outcome"] = next(
            name for name in (MATCHED, NOT_EVALUABLE, NOT_MATCHED) if name in outcomes
        )
    return [_pairing(case), *rules.values(), _health(health), _nothing(health, rules.values())]


def _subject(entry: Entry) -> dict[str, Any]:
    match = entry.match
    return {
        "subject": entry.subject,
        "outcome": entry.outcome,
        "fault": match.fault if match else None,
        "direction": match.direction if match else None,
        "confidence": match.confidence if match else None,
        "text": match.text if match else "",
        "reason": entry.reason,
        "values": [value.as_result() for value in entry.values],
    }


def _row(rule: str, title: str, group: str, outcome: str, text: str) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "subject": "",
        "outcome": outcome,
        "fault": None,
        "direction": None,
        "confidence": None,
        "text": text if outcome == MATCHED else "",
        "reason": text if outcome == NOT_EVALUABLE else "",
        "values": [],
    }
    return {"rule": rule, "title": title, "group": group, "outcome": outcome, "subjects": [subject]}


def _pairing(case: Case) -> dict[str, Any]:
    state = case.pairing.state
    outcome = {NO_EVIDENCE: NOT_EVALUABLE, UNPROVEN: NOT_MATCHED}.get(state, MATCHED)
    title = "Our members and the switch's ports are the two ends of the same links"
    return _row("R00", title, "pairing", outcome, case.pairing.text)


def _health(health: Health) -> dict[str, Any]:
    outcome = MATCHED if health.is_healthy else NOT_MATCHED
    row = _row("H00", "The bond is well", "health", outcome, health.text)
    row["subjects"][0]["values"] = [value.as_result() for value in health.values]
    return row


def _nothing(health: Health, rules: Iterable[dict[str, Any]]) -> dict[str, Any]:
    spoken = health.is_healthy or any(row["outcome"] == MATCHED for row in rules)
    outcome = NOT_MATCHED if spoken else MATCHED
    return _row("R99", "Nothing matched", "not LACP", outcome, health.text)


def _said(value: Value) -> str:
    told = value.value
    name = value.name
    if "state" in name and isinstance(told, int) and not isinstance(told, bool):
        told = f"{told} ({' '.join(flags(told)) or 'no bits'})"
    text = str(told)
    return f"{name}: {text if len(text) <= _LONGEST else text[:_LONGEST] + ' ...'}"


def in_favour(
    case: Case, head: Found | None, found: list[Found], health: Health
) -> list[dict[str, Any]]:
    """What the verdict rests on: sums, then the values, then other rules that say the same."""
    if head is None:
        if not health.is_healthy:
            return []
        told = [_item(text, "H00", name, values) for name, text, values in health.facts]
        return [*told, *_values("H00", "", health.values, case)][:_KEPT]
    sums_first = [
        _item(text, head.rule.id, entry.subject, entry.values)
        for entry in head.entries
        for text in (entry.match.sums if entry.match else ())
    ]
    agreeing = [
        _item(entry.match.text, one.rule.id, entry.subject, entry.values)
        for one in found
        if one is not head
        and one.match.fault in (head.match.fault, INSUFFICIENT)
        and set(one.members) & set(head.members)
        for entry in one.entries
        if entry.match
    ]
    values = [
        item
        for entry in head.entries
        for item in _values(head.rule.id, entry.subject, entry.values, case)
    ]
    # The headline is told already. What decided it most nearly goes before what agrees with it.
    return _unique([*sums_first, *values[:_NEAREST], *agreeing, *values])[:_KEPT]


def _values(
    rule: str, subject: str, values: Iterable[Value], case: Case
) -> Iterator[dict[str, Any]]:
    # What was looked at last is nearest to the decision.
    for value in list(values)[::-1]:
        member = next((n for n in case.names if f"/{n}/" in value.pointer + "/"), subject)
        lead = f"{member}: " if member else ""
        yield {
            "text": f"{lead}{_said(value)}",
            "rule": rule,
            "member": member,
            "pointers": [value.pointer],
        }


def _item(text: str, rule: str, member: str, values: Iterable[Value]) -> dict[str, Any]:
    pointers = [value.pointer for value in values]
    return {"text": text, "rule": rule, "member": member, "pointers": pointers}


def _unique(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({item["text"]: item for item in reversed(items)}.values())[::-1]


def against(
    case: Case, head: Found | None, found: list[Found], health: Health, trace: list[Entry]
) -> list[dict[str, Any]]:
    """What speaks against the verdict: its own reservations, other accusations, what is missing."""
    items: list[dict[str, Any]] = []
    if head is not None:
        for entry in head.entries:
            told = entry.match.against if entry.match else ()
            items += [_item(text, head.rule.id, entry.subject, ()) for text in told]
        for one in found:
            if one.match.fault not in (head.match.fault, INSUFFICIENT, HEALTHY):
                text = f"{one.match.fault} is accused as well ({one.confidence}): {one.text}"
                items.append(_item(text, one.rule.id, "", ()))
        items += _reservations(case, head)
    elif health.is_healthy:
        items += [_item(f"{one.text} ({one.confidence})", one.rule.id, "", ()) for one in found]
        items += _stale_churn(case)
    missing = dict.fromkeys(
        e.reason for e in trace if e.reason and e.rule.group not in ("fleet", "software")
    )
    if missing:
        text = f"not known: {'; '.join(list(missing)[:3])}"
        items.append(_item(text, "R99", "", ()))
    return _unique(items)[:_KEPT]


def _reservations(case: Case, head: Found) -> Iterator[dict[str, Any]]:
    well = [leg.name for leg in case.legs if leg.name not in head.members and leg.is_well()]
    if well and head.match.fault in PARTIES:
        text = f"{', '.join(well)} of the same bond is well at the same time"
        yield _item(text, head.rule.id, "", ())
    if head.match.fault == SWITCH and case.pairing.state == NO_EVIDENCE:
        yield _item(
            "nothing of the switch itself was seen, only what it sends", head.rule.id, "", ()
        )


def _stale_churn(case: Case) -> Iterator[dict[str, Any]]:
    for leg in case.legs:
        if "churned" in (leg.known("churn.actor_state"), leg.known("churn.partner_state")):
            text = (
                f"{leg.name}: still called churned, which lasts up to 60 s after it has recovered"
            )
            yield _item(text, "H00", leg.name, ())


def alternatives(decided: dict[str, Any], head: Found | None) -> list[dict[str, Any]]:
    """Parties that are not excluded, and what would decide."""
    if decided["fault"] == HEALTHY or (
        decided["confidence"] == CONCLUSIVE and decided["fault"] in PARTIES
    ):
        return []
    parties = [p for p in decided["suspects"] if p != decided["fault"]]
    lead = "not excluded" if head is not None and head.confidence == LIKELY else "possible"
    return [{"fault": party, "text": f"{lead}: {_PROOFS[party]}"} for party in parties]


def sums(found: Iterable[Found]) -> list[str]:
    """The arithmetic of all that was found, each sum once."""
    told = dict.fromkeys(
        text for one in found for entry in one.entries if entry.match for text in entry.match.sums
    )
    return list(told)
