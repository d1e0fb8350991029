# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of the switch and of the cable, made in the switch's namespace."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from lab.faults.registry import Change, choose, fault
from lab.wiring import lag_commands, plug

if TYPE_CHECKING:
    from lab.faults.registry import Site

_SLOW_PROTOCOLS = "protocol 0x8809 matchall action drop"


@fault
def silent_partner(site: Site, *, member: str, direction: str = "to_host") -> Change:
    """LACPDUs are lost at the switch while the carrier stays up.

    direction: to_host (we do not hear), from_host (they do not hear us), both.
    """
    choose("silent_partner", "direction", direction, ("to_host", "from_host", "both"))
    port = site.port(member)
    tc = f"tc -n {port.switch.name}"
    hooks = {"to_host": ["egress"], "from_host": ["ingress"], "both": ["egress", "ingress"]}
    apply = [f"{tc} qdisc add dev {port.name} clsact"]
    apply += [f"{tc} filter add dev {port.name} {h} {_SLOW_PROTOCOLS}" for h in hooks[direction]]
    state = "unheard" if direction == "from_host" else "silent"
    return Change(apply, [f"{tc} qdisc delete dev {port.name} clsact"], {member: state})


@fault
def partner_absent(site: Site, *, member: str) -> Change:
    """The switch port is in no LAG: nobody speaks LACP there."""
    port = site.port(member)
    at = f"ip -n {port.switch.name} link set dev {port.name}"
    return Change([f"{at} nomaster", f"{at} up"], plug(port, port.lag), {member: "silent"})


@fault
def carrier_down(site: Site, *, member: str) -> Change:
    """The switch port is shut: the member has no carrier."""
    port = site.port(member)
    at = f"ip -n {port.switch.name} link set dev {port.name}"
    return Change([f"{at} down"], [f"{at} up"], {member: "down"})


@fault
def cable_pulled(site: Site, *, member: str) -> Change:
    """The carrier goes; the member's state in the bond is whatever bonding makes of it."""
    port = site.port(member)
    at = f"ip -n {port.switch.name} link set dev {port.name}"
    return Change([f"{at} down"], [f"{at} up"], {member: "present"})


@fault
def lag_down(site: Site) -> Change:
    """The switch's LAG is set down while its ports stay up: its LACP says no more."""
    at = [f"ip -n {switch} link set dev {lag}" for switch, lag in site.bond.lags]
    return Change([f"{lag} down" for lag in at], [f"{lag} up" for lag in at], site.every("silent"))


@fault
def split_aggregator(site: Site, *, member: str) -> Change:
    """The member is cabled into another LAG (another key) of the same switch."""
    return _other_lag(site, member, site.port(member).switch.system)


@fault
def two_switches(site: Site, *, member: str) -> Change:
    """The member is cabled to another switch (another system), and the two are no MLAG pair."""
    return _other_lag(site, member, "02:5c:ff:00:00:01")


def _other_lag(site: Site, member: str, system: str) -> Change:
    port = site.port(member)
    lag = f"po-{port.name}"
    options = {
        "ad_actor_system": system,
        "ad_user_port_key": "77",
        "miimon": "100",
        "lacp_rate": "fast",
    }
    at = f"ip -n {port.switch.name} link"
    apply = lag_commands(port.switch, lag, options)
    apply += [f"{at} set dev {lag} mtu {site.bond.mtu}", *plug(port, lag), f"{at} set dev {lag} up"]
    clear = [*plug(port, port.lag), f"{at} delete dev {lag}"]
    return Change(apply, clear, {member: "separate"})


@fault
def partner_flips(site: Site, *, system: str = "02:5c:ff:00:00:02") -> Change:
    """The LAG speaks as another system, as a broken MLAG pair does when its roles change."""
    at = [
        (f"ip -n {switch} link set dev {lag} type bond ad_actor_system", site.host.switches[switch])
        for switch, lag in site.bond.lags
    ]
    return Change(
        [f"{command} {shlex.quote(system)}" for command, _switch in at],
        [f"{command} {switch.system}" for command, switch in at],
        site.every("converged"),
    )


@fault
def static_lag(site: Site) -> Change:
    """The switch's LAG is static: it bundles the ports and speaks no LACP."""
    apply = []
    clear = []
    for (switch, lag), ports in site.bond.lags.items():
        static = f"st-{ports[0]}"
        at = f"ip -n {switch} link"
        apply.append(f"{at} add name {static} type bond mode balance-xor miimon 100")
        apply += [line for port in ports for line in _moved(at, port, static)]
        apply.append(f"{at} set dev {static} up")
        clear += [line for port in ports for line in _moved(at, port, lag)]
        clear.append(f"{at} delete dev {static}")
    return Change(apply, clear, site.every("silent"))


def _moved(at: str, port: str, lag: str) -> list[str]:
    """Move a port; a member must be down to be enslaved."""
    device = f"{at} set dev {port}"
    return [f"{device} nomaster", f"{device} down", f"{device} master {lag}", f"{device} up"]


@fault
def team_partner(site: Site) -> Change:
    """The far end is teamd, of a realtime priority: it goes on whatever the host is busy with."""
    apply = []
    for (switch, lag), ports in site.bond.lags.items():
        at = f"ip -n {switch} link set dev"
        apply += [line for port in ports for line in (f"{at} {port} nomaster", f"{at} {port} down")]
        apply.append(f"ip -n {switch} link delete dev {lag}")
        listed = ", ".join(f'"{port}": {{}}' for port in ports)
        config = (
            f'{{"device": "{lag}", "runner": {{"name": "lacp", "active": true, '
            f'"fast_rate": true}}, "link_watch": {{"name": "ethtool"}}, "ports": {{{listed}}}}}'
        )
        team = f"chrt --fifo 60 teamd --daemonize --take-over --config '{config}'"
        apply += [f"ip netns exec {switch} {team}", f"{at} {lag} up"]
    return Change(apply, [], site.every("converged"))


@fault
def late_frames(site: Site, *, member: str, burst_ms: int = 1500) -> Change:
    """The cable holds frames towards the host back and lets them go in bursts; none is lost."""
    port = site.port(member)
    at = f"tc -n {port.switch.name} qdisc"
    slot = f"slot {burst_ms}ms {burst_ms}ms"
    return Change(
        [f"{at} replace dev {port.name} root netem {slot}"],
        [f"{at} delete dev {port.name} root"],
        {member: "present"},
    )


@fault
def passive_both(site: Site) -> Change:
    """Both ends wait for the other to speak first (lacp_active off).

    Linux on both ends converges all the same, because every change sends a LACPDU, but nobody
    sends them periodically: a port expires now and then. With `lacp_active: off` in `options` and
    `lag` of a topology it is so from the start.
    """
    ends = [f"ip link set dev {site.bond.name}"]
    ends += [f"ip -n {switch} link set dev {lag}" for switch, lag in site.bond.lags]
    down = [f"{end} down" for end in ends]
    up = [f"{end} up" for end in ends]
    off = [f"{end} type bond lacp_active off" for end in ends]
    on = [f"{end} type bond lacp_active on" for end in ends]
    return Change([*down, *off, *up], [*down, *on, *up], site.every("passive"))


@fault
def slow_fast(site: Site, *, switch_rate: str = "slow") -> Change:
    """The switch asks for another LACPDU rate than the host: legal, no fault at all."""
    choose("slow_fast", "switch_rate", switch_rate, ("slow", "fast"))
    usual = site.bond.lag_options.get("lacp_rate", "fast")
    return Change(_lag_rate(site, switch_rate), _lag_rate(site, usual), site.every("converged"))


def _lag_rate(site: Site, rate: str) -> list[str]:
    commands = []
    for switch, lag in site.bond.lags:
        at = f"ip -n {switch} link set dev {lag}"
        commands += [f"{at} down", f"{at} type bond lacp_rate {rate}", f"{at} up"]
    return commands


@fault
def flapping(site: Site, *, member: str, count: int = 5, period_ms: int = 400) -> Change:
    """The carrier goes and comes `count` times, then stays: counters show it."""
    port = site.port(member)
    at = f"ip -n {port.switch.name} link set dev {port.name}"
    half = max(period_ms, 2) / 2000
    loop = f"i=0; while [ $i -lt {min(count, 1000)} ]; do"
    loop += f" {at} down; sleep {half}; {at} up; sleep {half}; i=$((i + 1)); done"
    return Change([loop], [], {member: "converged"})


@fault
def lossy(site: Site, *, member: str, percent: int = 30) -> Change:
    """The cable loses a share of all frames towards the host at random."""
    port = site.port(member)
    at = f"tc -n {port.switch.name} qdisc"
    return Change(
        [f"{at} replace dev {port.name} root netem loss {percent}%"],
        [f"{at} delete dev {port.name} root"],
        {member: "present"},
    )


@fault
def switch_mtu(site: Site, *, mtu: int = 1400) -> Change:
    """The switch's LAG has another MTU than the host's bond."""
    lags = [f"ip -n {switch} link set dev {lag} mtu" for switch, lag in site.bond.lags]
    return Change([f"{lag} {mtu}" for lag in lags], [f"{lag} {site.bond.mtu}" for lag in lags])
