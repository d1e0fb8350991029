# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the switch team sends back: facts of the far end's LAGs as records of switch_evidence/v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import TIMEOUT
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = "switch_evidence/v1"
_END = ("system_priority", "system", "key", "port_priority", "port")
_SYNC_COLL_DIST = 0x38
_COUNTERS = {"rx": "rx", "tx": "tx", "rx_unknown": "unknown_rx", "rx_illegal": "illegal_rx"}


def records(switch: str, far: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One record for each port of each LAG. far: what far_end.py wrote."""
    first, last = (facts_from(unpack(far[key])).as_result() for key in ("first", "last"))
    return [
        _record(switch, far, name, lag, port, (_port(first, name, port), member))
        for name, lag in last["bonds"].items()
        for port, member in lag["members"].items()
    ]


def _port(facts: Mapping[str, Any], lag: str, port: str) -> dict[str, Any]:
    found: dict[str, Any] = facts["bonds"].get(lag, {}).get("members", {}).get(port, {})
    return found


def _record(
    switch: str,
    far: Mapping[str, Any],
    lag_name: str,
    lag: Mapping[str, Any],
    port: str,
    readings: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> dict[str, Any]:
    member = readings[1]
    actor = _end(member.get("actor") or {})
    samples = list(_samples(far, port, readings))
    return {
        "schema": SCHEMA,
        "switch": {
            "name": switch, "vendor": "linux", "os_version": None, "system_id": actor["system"],
            "system_priority": actor["system_priority"], "clock_offset_s": 0.0,
        },
        "captured_at": far["samples"][-1]["at"],
        "source": [{"command": f"cat /proc/net/bonding/{lag_name}", "format": "text"}],
        "lag": _lag(lag_name, lag, actor),
        "port": _port_itself(port, member, actor),
        "member": {
            "state": "bundled" if _is_bundled(member) else "individual",
            "reason_raw": None, "reason": None, "last_change": None,
        },
        "actor": actor,
        "partner": _end(member.get("partner") or {}),
        "machines": None,
        "lacp_counters": samples[-1]["lacp_counters"],
        "if_counters": samples[-1]["if_counters"],
        "control_plane": None, "mlag": None, "logs": None,
        "samples": samples,
    }  # fmt: skip


def _lag(name: str, lag: Mapping[str, Any], actor: Mapping[str, Any]) -> dict[str, Any]:
    options = lag.get("options") or {}
    return {
        "name": name,
        "admin_up": lag.get("admin_up"),
        "oper_up": lag.get("operstate") == "up",
        "mode": {"on": "active", "off": "passive"}.get(str(options.get("lacp_active"))),
        "rate_requested": options.get("lacp_rate"),
        "min_links": options.get("min_links"),
        "members_bundled": sum(map(_is_bundled, lag["members"].values())),
        "key": actor["key"],
        "fallback": "none",
    }


def _port_itself(name: str, member: Mapping[str, Any], actor: Mapping[str, Any]) -> dict[str, Any]:
    same = ("ifindex", "admin_up", "speed_mbps", "duplex", "mtu")
    return {
        **{key: member.get(key) for key in same},
        "name": name,
        "lacp_port_id": actor["port"],
        "oper_up": member.get("carrier"),
        **dict.fromkeys(("vlan", "fec", "lldp_neighbor")),
    }


def _is_bundled(member: Mapping[str, Any]) -> bool:
    state = (member.get("actor") or {}).get("port_state") or 0
    return bool(state & _SYNC_COLL_DIST == _SYNC_COLL_DIST)


def _end(told: Mapping[str, Any]) -> dict[str, Any]:
    """actor or partner; what the far end knows of nobody is null."""
    state = told.get("port_state")
    timeout = None if state is None else ("short" if state & TIMEOUT else "long")
    return {**{key: told.get(key) for key in _END}, "state": state, "timeout": timeout}


def _samples(
    far: Mapping[str, Any], port: str, readings: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for sample, member in zip(far["samples"], readings, strict=True):
        lacpdu = member.get("lacpdu") or {}
        arrived, left = sample["ports"].get(port) or (None, None)
        yield {
            "t": sample["at"],
            "lacp_counters": {key: lacpdu.get(ours) for key, ours in _COUNTERS.items()},
            "if_counters": {
                "rx_multicast": arrived,
                "tx_multicast": left,
                "link_flaps": member.get("carrier_down_count"),
            },
        }
