# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Markdown that is read as plain text, too: in a mail, nobody renders it."""

from __future__ import annotations

import re

from .._report import markdown

# What can mean nothing inside a line: a colon that begins no address (and no emoji: ':ab:' is one),
# an underscore inside a word, and signs.
_COLON = re.compile(r"&#58;(?!/|ab&#58;)", re.IGNORECASE)
_UNDERSCORE = re.compile(r"(?<=[A-Za-z0-9])&#95;(?=[A-Za-z0-9])")
_SIGNS = (("&#43;", "+"), ("&#61;", "="), ("&#34;", '"'))


def plain(text: object) -> str:
    """Text in which nothing is markup, with as few entities as that takes."""
    shown = _UNDERSCORE.sub("_", _COLON.sub(":", markdown.plain(text)))
    for entity, char in _SIGNS:
        shown = shown.replace(entity, char)
    return shown


def code(text: object) -> str:
    """The same as code."""
    return f"<code>{plain(text)}</code>"
