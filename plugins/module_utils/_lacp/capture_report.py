# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a live capture adds to the analysis of its frames: events, log, counters, remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .window import RECEIVED, SENT, LinkEvent, LogLine, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis

KEPT_EVENTS = 500
KEPT_LINES = 200
# A PDU may be seen by one and not yet by the other when the first or last look is taken.
_SLACK = 2


def capture_result(analysis: Analysis) -> dict[str, Any]:
    """Plain data; 'remarks' are sentences for a person."""
    happened = analysis.log.happened
    events = [_event(what) for what in happened if isinstance(what, LinkEvent)]
    lines = [
        {"at": utc_text(what.utc_ns), "text": what.text}
        for what in happened
        if isinstance(what, LogLine)
    ]
    members = [name for name in analysis.log.last if name]
    grown = {name: analysis.log.total(name) for name in ["", *sorted(members)]}
    return {
        **analysis.as_result(),
        "link_events": events[:KEPT_EVENTS],
        "link_events_total": len(events),
        "kernel_log": lines[:KEPT_LINES],
        "kernel_log_total": len(lines),
        "counters": [
            {"member": name, "grown": {key: value for key, value in total.items() if value}}
            for name, total in grown.items()
        ],
        "remarks": list(_remarks(analysis, members)),
    }


def _event(event: LinkEvent) -> dict[str, object]:
    return {
        "at": utc_text(event.utc_ns),
        "member": event.member,
        "what": event.what,
        "before": event.before,
        "after": event.after,
    }


def _remarks(analysis: Analysis, members: list[str]) -> Iterator[str]:
    """Where the tap and the kernel's own counters do not agree, and what is thus lost here."""
    for member in sorted(members):
        growth = analysis.log.total(member)
        sent, received = _seen(analysis, member, SENT), _seen(analysis, member, RECEIVED)
        taken, made = growth.get("lacpdu_rx"), growth.get("lacpdu_tx")
        if taken is not None and received - taken >= _SLACK:
            yield (
                f"{member}: {received} LACPDUs came in at the tap, and bonding took in {taken} of "
                "them: this host drops the others behind the tap (tc or nftables at ingress)"
            )
        if made is not None and made - sent >= _SLACK:
            yield (
                f"{member}: bonding sent {made} LACPDUs, and {sent} of them passed the tap: "
                "this host drops the others ahead of the tap (tc or nftables at egress)"
            )
    if analysis.log.dropped:
        yield f"{analysis.log.dropped} events of the host were pushed out by later ones"
    if analysis.backwards:
        yield f"records went backwards in time {analysis.backwards} times"


def _seen(analysis: Analysis, member: str, direction: str) -> int:
    lane = analysis.lanes.get((member, direction))
    return 0 if lane is None else lane.count + lane.looped
