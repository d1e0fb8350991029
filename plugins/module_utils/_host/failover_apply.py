# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of a failover test: a link down and up, LACPDUs dropped and let pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .._lacp.failover_plan import DOWN, DROP, UNDROP, UP
from . import tc_drop
from .apply import Changer

if TYPE_CHECKING:
    from .._lacp.failover_plan import TrialPlan


class Changes(Changer):
    """Those of Changer, and tc's."""

    def do(self, action: str, plan: TrialPlan) -> None:
        """Make one change of a plan; ChangeFailed, with some of it possibly done."""
        if action == DOWN:
            self.down(plan.ifindex)
        elif action == UP:
            self.up(plan.ifindex)
        elif action in (DROP, UNDROP) and plan.drop is not None:
            requests = (tc_drop.make if action == DROP else tc_drop.undo)(plan.drop)
            for one in requests:
                what = f"tc {one.command} {one.kind} on {plan.member}"
                self._call(what, partial(self._route.tc, *one.words(), **one.options))
