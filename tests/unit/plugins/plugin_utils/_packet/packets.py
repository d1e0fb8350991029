# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet written to disk from a lab host's recorded snapshot and frames of our own making."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unit.plugins.module_utils._lacp.diagnosis.scene import Scene, log, ours, theirs

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_write import (
    interface_block,
    packet_block,
    section_header,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.gather import Gathered, write
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import DONE
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.looking import Look
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.store import Store

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.redact import Redactor

FOLDER = Path(__file__).parents[4] / "fixtures/snapshots"
WHEN = 1_795_000_000
NS = 1_000_000_000


def deaf_scene() -> Scene:
    """eno2 sends, and hears nothing after the fifth second."""
    scene = Scene(seconds=30).fine("eno1")
    scene.speaks("eno2", 0, 5, sent=ours(2), received=theirs(2))
    return scene.speaks("eno2", 5, sent=ours(2, 0x47))


def look() -> Look:
    """What a lab host said once."""
    snapshot = load((FOLDER / "linux-6.12-root.json").read_text(encoding="utf-8"))
    return Look(snapshot, facts_from(snapshot))


def frames(source: str = "02:e0:00:01:00:01") -> bytes:
    """A pcapng of one LACPDU on eno1."""
    octets = bytes.fromhex(source.replace(":", ""))
    pdu = bytearray(110)
    pdu[0:4] = bytes((1, 1, 1, 20))
    pdu[6:12] = octets
    pdu[18] = 63
    pdu[22:24] = bytes((2, 20))
    pdu[42:44] = bytes((3, 16))
    data = bytes.fromhex("0180c2000002") + octets + b"\x88\x09" + bytes(pdu)
    packed = packet_block(0, WHEN * NS, data, direction="out", original=len(data))
    return section_header("test") + interface_block("eno1") + packed


def gathered(scene: Scene | None = None, *, host: str = "h1") -> Gathered:
    """All stages done; the wire is the scene's."""
    found = Gathered(host, "bond0", 30.0, "1.0.0")
    found.looks = {"before": look(), "after": look()}
    packet = (scene or deaf_scene()).packet()
    found.parts = {
        "wire": packet["wire"],
        "kernel_log": [log(2, f"{host}: eno2: NIC Link is Up")],
        "clock": {"offset_s": 0.01, "error_s": 0.02, "synchronised": True},
    }
    found.frames = frames()
    for stage in ("facts before", "capture", "facts after", "log"):
        found.stage(stage, DONE, "2026-11-20T23:00:00Z")
    return found


def sealed(
    folder: Path,
    found: Gathered | None = None,
    *,
    name: str = "h1-bond0",
    redactor: Redactor | None = None,
) -> Path:
    """The folder of a sealed packet."""
    store = Store(folder / name)
    write(found or gathered(), store, redactor)
    store.seal(WHEN)
    return folder / name
