# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a port may take until both ends distribute, from the timers that rule it.

IEEE 802.1AX clause 6.4.4 and drivers/net/bonding/bond_3ad.c. Not an estimate of what is usual: the
sum of all that may legally come one after the other.
"""

from __future__ import annotations

from typing import NamedTuple

from .port_state import (
    AGGREGATE_WAIT_S,
    FAST_PERIODIC_S,
    LONG_TIMEOUT_S,
    SHORT_TIMEOUT_S,
    SLOW_PERIODIC_S,
)

# Ticks of 100 ms stretch on a busy host, and a switch answers when it comes to it.
MARGIN_S = 5.0
# bond_3ad_initialize(): how long a bond that gets its first member puts off the choice of an
# aggregator.
FIRST_CHOICE_S = 8.0


class Timers(NamedTuple):
    """What was negotiated. fast: whether this host asks its partner for short timeouts."""

    fast: bool
    miimon_ms: int = 100
    updelay_ms: int = 0
    downdelay_ms: int = 0

    @property
    def period_s(self) -> float:
        """The longest time until the partner's next LACPDU."""
        return FAST_PERIODIC_S if self.fast else SLOW_PERIODIC_S

    @property
    def silence_s(self) -> float:
        """Time from the partner's last LACPDU until this host calls it expired."""
        return SHORT_TIMEOUT_S if self.fast else LONG_TIMEOUT_S

    @property
    def converge_s(self) -> float:
        """From a link that comes up, or a member that is added, until both ends distribute.

        The link is noticed (miimon, updelay), the port waits in EXPIRED for the partner's next
        LACPDU, and both ends wait for others to aggregate with.
        """
        link_s = (2 * self.miimon_ms + self.updelay_ms) / 1000
        return link_s + SHORT_TIMEOUT_S + self.period_s + 2 * AGGREGATE_WAIT_S + MARGIN_S

    @property
    def answer_s(self) -> float:
        """From a LACPDU that is out of turn until a partner that listens distributes."""
        return 2 * AGGREGATE_WAIT_S + FAST_PERIODIC_S


def dead_man_s(waits_s: float) -> int:
    """The deadline of the dead-man for a plan that may wait so long in all.

    Twice that: it must never come while a slow host is still doing as planned.
    """
    return int(2 * waits_s + 30)
