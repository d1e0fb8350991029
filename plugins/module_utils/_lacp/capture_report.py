# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a live capture adds to the analysis of its frames: events, log, counters, remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .port_state import ACTIVITY, LONG_TIMEOUT_S, SHORT_TIMEOUT_S, TIMEOUT
from .window import NS, RECEIVED, SENT, LinkEvent, LogLine, ms, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis
    from .analysis_lane import Lane

KEPT_EVENTS = 500
KEPT_LINES = 200
# A PDU may be seen by one and not yet by the other when the first or last look is taken.
_SLACK = 2


def capture_result(analysis: Analysis) -> dict[str, Any]:
    """Plain data; times are RFC 3339 in UTC."""
    happened = analysis.log.happened
    events = [_event(what) for what in happened if isinstance(what, LinkEvent)]
    lines = [
        {"at": utc_text(what.utc_ns), "text": what.text}
        for what in happened
        if isinstance(what, LogLine)
    ]
    grown = {name: analysis.log.total(name) for name in sorted(analysis.log.last)}
    return {
        **analysis.as_result(),
        "link_events": events[:KEPT_EVENTS],
        "link_events_total": len(events) + analysis.log.dropped,
        "kernel_log": lines[:KEPT_LINES],
        "kernel_log_total": len(lines),
        "counters": [
            {
                "member": name,
                "grown": {key: value for key, value in total.items() if value},
                # A counter that stood still is known; one that is in neither was not read.
                "unmoved": [key for key, value in total.items() if not value],
            }
            for name, total in grown.items()
        ],
        "remarks": list(_remarks(analysis)),
    }


def _event(event: LinkEvent) -> dict[str, object]:
    return {
        "at": utc_text(event.utc_ns),
        "member": event.member,
        "what": event.what,
        "before": event.before,
        "after": event.after,
    }


def _remarks(analysis: Analysis) -> Iterator[dict[str, object]]:
    """What a comparison shows: of the ends, of the members, of the tap and the kernel."""
    for member in sorted(name for name in analysis.log.last if name):
        yield from _never_heard(analysis, member)
        yield from _passive(analysis, member)
        yield from _dropped(analysis, member)
    yield from _different_partners(analysis)


def _remark(kind: str, members: list[str], text: str) -> dict[str, object]:
    return {"kind": kind, "members": members, "text": text}


def _lane(analysis: Analysis, member: str, direction: str) -> Lane | None:
    return analysis.lanes.get((member, direction))


def _count(analysis: Analysis, member: str, direction: str) -> int:
    lane = _lane(analysis, member, direction)
    return 0 if lane is None else lane.count + lane.looped


def _never_heard(analysis: Analysis, member: str) -> Iterator[dict[str, object]]:
    """Where nothing came in for longer than our own end waits, there is no gap that says so."""
    if _count(analysis, member, RECEIVED) or analysis.start is None or analysis.end is None:
        return
    length = analysis.end[1] - analysis.start[1]
    sent = _lane(analysis, member, SENT)
    is_short = sent is not None and sent.actor is not None and sent.actor.state & TIMEOUT
    if length > (SHORT_TIMEOUT_S if is_short else LONG_TIMEOUT_S) * NS:
        text = f"{member}: the far end sent no LACPDU at all in {ms(length) / 1000:.1f} s"
        yield _remark("never heard", [member], text)


def _passive(analysis: Analysis, member: str) -> Iterator[dict[str, object]]:
    lane = _lane(analysis, member, RECEIVED)
    if lane is not None and lane.actor is not None and not lane.actor.state & ACTIVITY:
        text = f"{member}: the far end is passive, it speaks only while it is spoken to"
        yield _remark("passive partner", [member], text)


def _dropped(analysis: Analysis, member: str) -> Iterator[dict[str, object]]:
    """Where the tap and the kernel's counters do not agree, this very host drops LACPDUs."""
    growth = analysis.log.total(member)
    sent, received = _count(analysis, member, SENT), _count(analysis, member, RECEIVED)
    taken, made = growth.get("lacpdu_rx"), growth.get("lacpdu_tx")
    if taken is not None and received - taken >= _SLACK:
        text = (
            f"{member}: {received} LACPDUs came in at the tap, and bonding took in {taken} of "
            "them: this host drops the others behind the tap (tc or nftables at ingress)"
        )
        yield _remark("dropped behind the tap", [member], text)
    if made is not None and made - sent >= _SLACK:
        text = (
            f"{member}: bonding sent {made} LACPDUs, and {sent} of them passed the tap: "
            "this host drops the others ahead of the tap (tc or nftables at egress)"
        )
        yield _remark("dropped ahead of the tap", [member], text)


def _different_partners(analysis: Analysis) -> Iterator[dict[str, object]]:
    """Members of one LAG have one partner system and one partner key (802.1AX 6.3.6)."""
    members: dict[tuple[str, int], list[str]] = {}
    for (member, direction), lane in sorted(analysis.lanes.items()):
        if direction == RECEIVED and lane.actor is not None:
            members.setdefault((lane.actor.system, lane.actor.key), []).append(member)
    if len(members) > 1:
        parts = [
            f"{', '.join(names)}: system {system} key {key}"
            for (system, key), names in sorted(members.items(), key=lambda item: item[1])
        ]
        everyone = sorted(name for names in members.values() for name in names)
        text = f"the far ends are not of one LAG: {'; '.join(parts)}"
        yield _remark("different partners", everyone, text)
