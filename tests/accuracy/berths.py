# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many scenarios on few hosts: each gets a berth, with names of its own for bond and members."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab import faults, reader
from lab.topology import FaultUse

from .scenario import BOND, CHURNED, Injection, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.topology import Bond, Host, Topology

# A User-Mode Linux has one processor, and each bond's capture looks around once in a second.
BONDS_A_HOST = 8


@dataclass(frozen=True)
class Berth:
    """Where a scenario runs. names: what the host calls things, by the file's names."""

    scenario: Scenario
    host: str
    names: Mapping[str, str]

    @property
    def bond(self) -> str:
        """The bond's name on the host."""
        return self.names[BOND]

    @property
    def aliases(self) -> dict[str, str]:
        """The names of the file, by those of the host."""
        return {real: name for name, real in self.names.items()}


@dataclass(frozen=True)
class Ward:
    """A host with its scenarios, which share one window."""

    host: str
    window_s: float
    berths: tuple[Berth, ...]


def assign(scenarios: Iterable[Scenario]) -> list[Ward]:
    """Spread scenarios over hosts: those of one window together, some by themselves."""
    shared: dict[tuple[float, bool], list[Scenario]] = defaultdict(list)
    groups: list[list[Scenario]] = []
    for one in scenarios:
        if one.alone:
            groups.append([one])
        else:
            shared[one.window_s, _is_long(one)].append(one)
    for found in shared.values():
        hosts = -(-len(found) // BONDS_A_HOST)
        groups += [found[start::hosts] for start in range(hosts)]
    # The longest begin first, so that none of them is left at the end.
    groups.sort(key=lambda group: (-any(map(_is_long, group)), -group[0].window_s))
    wards = []
    number = 0
    for index, group in enumerate(groups, start=1):
        host = f"a{index}"
        berths = []
        for one in group:
            number += 1
            berths.append(Berth(one, host, _names(one, number)))
        wards.append(Ward(host, group[0].window_s, tuple(berths)))
    return wards


def _is_long(scenario: Scenario) -> bool:
    return any(one.until == CHURNED for one in scenario.injections)


def _names(scenario: Scenario, number: int) -> dict[str, str]:
    members = {member: f"{member}x{number:02d}" for member in scenario.bond.members}
    return {BOND: f"bond{number:02d}", **members}


def topology(wards: Iterable[Ward]) -> dict[str, Any]:
    """What the lab is to be, as one of its topology files has it."""
    hosts = {}
    for ward in wards:
        # Bonds without a switch of their own are cabled to the first.
        switches: dict[str, dict[str, object]] = {"sw": {}}
        for berth in ward.berths:
            own = berth.scenario.host
            for port in berth.scenario.bond.members.values():
                if own is not None and _own_switch(berth, port.switch.name) != "sw":
                    is_default = port.switch.name == "sw"
                    told = {"system": port.switch.system, "first_port": port.switch.first_port}
                    name = _own_switch(berth, port.switch.name)
                    switches[name] = {} if is_default else told
        bonds = {berth.bond: _bond(berth) for berth in ward.berths}
        hosts[ward.host] = {"switches": switches, "bonds": bonds}
    return {"description": "bonds whose verdicts are to be right", "hosts": hosts}


def _own_switch(berth: Berth, switch: str) -> str:
    """A switch that somebody asked for, or that gives evidence, is nobody else's."""
    if switch == "sw" and not berth.scenario.wants_evidence:
        return "sw"
    return f"{switch}x{berth.bond.removeprefix('bond')}"


def _bond(berth: Berth) -> dict[str, object]:
    bond = berth.scenario.bond
    number = berth.bond.removeprefix("bond")
    members = {
        berth.names[member]: {
            "switch": _own_switch(berth, port.switch.name),
            "lag": f"{port.lag}x{number}",
        }
        for member, port in bond.members.items()
    }
    found: dict[str, object] = {
        "manager": bond.manager,
        "members": members,
        "options": dict(bond.options),
        "lag": dict(bond.lag_options),
        "mtu": bond.mtu,
        "cards": bond.cards,
        "vlans": {vlan: dict(keys) for vlan, keys in bond.vlans.items()},
        "expect": {berth.names[member]: state for member, state in bond.expect.items()},
    }
    if bond.address:
        found["address"] = bond.address
    if bond.bridge:
        found["bridge"] = f"{bond.bridge}x{number}"
    return found


def work(ward: Ward, up: Topology) -> dict[str, Any]:
    """What the guest is to do: see guest.py."""
    host = up.host(ward.host)
    bonds = {berth.bond: _todo(berth, host) for berth in ward.berths}
    return {"window": ward.window_s, "bonds": bonds}


def _todo(berth: Berth, host: Host) -> dict[str, Any]:
    bond = host.bond(berth.bond)
    scenario = berth.scenario
    before = [_steps(one, berth, host, bond) for one in scenario.injections if one.at is None]
    during = [_steps(one, berth, host, bond) for one in scenario.injections if one.at is not None]
    far_ends = sorted({port.switch.name for port in bond.members.values()})
    return {
        "before": [step for steps in before for step in steps],
        "during": sorted((step for steps in during for step in steps), key=lambda step: step["at"]),
        "markers": scenario.markers_at,
        "far_ends": far_ends if scenario.wants_evidence else [],
    }


def _steps(one: Injection, berth: Berth, host: Host, bond: Bond) -> list[dict[str, Any]]:
    given = {key: _renamed(value, berth) for key, value in one.use.parameters.items()}
    change = faults.change_for(FaultUse(one.use.name, given), faults.Site(host, bond))
    steps = [
        {
            "name": one.use.name,
            "at": one.at,
            "commands": change.apply,
            "states": dict(change.states),
            "churned": one.until == CHURNED,
        }
    ]
    if one.until is not None:
        back = {
            "name": f"end of {one.use.name}",
            "at": None if one.until == CHURNED else one.until,
            "commands": change.clear,
            "states": dict.fromkeys(change.states, "converged"),
            "churned": False,
        }
        steps.append(back)
    return steps


def _renamed(value: object, berth: Berth) -> object:
    return berth.names.get(value, value) if isinstance(value, str) else value


def check(wards: Iterable[Ward], text: str) -> Topology:
    """The topology as the lab reads it; LabError where it cannot be."""
    found = reader.parse(text, "accuracy", "accuracy.yml")
    for ward in wards:
        work(ward, found)
    return found
