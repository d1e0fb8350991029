# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report.html of a diagnosis: one file, no network, nothing in it that host data could make run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._report.markup import Safe, tag
from .evidence import exhibits
from .page_frame import document_of
from .page_members import members_section
from .page_rules import exhibit_section, rules_section
from .page_timeline import timeline_section
from .page_verdict import against_section, head_section, next_section, problem_section
from .story import story_of

if TYPE_CHECKING:
    from .reader import Packet


def page(packet: Packet) -> str:
    """The page; every claim in it leads to the value that it rests on."""
    document, verdict = packet.document, packet.verdict or {}
    pieces = exhibits(document, verdict)
    title = f"{document.get('host')} {document.get('bond')}"
    body: list[Safe | None] = [
        head_section(document, verdict),
        problem_section(verdict),
        tag(
            "main",
            against_section(verdict, pieces),
            timeline_section(story_of(packet)),
            next_section(verdict),
            members_section(document),
            rules_section(verdict, pieces),
            exhibit_section(pieces),
        ),
    ]
    return document_of(f"{title}: diagnosis", body)
