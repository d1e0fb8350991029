# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Schemas (draft 2020-12) of the documents; the part about facts follows from the catalogue.

The files in schema/ are what this makes: tests compare the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...module_utils._lacp import bond_fields, host_fields, member_fields
from ...module_utils._lacp.model import SCHEMA as FACTS_SCHEMA
from ...module_utils._lacp.rule import FAILED, NOT_EVALUABLE, PASSED, SEVERITIES, WAIVED
from .._document import SCHEMA as HOST_SCHEMA
from .documents import OK, STATUSES
from .fleet import DISABLED, FLEET_SCHEMA
from .gate import FAIL_ON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...module_utils._lacp.fact import Field

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MAC = "^[0-9a-f]{2}(:[0-9a-f]{2})*$"
_KINDS: dict[str, Schema] = {
    "int": {"type": ["integer", "null"]},
    "float": {"type": ["number", "null"]},
    "bool": {"type": ["boolean", "null"]},
    "str": {"type": ["string", "null"]},
    "mac": {"type": ["string", "null"], "pattern": _MAC},
    "list": {"type": ["array", "null"]},
    "map": {"type": ["object", "null"]},
}


def host_schema() -> Schema:
    """The schema of hosts/<host>.json."""
    audited = {"required": ["facts", "findings", "outcomes", "summary", "not_judged"]}
    return {
        "$schema": _DIALECT,
        "title": "What an audit saved of one host",
        **_object(
            {
                "schema": {"const": HOST_SCHEMA},
                "host": _TEXT,
                "groups": _list(_TEXT),
                "collected_utc": {"type": "string", "pattern": "Z$"},
                "collection": _TEXT,
                "status": {"enum": list(STATUSES)},
                "message": _TEXT,
                "facts": {"$ref": "#/$defs/facts"},
                "findings": _list({"$ref": "#/$defs/finding"}),
                "outcomes": _map({"$ref": "#/$defs/outcome"}),
                "summary": {"type": "object"},
                "not_judged": _map(_TEXT),
                "counters": {"type": "object"},
            },
            required=("schema", "host", "groups", "collected_utc", "collection", "status"),
        ),
        "if": {"properties": {"status": {"const": OK}}},
        "then": audited,
        "$defs": {**_facts(), "finding": _finding(), "outcome": _outcome()},
    }


def fleet_schema() -> Schema:
    """The schema of fleet.json."""
    finding = {"$ref": "#/$defs/finding"}
    return {
        "$schema": _DIALECT,
        "title": "What an audit found of a fleet",
        **_object(
            {
                "schema": {"const": FLEET_SCHEMA},
                "title": _TEXT,
                "collected_utc": _TEXT,
                "collection": _TEXT,
                "summary": _map(_COUNT),
                "gate": _object(
                    {
                        "fail_on": {"enum": list(FAIL_ON)},
                        "failed": {"type": "boolean"},
                        "reason": _TEXT,
                    }
                ),
                "problems": _list(_object({"place": _TEXT, "text": _TEXT})),
                "fleet_findings": _list(finding),
                "partner_groups": _list({"type": "object"}),
                "baseline": {"anyOf": [{"type": "null"}, _baseline()]},
                "rules": _map(_map(_COUNT)),
                "hosts": _map({"$ref": "#/$defs/host"}),
            }
        ),
        "$defs": {"finding": _finding(), "host": _fleet_host(finding)},
    }


def _fleet_host(finding: Schema) -> Schema:
    return _object(
        {
            "status": {"enum": list(STATUSES)},
            "message": _TEXT,
            "groups": _list(_TEXT),
            "collected_utc": _TEXT,
            "members": _COUNT,
            "forwarding": _COUNT,
            "unsure": _COUNT,
            "severities": _map(_COUNT),
            "bonds": _map(
                _object(
                    {"judged": {"type": "boolean"}, "partners": _list(_TEXT), "members": _map({})}
                )
            ),
            "findings": _list(finding),
            "not_evaluable": _map(_list(_TEXT)),
            "problems": _list({"type": "object"}),
            "stable": {"anyOf": [{"type": "null"}, _map(_map(_TEXT))]},
        }
    )


def _baseline() -> Schema:
    change = _object({"host": _TEXT, "subject": _TEXT, "what": _TEXT}, required=("what",))
    return _object(
        {
            "baseline": _TEXT,
            "baseline_utc": _TEXT,
            **{name: _list(change) for name in ("appeared", "disappeared", "changed", "moved")},
            **{name: _list(_TEXT) for name in ("hosts_new", "hosts_gone", "not_compared")},
        }
    )


def _facts() -> dict[str, Schema]:
    bond = _record(bond_fields.ALL)
    bond["properties"]["members"] = _map({"$ref": "#/$defs/member"})
    bond["required"].append("members")
    facts = _object(
        {
            "schema": {"const": FACTS_SCHEMA},
            "host": {"$ref": "#/$defs/host"},
            "bonds": _map({"$ref": "#/$defs/bond"}),
            "problems": _list(_object({"place": _TEXT, "text": _TEXT})),
        }
    )
    return {
        "facts": facts,
        "host": _record(host_fields.ALL),
        "bond": bond,
        "member": _record(member_fields.ALL),
    }


def _record(catalogue: Iterable[Field[Any]]) -> Schema:
    """A record: a value that is not known is left out, one that is known not to exist is null."""
    record: Schema = {"type": "object", "properties": {}, "required": ["unknown"]}
    for field in catalogue:
        *parents, leaf = field.path.split(".")
        place = record["properties"]
        for parent in parents:
            place = place.setdefault(parent, {"type": "object", "properties": {}})["properties"]
        unit = f" ({field.unit})" if field.unit else ""
        place[leaf] = {**_KINDS[field.kind], "description": f"{field.meaning}{unit}"}
    record["properties"] |= {
        "unknown": _map(_list(_TEXT)),
        "sources": _map(_list(_TEXT)),
        "disagreements": _list(_object({"field": _TEXT, "readings": {"type": "object"}})),
        "unrecognised": _list(_object({"source": _TEXT, "text": _TEXT})),
    }
    return record


def _finding() -> Schema:
    texts = ("rule", "title", "subject", "parameter", "expected", "observed", "why", "remedy")
    return _object(
        {
            **dict.fromkeys(texts, _TEXT),
            "severity": {"enum": list(SEVERITIES)},
            "source": _list(_TEXT),
            "outcome": {"enum": [FAILED, WAIVED]},
            "waiver": {"type": ["string", "null"]},
        }
    )


def _outcome() -> Schema:
    told = {"enum": [PASSED, FAILED, NOT_EVALUABLE, DISABLED]}
    return _object({"outcome": told, "reasons": _list(_TEXT)})


def _object(properties: Schema, required: Iterable[str] | None = None) -> Schema:
    """An object; all properties are required unless said otherwise, and others may come along."""
    needed = properties if required is None else required
    return {"type": "object", "properties": properties, "required": list(needed)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _map(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


SCHEMAS = {"host-1.json": host_schema, "fleet-1.json": fleet_schema}
