# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: the tree, its build folder, the cache outside the tree."""

from __future__ import annotations

import os
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
COLLECTIONS = BUILD / "collections"
COLLECTION = COLLECTIONS / "ansible_collections" / "bondproof" / "lacp"


def cache() -> Path:
    """Return the cache folder, as BONDPROOF_CACHE (empty is unset) or XDG says."""
    named = os.environ.get("BONDPROOF_CACHE")
    if named:
        return Path(named).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "bondproof-lacp"


def link_collection() -> Path:
    """Make build/collections/.../bondproof/lacp lead to the tree; return that path."""
    COLLECTION.parent.mkdir(parents=True, exist_ok=True)
    if COLLECTION.is_symlink() and COLLECTION.resolve() == TOP:
        return COLLECTION
    COLLECTION.unlink(missing_ok=True)
    COLLECTION.symlink_to(os.path.relpath(TOP, COLLECTION.parent))
    return COLLECTION
