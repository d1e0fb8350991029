# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody, or something, does to a bond on the host while it works."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from lab.faults.registry import Change, fault
from lab.wiring import bond_commands

if TYPE_CHECKING:
    from lab.faults.registry import Site


@fault
def member_reattached(site: Site, *, member: str) -> Change:
    """A manager takes a member out of the bond and puts it back."""
    site.port(member)
    return Change(_reattached(site.bond.name, member), [], {member: "converged"})


@fault
def members_reattached(site: Site) -> Change:
    """A manager takes all members out of the bond and puts them back, as a resync does."""
    commands = [line for name in site.bond.members for line in _reattached(site.bond.name, name)]
    return Change(commands, [], site.every("converged"))


def _reattached(bond: str, member: str) -> list[str]:
    at = f"ip link set dev {member}"
    return [f"{at} nomaster", f"{at} down", f"{at} master {bond}", f"{at} up"]


@fault
def bond_recreated(site: Site) -> Change:
    """A manager deletes the bond and makes it again."""
    plain = replace(site.bond, manager="none")
    down = [f"ip link set dev {member} down" for member in site.bond.members]
    commands = [f"ip link delete dev {site.bond.name}", *down, *bond_commands(plain)]
    return Change(commands, [], site.every("converged"))


@fault
def bond_mac(site: Site, *, mac: str = "02:e0:ff:00:00:01") -> Change:
    """Something changes the bond's MAC and writes its options again: it speaks as another system.

    The MAC alone changes nothing (bond_3ad.c takes it when the first member comes); the next write
    of a system option takes it over.
    """
    bond = site.bond.name
    commands = [
        f"ip link set dev {bond} address {shlex.quote(mac)}",
        f"ip link set dev {bond} type bond ad_actor_sys_prio 65535",
    ]
    return Change(commands, [], site.every("converged"))


@fault
def starved(_site: Site, *, seconds: int = 8) -> Change:
    """Tasks of high priority take the host's only processor: bonding's timers run late."""
    limit = "/proc/sys/kernel/sched_rt_runtime_us"
    # Newer kernels keep a twentieth of each second for ordinary tasks (the fair server, 6.12);
    # twenty of them that are far nicer than bonding's worker take that.
    busy = "while :; do :; done"
    each = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"
    hogs = f"for i in {each}; do sh -c '{busy}' & done; exec chrt --fifo 50 sh -c '{busy}'"
    # timeout must be able to interrupt what it started: a higher priority.
    ordinary = f"chrt --other 0 nice -n -20 sh -c {shlex.quote(hogs)}"
    run = f"timeout {min(seconds, 30)} {ordinary}"
    command = f"usual=$(cat {limit}); echo -1 > {limit}; chrt --fifo 55 {run} || true;"
    return Change([f"{command} echo $usual > {limit}"], [])
