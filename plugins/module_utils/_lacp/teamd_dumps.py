# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What teamdctl or vplsh printed, as somebody pasted it: JSON among prompts, or a view for people.

Several dumps may stand in one text. A device that both teamd and the dataplane of a Vyatta router
describe is compared: they may disagree, and then one of them is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from . import teamd_state, vyatta_text as t
from .port_state import DISTRIBUTING, flags
from .teamd_view import view

STATE, CONFIG, DATAPLANE, OTHER = "state", "config", "dataplane", "other"
_MOST = 16  # objects that one program prints
_ASKED = re.compile(
    r"\bteamdctl\s+(?:-\S+\s+)*(?P<device>[\w.-]+)\s+(?:state|config)\b|^show\b.*\bbonding\s+(?P<bond>\S+)"
)


def parse(value: str | Mapping[str, Any]) -> dict[str, Any]:
    """All dumps of a text, or of one JSON object that was read already.

    dumps: line, command, kind (state, config, dataplane, other) and, by kind: teamd_state's
    TeamState or config_of(), or devices of the dataplane. disagreements: device, port, teamd,
    dataplane (both bool: distributing). damaged: line and text. refusals, other_screens,
    unrecognised: vyatta_text.Leftovers.
    """
    if isinstance(value, Mapping):
        one = [{"line": None, "command": "", **_understood(value, "")}]
        result = {"dumps": one, "disagreements": _splits(one), "damaged": []}
        return {**result, **t.Leftovers().as_result()}
    seen = t.lines(value)
    dumps: list[dict[str, Any]] = []
    rest = t.Leftovers()
    damaged = []
    at = 0
    while at < len(seen):
        line = seen[at]
        found = view(seen, at) if line.text == "setup:" else None
        end = at + 1
        if line.text.lstrip().startswith("{"):
            end = _end(seen, at)
            found, complaint = _json(seen[at:end], at)
            if complaint:
                damaged.append({"line": line.number, "text": complaint})
        if found:
            data, at = found
            understood = _understood(data, line.command)
            dumps.append({"line": line.number, "command": line.command, **understood})
            continue
        if not line.text.lstrip().startswith("{"):
            rest.add(line)
        at = end
    result = {"dumps": dumps, "disagreements": _splits(dumps), "damaged": damaged}
    return {**result, **rest.as_result()}


def objects(text: str) -> list[bytes]:
    """All JSON objects in what a program printed, each as JSON of its own."""
    seen = t.lines(text)
    found = []
    at = 0
    while at < len(seen):
        one = _json(seen[at:], at)[0] if seen[at].text.lstrip().startswith("{") else None
        if one:
            found.append(json.dumps(one[0]).encode())
        at = one[1] if one else at + 1
        if len(found) >= _MOST:
            break
    return found


def refused(text: str) -> str | None:
    """The kind of the first complaint in what a program printed; None if there is none."""
    complaints = (t.refusal(line) for line in t.lines(text))
    return next((one["kind"] for one in complaints if one), None)


def _end(seen: list[t.Line], at: int) -> int:
    """The index where the next command stands: no JSON of this one goes beyond it."""
    for end in range(at + 1, len(seen)):
        if seen[end].is_prompt:
            return end
    return len(seen)


def _json(seen: list[t.Line], at: int) -> tuple[tuple[Mapping[str, Any], int] | None, str]:
    """The JSON object that begins a text, and the index behind it; or what is wrong with it."""
    text = "\n".join(line.text for line in seen)
    start = len(text) - len(text.lstrip())
    try:
        data, length = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        return None, f"this JSON is damaged or cut short: {error}"
    return (data, at + text.count("\n", 0, length) + 1), ""


def _understood(data: Mapping[str, Any], command: str) -> dict[str, Any]:
    if isinstance(data.get("lag"), list):
        return {"kind": DATAPLANE, "devices": _dataplane(data["lag"])}
    asked = _ASKED.search(command)
    named = (asked["device"] or asked["bond"]) if asked else None
    if isinstance(data.get("setup"), Mapping):
        state = teamd_state.state_of(data)
        return {"kind": STATE, **state._replace(device=state.device or named).as_result()}
    if "runner" in data or "device" in data:
        found = teamd_state.config_of(data)
        return {"kind": CONFIG, **found, "device": found["device"] or named}
    return {"kind": OTHER, "names": sorted(map(str, data))[:20]}


def _dataplane(devices: list[Any]) -> dict[str, Any]:
    """What `vplsh -l -c lag` says: devices by name, members by name; octets of 802.1AX."""
    found = {}
    for device in devices:
        read = teamd_state.Reader(device if isinstance(device, Mapping) else {})
        name = read.take("ifname", str)
        if name is None:
            continue
        members = read.take("members", list) or []
        found[name] = {
            "mode": read.take("mode", str),
            "lacp": read.take("lacp", bool),
            "members": dict(filter(None, map(_lane, members))),
            "odd": list(read.odd),
        }
    return found


def _lane(data: object) -> tuple[str, dict[str, Any]] | None:
    read = teamd_state.Reader(data if isinstance(data, Mapping) else {})
    name = read.take("ifname", str)
    if name is None:
        return None
    ports = read.take("802-3ad", list) or []
    lacp = teamd_state.Reader(ports[0] if ports and isinstance(ports[0], Mapping) else {})
    return name, {
        "active": read.take("active", bool),
        "selected": lacp.take("selected", bool),
        "actor_state": lacp.take("actor-state", int),
        "partner_state": lacp.take("partner-state", int),
        "aggregator_port_id": lacp.take("agg-port-id", int),
    }


def _splits(dumps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ports that distribute for teamd and not for the dataplane, or the other way round."""
    teams = {dump["device"]: dump["ports"] for dump in dumps if dump["kind"] == STATE}
    found = []
    for dump in dumps:
        for device, lag in dump.get("devices", {}).items():
            for name, lane in sorted(lag["members"].items()):
                port = teams.get(device, {}).get(name)
                actor = port and port["actor"] and port["actor"]["state"]
                if isinstance(actor, int) and isinstance(lane["active"], bool):
                    distributing = bool(actor & DISTRIBUTING)
                    if distributing != lane["active"]:
                        found.append(_split(device, name, actor, lane))
    return found


def _split(device: str, name: str, actor: int, lane: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "device": device,
        "port": name,
        "teamd": bool(actor & DISTRIBUTING),
        "dataplane": lane["active"],
        "teamd_flags": flags(actor),
    }
