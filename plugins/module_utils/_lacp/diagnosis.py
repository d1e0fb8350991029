# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict: evidence in, who is at fault and why out; the same packet, the same verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .diagnosis_case import CLOCK_LIMIT_S, Case
from .diagnosis_health import Health, window_of
from .diagnosis_next import next_steps
from .diagnosis_rule import (
    CONCLUSIVE,
    HEALTHY,
    HINT,
    INSUFFICIENT,
    NONE,
    PARTIES,
    Entry,
)
from .diagnosis_run import Found, caps, gather, level, ordered, run
from .diagnosis_speak import against, alternatives, in_favour, sums, trace_result
from .diagnosis_summary import fleet_statement, summary
from .evidence import rows
from .kernel_lines import OTHER
from .switch_evidence import complaints

PACKET_SCHEMA = "bondproof.lacp/packet/1"
VERDICT_SCHEMA = "bondproof.lacp/verdict/1"
HEALTHY_RULE, NOTHING_RULE = "H00", "R99"


def diagnose(packet: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on a packet; never raises, whatever the packet holds."""
    refusal = _refusal(packet)
    if refusal:
        return _verdict_on_nothing(refusal)
    case = Case(packet)
    trace, broken = run(case)
    found = ordered(gather(case, trace))
    health = Health(case, trace)
    deciding = [one for one in found if level(one) < 3]
    result: dict[str, Any] = {
        "schema": VERDICT_SCHEMA,
        "host": str(packet.get("host") or ""),
        "bond": case.evidence.bond_name(),
        "source": str(packet.get("source") or "linux"),
        **_decision(case, deciding, health),
    }
    head = deciding[0] if deciding else None
    result.update(_reasons(case, found, head, trace, health, result))
    result.update(_circumstances(case, broken))
    result["summary"] = summary(case, result)
    return result


def _refusal(packet: object) -> str:
    if not isinstance(packet, Mapping):
        return f"the packet is of type {type(packet).__name__}, not a map; give a packet"
    schema = packet.get("schema")
    if schema != PACKET_SCHEMA:
        return (
            f"the packet has schema {schema!r:.60}, and this version of the collection judges "
            f"{PACKET_SCHEMA}: use the version that made it, or collect anew"
        )
    return ""


def _decision(case: Case, deciding: list[Found], health: Health) -> dict[str, Any]:
    """Fault, members, direction, confidence, headline, rule, excluded, suspects."""
    if not deciding:
        return _nobody(case, health)
    head = deciding[0]
    match = head.match
    excluded = {party for entry in head.entries if entry.match for party in entry.match.excluded}
    if match.fault in PARTIES and head.confidence == CONCLUSIVE:
        suspects = [match.fault]
        excluded |= set(PARTIES) - {match.fault}
    else:
        suspects = [party for party in PARTIES if party not in excluded]
    return {
        "fault": match.fault,
        "members": list(head.members),
        "direction": match.direction,
        "confidence": HINT if match.fault == INSUFFICIENT else head.confidence,
        "direction_confidence": head.direction_confidence,
        "headline": head.text,
        "rule": head.rule.id,
        "excluded": sorted(excluded),
        "suspects": suspects,
    }


def _nobody(case: Case, health: Health) -> dict[str, Any]:
    """Nothing accuses: healthy where that is known, else insufficient."""
    confidence = HINT if caps(case) else health.confidence
    return {
        "fault": HEALTHY if health.is_healthy else INSUFFICIENT,
        "members": [] if health.is_healthy else health.unwell,
        "direction": NONE,
        "confidence": confidence if health.is_healthy else HINT,
        "direction_confidence": confidence if health.is_healthy else HINT,
        "headline": health.text,
        "rule": HEALTHY_RULE if health.is_healthy else NOTHING_RULE,
        "excluded": [],
        "suspects": [] if health.is_healthy else list(PARTIES),
    }


def _reasons(
    case: Case,
    found: list[Found],
    head: Found | None,
    trace: list[Entry],
    health: Health,
    decided: dict[str, Any],
) -> dict[str, Any]:
    others = [one for one in found if one is not head]
    return {
        "also": [
            {
                "rule": one.rule.id,
                "fault": one.match.fault,
                "members": list(one.members),
                "direction": one.match.direction,
                "confidence": one.confidence,
                "text": one.text,
            }
            for one in others
        ],
        "rules": trace_result(case, trace, health),
        "evidence_for": in_favour(case, head, found, health),
        "evidence_against": against(case, head, found, health, trace),
        "alternatives": alternatives(decided, head),
        "arithmetic": sums(found),
        "next": next_steps(case, decided, head, trace),
    }


def _circumstances(case: Case, broken: list[str]) -> dict[str, Any]:
    packet = case.packet
    told = packet.get("problems")
    problems = [
        {"place": str(item.get("place") or ""), "text": str(item.get("text") or "")}
        if isinstance(item, Mapping)
        else {"place": "packet", "text": str(item)}
        for item in (told if isinstance(told, (list, tuple)) else ())
    ]
    mine = [*complaints(packet.get("switch_evidence")), *caps(case), *broken]
    problems += [{"place": "packet", "text": text} for text in mine]
    understood = [entry for entry in case.log if entry.kind != OTHER]
    return {
        "window": window_of(case),
        "clock": _clock(case),
        "pairing": case.pairing.as_result(),
        "kernel_log": {
            "classified": [
                {
                    "at": entry.at,
                    "kind": entry.kind,
                    "member": entry.member,
                    "text": entry.text,
                    "pointer": entry.pointer,
                }
                for entry in understood
            ],
            "other": len(case.log) - len(understood),
        },
        "problems": problems,
        "fleet": fleet_statement(case) if rows(packet.get("fleet")) else None,
    }


def _clock(case: Case) -> dict[str, Any]:
    offset, synchronised = case.clock_offset_s(), case.synchronised()
    if offset is not None and offset > CLOCK_LIMIT_S:
        text = f"clocks disagree by {offset:g} s: rules that compare times lose a step"
    elif offset is not None:
        text = f"clocks agree to {offset:g} s"
    elif synchronised is False:
        text = "the host's clock is not synchronised, and no offset was measured"
    else:
        text = "no offset was measured: rules that use the switch's times lose a step"
    return {"synchronised": synchronised, "offset_s": offset, "text": text}


def _verdict_on_nothing(refusal: str) -> dict[str, Any]:
    verdict = diagnose({"schema": PACKET_SCHEMA})
    verdict["headline"] = refusal
    verdict["problems"] = [{"place": "packet", "text": refusal}]
    return verdict
