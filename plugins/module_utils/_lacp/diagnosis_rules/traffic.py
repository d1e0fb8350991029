# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rule R18: frames are lost, and LACP has nothing to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import CONCLUSIVE, HINT, NONE, NOT_LACP, THE_BOND, Match, diagnosis_rule
from ..evidence_events import link_moved, losses
from ..fact import NotEvaluable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import Case

# Below these a count is what every healthy host shows (LLDP and STP that nobody takes, say).
_SOFTWARE, _HARDWARE = 50, 10
_SHARE = 0.01
_SKEW, _SKEW_PACKETS = 0.95, 10_000
_DROPS = ("rx_dropped", "tx_dropped", "rx_missed_errors", "rx_fifo_errors")
_NIC = ("discard", "missed", "discard_tx")


@diagnosis_rule(
    "R18",
    group="not LACP",
    scope=THE_BOND,
    title="The bond is stable, and frames are lost all the same",
    remedy="Queues, rings, hashing, MTU, congestion: nothing changed in LACP",
)
def not_lacp(case: Case) -> Iterator[Match]:
    """No member left, no link changed, both ends forward; and yet something drops."""
    if not _is_stable(case):
        return
    known: list[str] = []
    told = [*_drops(case, known), *_host(case, known)]
    if told:
        text = f"{case.evidence.bond_name()} is stable, and {'; '.join(told[:3])}"
        yield Match(NOT_LACP, NONE, CONCLUSIVE, text)
        return
    if not known:
        raise NotEvaluable("no counter of drops was read both before and after the window")
    yield from _skew(case)


def _is_stable(case: Case) -> bool:
    if not case.legs:
        raise NotEvaluable("the packet names no member")
    for leg in case.legs:
        if not leg.is_well() or losses(case.evidence, leg.name):
            return False
        if link_moved(case.evidence, leg.name):
            return False
    return True


def _drops(case: Case, known: list[str]) -> Iterator[str]:
    for name in (*case.names, ""):
        packets = _delta(case, name, "statistics.rx_packets", known) or 0
        packets += _delta(case, name, "statistics.tx_packets", known) or 0
        for key in _DROPS:
            count = _delta(case, name, f"statistics.{key}", known) or 0
            if count >= _SOFTWARE and count >= _SHARE * packets:
                yield f"{name or case.evidence.bond_name()}: {key} grew by {count}"
        for key in _NIC:
            count = _delta(case, name, f"errors.{key}", known) or 0
            if count >= _HARDWARE:
                yield f"{name}: {key} of the NIC grew by {count}"


def _host(case: Case, known: list[str]) -> Iterator[str]:
    backlog = _delta(case, None, "softnet.dropped", known) or 0
    if backlog >= _HARDWARE:
        yield f"the backlog of a CPU dropped {backlog}"
    again = _delta(case, None, "tcp.retransmitted_segments", known) or 0
    sent = _delta(case, None, "tcp.sent_segments", known) or 0
    if again >= _HARDWARE and again >= _SHARE * sent:
        yield f"{again} of {sent} TCP segments were sent again"


def _delta(case: Case, name: str | None, path: str, known: list[str]) -> int | None:
    try:
        count = case.evidence.delta(name, path)
    except NotEvaluable:
        return None
    known.append(path)
    return count


def _skew(case: Case) -> Iterator[Match]:
    """Nearly all that is sent goes out of one member: one large flow, or the wrong hash."""
    sent = {name: _delta(case, name, "statistics.tx_packets", []) or 0 for name in case.names}
    total = sum(sent.values())
    name = max(sent, key=lambda one: sent[one])
    if len(sent) > 1 and total >= _SKEW_PACKETS and sent[name] >= _SKEW * total:
        share = f"{100 * sent[name] // total} %"
        text = f"{name} carries {share} of what {case.evidence.bond_name()} sends"
        yield Match(NOT_LACP, NONE, HINT, text)
