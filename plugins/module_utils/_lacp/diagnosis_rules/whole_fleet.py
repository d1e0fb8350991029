# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the fleet: others at the same time, or this host alone (R16, R17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnosis_rule import (
    CONCLUSIVE,
    LIKELY,
    NONE,
    SWITCH,
    THE_BOND,
    THE_HOST,
    Match,
    diagnosis_rule,
)
from ..evidence import AFTER, BEFORE, mapping, rows
from ..evidence_events import losses
from ..evidence_time import utc_ns
from ..fact import NotEvaluable
from ..window import NS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..diagnosis_case import Case

_MINUTE_NS = 60 * NS
_BUSY_PERCENT = 90


def others(case: Case) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, summary) of the other hosts; NotEvaluable without any."""
    found = [
        (at, row)
        for at, row in rows(case.packet.get("fleet"))
        if row.get("host") != case.packet.get("host")
    ]
    if not found:
        raise NotEvaluable("no other host was diagnosed in the same run")
    return found


def partners(row: Mapping[str, Any]) -> set[str]:
    """The partner systems of a host."""
    told = (mapping(one).get("system") for one in mapping(row.get("partners")).values())
    return {str(system) for system in told if system}


def _mine(case: Case) -> set[str]:
    found = {leg.known_system(when) for leg in case.legs for when in (AFTER, BEFORE)}
    return {system for system in found if system}


@diagnosis_rule(
    "R16",
    group="fleet",
    scope=THE_BOND,
    title="Several hosts of one switch lose at the same time",
    remedy="Control plane, template or software of that switch or pair",
    timed=True,
)
def together(case: Case) -> Iterator[Match]:
    """The same minute and the same partner: what they share is the switch."""
    mine = {leg.name: moment for leg in case.legs for moment in losses(case.evidence, leg.name)[:1]}
    systems = _mine(case)
    company = []
    for at, row in others(case):
        shared = partners(row) & systems
        if shared and row.get("fault") != THE_HOST and _same_minute(case, at, row, mine):
            company.append(str(row.get("host")))
    if not company or not mine:
        return
    for moment in mine.values():
        moment.seen(case.evidence)
    told = _cause(case)
    text = (
        f"{', '.join(sorted(company)[:5])} and this host lost members within the same minute, "
        f"behind the same partner {', '.join(sorted(systems))}"
    )
    if told:
        text += f"; {told}"
    yield Match(SWITCH, NONE, CONCLUSIVE if told else LIKELY, text, tuple(mine))


def _same_minute(case: Case, at: int, row: Mapping[str, Any], mine: Mapping[str, Any]) -> bool:
    for index, loss in rows(row.get("losses")):
        moment = utc_ns(loss.get("at"))
        if moment is None:
            continue
        if any(abs(one.at_ns - moment) <= _MINUTE_NS for one in mine.values()):
            steps = ("fleet", at, "losses", index, "at")
            case.evidence.see(
                f"{row.get('host')} lost {loss.get('member')}", loss.get("at"), *steps
            )
            return True
    return False


def _cause(case: Case) -> str:
    """What the switch itself shows; '' if it shows or says nothing."""
    for port in case.pairing.ports.values():
        busy = port.maybe("control_plane.cpu_pct")
        if isinstance(busy, (int, float)) and busy >= _BUSY_PERCENT:
            return f"the CPU of {port.name} is {busy:g} % busy"
        if port.delta_or_none("control_plane.lacp_policer_drops"):
            return f"the policer of {port.name} drops LACPDUs"
        if port.maybe("mlag.peer_link_up") is False:
            return f"the peer link of {port.name} is down"
    return ""


@diagnosis_rule(
    "R17",
    group="fleet",
    scope=THE_BOND,
    title="This host alone, and it is not like the others",
    remedy="Align driver and firmware with the fleet",
)
def alone(case: Case) -> Iterator[Match]:
    """Peers behind the same switch are clean, and run another driver or firmware."""
    hit = [
        leg
        for leg in case.legs
        if losses(case.evidence, leg.name) or (leg.known("carrier") and not leg.is_well())
    ]
    systems = _mine(case)
    peers = [(at, row) for at, row in others(case) if partners(row) & systems]
    if not hit or len(peers) < 2 or any(row.get("losses") for _at, row in peers):
        return
    for leg in hit:
        own = {key: leg.known(key) for key in ("driver", "driver_version", "firmware")}
        common = _common(case, peers, own["driver"])
        if common and own["firmware"] and common != own["firmware"]:
            text = (
                f"{leg.name}: firmware {own['firmware']}, {common} on all hosts behind the same "
                "switch, which are clean"
            )
            yield Match(THE_HOST, NONE, LIKELY, text, (leg.name,))


def _common(case: Case, peers: list[tuple[int, Mapping[str, Any]]], driver: object) -> str:
    """The firmware that all peers' members of that driver have; '' if they differ."""
    found = set()
    for at, row in peers:
        for name, told in mapping(row.get("drivers")).items():
            if mapping(told).get("driver") == driver and mapping(told).get("firmware"):
                steps = ("fleet", at, "drivers", name, "firmware")
                label = f"{row.get('host')} firmware"
                found.add(str(case.evidence.see(label, mapping(told)["firmware"], *steps)))
    return next(iter(found)) if len(found) == 1 else ""
