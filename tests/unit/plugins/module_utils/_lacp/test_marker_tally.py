# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.marker_tally import (
    ANSWERED,
    NOT_SENT,
    PARTLY,
    REFUSED,
    UNANSWERED,
    Tally,
    findings,
    responders,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import ZERO_MAC

SWITCH = "02:5c:00:00:00:01"
MS = 1_000_000


def tally(name: str, sent: int, answered: int, *, partner: str = SWITCH, refused: int = 0) -> Tally:
    found = Tally(name, 1, "02:00:00:00:00:01", partner)
    for transaction in range(sent):
        found.sent_at(transaction, 1000 * MS * transaction)
    for transaction in range(answered):
        response = found.marker(transaction)._replace(response=True)
        found.heard(response, 1000 * MS * transaction + MS * (transaction + 1))
    for _turn in range(refused):
        found.refused("ENOBUFS: No buffer space available")
    return found


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (tally("a", 3, 3), ANSWERED),
        (tally("a", 3, 1), PARTLY),
        (tally("a", 3, 0), UNANSWERED),
        (tally("a", 0, 0, refused=2), REFUSED),
        (tally("a", 0, 0), NOT_SENT),
    ],
    ids=["answered", "partly", "unanswered", "refused", "not sent"],
)
def test_outcomes(found: Tally, outcome: str) -> None:
    assert found.outcome == outcome


def test_round_trips_and_loss() -> None:
    result = tally("a", 4, 3).as_result()
    assert result["round_trip_ms"] == {"min": 1.0, "median": 2.0, "max": 3.0}
    assert (result["sent"], result["answered"], result["loss_percent"]) == (4, 3, 25.0)


@pytest.mark.parametrize(
    "change",
    [
        {"requester_port": 2},
        {"requester_system": "02:00:00:00:00:02"},
        {"requester_transaction_id": 99},
    ],
    ids=["port", "system", "transaction"],
)
def test_what_answers_nothing_of_ours_is_not_an_answer(change: dict[str, Any]) -> None:
    found = tally("a", 2, 0)
    found.heard(found.marker(0)._replace(response=True, **change), 5)
    assert (len(found.answered), found.strange) == (0, 1)


def test_an_answer_counts_once() -> None:
    found = tally("a", 1, 1)
    found.heard(found.marker(0)._replace(response=True), 7)
    assert (len(found.answered), found.strange) == (1, 1)


def test_silence_beside_an_answering_neighbour_is_a_finding() -> None:
    (finding,) = findings([tally("a", 3, 3), tally("b", 3, 0)])
    assert (finding["member"], finding["kind"]) == ("b", "unanswered")
    assert f"partner {SWITCH} answers on a" in str(finding["text"])


def test_silence_everywhere_is_none() -> None:
    everyone = [tally("a", 3, 0), tally("b", 3, 0)]
    assert list(findings(everyone)) == []
    assert responders(everyone) == [
        {"partner_system": SWITCH, "responder": "not seen", "members": ["a", "b"]}
    ]


@pytest.mark.parametrize("partner", ["", ZERO_MAC, "02:5c:00:00:00:02"])
def test_silence_of_another_or_unknown_partner_is_none(partner: str) -> None:
    assert list(findings([tally("a", 3, 3), tally("b", 3, 0, partner=partner)])) == []


def test_loss_and_refusal_are_told_apart() -> None:
    found = list(findings([tally("a", 5, 4), tally("b", 0, 0, refused=5)]))
    assert [(one["member"], one["kind"]) for one in found] == [("a", "lost"), ("b", "refused")]
    assert "1 of 5" in str(found[0]["text"])
    assert "5 x ENOBUFS" in str(found[1]["text"])


def test_responders_by_partner() -> None:
    found = responders(
        [tally("a", 2, 1), tally("b", 2, 0), tally("c", 2, 0, partner="02:5c:00:00:00:02")]
    )
    assert [(one["partner_system"], one["responder"]) for one in found] == [
        (SWITCH, "seen"),
        ("02:5c:00:00:00:02", "not seen"),
    ]
