# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schemas: what ships is what the catalogue says, and what is written fits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up, make_schemas
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    member_fields,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import fleet_json, schema

if TYPE_CHECKING:
    from pathlib import Path


def complaints(name: str, document: Any) -> list[str]:
    """What a schema has against a document."""
    shipped = json.loads((make_schemas.FOLDER / name).read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(shipped)
    return [f"{list(error.path)}: {error.message}" for error in checker.iter_errors(document)]


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_what_ships_is_up_to_date(name: str) -> None:
    shipped = (make_schemas.FOLDER / name).read_text(encoding="utf-8")
    assert shipped == make_schemas.text(name), f"run {make_schemas.__file__}"
    jsonschema.Draft202012Validator.check_schema(json.loads(shipped))


@pytest.mark.parametrize("host", made_up.fleet())
def test_host_documents_fit(host: str) -> None:
    assert complaints("host-1.json", made_up.fleet()[host]) == []


def test_fleet_json_fits(tmp_path: Path) -> None:
    earlier = made_up.save(tmp_path / "1", {"h1": made_up.document("h1", factory.healthy_host())})
    report = built(tmp_path / "2", list(made_up.fleet().values()), baseline=earlier).report
    document = json.loads(text(fleet_json.render, report))
    assert complaints("fleet-1.json", document) == []
    assert document["baseline"]["hosts_new"]
    assert set(document["hosts"]) == set(made_up.fleet())


@pytest.mark.parametrize(
    ("record", "catalogue"),
    [
        ("host", host_fields.ALL),
        ("bond", bond_fields.ALL),
        ("member", member_fields.ALL),
    ],
)
def test_every_field_has_its_place(record: str, catalogue: tuple[Any, ...]) -> None:
    place = schema.host_schema()["$defs"][record]
    for field in catalogue:
        found = place
        for part in field.path.split("."):
            found = found["properties"][part]
        assert found["description"].startswith(field.meaning)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "bondproof.lacp/host/2"}, "schema"),
        ({"status": "fine"}, "status"),
        ({"facts": None}, "facts"),
        ({"findings": [{}]}, "findings"),
        ({"outcomes": {"x": {"outcome": "maybe", "reasons": []}}}, "outcomes"),
    ],
)
def test_the_schema_refuses(change: dict[str, Any], words: str) -> None:
    document = {**made_up.document("h1", factory.healthy_host()), **change}
    assert any(words in complaint for complaint in complaints("host-1.json", document))


def test_what_ends_ok_has_facts() -> None:
    assert complaints("host-1.json", {**made_up.lost("h9"), "status": "ok"})
