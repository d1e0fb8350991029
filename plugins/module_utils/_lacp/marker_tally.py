# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Markers sent and answered, member by member, and what the answers prove (802.1AX 6.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .pdu import Marker
from .port_state import ZERO_MAC
from .window import ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ANSWERED, PARTLY, UNANSWERED = "answered", "partly answered", "unanswered"
REFUSED, NOT_SENT = "refused by this host", "not sent"
SEEN, NOT_SEEN = "seen", "not seen"


@dataclass
class Tally:
    """One member. port and system: what its markers carry; partner: the system at the far end."""

    member: str
    port: int
    system: str
    partner: str = ""
    sent: dict[int, int] = field(default_factory=dict)  # transaction id: ns
    round_trips: list[int] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    refusals: dict[str, int] = field(default_factory=dict)
    strange: int = 0

    def marker(self, transaction: int) -> Marker:
        """The request to be sent."""
        return Marker(1, False, self.port, self.system, transaction)

    def sent_at(self, transaction: int, at_ns: int) -> None:
        """It went out; the time of the tap, where there is one, replaces an earlier one."""
        self.sent[transaction] = at_ns

    def refused(self, reason: str) -> None:
        """The host itself would not send it."""
        self.refusals[reason] = self.refusals.get(reason, 0) + 1

    def heard(self, marker: Marker, at_ns: int) -> None:
        """A response came in; one that answers nothing of ours is counted as strange."""
        transaction = marker.requester_transaction_id
        ours = (marker.requester_port, marker.requester_system) == (self.port, self.system)
        if not ours or transaction not in self.sent or transaction in self.answered:
            self.strange += 1
            return
        self.answered.add(transaction)
        self.round_trips.append(at_ns - self.sent[transaction])

    @property
    def outcome(self) -> str:
        """What became of this member's markers, in a word."""
        if not self.sent:
            return REFUSED if self.refusals else NOT_SENT
        if len(self.answered) == len(self.sent):
            return ANSWERED
        return PARTLY if self.answered else UNANSWERED

    def as_result(self) -> dict[str, object]:
        """Plain data; times in milliseconds."""
        trips = sorted(self.round_trips)
        sent, answered = len(self.sent), len(self.answered)
        return {
            "member": self.member,
            "outcome": self.outcome,
            "partner_system": self.partner if has_partner(self) else None,
            "sent": sent,
            "answered": answered,
            "loss_percent": round(100 * (sent - answered) / sent, 1) if sent else None,
            "round_trip_ms": {
                "min": ms(trips[0]),
                "median": ms(trips[len(trips) // 2]),
                "max": ms(trips[-1]),
            }
            if trips
            else None,
            "refused": sum(self.refusals.values()),
            "refusals": [
                {"reason": reason, "count": self.refusals[reason]}
                for reason in sorted(self.refusals)
            ],
            "other_responses": self.strange,
        }


def has_partner(tally: Tally) -> bool:
    """Whether bonding knows who is at the far end."""
    return tally.partner not in ("", ZERO_MAC, "none")


def responders(tallies: Iterable[Tally]) -> list[dict[str, object]]:
    """Each partner system, and whether it answered at all; silence alone proves nothing."""
    members: dict[str, list[Tally]] = {}
    for tally in tallies:
        if has_partner(tally):
            members.setdefault(tally.partner, []).append(tally)
    return [
        {
            "partner_system": partner,
            "responder": SEEN if any(tally.answered for tally in group) else NOT_SEEN,
            "members": sorted(tally.member for tally in group),
        }
        for partner, group in sorted(members.items())
    ]


def findings(tallies: Iterable[Tally]) -> Iterator[dict[str, object]]:
    """What is wrong, each with the member; a partner that answers nowhere has no responder."""
    everyone = list(tallies)
    for tally in everyone:
        if tally.refusals:
            yield _finding(tally, "refused", _refusal(tally))
        neighbours = sorted(
            other.member
            for other in everyone
            if other is not tally and other.partner == tally.partner and other.answered
        )
        if tally.outcome == UNANSWERED and has_partner(tally) and neighbours:
            yield _finding(
                tally,
                "unanswered",
                f"{tally.member}: none of {len(tally.sent)} markers was answered, while the same "
                f"partner {tally.partner} answers on {', '.join(neighbours)}: frames of ours do "
                "not arrive on this link, or those of the partner do not come back",
            )
        elif tally.outcome == PARTLY:
            missing = len(tally.sent) - len(tally.answered)
            yield _finding(
                tally,
                "lost",
                f"{tally.member}: {missing} of {len(tally.sent)} markers were not answered",
            )


def _finding(tally: Tally, kind: str, text: str) -> dict[str, object]:
    return {"member": tally.member, "kind": kind, "text": text}


def _refusal(tally: Tally) -> str:
    reasons = ", ".join(f"{count} x {reason}" for reason, count in sorted(tally.refusals.items()))
    return (
        f"{tally.member}: this host refused to send ({reasons}). ENOBUFS means that a filter "
        "(tc) or a full queue of this very host drops the frames: it is not the network"
    )
