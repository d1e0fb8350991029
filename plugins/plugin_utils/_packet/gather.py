# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a collection gathered, and how it becomes the files of a packet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.diagnosis import diagnose
from ...module_utils._lacp.snapshot import ReadFailure
from ...module_utils._lacp.snapshot_json import save
from .derive import configuration, deltas
from .layout import (
    CONFIGURATION,
    DELTAS,
    FAILED,
    FRAMES,
    INCIDENT,
    LOG_TEXT,
    PARTS,
    SCHEMA,
    VERDICT,
    raw_snapshot,
)
from .outputs import write_reports
from .reader import Packet, assembled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...module_utils._lacp.snapshot import Snapshot
    from .looking import Look
    from .redact import Redactor
    from .store import Store

SEALED = {"state": "ok", "files": []}
_KERNELS = ("/proc/", "/sys/")
_NOT_CONFIGURATION = ("/etc/os-release",)


@dataclass
class Gathered:
    """What there is so far; a stage that failed leaves its part out.

    looks: by 'before', 'during', 'after'; parts: as PARTS names them; frames: the pcapng.
    """

    host: str
    bond: str
    asked_s: float
    collection: str
    looks: dict[str, Look] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    frames: bytes = b""
    stages: list[dict[str, str]] = field(default_factory=list)
    redacted: bool = False
    rack: str = ""

    def stage(self, name: str, status: str, at: str, message: str = "") -> None:
        """Note how a stage ended; at: RFC 3339."""
        self.stages.append({"stage": name, "status": status, "at": at, "message": message})

    def incident(self) -> dict[str, Any]:
        """What stands at the top of the document."""
        return {
            "schema": SCHEMA,
            "host": self.host,
            "bond": self.bond,
            "source": "linux",
            "collection": self.collection,
            "asked_s": self.asked_s,
            "window": self.window(),
            "complete": not any(stage["status"] == FAILED for stage in self.stages),
            "redacted": self.redacted,
            "stages": self.stages,
            **({"rack": self.rack} if self.rack else {}),
        }

    def window(self) -> dict[str, Any] | None:
        """The span of the capture, else what lies between the readings."""
        span = (self.parts.get("wire") or {}).get("window") or {}
        if span.get("start"):
            return {"start": span["start"], "end": span["end"]}
        times = [look.snapshot.facts.get("utc") for look in self.looks.values()]
        told = sorted(str(at) for at in times if at)
        return {"start": told[0], "end": told[-1]} if told else None


def write(gathered: Gathered, store: Store, redactor: Redactor | None) -> Packet:
    """Write all that was gathered, judge it, and report; StoreError."""
    facts = {name: look.facts.as_result() for name, look in gathered.looks.items()}
    parts = dict(gathered.parts)
    parts["before"], parts["after"] = facts.get("before"), facts.get("after")
    parts["during"] = [facts["during"]] if "during" in facts else None
    extra = _extra(gathered, facts)
    incident = gathered.incident()
    snapshots = {name: look.snapshot for name, look in gathered.looks.items()}
    frames = gathered.frames
    if redactor is not None:
        # Facts go first: what they name is then found in binary data, too.
        parts, extra, incident = (redactor.value(item) for item in (parts, extra, incident))
        incident["redacted"] = True
        redactor.know_targets(_targets(facts))
        snapshots = {name: redactor.snapshot(item) for name, item in snapshots.items()}
        frames = redactor.frames(frames)
    # What is judged is what a reader will find, to the letter.
    parts, incident = json.loads(json.dumps([parts, incident]))
    _write_parts(store, incident, parts, extra)
    _write_raw(store, snapshots)
    if frames:
        store.put(FRAMES, frames)
    return judged(store, assembled(incident, parts, SEALED), frames)


def judged(store: Store, document: dict[str, Any], frames: bytes) -> Packet:
    """Judge a document, and write verdict and reports; StoreError."""
    verdict = json.loads(json.dumps(diagnose(document)))
    store.put_json(VERDICT, verdict)
    packet = Packet(document, tuple(document["problems"]), verdict, frames)
    write_reports(store, packet)
    return packet


def _extra(gathered: Gathered, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Files that are for people, not for the engine."""
    found: dict[str, Any] = {}
    looks = gathered.looks
    if "before" in looks and "after" in looks:
        found[DELTAS] = deltas(looks["before"].facts, looks["after"].facts)
    for name in ("after", "during", "before"):
        settings = configuration(facts[name], gathered.bond) if name in facts else None
        if settings is not None:
            found[CONFIGURATION] = settings
            break
    return found


def _targets(facts: Mapping[str, Any]) -> set[str]:
    return {
        target
        for one in facts.values()
        for bond in one["bonds"].values()
        for target in bond.get("options", {}).get("arp_ip_target") or ()
    }


def _write_parts(
    store: Store, incident: Mapping[str, Any], parts: Mapping[str, Any], extra: Mapping[str, Any]
) -> None:
    store.put_json(INCIDENT, incident)
    for key, name in PARTS.items():
        if parts.get(key) is not None:
            store.put_json(name, parts[key])
    for name, value in extra.items():
        store.put_json(name, value)
    lines = parts.get("kernel_log") or ()
    store.put(
        LOG_TEXT, "".join(f"{one['at']} {one.get('who', '')}: {one['text']}\n" for one in lines)
    )


def _write_raw(store: Store, snapshots: Mapping[str, Snapshot]) -> None:
    for name, snapshot in snapshots.items():
        store.put(raw_snapshot(name), save(snapshot))
    for name in ("after", "during", "before"):
        if name not in snapshots:
            continue
        for path, reading in snapshots[name].files.items():
            if (
                isinstance(reading, ReadFailure)
                or path.startswith(_KERNELS)
                or path in _NOT_CONFIGURATION
                or ".." in path.split("/")
            ):
                continue
            store.put(f"configuration{path}", reading)
        break
