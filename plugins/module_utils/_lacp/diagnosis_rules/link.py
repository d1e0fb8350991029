# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the link itself: the NIC, the carrier, the error counters (R04, R01 to R03)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..counters import plan
from ..diagnosis_rule import (
    BOTH,
    CONCLUSIVE,
    EACH_MEMBER,
    HINT,
    LIKELY,
    PHYSICAL,
    RECEIVE,
    SWITCH,
    THE_HOST,
    TRANSMIT,
    Match,
    diagnosis_rule,
)
from ..evidence import mapping, rows, whole
from ..evidence_events import admin_losses, link_losses, link_moved, losses, memberships
from ..fact import NotEvaluable
from ..kernel_lines import AER, MODULE, SERIOUS
from ..window import NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import LogEntry, MemberCase
    from ..evidence_events import Moment

ERRORS = ("crc", "symbol", "fec_uncorrected")
SWITCH_ERRORS = ("rx_crc", "rx_symbol", "fec_uncorrected")
_AFTER_NS = 5 * NS  # D.3: a loss so soon after a line is its consequence
_ONCE = 2  # the carrier and what bonding makes of it
_LATE_NS = NS // 2  # the log may be written a little after the link went


@diagnosis_rule(
    "R04",
    group="link",
    scope=EACH_MEMBER,
    title="The NIC was reset, hung or failed",
    remedy="Driver, firmware and PCIe of this member (ASPM, slot, BIOS); it is not LACP",
    timed=True,
)
def nic_failed(leg: MemberCase) -> Iterator[Match]:
    """A line of the driver or of PCIe, at most five seconds before something was lost."""
    lines = [entry for entry in log_of(leg) if entry.kind in SERIOUS or entry.kind == AER]
    if not lines:
        return
    lost = losses(leg.evidence, leg.name)
    for line in lines:
        line.seen(leg.evidence)
        loss = next((moment for moment in lost if _follows(line, moment)), None)
        if loss is not None:
            loss.seen(leg.evidence)
            text = f"{leg.name}: {line.text!r} in the kernel log, then {loss.text}"
            yield Match(THE_HOST, BOTH, CONCLUSIVE, text)
            return
    yield _without_loss(leg, lines)


def _follows(line: LogEntry, loss: Moment) -> bool:
    return line.at_ns is not None and -_LATE_NS <= loss.at_ns - line.at_ns <= _AFTER_NS


def _without_loss(leg: MemberCase, lines: list[LogEntry]) -> Match:
    span = leg.evidence.span()
    serious = [
        line
        for line in lines
        if (line.kind in SERIOUS or not _corrected(line.text))
        and span is not None
        and line.at_ns is not None
        and span[0] - _AFTER_NS <= line.at_ns <= span[1]
    ]
    first = (serious or lines)[0]
    return Match(
        THE_HOST,
        BOTH,
        LIKELY if serious else HINT,
        f"{leg.name}: {first.text!r} in the kernel log",
        against=(f"{leg.name}: nothing was lost in the five seconds after that line",),
    )


def _corrected(text: str) -> bool:
    words = text.lower()
    return "correct" in words and "uncorrect" not in words


def log_of(leg: MemberCase) -> list[LogEntry]:
    """Lines that name the member; NotEvaluable if the log was not read."""
    read = [leg.case.packet.get("kernel_log"), leg.evidence.wire.get("kernel_log")]
    if not any(isinstance(source, list) for source in read):
        raise NotEvaluable("the kernel log was not read")
    return [entry for entry in leg.case.log if entry.member == leg.name]


@diagnosis_rule(
    "R01",
    group="link",
    scope=EACH_MEMBER,
    title="The link went down and up in the window",
    remedy="Swap cable, then optic, then port, one at a time; measure for 10 minutes after each",
    timed=True,
)
def carrier_moved(leg: MemberCase) -> Iterator[Match]:
    """LACP is downstream of the carrier: what it did then is a consequence."""
    moved = link_moved(leg.evidence, leg.name)
    if not moved or _by_hand(leg) or _by_nic(leg):
        return
    if leg.case.pairing.ports.get(leg.name) and leg.switch().maybe("port.admin_up") is False:
        text = f"{leg.name}: the carrier went because {leg.switch().name} was shut"
        yield Match(SWITCH, BOTH, CONCLUSIVE, text)
        return
    grown = _grown_anywhere(leg)
    modules = [entry for entry in _log_or_none(leg) if entry.kind == MODULE]
    for entry in modules:
        entry.seen(leg.evidence)
    told = [f"{name} grew by {count}" for name, count in grown]
    told += [f"the driver says {entry.text!r}" for entry in modules[:1]]
    if not told:
        # Counters that stood still are no evidence for a cable; the events are.
        leg.evidence.forget()
        link_moved(leg.evidence, leg.name)
    text = f"{leg.name}: the link changed {moved} time{'s' if moved > 1 else ''} in the window"
    if told:
        yield Match(PHYSICAL, BOTH, CONCLUSIVE, f"{text}, and {told[0]}")
        return
    against = [f"{leg.name}: no error counter is known to have grown with it"]
    if blinked(leg):
        against.append(f"{leg.name}: the link is back, and what lasts is not explained by that")
    sure = HINT if len(against) > 1 else LIKELY
    yield Match(PHYSICAL, BOTH, sure, text, against=tuple(against))


def blinked(leg: MemberCase) -> bool:
    """Whether the link went once and came back, and the member is not well for all that.

    A port that is taken out of its LAG, or put into another, blinks; a cable leaves no such trace.
    """
    if len(link_losses(leg.evidence, leg.name)) > _ONCE:
        return False
    try:
        leg.need_settled()
        is_up = leg.link_up()
    except NotEvaluable:
        return False
    active, mine = leg.case.known("active_aggregator.id"), leg.known("aggregator_id")
    return is_up and (not leg.is_well() or (None not in (active, mine) and active != mine))


def _by_hand(leg: MemberCase) -> bool:
    """Whether all of it followed what somebody did on this very host."""
    hand = [*admin_losses(leg.evidence, leg.name), *memberships(leg.evidence, leg.name)]
    if not hand:
        return False
    lost = link_losses(leg.evidence, leg.name)
    return all(any(abs(loss.at_ns - moment.at_ns) <= NS for moment in hand) for loss in lost)


def _by_nic(leg: MemberCase) -> bool:
    """Whether each loss of the link followed a failure of the NIC itself, as R04 tells."""
    lost = link_losses(leg.evidence, leg.name)
    lines = [
        line
        for line in _log_or_none(leg)
        if line.kind in SERIOUS or (line.kind == AER and not _corrected(line.text))
    ]
    return bool(lost) and all(any(_follows(line, loss) for line in lines) for loss in lost)


def _grown_anywhere(leg: MemberCase) -> list[tuple[str, int]]:
    found = []
    with suppress(NotEvaluable):
        found += [(f"{key} of {leg.name}", n) for key, n in host_errors(leg).items() if n]
    with suppress(NotEvaluable):
        found += [(f"{key} of the switch port", n) for key, n in _port_errors(leg).items() if n]
    return found


def _log_or_none(leg: MemberCase) -> list[LogEntry]:
    try:
        return log_of(leg)
    except NotEvaluable:
        return []


def host_errors(leg: MemberCase) -> dict[str, int]:
    """Growth of what the NIC counts as damaged frames; NotEvaluable if it counts none."""
    found: dict[str, int] = {}
    counted = mapping(leg.known("errors"))
    for key in ERRORS:
        if key not in counted:
            continue
        try:
            found[key] = leg.delta(f"errors.{key}")
        except NotEvaluable:
            continue
    for key, count in _sampled(leg).items():
        found.setdefault(key, count)
    if not found:
        raise NotEvaluable(f"{leg.name}: its driver counts no damaged frames, or not twice")
    return found


def _sampled(leg: MemberCase) -> dict[str, int]:
    """The same from the samples of a capture, by the driver's own names."""
    for at, row in rows(leg.evidence.wire.get("counters")):
        if row.get("member") != leg.name:
            continue
        grown = {k: v for k, v in mapping(row.get("grown")).items() if whole(v) is not None}
        still = row.get("unmoved")
        names = (*grown, *(still if isinstance(still, list) else ()))
        found = {}
        for key, places in plan(str(leg.known("driver") or ""), tuple(map(str, names))).sums:
            if key in ERRORS:
                found[key] = sum(int(grown.get(names[place], 0)) for place in places)
                steps = ("wire", "counters", at, "grown")
                leg.evidence.see(f"{key} grew", found[key], *steps)
        return found
    return {}


def _port_errors(leg: MemberCase) -> dict[str, int]:
    port = leg.switch()
    found = {}
    for key in SWITCH_ERRORS:
        count = port.delta_or_none(f"if_counters.{key}")
        if count is not None:
            found[key] = count
    if not found:
        return {"rx_crc": port.delta("if_counters.rx_crc")}
    return found


@diagnosis_rule(
    "R01b",
    group="link",
    scope=EACH_MEMBER,
    title="There is no link at all",
    remedy="Cable, optics and both ports; ask whether the switch port is shut",
)
def no_carrier(leg: MemberCase) -> Iterator[Match]:
    """Administratively up on the host, and no carrier from the beginning to the end."""
    if leg.fact("admin_up") is False or leg.fact("carrier") is not False:
        return
    try:
        if link_moved(leg.evidence, leg.name):
            return
    except NotEvaluable:
        pass
    if leg.case.pairing.ports.get(leg.name) and leg.switch().maybe("port.admin_up") is False:
        text = f"{leg.name}: no carrier, because {leg.switch().name} is shut"
        yield Match(SWITCH, BOTH, CONCLUSIVE, text)
        return
    yield Match(
        PHYSICAL,
        BOTH,
        LIKELY,
        f"{leg.name}: no carrier, although this host has it up",
        against=("a port that the switch team shut looks the same from here",),
    )


def _amount(counter: tuple[str, int]) -> int:
    """What to choose the loudest counter by; the first one of several."""
    return counter[1]


@diagnosis_rule(
    "R02",
    group="link",
    scope=EACH_MEMBER,
    title="Frames arrive damaged at the switch",
    remedy="The host's transmit optic, the strand, the switch's receive optic",
    switch=True,
)
def damaged_at_switch(leg: MemberCase) -> Iterator[Match]:
    """Errors count at the receiving end, so they implicate the direction towards it."""
    theirs = {key: count for key, count in _port_errors(leg).items() if count}
    ours = {key: count for key, count in host_errors(leg).items() if count}
    if theirs and not ours:
        key, count = max(theirs.items(), key=_amount)
        text = f"{leg.name}: {key} of {leg.switch().name} grew by {count}, ours did not"
        yield Match(PHYSICAL, TRANSMIT, CONCLUSIVE, text)


@diagnosis_rule(
    "R03",
    group="link",
    scope=EACH_MEMBER,
    title="Frames arrive damaged at the host",
    remedy="The switch's transmit optic, the strand, the host's receive optic",
)
def damaged_at_host(leg: MemberCase) -> Iterator[Match]:
    """The direction towards the host is damaged; the switch's counters say whether only that."""
    ours = {key: count for key, count in host_errors(leg).items() if count}
    if not ours:
        return
    key, count = max(ours.items(), key=_amount)
    text = f"{leg.name}: {key} grew by {count} in the window"
    try:
        theirs = sum(_port_errors(leg).values())
    except NotEvaluable as gap:
        yield Match(PHYSICAL, RECEIVE, LIKELY, text, against=(str(gap),))
        return
    if theirs:
        yield Match(PHYSICAL, BOTH, CONCLUSIVE, f"{text}, and the switch port counts errors, too")
    else:
        yield Match(PHYSICAL, RECEIVE, CONCLUSIVE, f"{text}, and none at the switch port")
