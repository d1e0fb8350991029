# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/rules.md, generated from the catalogue: `python -m tools.rule_page [--check]`.

Runs in the environment that has the collection on its path, unlike the other tools.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import (
    BOND,
    FAMILIES,
    FLEET,
    HOST,
    MEMBER,
    SEVERITIES,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.rules import FleetRules

from . import paths
from .generated import write_or_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import Rule

PAGE = paths.TOP / "docs" / "rules.md"
HEAD = """# Rules

Generated from the catalogue by `make docs`; do not edit.

Each rule asks one question of one kind of subject and ends failed, passed, or not evaluable with
a reason. `bond_audit_policy` disables a rule, gives it another severity, or waives its finding on
a host, by the id that heads each entry.
"""
EACH = {
    HOST: "once a host",
    BOND: "each bond",
    MEMBER: "each member",
    FLEET: "the fleet, from the saved files of its hosts",
}


def _table(rules: Iterable[Rule]) -> list[str]:
    rows = [f"| [`{r.id}`](#{r.id}) | {r.severity} | {r.title} |" for r in rules]
    return ["| rule | severity | says |", "|---|---|---|", *rows, ""]


def _entry(rule: Rule) -> list[str]:
    return [
        f"### {rule.id}",
        "",
        f"**{rule.title}.** Severity {rule.severity}; asked of {EACH[rule.scope]}.",
        "",
        f"Why: {rule.why}",
        "",
        f"Remedy: {rule.remedy}",
        "",
        f"Source: {rule.reference}",
        "",
    ]


def page(rules: Iterable[Rule]) -> str:
    """Return the whole page: families in the catalogue's order, worst severity first in each."""
    ordered = sorted(
        rules, key=lambda r: (FAMILIES.index(r.family), SEVERITIES.index(r.severity), r.id)
    )
    lines = HEAD.splitlines()
    for family in FAMILIES:
        members = [rule for rule in ordered if rule.family == family]
        if members:
            lines += ["", f"## {family}", "", *_table(members)]
            lines += [line for rule in members for line in _entry(rule)]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    text = page(FleetRules().catalogue().values())
    sys.exit(write_or_check(PAGE, text, sys.argv[1:]))
