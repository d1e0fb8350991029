# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of the page, before and after the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._report.markup import Safe, tag
from .facts_of import at, bond_of, said
from .story import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADS = ("Member", "", "Carrier", "Our state", "Partner's state", "Partner", "Key", "Port")


def members_section(document: Mapping[str, Any]) -> Safe | None:
    """A table; what changed in the window is marked."""
    earlier, later = (bond_of(document, when).get("members") or {} for when in ("before", "after"))
    rows: list[Safe] = []
    for name in sorted({*earlier, *later}):
        before, after = _cells(earlier.get(name)), _cells(later.get(name))
        rows.append(_row(name, "before", before, before))
        rows.append(_row("", "after", after, before))
    if not rows:
        return None
    heads = tag("tr", *(tag("th", head) for head in _HEADS))
    return tag(
        "section",
        tag("h2", "Members, before and after"),
        tag("div", tag("table", tag("thead", heads), tag("tbody", *rows)), class_="scroll"),
        id_="members",
    )


def _cells(member: Mapping[str, Any] | None) -> list[str]:
    if member is None:
        return ["not there", "", "", "", "", ""]
    return [
        said(member, "carrier"),
        _state(member, "actor.port_state"),
        _state(member, "partner.port_state"),
        said(member, "partner.system"),
        said(member, "partner.key"),
        said(member, "partner.port"),
    ]


def _state(member: Mapping[str, Any], path: str) -> str:
    """The octet and what it comes to; the names of its bits would not fit twice in a row."""
    state = at(member, path)
    return f"{state}, {kind_of(state)}" if isinstance(state, int) else said(member, path)


def _row(name: str, when: str, cells: list[str], earlier: list[str]) -> Safe:
    shown = [
        tag("td", cell, class_="changed" if cell != was else None)
        for cell, was in zip(cells, earlier, strict=True)
    ]
    return tag("tr", tag("th", name), tag("td", when, class_="quiet"), *shown)
