# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EXPIRED and DEFAULTED of our own ports: told by their PDUs or by the kernel, each counted once.

A port that expires and hears its partner again before it may send (802.1AX 6.4.16: three PDUs in a
second at most) never says so on the wire. The kernel does, in the link message that announces that
the port stops to distribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .analysis_lane import ACTOR, StateChange
from .port_state import DEFAULTED, EXPIRED
from .window import SENT

if TYPE_CHECKING:
    from .window import LinkEvent

_BITS = EXPIRED | DEFAULTED


class OwnStates:
    """Which of the two bits each port has by the last word of it, and who is to confirm that."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._only_heard: dict[str, int] = {}

    def heard(self, member: str, direction: str, change: StateChange) -> StateChange:
        """The change that a PDU tells, without what the kernel had told before."""
        if direction != SENT or change.whose != ACTOR:
            return change
        told = self._open.get(member, 0) & change.after
        self._open[member] = change.after & _BITS
        if change.before is None:
            return change
        only = self._only_heard.get(member, 0)
        self._only_heard[member] = only | change.set & _BITS & ~told
        return change._replace(before=change.before | told)

    def linked(self, event: LinkEvent) -> StateChange | None:
        """The change that the kernel tells; None where it is none, or a PDU told it already.

        A machine under load reads an announcement late: then PDUs may have told the bit and also
        its end before.
        """
        if event.what != "actor_state" or not (event.before.isdigit() and event.after.isdigit()):
            return None
        before, after = int(event.before), int(event.after)
        came = after & ~before & _BITS
        new = came & ~self._open.get(event.member, 0) & ~self._only_heard.get(event.member, 0)
        self._only_heard[event.member] = self._only_heard.get(event.member, 0) & ~came
        self._open[event.member] = after & _BITS
        if not new:
            return None
        # All else that changed is told by the next PDU.
        return StateChange(event.utc_ns, event.mono_ns, ACTOR, before, before | new)
