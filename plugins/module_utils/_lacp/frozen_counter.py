# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A transmit counter that stands still in reading after reading while the other moves (R05a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import vyatta_flags
from .diagnosis_rule import CONCLUSIVE, LIKELY, THE_HOST, TRANSMIT, Match
from .evidence import mapping, rows, whole
from .fact import NotEvaluable
from .port_state import ACTIVITY, AGGREGATION, DEFAULTED, SYNCHRONIZATION
from .window import SENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .diagnosis_case import MemberCase

LACPDU_OCTETS = 124  # without FCS, as devices count
_READY = vyatta_flags.shown(ACTIVITY | AGGREGATION | SYNCHRONIZATION)


def frozen_counter(leg: MemberCase) -> Match | None:
    """tx_packets that stand still in reading after reading, while rx_packets move.

    None for a member that is well: it may have nothing to send for a while.
    """
    if leg.is_well():
        return None
    series = readings(leg)
    still = _longest_still(series)
    if len(still) < 2:
        return None
    (first_at, first), (last_at, last) = still[0], still[-1]
    arrived = last["rx_packets"] - first["rx_packets"]
    sure = CONCLUSIVE if _tried_to_send(leg) else LIKELY if _shown_ready(leg) else ""
    if arrived <= 0 or not sure:
        return None
    for at, row in (still[0], still[-1]):
        for name in ("tx_packets", "rx_packets"):
            steps = ("readings", at, "members", leg.name, name)
            leg.evidence.see(f"{name} in reading {at}", row[name], *steps)
    frozen = (
        f"{leg.name}: tx_packets {last['tx_packets']} in {len(still)} readings in a row "
        f"({first_at} to {last_at}), while rx_packets went {first['rx_packets']} -> "
        f"{last['rx_packets']} (+{arrived})"
    )
    sums = [frozen, *_recovery(leg, series, still)]
    text = (
        f"{leg.name}: the transmit counter is frozen at {last['tx_packets']} while frames come in "
        f"(+{arrived})"
    )
    return Match(THE_HOST, TRANSMIT, sure, text, sums=tuple(sums))


def readings(leg: MemberCase) -> list[tuple[int, dict[str, int]]]:
    """(index, counters) of the readings that tell of the member, in order."""
    found = []
    for at, reading in rows(leg.case.packet.get("readings")):
        row = mapping(mapping(reading.get("members")).get(leg.name))
        counts = {name: value for name, value in row.items() if whole(value) is not None}
        if "tx_packets" in counts and "rx_packets" in counts:
            found.append((at, counts))
    return found


def _longest_still(series: list[tuple[int, dict[str, int]]]) -> list[tuple[int, dict[str, int]]]:
    """The longest run of readings with the same tx_packets and rx_packets that do not fall."""
    best: list[tuple[int, dict[str, int]]] = []
    run: list[tuple[int, dict[str, int]]] = []
    for at, row in series:
        is_next = (
            bool(run)
            and row["tx_packets"] == run[-1][1]["tx_packets"]
            and row["rx_packets"] >= run[-1][1]["rx_packets"]
        )
        run = [*run, (at, row)] if is_next else [(at, row)]
        if len(run) > len(best):
            best = run
    return best


def _tried_to_send(leg: MemberCase) -> bool:
    """Whether our end made LACPDUs, or holds the port for ready to."""
    try:
        if leg.evidence.has_wire() and leg.tap(SENT):
            return True
    except NotEvaluable:
        pass
    try:
        return leg.kernel(SENT) > 0
    except NotEvaluable:
        pass
    try:
        if leg.state("actor") & SYNCHRONIZATION and leg.state("partner") & DEFAULTED:
            return True
    except NotEvaluable:
        pass
    # A port in sync answers each PDU that it hears (802.1AX 6.4.16), so something was to be sent.
    states = [
        whole(mapping(mapping(reading.get("members")).get(leg.name)).get("actor_state"))
        for _at, reading in rows(leg.case.packet.get("readings"))
    ]
    return any(state is not None and state & 0x09 == 0x09 for state in states)


def _shown_ready(leg: MemberCase) -> bool:
    """Whether a router's screen shows the port as in sync and no more: ready, and unanswered.

    That screen shows the highest bit only, and not when: so it makes nothing conclusive.
    """
    for at, reading in rows(leg.case.packet.get("readings")):
        row = mapping(mapping(reading.get("members")).get(leg.name))
        if row.get("flags") == _READY:
            leg.evidence.see("LACP flags", _READY, "readings", at, "members", leg.name, "flags")
            return True
    return False


def _recovery(
    leg: MemberCase,
    series: list[tuple[int, dict[str, int]]],
    still: list[tuple[int, dict[str, int]]],
) -> Iterator[str]:
    """What moved first when it ended."""
    after = next(((at, row) for at, row in series if at > still[-1][0]), None)
    if after is None:
        return
    last = still[-1][1]
    packets = after[1]["tx_packets"] - last["tx_packets"]
    octets = after[1].get("tx_bytes", 0) - last.get("tx_bytes", 0)
    if packets > 0 and "tx_bytes" in last:
        plural = "" if packets == 1 else "s"
        one = packets == 1 and octets == LACPDU_OCTETS
        yield (
            f"{leg.name}: then tx moved by {octets} bytes / {packets} packet{plural}"
            + (": exactly one LACPDU" if one else "")
        )
