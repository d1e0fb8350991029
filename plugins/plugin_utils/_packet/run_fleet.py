# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packets of a run judged together: what one host cannot know of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ...module_utils._lacp.diagnosis import diagnose
from ...module_utils._lacp.diagnosis_fleet import fleet_view
from .fleet_page import fleet_page
from .gather import judged
from .layout import INCOMPLETE, PARTS, VERDICT
from .outputs import write_reports
from .reader import PacketError, open_packet
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .reader import Packet

INDEX = "index.html"
FLEET = "fleet.json"


class Run(NamedTuple):
    """verdicts: by folder; fleet: of fleet_view; broken: sentences, of what is no packet."""

    verdicts: dict[str, dict[str, Any]]
    fleet: dict[str, Any]
    broken: tuple[str, ...]


def judge_run(folder: Path, mtime: int) -> Run:
    """Judge all packets in a folder again, each with what the others say; StoreError.

    Packets whose verdict the others change are sealed anew; mtime as in Store.seal.
    """
    packets, broken = _packets(folder)
    verdicts = {name: diagnose(packet.document) for name, packet in packets.items()}
    if len(packets) > 1:
        summaries = json.loads(json.dumps([one["summary"] for one in verdicts.values()]))
        for name, packet in packets.items():
            verdicts[name] = _with_others(folder / name, packet, summaries, mtime)
    fleet = fleet_view({_host(name, verdict): verdict for name, verdict in verdicts.items()})
    return Run(verdicts, fleet, tuple(broken))


def write_run(folder: Path, run: Run) -> None:
    """Write the view over all hosts beside their packets."""
    (folder / FLEET).write_text(json.dumps(run.fleet, indent=1) + "\n", encoding="utf-8")
    (folder / INDEX).write_text(fleet_page(run.verdicts, run.fleet), encoding="utf-8")


def _host(name: str, verdict: dict[str, Any]) -> str:
    return f"{verdict.get('host')} {verdict.get('bond')}" if verdict.get("host") else name


def _packets(folder: Path) -> tuple[dict[str, Packet], list[str]]:
    found: dict[str, Packet] = {}
    broken: list[str] = []
    for place in _folders(folder):
        try:
            found[place.name] = open_packet(place)
        except PacketError as error:
            broken.append(str(error))
    return found, broken


def _folders(folder: Path) -> Iterator[Path]:
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith(".") and INCOMPLETE not in place.name:
            yield place


def _with_others(
    place: Path, packet: Packet, summaries: list[dict[str, Any]], mtime: int
) -> dict[str, Any]:
    """The verdict with the others' summaries, which become part of the packet."""
    document = {**packet.document, "fleet": summaries}
    if document["integrity"]["state"] != "ok":
        # What was altered is not sealed again: the mark of it would be gone.
        return diagnose(document)
    store = Store.reopened(place)
    store.put_json(PARTS["fleet"], summaries)
    store.drop(VERDICT)
    made = judged(store, document, packet.frames)
    write_reports(store, made)
    store.seal(mtime)
    return made.verdict or {}
