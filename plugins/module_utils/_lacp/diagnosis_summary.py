# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other hosts of a run need to know of this verdict, and what the run says of this host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .evidence_events import losses
from .fact import NotEvaluable

if TYPE_CHECKING:
    from .diagnosis_case import Case

_KEPT = 50


def summary(case: Case, verdict: dict[str, Any]) -> dict[str, Any]:
    """Compact plain data: one row of the fleet."""
    moments = sorted(
        (moment, leg.name) for leg in case.legs for moment in losses(case.evidence, leg.name)
    )
    return {
        "host": verdict["host"],
        "bond": verdict["bond"],
        "rack": str(case.packet.get("rack") or ""),
        "fault": verdict["fault"],
        "members": verdict["members"],
        "rule": verdict["rule"],
        "losses": [
            {"member": name, "minute": moment.at[:16], "at": moment.at, "kind": moment.kind}
            for moment, name in moments[:_KEPT]
        ],
        "partners": {leg.name: _partner(leg) for leg in case.legs},
        "drivers": {
            leg.name: {
                "driver": leg.known("driver"),
                "version": leg.known("driver_version"),
                "firmware": leg.known("firmware"),
            }
            for leg in case.legs
        },
    }


def _partner(leg: Any) -> dict[str, Any]:  # noqa: ANN401
    try:
        system = leg.partner_system() or leg.known("partner.system", "before")
    except NotEvaluable:
        system = None
    return {"system": system, "key": leg.known("partner.key"), "port": leg.known("partner.port")}


def fleet_statement(case: Case) -> dict[str, str]:
    """The pattern that this host is part of, in a sentence."""
    from .diagnosis_fleet import pattern_of  # noqa: PLC0415  most runs are of one host

    pattern = pattern_of(case.packet.get("fleet"), str(case.packet.get("host") or ""))
    return {"pattern": pattern.name, "text": pattern.text}
