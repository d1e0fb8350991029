# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a link was like before it was changed: enough to put it back, whoever is alive to do so."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .plan import Step

SCHEMA = "bondproof.lacp/journal/1"


class JournalDamaged(Exception):
    """A journal that nobody wrote like this; the text says what is wrong."""


class Device(NamedTuple):
    """An interface. addresses: permanent ones, with prefix length; routes: words of `ip route`.

    Each route starts with its family: ('-6', 'fd00::/64', 'via', ...).
    """

    name: str
    ifindex: int
    admin_up: bool
    mtu: int
    addresses: tuple[str, ...] = ()
    routes: tuple[tuple[str, ...], ...] = ()


class PortBefore(NamedTuple):
    """A member, or what is to become one. master: '' for none; uppers: VLANs and such on it.

    prio and port_priority are None where the kernel has no such thing.
    """

    device: Device
    master: str
    queue_id: int = 0
    prio: int | None = None
    port_priority: int | None = None
    uppers: tuple[Device, ...] = ()


class Drop(NamedTuple):
    """A tc filter that is about to be made. direction: 'ingress' or 'egress'; pref: ours alone.

    had_clsact: whether the device had a clsact qdisc before.
    """

    device: str
    direction: str
    pref: int
    had_clsact: bool


class Journal(NamedTuple):
    """One run of one module on one bond. started: UTC; members: all, in enslave order.

    ports: those that the plan touches; deadline_s: after which the dead-man restores; kind: 'bond',
    or 'team' for a device of teamd.
    """

    run: str
    module: str
    what: str
    bond: str
    bond_mac: str
    members: tuple[str, ...]
    ports: tuple[PortBefore, ...]
    plan: tuple[Step, ...]
    drops: tuple[Drop, ...] = ()
    started: str = ""
    boot_id: str = ""
    pid: int = 0
    deadline_s: int = 0
    kind: str = "bond"

    def dumps(self) -> str:
        """As text, one JSON object."""
        data: dict[str, Any] = {"schema": SCHEMA, **self._asdict()}
        data["ports"] = [
            {
                **port._asdict(),
                "device": port.device._asdict(),
                "uppers": [upper._asdict() for upper in port.uppers],
            }
            for port in self.ports
        ]
        data["drops"] = [drop._asdict() for drop in self.drops]
        data["plan"] = [step.as_result() for step in self.plan]
        return json.dumps(data, indent=1) + "\n"

    @classmethod
    def loads(cls, text: str) -> Journal:
        """The inverse; JournalDamaged."""
        try:
            data = json.loads(text)
            if data.pop("schema") != SCHEMA:
                raise JournalDamaged(f"it is not of the form {SCHEMA}")
            data["members"] = tuple(data["members"])
            data["ports"] = tuple(_port(port) for port in data["ports"])
            data["drops"] = tuple(Drop(**drop) for drop in data["drops"])
            data["plan"] = tuple(Step.from_result(step) for step in data["plan"])
            return cls(**data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise JournalDamaged(f"it cannot be understood: {error!r}") from error


def _port(data: dict[str, Any]) -> PortBefore:
    data["device"] = _device(data["device"])
    data["uppers"] = tuple(_device(upper) for upper in data["uppers"])
    return PortBefore(**data)


def _device(data: dict[str, Any]) -> Device:
    data["addresses"] = tuple(data["addresses"])
    data["routes"] = tuple(tuple(route) for route in data["routes"])
    return Device(**data)
