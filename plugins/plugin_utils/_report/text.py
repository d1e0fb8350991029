# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words: text from hosts made harmless to look at, cut, counted and sorted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Control characters (a terminal obeys them, XML forbids them), lone surrogates (no encoding has
# them), what turns the direction of writing (Trojan Source, CVE-2021-42574), and non-characters.
_UNSEEMLY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_BREAK = re.compile(r"\s*[\t\n]\s*")
_NUMBER = re.compile(r"(\d+)")


def printable(text: object) -> str:
    """The text with every character that acts instead of showing written as its code point."""
    return _UNSEEMLY.sub(lambda found: f"\\u{ord(found.group()):04x}", str(text))


def one_line(text: object) -> str:
    """The same on one line."""
    return printable(_BREAK.sub(" ", str(text).strip()))


def cut(text: str, width: int) -> str:
    """At most width characters, the last one an ellipsis where something was left out."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "\u2026"


def count(number: int, noun: str) -> str:
    """'1 host', '2 hosts'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str], limit: int) -> str:
    """'h2, h3 and 48 more': the first names up to a limit."""
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {len(names) - limit:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key that puts h2 before h10."""
    return [
        (int(part), "") if index % 2 and len(part) < 20 else (0, part)
        for index, part in enumerate(_NUMBER.split(name))
    ]
