# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault that a lab can make. Importing this package fills the registry."""

from __future__ import annotations

from lab.faults import drift, far_end, handling, near_end, traffic
from lab.faults.registry import Change, Site, change_for, describe, find

__all__ = [
    "Change", "Site", "change_for", "describe", "drift", "far_end", "find", "handling",
    "near_end", "traffic",
]  # fmt: skip
