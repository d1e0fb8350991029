# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host before a failover test: whether it may be made at all, and what it will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._host import collect, files, live, tc_drop
from .._host.capture_bond import find_bond
from .._host.failover_probe import probes
from .._host.failover_state import State
from .._host.links import dumps
from .._lacp import failover_budget as budgets, failover_tc
from .._lacp.failover_plan import TrialPlan, Waits, check_bond
from .._lacp.plan import Refused
from .._lacp.plan_hazards import hazard, hazards, surroundings
from .._lacp.plan_target import check_members, target
from .._lacp.rtnl_dumps import network
from .._lacp.sources import privileged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._host.capture_bond import Port
    from .._host.dead_man import Run
    from .._lacp.failover_result import Traffic

_BEFORE_S = 1.0


class Scene:
    """A bond that may be tested; Refused where it may not."""

    def __init__(self, params: Mapping[str, Any], run: Run) -> None:
        self._params = params
        links = network(dumps())
        if links is None:
            raise Refused("the links of this host cannot be read")
        found = target(links, params["bond"])
        if params["members"]:
            check_members(links, found, params["members"], "cycled")
        if not privileged(files.read("/proc/self/status")):
            raise Refused("CAP_NET_ADMIN is needed to change links: run the task with become: true")
        self.bond = find_bond(params["bond"])
        names = params["members"] or [port.name for port in self.bond.ports]
        self.ports = [port for port in self.bond.ports if port.name in names]
        self.state = State(self.bond, run)
        if budgets.CARRIER in params["fault"]:
            around = surroundings(collect.collect(live.LiveSource()), self.bond.name)
            why = hazard(list(hazards(around, found.members)), ["down"])
            if why:
                raise Refused(why)
        self.check(self.ports)

    def check(self, ports: list[Port]) -> None:
        """Refused where the bond is ill, or would be cut off without one of some members."""
        names = [port.name for port in ports]
        min_links = _number(self.state.options(), "min_links")
        isolate = self._params["allow_isolation"]
        check_bond(self.state.stand(), names, min_links, isolate=isolate)

    def plans(self) -> Iterator[TrialPlan]:
        """What is to be tried, in order; Refused."""
        stand, options = self.state.stand(), self.state.options()
        delays = {name: _number(options, name) for name in ("miimon", "updelay", "downdelay")}
        for port in self.ports:
            look = stand.ports[port.name]
            states = look.state("actor_state"), look.state("partner_state")
            known = budgets.timers(delays, *states)
            for kind in self._params["fault"]:
                yield self._plan(port, kind, known)

    def _plan(self, port: Port, kind: str, known: budgets.Timers) -> TrialPlan:
        params = self._params
        direction = "" if kind == budgets.CARRIER else params["direction"]
        fault = budgets.Fault(kind, direction)
        default = budgets.derived(fault, known)
        asked = (params["max_failover_ms"], params["max_reintegrate_s"], params["max_loss"])
        leave_s, return_s = budgets.patience(default)
        waits = Waits(_BEFORE_S, params["hold"], params["timeout"] or leave_s, return_s)
        drop = None
        if direction:
            there, filters = tc_drop.state(port.ifindex)
            drop = failover_tc.plan(port.name, port.ifindex, direction, there, filters)
        allowed = budgets.chosen(default, *asked)
        return TrialPlan(port.name, port.ifindex, fault, known, allowed, waits, drop)

    def probes(self, member: str) -> Traffic | None:
        """What to probe with while a member is tested; None if nothing was asked for. Refused."""
        address = self._params["probe"]
        if not address:
            return None
        return probes(self.bond, member, address, self._params["probe_interval"])


def _number(options: Mapping[str, str], name: str) -> int:
    text = options.get(name, "")
    if not text.isdigit():
        raise Refused(f"bonding does not tell its option {name}: is /sys mounted?")
    return int(text)
