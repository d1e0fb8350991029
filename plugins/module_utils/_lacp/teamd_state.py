# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What teamd says of a team device (state dump, config dump), as values of known types.

A value that is missing or of another type is None, and its path is kept: nothing is guessed. The
layout is that of libteam's teamd_state.c and teamd_runner_lacp.c.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

RUNNER_STATES = ("current", "expired", "defaulted", "disabled")
# Runner of teamd: the mode as bonding names it.
MODES = {
    "lacp": "802.3ad",
    "activebackup": "active-backup",
    "loadbalance": "balance-xor",
    "roundrobin": "balance-rr",
    "broadcast": "broadcast",
    "random": "random",
}
_INFO = ("system", "system_priority", "key", "port", "port_priority", "state")
_MISSING = object()


class TeamdError(ValueError):
    """The text is no JSON object; the text of the error says what it is instead."""


class Reader:
    """Takes values of expected types out of a JSON object and remembers what did not fit."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.missing: list[str] = []
        self.odd: list[str] = []

    def take(self, path: str, kind: type) -> Any:  # noqa: ANN401 - of the kind asked for
        """The value at a path of keys separated by '/', or None."""
        value: Any = self._data
        for key in path.split("/"):
            value = value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING
        if value is _MISSING:
            self.missing.append(path)
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.odd.append(f"{path}: {value!r:.60}")
            return None
        return "".join(value) if isinstance(value, str) else value


class PortState(NamedTuple):
    """A port as teamd has it; actor and partner: the six values of an LACPDU's information."""

    name: str
    values: dict[str, Any]
    actor: dict[str, Any] | None
    partner: dict[str, Any] | None
    missing: tuple[str, ...]
    odd: tuple[str, ...]

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        return {
            **self.values,
            "actor": self.actor,
            "partner": self.partner,
            "missing": list(self.missing),
            "odd": list(self.odd),
        }


class TeamState(NamedTuple):
    """A team device as teamd has it."""

    device: str | None
    values: dict[str, Any]
    ports: tuple[PortState, ...]
    missing: tuple[str, ...]
    odd: tuple[str, ...]

    def as_result(self) -> dict[str, Any]:
        """Plain data: ports by name."""
        return {
            "device": self.device,
            **self.values,
            "ports": {port.name: port.as_result() for port in self.ports},
            "missing": list(self.missing),
            "odd": list(self.odd),
        }


def loads(text: str | bytes) -> Mapping[str, Any]:
    """A JSON object; TeamdError for anything else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TeamdError(f"no JSON: {error}") from error
    if not isinstance(data, Mapping):
        raise TeamdError(f"a JSON {type(data).__name__}, not an object")
    return data


def state_of(data: Mapping[str, Any]) -> TeamState:
    """The state dump of a device; never raises."""
    read = Reader(data)
    runner = read.take("setup/runner_name", str)
    values = {
        "runner": runner,
        "mode": MODES.get(runner or "", runner),
        "kernel_mode": read.take("setup/kernel_team_mode_name", str),
        "pid": read.take("setup/pid", int),
        "mac": _lower(read.take("team_device/ifinfo/dev_addr", str)),
        "ifindex": read.take("team_device/ifinfo/ifindex", int),
    }
    if runner == "lacp":
        values.update(
            active=read.take("runner/active", bool),
            fast_rate=read.take("runner/fast_rate", bool),
            system_priority=read.take("runner/sys_prio", int),
            select_policy=read.take("runner/select_policy", str),
        )
    device = read.take("team_device/ifinfo/ifname", str)
    ports = data.get("ports")
    found = ports if isinstance(ports, Mapping) else {}
    return TeamState(
        device,
        values,
        tuple(_port(str(name), found[name], runner) for name in sorted(found, key=str)),
        tuple(read.missing),
        tuple(read.odd),
    )


def _port(name: str, data: object, runner: str | None) -> PortState:
    read = Reader(data if isinstance(data, Mapping) else {})
    values: dict[str, Any] = {
        "mac": _lower(read.take("ifinfo/dev_addr", str)),
        "ifindex": read.take("ifinfo/ifindex", int),
        "link_up": read.take("link/up", bool),
        "speed_mbps": read.take("link/speed", int),
        "duplex": read.take("link/duplex", str),
        "watch_up": read.take("link_watches/up", bool),
        "down_count": _down_count(read.take("link_watches/list", dict)),
    }
    actor = partner = None
    if runner == "lacp":
        values.update(
            selected=read.take("runner/selected", bool),
            runner_state=read.take("runner/state", str),
            aggregator_id=read.take("runner/aggregator/id", int),
            aggregator_selected=read.take("runner/aggregator/selected", bool),
            key=read.take("runner/key", int),
            priority=read.take("runner/prio", int),
        )
        actor = _info(read, "runner/actor_lacpdu_info")
        partner = _info(read, "runner/partner_lacpdu_info")
    return PortState(name, values, actor, partner, tuple(read.missing), tuple(read.odd))


def _info(read: Reader, path: str) -> dict[str, Any] | None:
    if read.take(path, dict) is None:
        return None
    found = {key: read.take(f"{path}/{key}", str if key == "system" else int) for key in _INFO}
    found["system"] = _lower(found["system"])
    return found


def _down_count(watches: Mapping[str, Any] | None) -> int | None:
    """Times that any link watch of the port went down."""
    if watches is None:
        return None
    counts = [watch.get("down_count") for watch in watches.values() if isinstance(watch, Mapping)]
    numbers = [one for one in counts if isinstance(one, int) and not isinstance(one, bool)]
    return sum(numbers) if numbers and len(numbers) == len(counts) else None


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def config_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The config dump of a device as plain data: what it was told to be.

    device, runner, active, fast_rate, system_priority, select_policy, tx_hash (list), min_ports,
    ports (list), link_watch (name). teamd's own defaults stand in a dump of the actual config.
    """
    read = Reader(data)
    hashed = read.take("runner/tx_hash", list)
    ports = data.get("ports")
    return {
        "device": read.take("device", str),
        "runner": read.take("runner/name", str),
        "active": read.take("runner/active", bool),
        "fast_rate": read.take("runner/fast_rate", bool),
        "system_priority": read.take("runner/sys_prio", int),
        "select_policy": read.take("runner/agg_select_policy", str),
        "min_ports": read.take("runner/min_ports", int),
        "tx_hash": None if hashed is None else [str(one) for one in hashed],
        "link_watch": read.take("link_watch/name", str),
        "ports": sorted(map(str, ports)) if isinstance(ports, Mapping) else None,
        "odd": list(read.odd),
    }
