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
    if state == "converged":
        both = actor & partner & SYNC_COLL_DIST == SYNC_COLL_DIST
        return both and not (actor | partner) & DEFAULTED_OR_EXPIRED
    if state == "silent":
        return bool(actor & DEFAULTED_OR_EXPIRED)
    if state == "unheard":
        return bool(partner & DEFAULTED_OR_EXPIRED)
    if state == "passive":
        return not (actor | partner) & ACTIVITY
    if state == "separate":
        return member["mii"] == "up" and member["aggregator"] != active_aggregator
    if state == "down":
        return member["mii"] != "up"
    return state == "present"
