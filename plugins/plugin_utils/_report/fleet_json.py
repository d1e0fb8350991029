# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""fleet.json: the whole run as data, one host a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp import bond_fields as bf, member_fields as mf
from ...module_utils._lacp.fact import Absent, Known
from ...module_utils._lacp.rule import NOT_EVALUABLE
from .fleet import FLEET_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...module_utils._lacp.fact import Field
    from ...module_utils._lacp.record import Record
    from .digest import BondDigest, HostDigest
    from .fleet import FleetReport, Tally
    from .link import Link


def render(report: FleetReport) -> Iterator[str]:
    """The document in pieces, one host at a time."""
    head = {
        "schema": FLEET_SCHEMA,
        "title": report.title,
        "collected_utc": report.collected_utc,
        "collection": report.collection,
        "summary": report.summary(),
        "gate": report.gate.as_result(),
        "problems": [problem.as_result() for problem in report.problems],
        "fleet_findings": [finding.as_result() for finding in report.fleet_findings],
        "partner_groups": [dict(group) for group in report.partner_groups],
        "baseline": report.comparison.as_result() if report.comparison else None,
        "rules": {rule: _tally(tally) for rule, tally in report.tallies().items()},
    }
    text = _json(head)
    yield f'{text[:-1]}, "hosts": {{'
    for index, host in enumerate(sorted(report.hosts, key=lambda host: host.name)):
        entry = _json(_host(host))
        stable = report.stable.get(host.name, "null")
        yield f'{"," if index else ""}\n{_json(host.name)}: {entry[:-1]}, "stable": {stable}}}'
    yield "\n}}\n"


def _json(data: object) -> str:
    """ASCII only, so that no text of a host can break an encoding on its way."""
    return json.dumps(data, ensure_ascii=True, sort_keys=False)


def _host(host: HostDigest) -> dict[str, Any]:
    return {
        "status": host.status,
        "message": host.trouble,
        "groups": list(host.groups),
        "collected_utc": host.collected_utc,
        "members": len(host.links),
        "forwarding": host.forwarding,
        "unsure": host.unsure,
        "severities": dict(host.severities),
        "bonds": {bond.name: _bond(bond) for bond in host.bonds},
        "findings": [finding.as_result() for finding in host.findings],
        "not_evaluable": {
            rule: list(told.reasons)
            for rule, told in host.outcomes.items()
            if told.outcome == NOT_EVALUABLE
        },
        "problems": [problem.as_result() for problem in host.problems],
    }


def _bond(bond: BondDigest) -> dict[str, Any]:
    return {
        "mode": _plain(bond.record, bf.MODE),
        "judged": bond.lacp,
        "refusal": bond.refusal,
        "partners": list(bond.partners),
        "members": {link.name: _link(link) for link in bond.links},
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "condition": link.condition.words,
        "tone": link.condition.tone,
        "up": link.up,
        "hears": link.hears,
        "heard": link.heard,
        "partner_system": _plain(link.record, mf.PARTNER_SYSTEM),
        "partner_key": _plain(link.record, mf.PARTNER_KEY),
        "partner_port": _plain(link.record, mf.PARTNER_PORT),
    }


def _plain(record: Record, field: Field[Any]) -> object:
    """The value, null where there is none, 'unknown' where nobody could tell."""
    found = record.fact(field)
    if isinstance(found, Known):
        return found.value
    return None if isinstance(found, Absent) else "unknown"


def _tally(tally: Tally) -> dict[str, int]:
    return dict(sorted(tally.outcomes.items()))
