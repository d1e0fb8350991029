# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who went silent first, and whether one leg did or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .window import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .analysis_delivery import Delivery
    from .analysis_lane import Lane

SILENT = "silent"
UNHEARD = "unheard"


class Stop(NamedTuple):
    """From when on a direction of a member is lost.

    how: 'silent' at the tap, or 'unheard' by the arithmetic of rule R09. It stopped between
    from_ns, when the last PDU was heard, and to_ns, when the next was due or was not heard.
    """

    utc_ns: int
    mono_ns: int
    member: str
    direction: str
    how: str
    from_ns: int
    to_ns: int

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "at": utc_text(self.utc_ns),
            "member": self.member,
            "direction": self.direction,
            "how": self.how,
        }


def silence(
    lanes: Iterable[Lane], deliveries: Iterable[Delivery], members: Iterable[str]
) -> dict[str, object]:
    """The first loss of each lane, in the order of time.

    first_is_certain: no other can have stopped before it; PDUs that come once in a period leave
    room for that. extent: 'none', 'one', 'some' or 'all' of the members; a single member that is
    hit is 'one'.
    """
    stops: dict[tuple[str, str], Stop] = {}
    for stop in (*_silent(lanes), *_unheard(deliveries)):
        known = stops.get((stop.member, stop.direction))
        if known is None or stop.mono_ns < known.mono_ns:
            stops[stop.member, stop.direction] = stop
    order = sorted(stops.values(), key=lambda stop: (stop.mono_ns, stop.member, stop.direction))
    hit = {stop.member for stop in order}
    everyone = set(members) | hit
    if not hit:
        extent = "none"
    elif hit == everyone and len(everyone) > 1:
        extent = "all"
    else:
        extent = "one" if len(hit) == 1 else "some"
    return {
        "first": order[0].as_result() if order else None,
        "first_is_certain": all(order[0].to_ns < other.from_ns for other in order[1:]),
        "order": [stop.as_result() for stop in order],
        "members_hit": sorted(hit),
        "members": sorted(everyone),
        "extent": extent,
    }


def _silent(lanes: Iterable[Lane]) -> Iterable[Stop]:
    for lane in lanes:
        gap = next((gap for gap in lane.cadence.gaps if gap.is_lost), None)
        if gap is not None:
            at, due = gap.start_ns, gap.start_ns + gap.period_ns
            yield Stop(gap.start_utc_ns, at, lane.member, lane.direction, SILENT, at, due)


def _unheard(deliveries: Iterable[Delivery]) -> Iterable[Stop]:
    for delivery in deliveries:
        moment: tuple[int, int] | None = delivery.first_unheard
        if moment is not None:
            since = (delivery.last_heard or moment)[1]
            place = (delivery.member, delivery.direction, UNHEARD)
            yield Stop(*moment, *place, since, moment[1])
