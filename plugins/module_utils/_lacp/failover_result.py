# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A member's trial against its budget: figures, what they fall short of, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .failover_budget import CARRIER, RECEIVED, SENT, needs_far, rate_words
from .failover_track import DURING
from .outage import outage
from .window import ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .failover_budget import Budget, Fault, Timers
    from .failover_track import Change, Moments
    from .outage import Gap, Outage

SCHEMA = "bondproof.lacp/failover/1"
PASSED, FAILED, NOT_PROVEN = "passed", "failed", "not proven"


class Traffic(NamedTuple):
    """What the probes of a trial gave; flows: those that cross the member, of all that were sent.

    why_not: why nothing can be said of this member's traffic, '' if something can.
    """

    address: str
    interval_ms: float
    gaps: Sequence[Gap] = ()
    flows: Sequence[int] = ()
    all_flows: Sequence[int] = ()
    sent: int = 0
    slowest_ms: float = 0.0
    why_not: str = ""


class Trial(NamedTuple):
    """Everything that was measured of one member with one fault.

    ended_ns: the last moment that was watched; ports, growth, lacpdus: by phase or counter, as the
    result has them; differences: what is not as before, as sentences.
    """

    member: str
    fault: Fault
    timers: Timers
    budget: Budget
    moments: Moments
    ended_ns: int
    traffic: Traffic | None = None
    ports: Mapping[str, Any] = {}
    growth: Mapping[str, int] = {}
    lacpdus: Mapping[str, Mapping[str, int]] = {}
    changes: Sequence[Change] = ()
    relapses: int = 0
    differences: Sequence[str] = ()
    interrupted: str = ""


def as_result(trial: Trial) -> dict[str, Any]:
    """Plain data: outcome, reasons, and the figures behind them; times in ms from the fault."""
    at = trial.moments
    reasons, doubts = list(_failures(trial)), list(_doubts(trial))
    outcome = FAILED if reasons else NOT_PROVEN if doubts else PASSED
    return {
        "member": trial.member,
        "fault": trial.fault.kind,
        "direction": trial.fault.direction or None,
        "outcome": outcome,
        "reasons": reasons + doubts,
        "failover": {
            "left_ms": _since(at.left, at.fault),
            "far_left_ms": _since(at.far_left, at.fault),
            "lasted_ms": _since(at.restored or trial.ended_ns, at.fault),
        },
        "reintegration": {
            "carrier_ms": _since(at.carrier, at.restored),
            "back_ms": _since(at.back, at.restored),
            "far_back_ms": _since(at.far_back, at.restored),
            "relapses": trial.relapses,
        },
        "probe": _traffic(trial),
        "budget": _budget(trial),
        "ports": dict(trial.ports),
        "growth": dict(trial.growth),
        "lacpdus": {phase: dict(counts) for phase, counts in trial.lacpdus.items()},
        "timeline": [
            {
                "at_ms": _since(one.mono_ns, at.fault),
                "name": one.member,
                "what": one.what,
                "before": one.before,
                "after": one.after,
            }
            for one in trial.changes
        ],
        "differences": list(trial.differences),
    }


def failover_ns(trial: Trial) -> int:
    """From the fault until neither end used the member, as far as that can be known; 0: never."""
    at = trial.moments
    if not at.left or (not at.far_left and _far_tells(trial)):
        return 0
    return max(at.left, at.far_left) - at.fault


def _far_tells(trial: Trial) -> bool:
    """Whether LACPDUs of the partner told how its end stood during the fault."""
    return needs_far(trial.fault) and bool(trial.lacpdus.get(DURING, {}).get("received"))


def _since(moment: int, start: int) -> float | None:
    return ms(moment - start) if moment and start else None


def _budget(trial: Trial) -> dict[str, float | None]:
    return {
        "max_failover_ms": round(trial.budget.leave_ms, 1),
        "max_outage_ms": round(trial.budget.outage_ms, 1),
        "max_reintegrate_s": round(trial.budget.return_s, 1),
        "max_loss": None if trial.traffic is None else allowed_loss(trial.budget, trial.traffic),
    }


def allowed_loss(budget: Budget, traffic: Traffic) -> int:
    """Probes of one flow that may be lost; by default as many as the outage takes, and one."""
    if budget.loss is not None:
        return budget.loss
    return int(budget.outage_ms / traffic.interval_ms) + 1


def _spans(trial: Trial) -> tuple[Outage, Outage]:
    """(outage at the fault, outage at the return) of the flows that cross the member."""
    at = trial.moments
    gaps = trial.traffic.gaps if trial.traffic is not None else ()
    restored = at.restored or trial.ended_ns
    return outage(gaps, at.fault, restored), outage(gaps, restored, trial.ended_ns)


def _traffic(trial: Trial) -> dict[str, Any] | None:
    traffic = trial.traffic
    if traffic is None:
        return None
    found: dict[str, Any] = {
        "address": traffic.address,
        "interval_ms": traffic.interval_ms,
        "flows": len(traffic.all_flows),
        "flows_across": len(traffic.flows),
        "sent": traffic.sent,
        "slowest_answer_ms": traffic.slowest_ms,
    }
    for name, span in zip(("at_failover", "at_return"), _spans(trial)):
        found[name] = {
            "outage_ms": None if traffic.why_not else span.ms,
            "off_by_ms": span.off_by_ms,
            "lost": span.lost,
        }
    return found


def _failures(trial: Trial) -> Iterator[str]:
    """What went wrong, each with its figure and the likely cause."""
    if trial.interrupted:
        yield trial.interrupted
    if trial.moments.fault:
        yield from _leaving(trial)
        yield from _outages(trial)
    if trial.moments.restored:
        yield from _returning(trial)
    yield from trial.differences


def _leaving(trial: Trial) -> Iterator[str]:
    at, allowed = trial.moments, trial.budget.leave_ms
    if not at.restored and not at.left:
        return
    took = failover_ns(trial)
    if not took:
        who = trial.member if not at.left else f"the partner's end of {trial.member}"
        lasted = (at.restored - at.fault) / 1e9
        yield (
            f"{who} was still in use {lasted:.1f} s after the fault, when it was ended; allowed: "
            f"{_time(allowed)}. {_why_late(trial)}"
        )
    elif took > allowed * 1e6:
        yield (
            f"{trial.member} left after {_time(took / 1e6)}; allowed: {_time(allowed)}. "
            f"{_why_late(trial)}"
        )


def _why_late(trial: Trial) -> str:
    known = trial.timers
    if trial.fault.kind == CARRIER:
        if not known.miimon_ms:
            return "miimon is 0: nobody watches the carrier, set it to 100"
        delay = f", downdelay {known.downdelay_ms} ms" if known.downdelay_ms else ""
        return f"bonding looks at the carrier every {known.miimon_ms} ms (miimon){delay}"
    words = rate_words(known)
    is_slow = {
        RECEIVED: not known.we_are_short,
        SENT: not known.partner_is_short,
    }.get(trial.fault.direction, not (known.we_are_short and known.partner_is_short))
    return f"{words}: lacp_rate slow at one end or both" if is_slow else words


def _outages(trial: Trial) -> Iterator[str]:
    traffic = trial.traffic
    if traffic is None or traffic.why_not:
        return
    budget = trial.budget
    for when, span in zip(("at the fault", "at the return"), _spans(trial)):
        if span.ms > budget.outage_ms:
            lasted = "" if span.ended else " and had not ended"
            yield (
                f"{trial.member}: traffic to {traffic.address} stood still for {_time(span.ms)} "
                f"{when}{lasted}; allowed: {_time(budget.outage_ms)}. {_why_out(trial)}"
            )
        most = allowed_loss(budget, traffic)
        if span.flow_loss > most:
            yield (
                f"{trial.member}: {span.flow_loss} probes to {traffic.address} were lost {when}; "
                f"allowed: {most}"
            )


def _why_out(trial: Trial) -> str:
    if trial.fault.kind != CARRIER:
        return f"One end went on sending while the other took nothing: {rate_words(trial.timers)}"
    if trial.moments.left and failover_ns(trial) < trial.budget.leave_ms * 1e6:
        return (
            "This host left in time, so the far end went on sending to the port: it did not see "
            "the carrier go, as with NICs that keep their light on, or is slow to notice"
        )
    return _why_late(trial)


def _returning(trial: Trial) -> Iterator[str]:
    at, allowed = trial.moments, trial.budget.return_s
    missing = [
        who
        for who, moment in ((trial.member, at.back), ("the partner's end", at.far_back))
        if not moment
    ]
    if missing:
        waited = (trial.ended_ns - at.restored) / 1e9
        yield (
            f"{' and '.join(missing)} did not return within {waited:.1f} s; allowed: "
            f"{allowed:.1f} s"
        )
        if trial.fault.kind == CARRIER and not at.carrier:
            yield f"{trial.member} has no carrier since it was set up again"
        return
    took = (max(at.back, at.far_back) - at.restored) / 1e9
    if took > allowed:
        yield (
            f"{trial.member} returned after {took:.1f} s; allowed: {allowed:.1f} s. updelay is "
            f"{trial.timers.updelay_ms} ms; {rate_words(trial.timers)}"
        )
    if trial.relapses:
        yield f"{trial.member} left again {trial.relapses} times after it had returned"


def _doubts(trial: Trial) -> Iterator[str]:
    """What was asked and could not be measured."""
    at, traffic = trial.moments, trial.traffic
    if at.left and at.restored and needs_far(trial.fault) and not _far_tells(trial):
        yield (
            f"{trial.member}: no LACPDU of the partner came during the fault, so it is not known "
            "when its end left"
        )
    if traffic is None or not at.fault:
        return
    if traffic.why_not:
        yield f"{trial.member}: {traffic.why_not}"
        return
    early = outage(traffic.gaps, 0, at.fault)
    if early.lost:
        yield (
            f"{trial.member}: {early.lost} probes to {traffic.address} were lost before the fault, "
            "so those that were lost later may have another cause. Is the target limiting them? "
            "Probe a host, or less often (probe_interval)"
        )


def _time(milliseconds: float) -> str:
    if milliseconds < 10_000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"
