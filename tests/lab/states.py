# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states that a member of a bond can be waited for. Also runs inside the hosts (agent)."""

from __future__ import annotations

# 802.1AX 6.4.2.3: bits of a port's state octet.
ACTIVITY = 0x01
SYNC_COLL_DIST = 0x38
DEFAULTED_OR_EXPIRED = 0xC0

STATES = {
    "converged": "both ends synchronised, collecting and distributing",
    "silent": "we do not hear the partner: our DEFAULTED or EXPIRED bit",
    "unheard": "the partner says that it does not hear us: its DEFAULTED or EXPIRED bit",
    "separate": "up, but in another aggregator than the active one",
    "down": "link down, as bonding sees it",
    "passive": "neither end has its ACTIVITY bit: each waits for the other to speak",
    "present": "a member of the bond, nothing more",
}


def holds(state: str, member: dict[str, int | str], active_aggregator: int) -> bool:
    """Tell whether a member, as the agent read it, is in a state of STATES.

    `member` has actor, partner (state octets, 0 when absent), aggregator and mii.
    """
    actor, partner = int(member["actor"]), int(member["partner"])
    either, both = actor | partner, actor & partner
    delivers = both & SYNC_COLL_DIST == SYNC_COLL_DIST and not either & DEFAULTED_OR_EXPIRED
    is_up = member["mii"] == "up"
    truths = {
        "converged": delivers,
        "silent": bool(actor & DEFAULTED_OR_EXPIRED),
        "unheard": bool(partner & DEFAULTED_OR_EXPIRED),
        "separate": is_up and member["aggregator"] != active_aggregator,
        "passive": not either & ACTIVITY,
        "down": not is_up,
        "present": True,
    }
    return truths[state]
