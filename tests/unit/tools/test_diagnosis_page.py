# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/diagnosis.md is what the table of rules says, and its example of switch evidence is used."""

from __future__ import annotations

import yaml
from tools.diagnosis_page import FORMS, PAGE, page, said

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import (
    PACKET_SCHEMA,
    VERDICT_SCHEMA,
    diagnose,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_rule import FAULTS
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_table import load


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load())


def test_the_page_names_every_rule_and_fault() -> None:
    text = page(load())
    assert all(f"### {rule.id}\n\n**{rule.title}.** {said(rule)}" in text for rule in load())
    assert all(said(rule) for rule in load())
    assert all(f"| `{fault}` |" in text for fault in FAULTS)
    assert PACKET_SCHEMA in text


def test_the_example_of_switch_evidence_has_the_right_form() -> None:
    prose = FORMS.read_text(encoding="utf-8")
    records = yaml.safe_load(prose.split("```yaml\n")[1].split("```")[0])
    verdict = diagnose({"schema": PACKET_SCHEMA, "switch_evidence": records})
    assert (verdict["problems"], verdict["schema"]) == ([], VERDICT_SCHEMA)
