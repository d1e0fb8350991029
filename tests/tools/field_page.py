# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/facts.md, generated from the field catalogue: `python -m tools.field_page [--check]`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    member_fields,
)

from . import paths
from .generated import write_or_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Field

PAGE = paths.TOP / "docs" / "facts.md"
HEAD = """# Facts

Generated from the field catalogue by `make docs`; do not edit.

`bond_facts` returns bonds by name in `ansible_facts['bonds']`, each with its `members` by name, and
the host in `ansible_facts['bonds_host']`; the documents of an audit have them under `facts`. A path
such as `partner.system` is nested: `bonds.bond0.members.eno1.partner.system`.

A value that is known stands at its path. `null` means that it is known that there is none. A value
that is unknown is left out, and `unknown` beside it maps each reason to the paths it hides.
`sources` maps each source to the paths it gave, `disagreements` lists sources that differ, and
`unrecognised` keeps text that nobody understood.
"""
SECTIONS = (
    ("Of a host", host_fields.ALL),
    ("Of a bond", bond_fields.ALL),
    ("Of a member", member_fields.ALL),
)


def _row(field: Field[Any]) -> str:
    meaning = field.meaning.replace("|", "\\|")
    unit = f" ({field.unit})" if field.unit else ""
    return f"| `{field.path}` | {field.kind}{unit} | {meaning} |"


def page(sections: Iterable[tuple[str, Iterable[Field[Any]]]]) -> str:
    """Return the whole page: a table for each section, in the catalogue's order."""
    lines = HEAD.splitlines()
    for title, fields in sections:
        rows = [_row(field) for field in fields]
        lines += ["", f"## {title}", "", "| path | kind | meaning |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, page(SECTIONS), sys.argv[1:]))
