# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around the pages of diagnoses: style, script, and a policy that allows only those."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...module_utils._lacp.version import VERSION
from .._report.head import head
from .._report.markup import Safe, raw, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_HERE = Path(__file__).parent


def document_of(title: str, body: Iterable[Safe | None]) -> str:
    """A whole HTML document."""
    report = _HERE.parent / "_report" / "report.css"
    style = report.read_text(encoding="utf-8") + (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    foot = tag(
        "footer",
        tag("p", f"Made by bondproof.lacp {VERSION}. Unknown is never counted as healthy."),
    )
    inner = tag("body", *body, foot, tag("script", raw(script)))
    return f'<!DOCTYPE html>\n<html lang="en">{head(title, style, script)}{inner}</html>\n'
