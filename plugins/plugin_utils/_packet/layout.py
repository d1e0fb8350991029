# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an evidence packet is made of: the names of its files, and its schema."""

from __future__ import annotations

SCHEMA = "bondproof.lacp/packet/1"
FAMILY = "bondproof.lacp/packet/"

INCIDENT = "incident.json"
VERDICT = "verdict.json"
FRAMES = "frames.pcapng"
LOG_TEXT = "kernel.log"
TIMELINE = "timeline.svg"
PAGE = "report.html"
SUMMARY = "report.md"
QUESTIONS = "questions-for-the-switch-team.md"
MANIFEST = "manifest.sha256"
CONFIGURATION = "configuration.json"
DELTAS = "deltas.json"
LOG = "kernel-log.json"

# The parts of the one document that the engine judges: its key, and the file that holds it.
PARTS = {
    "before": "before.json",
    "during": "during.json",
    "after": "after.json",
    "wire": "wire.json",
    "kernel_log": LOG,
    "clock": "clock.json",
    "counters": "counters.json",
    "markers": "markers.json",
    "readings": "readings.json",
    "dataplane": "dataplane.json",
    "switch_evidence": "switch-evidence.json",
    "fleet": "fleet.json",
}
# Those that every whole packet has; the others are there where somebody gave them.
NEEDED = ("before", "after", "wire", "kernel_log", "clock")
SNAPSHOTS = ("before", "during", "after")

# How a stage of a collection ended.
DONE, FAILED, SKIPPED = "done", "failed", "skipped"

# A folder that is still being filled, or was when the controller died, ends in this.
INCOMPLETE = ".incomplete"
ARCHIVE = ".tar.gz"


def raw_snapshot(name: str) -> str:
    """Where what was read from the host lies, as it was read."""
    return f"raw/{name}.snapshot.json"


def plain_name(text: str) -> str:
    """A name for a file: odd characters are percent-coded, and none begins with a dot."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else _coded(c) for c in text)
    return plain.lstrip(".") or "%"


def _coded(char: str) -> str:
    return "".join(f"%{octet:02X}" for octet in char.encode("utf-8", "surrogatepass"))
