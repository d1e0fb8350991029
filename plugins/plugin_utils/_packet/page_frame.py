# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around the pages of diagnoses: style, script, and a policy that allows only those."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ...module_utils._lacp.version import VERSION
from .._report.markup import Safe, escape, raw, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_HERE = Path(__file__).parent


def document_of(title: str, body: Iterable[Safe | None]) -> str:
    """A whole HTML document."""
    report = _HERE.parent / "_report" / "report.css"
    style = report.read_text(encoding="utf-8") + (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Safe(
            '<meta http-equiv="Content-Security-Policy" content="'
            f'{escape(_policy(style, script))}">'
        ),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", raw(style)),
    )
    foot = tag(
        "footer",
        tag("p", f"Made by bondproof.lacp {VERSION}. Unknown is never counted as healthy."),
    )
    inner = tag("body", *body, foot, tag("script", raw(script)))
    return f'<!DOCTYPE html>\n<html lang="en">{head}{inner}</html>\n'


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
