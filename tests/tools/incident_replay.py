# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The incident replayed: texts -> packet -> verdict -> build/incident.json and docs/incident.md."""

from __future__ import annotations

import json
import sys
from typing import Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import vyatta_packet
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose

from . import paths
from .generated import write_or_check
from .incident_page import page
from .incident_texts import Incident, printed, published, samples
from .incident_wire import wire
from .say import Failure, explain, say

RESULT = paths.BUILD / "incident.json"
PAGE = paths.TOP / "docs" / "incident.md"
SCHEMA = "bondproof.lacp/incident/1"
# What the account shows to be so; another verdict is a fault of ours.
EXPECTED = {"fault": "host", "members": ["dp0s0"], "direction": "transmit"}


def packet(incident: Incident) -> dict[str, Any]:
    """The evidence as a packet."""
    found = vyatta_packet.packet(
        [{"text": text} for text in incident.outputs],
        host=incident.figures["host"],
        bond=incident.figures["bond"],
        systems=incident.figures["systems"],
        addresses=[],
    )
    return {**found, "wire": wire(incident)}


def replay(incident: Incident) -> dict[str, Any]:
    """What build/incident.json holds: the verdict, its trace, and the sums behind it."""
    evidence = packet(incident)
    verdict = diagnose(evidence)
    [delivery] = [row for row in evidence["wire"]["deliveries"] if row["captured_unheard"]]
    return {
        "schema": SCHEMA,
        "source": incident.source,
        "fault": verdict["fault"],
        "member": " ".join(verdict["members"]),
        "direction": verdict["direction"],
        "confidence": verdict["confidence"],
        "headline": verdict["headline"],
        "arithmetic": {
            "sentences": verdict["arithmetic"],
            "transmit": transmit(evidence, incident.figures["member"]),
            "receive_machine": {
                "last_delivered": delivery["last_heard"],
                "captured_but_not_delivered": delivery["captured_unheard"],
                "expired_at": delivery["expired_at"],
                "expired_after_s": round(delivery["expired_after_ms"] / 1000, 3),
                "timeout_s": delivery["timeout_ms"] / 1000,
                "defaulted_at": delivery["defaulted_at"],
                "defaulted_after_s": round(delivery["defaulted_after_ms"] / 1000, 3),
            },
        },
        "trace": [rule for rule in verdict["rules"] if rule["outcome"] == "matched"],
        "verdict": verdict,
        "packet": evidence,
    }


def transmit(evidence: dict[str, Any], member: str) -> dict[str, Any]:
    """The frozen counter: the outputs that show it, and by how much it moved when it was cured."""
    rows = [
        reading["members"][member]
        for reading in evidence["readings"]
        if member in reading["members"]
    ]
    frozen = [row for row in rows if row["tx_packets"] == rows[0]["tx_packets"]]
    cured = next(row for row in rows if row["tx_packets"] != rows[0]["tx_packets"])
    received = sorted({row["rx_packets"] for row in frozen})
    return {
        "sentence": f"tx_packets stood at {rows[0]['tx_packets']} in {len(frozen)} outputs; "
        f"{len(received)} of them show that rx_packets moved on: "
        + " -> ".join(map(str, received)),
        "tx_packets": rows[0]["tx_packets"],
        "tx_bytes": rows[0]["tx_bytes"],
        "outputs": len(frozen),
        "outputs_with_another_rx_packets": len(received),
        "rx_packets": received,
        "recovery_tx_bytes": cured["tx_bytes"] - frozen[-1]["tx_bytes"],
        "recovery_tx_packets": cured["tx_packets"] - frozen[-1]["tx_packets"],
    }


def main(words: list[str]) -> int:
    made = replay(printed())
    folder = samples()
    found = made if folder is None else replay(published(folder))
    if folder is not None and _differing(made, found):
        raise Failure(
            f"the texts in {folder} and the figures in the tree differ: {_differing(made, found)}",
            cure="compare tests/fixtures/incident/figures.json with the texts",
        )
    wrong = {
        key: found["verdict"][key] for key in EXPECTED if found["verdict"][key] != EXPECTED[key]
    }
    if "--check" not in words:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        _tell(found)
    if wrong:
        raise Failure(f"the verdict is not what the account shows: {wrong}", cure=f"see {RESULT}")
    return write_or_check(PAGE, page(found), words)


def _tell(found: dict[str, Any]) -> None:
    say(f"replayed from the {found['source']}: {found['headline']}")
    for key in ("fault", "member", "direction", "confidence"):
        say(f"  {key}: {found[key]}")
    for sentence in found["arithmetic"]["sentences"]:
        say(f"  {sentence}")
    say(f"written: {RESULT}")


def _differing(made: dict[str, Any], found: dict[str, Any]) -> str:
    """What two replays do not share; where an output stands in its file is no difference."""
    keys = [
        key for key in ("fault", "member", "direction", "arithmetic") if made[key] != found[key]
    ]
    one, two = made["packet"], found["packet"]
    keys += [key for key in ("after", "wire", "readings") if one[key] != two[key]]
    return ", ".join(keys)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        explain(failure)
        sys.exit(1)
