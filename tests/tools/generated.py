# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages that are generated: written by `make docs`, compared by the tests (--check)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .say import Failure, explain, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_or_check(page: Path, text: str, words: Sequence[str]) -> int:
    """Write the page if it changed; with --check say that it would, and return 1."""
    current = page.read_text(encoding="utf-8") if page.exists() else ""
    if "--check" in words:
        if text != current:
            explain(Failure(f"{page.name} is not what the catalogue says", cure="make docs"))
        return int(text != current)
    if text != current:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    say(f"{'unchanged' if text == current else 'written'}: {page}")
    return 0
