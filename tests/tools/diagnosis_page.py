# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/diagnosis.md, from the table of rules: `python -m tools.diagnosis_page [--check]`.

Runs in the environment that has the collection on its path, unlike the other tools.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_rule import (
    EACH_MEMBER,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_table import load

from . import paths
from .generated import write_or_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis_rule import (
        DiagnosisRule,
    )

# Prose around the tables, in Markdown.
HERE = Path(__file__).resolve().parent
HEAD, FORMS = HERE / "diagnosis_head.md", HERE / "diagnosis_forms.md"
PAGE = paths.TOP / "docs" / "diagnosis.md"
RULES = """## Rules

In the order of precedence. R00 comes before all: do our members and the switch's ports belong
together? H00 (healthy) and R99 (nothing matched) come last, when no rule accuses anybody.
*clocks*: it compares times. *switch*: it needs switch evidence.

| rule | asked of | says | needs |
|---|---|---|---|"""


def _prose(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip().splitlines()


def _row(rule: DiagnosisRule) -> str:
    asked = "each member" if rule.scope == EACH_MEMBER else "the bond"
    needs = ", ".join(
        word for word, wanted in (("switch", rule.switch), ("clocks", rule.timed)) if wanted
    )
    return f"| [{rule.id}](#{rule.id.lower()}) | {asked} | {rule.title} | {needs} |"


def _entry(rule: DiagnosisRule) -> list[str]:
    return [
        "",
        f"### {rule.id}",
        "",
        f"**{rule.title}.** {said(rule)}",
        "",
        f"Cure: {rule.remedy}.",
    ]


def said(rule: DiagnosisRule) -> str:
    """Return what a rule goes by: the docstring of its function, in one line."""
    return " ".join((rule.check.__doc__ or "").split())


def page(rules: Iterable[DiagnosisRule]) -> str:
    """Return the whole page."""
    ordered = list(rules)
    lines = [*_prose(HEAD), "", *RULES.splitlines(), *map(_row, ordered)]
    lines += [line for rule in ordered for line in _entry(rule)]
    return "\n".join([*lines, "", *_prose(FORMS)]) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, page(load()), sys.argv[1:]))
