# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fault is: one decorated function that says how to make it, how to end it, what follows."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.topology import Bond, FaultUse, Host, Port

    Make = Callable[..., "Change"]


@dataclass(frozen=True)
class Change:
    """Shell commands, run as root on the host, and the state (lab.states) that each member gets."""

    apply: list[str]
    clear: list[str]
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Where a fault is made."""

    host: Host
    bond: Bond

    def port(self, member: str) -> Port:
        """Return the switch's end of a member's cable."""
        if member in self.bond.members:
            return self.bond.members[member]
        raise LabError(
            f"{self.host.name}, bond {self.bond.name}: no member {member!r}. "
            f"Cure: member= one of {', '.join(self.bond.members)}",
        )

    def other(self, member: str) -> str:
        """Return some member that is not this one."""
        self.port(member)
        return next(name for name in self.bond.members if name != member)

    def every(self, state: str) -> dict[str, str]:
        """Give the same state to all members."""
        return dict.fromkeys(self.bond.members, state)


_REGISTRY: dict[str, Make] = {}


def fault(make: Make) -> Make:
    """Register a fault under its function's name; the docstring's first line describes it."""
    if not make.__doc__:
        raise LabError(f"fault {make.__name__} has no docstring. Cure: say in a line what breaks")
    _REGISTRY[make.__name__] = make
    return make


def describe() -> dict[str, str]:
    """Return every fault's parameters and first docstring line, by name."""
    lines = {}
    for name, make in sorted(_REGISTRY.items()):
        wanted = ", ".join(
            key if value.default is value.empty else f"{key}={value.default}"
            for key, value in _parameters(make).items()
        )
        lines[name] = f"({wanted}) {inspect.getdoc(make)}".splitlines()[0]
    return lines


def _parameters(make: Make) -> dict[str, inspect.Parameter]:
    return dict(list(inspect.signature(make).parameters.items())[1:])


def find(name: str) -> Make:
    """Return a fault's function by name."""
    if name in _REGISTRY:
        return _REGISTRY[name]
    raise LabError(f"unknown fault {name!r}. Cure: one of {', '.join(sorted(_REGISTRY))}")


def change_for(use: FaultUse, site: Site) -> Change:
    """Check the parameters of a use and return what it does at a site.

    `member` may be left out: the bond's last one is meant.
    """
    make = find(use.name)
    known = _parameters(make)
    given = dict(use.parameters)
    for key in given:
        if key not in known:
            raise LabError(
                f"{site.host.name}, bond {site.bond.name}, fault {use.name}: unknown parameter "
                f"{key!r}. Cure: {', '.join(known) or 'it takes none'}",
            )
    if "member" in known:
        given.setdefault("member", list(site.bond.members)[-1])
        site.port(str(given["member"]))
    typed = {key: _typed(use, key, value, known[key]) for key, value in given.items()}
    return make(site, **typed)


def _typed(use: FaultUse, key: str, value: object, parameter: inspect.Parameter) -> object:
    if str(parameter.annotation) == "int":
        if isinstance(value, bool) or not str(value).isdigit():
            raise LabError(
                f"fault {use.name}: {key} is {value!r}. Cure: a whole number, 0 or greater",
            )
        return int(str(value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def choose(fault_name: str, key: str, value: str, allowed: tuple[str, ...]) -> str:
    """Check a parameter that takes a few words only."""
    if value in allowed:
        return value
    raise LabError(f"fault {fault_name}: {key} is {value!r}. Cure: one of {', '.join(allowed)}")
