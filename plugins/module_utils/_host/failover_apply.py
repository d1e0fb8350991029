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
    from collections.abc import Callable, Sequence

    from .._lacp.failover_plan import TrialPlan


class Changes(Changer):
    """Those of Changer, and tc's."""

    def do(self, action: str, plan: TrialPlan, mark: Callable[[], None]) -> None:
        """Make one change of a plan; mark is called right before what makes it effective.

        ChangeFailed, with some of it possibly done.
        """
        if action in (DOWN, UP):
            mark()
            (self.down if action == DOWN else self.up)(plan.ifindex)
        elif action in (DROP, UNDROP) and plan.drop is not None:
            self._tc(list((tc_drop.make if action == DROP else tc_drop.undo)(plan.drop)), mark)

    def _tc(self, requests: Sequence[tc_drop.Request], mark: Callable[[], None]) -> None:
        if not requests:  # somebody else has removed it already
            mark()
        for left, one in zip(reversed(range(len(requests))), requests):
            if not left:
                mark()
            what = f"tc {one.command} {one.kind} on interface {one.ifindex}"
            self._call(what, partial(self._route.tc, *one.words(), **one.options))
