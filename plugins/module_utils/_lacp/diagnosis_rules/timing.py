# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of time: who fell silent, and what can still have been heard (R08, R09, R24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnosis_rule import (
    CONCLUSIVE,
    EACH_MEMBER,
    HINT,
    INSUFFICIENT,
    LIKELY,
    NONE,
    PHYSICAL,
    RECEIVE,
    SWITCH,
    THE_HOST,
    TRANSMIT,
    Match,
    diagnosis_rule,
)
from ..evidence import mapping, rows, whole
from ..evidence_events import restarted_near, wire_length_s
from ..evidence_time import utc_ns
from ..fact import NotEvaluable
from ..model import KIND_TEAM
from ..port_state import COLLECTING, SYNCHRONIZATION
from ..window import FROM_A, FROM_B, NS, RECEIVED, SENT
from .one_way_receive import nothing_came, noticed, sends, waits
from .one_way_transmit import behind_tap, dropped_ahead, left

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..diagnosis_case import MemberCase

_PERIODS = 3
_SLOW_COLLECT_S = 5


def need_window(leg: MemberCase, direction: str) -> None:
    """NotEvaluable (insufficient_window) if fewer than three periods of that direction fit in."""
    leg.evidence.need_wire()
    length = wire_length_s(leg.evidence) or 0
    needed = _PERIODS * leg.period_s(direction)
    if length < needed:
        raise NotEvaluable(
            f"insufficient_window: {leg.name} is spoken to every {needed // _PERIODS} s, so "
            f"{needed} s are needed, and {length:.1f} s were listened to"
        )


@diagnosis_rule(
    "R08",
    group="timing",
    scope=EACH_MEMBER,
    title="This host did not send its LACPDUs in time",
    remedy="CPU isolation, interrupts and softirq of this host; the slow rate until that is cured",
    timed=True,
)
def host_starved(leg: MemberCase) -> Iterator[Match]:
    """Nothing at the tap for more than three periods that the far end asks for, and it noticed."""
    need_window(leg, SENT)
    if waits(leg) or not leg.link_up():
        return
    if not leg.tap(SENT):
        yield from _mute(leg)
        return
    found = leg.silences(SENT)
    if not found:
        return
    try:
        if dropped_ahead(leg):
            return
    except NotEvaluable:
        pass
    lane, at, gap = max(found, key=lambda one: _periods(one[2]))
    for name in ("start", "length_ms", "periods"):
        leg.evidence.see(
            f"silence of ours: {name}", gap.get(name), "wire", "lanes", lane, "gaps", at, name
        )
    has_effect = bool(noticed(leg, SENT))
    waited = _pressure(leg)
    text = (
        f"{leg.name}: this host sent no LACPDU for {gap.get('length_ms')} ms from "
        f"{gap.get('start')}, {gap.get('periods')} periods"
    )
    if has_effect:
        text += ", and the far end gave up on it"
    yield Match(
        THE_HOST,
        TRANSMIT,
        CONCLUSIVE if has_effect else HINT,
        text + (f"; tasks waited for a CPU {waited:g} % of the time" if waited else ""),
        against=() if has_effect else (f"{leg.name}: the far end did not expire",),
    )


def _mute(leg: MemberCase) -> Iterator[Match]:
    if leg.case.known("kind") == KIND_TEAM:
        # teamd counts none; whether it sent none or tc and the queue have them, it is this host.
        text = f"{leg.name}: no LACPDU of teamd reached the tap in the window, and the link is up"
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, text)
        return
    made = leg.sampled_kernel(SENT)
    if made == 0 and leg.case.known("admin_up") is not False:
        text = f"{leg.name}: this host sent no LACPDU at all in the window, over a link that is up"
        yield Match(THE_HOST, TRANSMIT, CONCLUSIVE, text)


def _pressure(leg: MemberCase) -> float:
    try:
        share = leg.evidence.fact("after", None, "cpu.pressure_avg60")
    except NotEvaluable:
        return 0.0
    return float(share) if isinstance(share, (int, float)) and share >= 10 else 0.0


@diagnosis_rule(
    "R08b",
    group="timing",
    scope=EACH_MEMBER,
    title="LACPDUs of the switch are missing or late, while ours are regular",
    remedy="The slow rate on the host until the switch sends in time; its CPU and its firmware",
    timed=True,
)
def switch_starved(leg: MemberCase) -> Iterator[Match]:
    """Gaps in what comes in, over a steady link, on a host that is not starved itself."""
    need_window(leg, RECEIVED)
    if waits(leg) or not leg.link_up() or not sends(leg) or behind_tap(leg):
        return
    lost = noticed(leg, RECEIVED)
    late = [] if lost else [*leg.silences(RECEIVED), *_many_late(leg)]
    if not lost and not late:
        return
    lane, at, gap = (lost or late)[0]
    for name in ("start", "length_ms"):
        leg.evidence.see(f"silence: {name}", gap.get(name), "wire", "lanes", lane, "gaps", at, name)
    count = len(lost) or len(late)
    text = (
        f"{leg.name}: {count} gap{'s' if count > 1 else ''} in what the far end sends, the first "
        f"{gap.get('length_ms')} ms from {gap.get('start')}; ours were regular"
    )
    if late:
        against = (f"{leg.name}: our port did not expire",)
        yield Match(INSUFFICIENT, RECEIVE, HINT, text, against=against)
    else:
        yield _sender(leg, text)


def _many_late(leg: MemberCase) -> list[tuple[int, int, Mapping[str, Any]]]:
    """Late PDUs, if they are a tenth of all and ours are not late as well."""
    late = [one for one in leg.gaps(RECEIVED, "late") if _periods(one[2]) >= 2]
    if len(late) < 3 or 10 * len(late) < leg.tap(RECEIVED):
        return []
    return late if len(leg.gaps(SENT, "late")) * 3 <= len(late) else []


def _periods(gap: Mapping[str, Any]) -> float:
    told = gap.get("periods")
    return float(told) if isinstance(told, (int, float)) else 0.0


def _sender(leg: MemberCase, text: str) -> Match:
    """The sender if its own counters or the kind of link say so, else nobody yet."""
    if leg.case.pairing.ports.get(leg.name):
        port = leg.switch()
        sent = port.delta_or_none("lacp_counters.tx")
        expected = (wire_length_s(leg.evidence) or 0) / leg.period_s(RECEIVED)
        busy = port.maybe("control_plane.cpu_pct")
        if sent is not None and sent < expected * 0.8:
            text += f"; {port.name} sent {sent} of {expected:.0f} that were due"
            return Match(SWITCH, RECEIVE, LIKELY, text, (), CONCLUSIVE, (THE_HOST,))
        if isinstance(busy, (int, float)) and busy >= 90:
            text += f"; the CPU of {port.name} is {busy:g} % busy"
            return Match(SWITCH, RECEIVE, LIKELY, text, (), CONCLUSIVE)
    if leg.back_to_back():
        return Match(SWITCH, RECEIVE, LIKELY, text, (), CONCLUSIVE, (THE_HOST, PHYSICAL))
    excluded = (THE_HOST,) if nothing_came(leg) else ()
    return Match(INSUFFICIENT, RECEIVE, LIKELY, text, (), CONCLUSIVE, excluded)


@diagnosis_rule(
    "R09",
    group="timing",
    scope=EACH_MEMBER,
    title="The time of EXPIRED tells the last LACPDU that can have arrived",
    remedy="As for R05a to R05c, by what the counters of both ends say",
    timed=True,
)
def arithmetic(leg: MemberCase) -> Iterator[Match]:
    """EXPIRED minus the timeout is the last moment of hearing; what was captured later was lost."""
    leg.evidence.need_wire()
    for direction in (SENT, RECEIVED, FROM_A, FROM_B):
        for at, delivery in leg.deliveries(direction):
            lost = whole(delivery.get("captured_unheard")) or 0
            moment = utc_ns(delivery.get("expired_at"))
            timeout = delivery.get("timeout_ms")
            if not lost or moment is None or not isinstance(timeout, (int, float)):
                continue
            if restarted_near(leg.evidence, leg.name, moment, timeout / 1000 + 5):
                continue
            names = ("expired_at", "heard_nothing_after", "captured_unheard", "defaulted_after_ms")
            for name in names:
                value = delivery.get(name)
                leg.evidence.see(name, value, "wire", "deliveries", at, name)
            yield _lost(leg, direction, delivery, lost)


def _lost(leg: MemberCase, direction: str, delivery: Mapping[str, Any], lost: int) -> Match:
    sums = (_sum(leg, delivery, lost),)
    told = f"{leg.name}: {delivery.get('conclusion') or f'{lost} LACPDUs captured were not heard'}"
    if direction == RECEIVED:
        return Match(THE_HOST, RECEIVE, CONCLUSIVE, told, (), "", (), sums)
    if direction != SENT:
        return Match(INSUFFICIENT, NONE, HINT, told, (), "", (), sums)
    if left(leg) and leg.back_to_back():
        excluded = (THE_HOST, PHYSICAL)
        return Match(SWITCH, TRANSMIT, LIKELY, told, (), CONCLUSIVE, excluded, sums)
    try:
        if dropped_ahead(leg) or leg.netdev(SENT) == 0:
            return Match(THE_HOST, TRANSMIT, CONCLUSIVE, told, (), "", (), sums)
    except NotEvaluable:
        pass
    ours = (THE_HOST,) if left(leg) else ()
    return Match(INSUFFICIENT, TRANSMIT, LIKELY, told, (), CONCLUSIVE, ours, sums)


def _sum(leg: MemberCase, delivery: Mapping[str, Any], lost: int) -> str:
    timeout_s = float(delivery["timeout_ms"]) / 1000
    heard = delivery.get("heard_nothing_after")
    lead = f"{leg.name}: EXPIRED {delivery.get('expired_at')} - {timeout_s:g} s = {heard}"
    parts = [f"{lead}: nothing was heard after that"]
    after = delivery.get("expired_after_ms")
    if isinstance(after, (int, float)):
        parts.append(
            f"the last LACPDU that can have arrived was captured at {delivery.get('last_heard')}, "
            f"{after / 1000:.3f} s before EXPIRED"
        )
    parts.append(f"{lost} captured from {delivery.get('first_unheard')} on did not arrive")
    defaulted = delivery.get("defaulted_after_ms")
    if isinstance(defaulted, (int, float)):
        parts.append(f"DEFAULTED followed {defaulted / 1000:.3f} s after EXPIRED")
    return "; ".join(parts)


@diagnosis_rule(
    "R24",
    group="timing",
    scope=EACH_MEMBER,
    title="The host is slow to set Collecting",
    remedy="Driver and firmware of the host; then shut and no shut at the switch port",
    timed=True,
)
def slow_to_collect(leg: MemberCase) -> Iterator[Match]:
    """Seconds between the far end's SYNC and our Collecting, where the switch gave up on that."""
    synced = _first_state(leg, RECEIVED, SYNCHRONIZATION)
    if synced is None or _states(leg, SENT, before=synced[0], having=COLLECTING):
        return
    collected = _first_state(leg, SENT, COLLECTING, after=synced[0])
    end = leg.evidence.span()
    until = collected[0] if collected else (end[1] if end else synced[0])
    waited = (until - synced[0]) / NS
    outside = leg.known("aggregator_id") != leg.case.known("active_aggregator.id")
    # A port outside the active aggregator never collects: that is told by R11 to R13 and R22.
    if waited <= _SLOW_COLLECT_S or not leg.link_up() or outside:
        return
    text = f"{leg.name}: {waited:.1f} s after the far end was in sync we had not set Collecting"
    complained = _peer_timeout(leg)
    yield Match(THE_HOST, NONE, CONCLUSIVE if complained else HINT, text)


def _states(leg: MemberCase, direction: str, *, before: int, having: int) -> bool:
    """Whether the last state heard before that moment has the bit."""
    found = leg.lane(direction)
    last = 0
    for _at, row in rows(found[1].get("states")) if found else ():
        moment, after = utc_ns(row.get("at")), whole(row.get("after"))
        if row.get("whose") == "actor" and moment is not None and moment <= before:
            last = after or 0
    return bool(last & having)


def _first_state(
    leg: MemberCase, direction: str, bit: int, after: int = 0
) -> tuple[int, int] | None:
    """(time, index) of the first change of the sender's own state that sets the bit."""
    found = leg.lane(direction)
    if found is None:
        return None
    for at, row in rows(found[1].get("states")):
        moment, now, was = utc_ns(row.get("at")), whole(row.get("after")), whole(row.get("before"))
        if row.get("whose") != "actor" or moment is None or moment < after or now is None:
            continue
        if now & bit and was is not None and not was & bit:
            leg.evidence.see("state", now, "wire", "lanes", found[0], "states", at, "after")
            return moment, at
    return None


def _peer_timeout(leg: MemberCase) -> bool:
    if not leg.case.pairing.ports.get(leg.name):
        return False
    port = leg.switch()
    if port.maybe("member.reason") == "peer_collect_timeout":
        return True
    words = ("PEER_COLLECT_ENABLE_NOT_RCVD", "sequence timeout", "err-disable")
    return any(
        word.lower() in f"{mapping(line).get('mnemonic')} {mapping(line).get('text')}".lower()
        for _at, line in rows(port.record.get("logs"))
        for word in words
    )
