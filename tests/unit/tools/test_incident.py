# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The incident: the figures in the tree, and the published texts where somebody has them."""

from __future__ import annotations

import pytest
from tools import incident_replay, incident_texts
from tools.incident_page import page
from tools.say import Failure

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import vyatta_members
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose


def test_the_host_is_at_fault_and_the_sums_are_shown() -> None:
    found = incident_replay.replay(incident_texts.printed())
    assert (found["fault"], found["member"], found["direction"]) == ("host", "dp0s0", "transmit")
    assert found["confidence"] == "conclusive"
    transmit = found["arithmetic"]["transmit"]
    assert (transmit["tx_packets"], transmit["tx_bytes"]) == (122833, 54574771)
    assert transmit["rx_packets"] == [657769, 657789, 657816, 657817]
    assert (transmit["recovery_tx_bytes"], transmit["recovery_tx_packets"]) == (124, 1)
    machine = found["arithmetic"]["receive_machine"]
    assert (machine["expired_after_s"], machine["defaulted_after_s"]) == (90.047, 3.0)
    assert {"R05", "R05a", "R09"} <= {rule["rule"] for rule in found["trace"]}
    assert "122833" in page(found)


def test_without_the_frozen_counter_nobody_says_that_the_host_is_stuck() -> None:
    whole = incident_texts.printed()
    silent = [text for text in whole.outputs if not vyatta_members.parse(text)["tables"]]
    packet = incident_replay.packet(whole._replace(outputs=silent))
    verdict = diagnose(packet)
    stuck = next(rule for rule in verdict["rules"] if rule["rule"] == "R05a")
    assert stuck["outcome"] != "matched"
    assert verdict["fault"] != "healthy"


def test_the_texts_alone_are_enough() -> None:
    packet = incident_replay.packet(incident_texts.printed())
    del packet["wire"]
    verdict = diagnose(packet)
    assert (verdict["fault"], verdict["members"], verdict["direction"]) == (
        "host",
        ["dp0s0"],
        "transmit",
    )
    assert verdict["confidence"] == "conclusive"


def test_screens_alone_make_it_likely() -> None:
    whole = incident_texts.printed()
    screens = [text for text in whole.outputs if "tcpdump" not in text]
    packet = incident_replay.packet(whole._replace(outputs=screens))
    del packet["wire"]
    verdict = diagnose(packet)
    assert (verdict["fault"], verdict["confidence"]) == ("host", "likely")


def test_the_published_texts_say_the_same() -> None:
    folder = incident_texts.samples()
    if folder is None:
        pytest.skip("no samples: set BONDPROOF_SAMPLES to the folder that has vyatta/")
    made = incident_replay.replay(incident_texts.printed())
    found = incident_replay.replay(incident_texts.published(folder))
    assert incident_replay._differing(made, found) == ""


def test_a_folder_without_the_texts_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.setenv("BONDPROOF_SAMPLES", str(empty))
    with pytest.raises(Failure, match="does not hold the texts"):
        incident_texts.samples()
