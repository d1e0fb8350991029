# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet of each scenario: from what a guest brought home, or recorded and edited."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import unpack

from . import switch_side
from .lined import ScenarioError

if TYPE_CHECKING:
    from .berths import Berth
    from .scenario import Scenario

SCHEMA = "bondproof.lacp/packet/1"


def from_lab(berth: Berth, folder: Path, offset_s: float) -> dict[str, Any]:
    """What a collector would have written. folder: what the guest brought home."""
    facts = {when: _facts(folder / f"{when}.txt", berth.bond) for when in ("before", "after")}
    wire = _json(folder / f"{berth.bond}.json")
    clock = facts["after"]["host"].get("clock") or {}
    packet = {
        "schema": SCHEMA,
        "host": berth.host,
        "bond": berth.bond,
        "source": "linux",
        "window": {key: wire["window"][key] for key in ("start", "end")},
        **facts,
        "wire": wire,
        "kernel_log": _json(folder / "log.json"),
        "clock": {"synchronised": clock.get("synchronised"), "offset_s": offset_s},
        "problems": [],
    }
    markers = folder / f"{berth.bond}.ping.json"
    if markers.exists():
        packet["markers"] = _json(markers)
    if berth.scenario.wants_evidence:
        packet["switch_evidence"] = _evidence(berth, folder)
    return packet


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _facts(path: Path, bond: str) -> dict[str, Any]:
    found = facts_from(unpack(path.read_text(encoding="ascii")))
    chosen = tuple(one for one in found.bonds if one.name == bond)
    return found._replace(bonds=chosen).as_result(sources=False)


def _evidence(berth: Berth, folder: Path) -> list[dict[str, Any]]:
    number = berth.bond.removeprefix("bond")
    found = []
    for file in sorted(folder.glob(f"*x{number}.far.json")):
        switch = file.name.removesuffix(".far.json")
        found += switch_side.records(switch, _json(file))
    return found


def recorded(scenario: Scenario) -> dict[str, Any]:
    """A packet from a file, with the scenario's edits; ScenarioError names the edit that fails."""
    try:
        packet = _json(Path(scenario.packet))
    except ValueError as error:
        raise ScenarioError(f"{scenario.packet}: no JSON: {error}. Cure: mend it") from error
    for pointer, value in scenario.edits.items():
        _set(packet, pointer, value, scenario.source)
    return dict(packet)


def _set(packet: Any, pointer: str, value: object, source: str) -> None:
    """Put a value where a JSON pointer (RFC 6901) leads; maps on the way are made, '-' appends."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    here = packet
    for step in steps[:-1]:
        if isinstance(here, list):
            here = here[_index(here, step, pointer, source)]
        elif isinstance(here, dict):
            if here.get(step) is None:
                here[step] = {}
            here = here[step]
        else:
            raise ScenarioError(
                f"{source}: set {pointer}: {step} is in no map. Cure: mend the path"
            )
    if isinstance(here, list) and steps[-1] == "-":
        here.append(copy.deepcopy(value))
    elif isinstance(here, list):
        here[_index(here, steps[-1], pointer, source)] = copy.deepcopy(value)
    elif isinstance(here, dict):
        here[steps[-1]] = copy.deepcopy(value)
    else:
        raise ScenarioError(f"{source}: set {pointer}: it leads nowhere. Cure: mend the path")


def _index(here: list[object], step: str, pointer: str, source: str) -> int:
    if not step.isdigit() or int(step) >= len(here):
        raise ScenarioError(
            f"{source}: set {pointer}: {step} is none of {len(here)} entries. Cure: 0 to "
            f"{len(here) - 1}, or - at the end"
        )
    return int(step)
