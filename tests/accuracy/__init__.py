# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often the verdict is right: scenarios on the lab and recorded packets, judged and counted."""

from __future__ import annotations
