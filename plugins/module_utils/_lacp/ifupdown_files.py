# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What /etc/network/interfaces takes in by 'source' and 'source-directory': interfaces(5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FILES = 1000


def sourced(path: str, text: str, listing: Callable[[str], tuple[str, ...]]) -> list[str]:
    """The files that a file names with source and source-directory, found by listing folders."""
    folder = path.rpartition("/")[0]
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        keyword, *words = line.split() or [""]
        for word in words if keyword.startswith("source") else ():
            pattern = word if word.startswith("/") else f"{folder}/{word}"
            paths = _expand(pattern, listing)
            if keyword == "source-directory":
                paths = [
                    f"{base}/{name}" for base in paths for name in listing(base) if _plain(name)
                ]
            found.extend(paths)
    return found


def _expand(pattern: str, listing: Callable[[str], tuple[str, ...]]) -> list[str]:
    """Shell wildcards in any component of an absolute path."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - not every host needs it

    paths = [""]
    for part in pattern.strip("/").split("/"):
        if any(sign in part for sign in "*?["):
            paths = [
                f"{base}/{name}"
                for base in paths
                for name in listing(base or "/")
                if fnmatchcase(name, part) and not name.startswith(".")
            ]
        else:
            paths = [f"{base}/{part}" for base in paths]
    return paths


def _plain(name: str) -> bool:
    """Letters, digits, underscores and hyphens: all that source-directory takes."""
    return name.isascii() and name.replace("_", "").replace("-", "").isalnum()
