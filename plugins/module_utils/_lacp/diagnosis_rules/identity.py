# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of who is who: systems, keys, aggregators (R10 to R14, R22)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..diagnosis_rule import (
    CONCLUSIVE,
    EACH_MEMBER,
    LIKELY,
    NONE,
    SWITCH,
    THE_BOND,
    THE_HOST,
    Match,
    diagnosis_rule,
)
from ..evidence import BEFORE, rows
from ..evidence_events import link_events, mac_moved, memberships, restarts
from ..fact import NotEvaluable
from ..port_state import ZERO_MAC
from ..window import RECEIVED, SENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..diagnosis_case import Case, MemberCase

_NOBODY = (None, "", "none", ZERO_MAC)


def systems(leg: MemberCase, direction: str) -> list[str]:
    """Systems that spoke on a lane, each once, in the order of their first word."""
    found = leg.lane(direction) if leg.evidence.has_wire() else None
    if found is None:
        return []
    told: dict[str, None] = {}
    for at, identity in rows(found[1].get("identities")):
        system = identity.get("system")
        if system not in _NOBODY:
            steps = ("wire", "lanes", found[0], "identities", at, "system")
            told[str(leg.evidence.see(f"system {direction}", system, *steps))] = None
    return list(told)


@diagnosis_rule(
    "R10",
    group="identity",
    scope=EACH_MEMBER,
    title="The partner became another system, and the link stayed up",
    remedy="Repair the peer link of the pair; one system MAC and domain on both switches",
)
def partner_flips(leg: MemberCase) -> Iterator[Match]:
    """An MLAG pair or stack that no longer speaks with one voice."""
    if restarts(leg.evidence, leg.name):
        return
    found = systems(leg, RECEIVED)
    if len(found) < 2:
        found = _changed_between(leg) or found
    if len(found) < 2:
        if not leg.evidence.has_wire():
            leg.partner_system(BEFORE)
        return
    text = f"{leg.name}: the partner was {' and '.join(found[:4])} over one unbroken link"
    yield Match(SWITCH, NONE, CONCLUSIVE, text)


def _changed_between(leg: MemberCase) -> list[str]:
    told = []
    for moment in link_events(leg.evidence, leg.name, "partner_system"):
        before, _arrow, after = moment.text.partition("partner_system ")[2].partition(" -> ")
        told += [word for word in (before, after) if word not in _NOBODY]
        moment.seen(leg.evidence)
    with suppress(NotEvaluable):
        told += [word for word in (leg.partner_system(BEFORE), leg.partner_system()) if word]
    return list(dict.fromkeys(told))


def current(case: Case) -> list[MemberCase]:
    """Members that hear their partner over a link that is up."""
    return [leg for leg in case.legs if _is_current(leg)]


def _is_current(leg: MemberCase) -> bool:
    try:
        return leg.link_up() and not leg.deaf() and leg.partner_system() is not None
    except NotEvaluable:
        return False


def need_current(case: Case) -> list[MemberCase]:
    """The same; NotEvaluable with the reason if the partners of two members are not known."""
    found = current(case)
    if len(found) < 2:
        for leg in case.legs:
            leg.partner_system()
    return found


def odd_ones(case: Case, legs: list[MemberCase], read: Callable[[MemberCase], Any]) -> list[str]:
    """Of members that differ: those outside the active aggregator, else those in the minority."""
    active = case.known("active_aggregator.id")
    outside = [leg.name for leg in legs if leg.known("aggregator_id") not in (None, active)]
    if active is not None and outside and len(outside) < len(legs):
        return outside
    values = [read(leg) for leg in legs]
    common = max(values, key=values.count)
    # A tie: nobody is the odd one.
    tie = [value for value in values if values.count(value) == values.count(common)]
    if len(set(map(str, tie))) > 1:
        return [leg.name for leg in legs]
    return [leg.name for leg in legs if read(leg) != common]


def partner_key(leg: MemberCase) -> Any:  # noqa: ANN401
    """The partner's key; NotEvaluable where it is not known."""
    return leg.fact("partner.key")


@diagnosis_rule(
    "R11",
    group="identity",
    scope=THE_BOND,
    title="The switch has our members in different LAGs",
    remedy="The same channel group (MLAG id) on all these switch ports",
)
def other_lag(case: Case) -> Iterator[Match]:
    """One partner system, and another key on one member: the LAG is decided by the key."""
    legs = need_current(case)
    by_system: dict[str, list[MemberCase]] = {}
    for leg in legs:
        by_system.setdefault(str(leg.partner_system()), []).append(leg)
    for system, group in by_system.items():
        keys = {leg.name: partner_key(leg) for leg in group}
        if len(set(keys.values())) > 1:
            told = ", ".join(f"{name} key {key}" for name, key in keys.items())
            text = f"one partner {system}, and different keys: {told}"
            yield Match(SWITCH, NONE, CONCLUSIVE, text, tuple(odd_ones(case, group, partner_key)))


@diagnosis_rule(
    "R12",
    group="identity",
    scope=THE_BOND,
    title="Our members are cabled to different systems",
    remedy="Make the two switches an MLAG pair with one id for this LAG, or recable",
)
def other_system(case: Case) -> Iterator[Match]:
    """Each stable, so it is not one pair that flips."""
    legs = need_current(case)
    found = {leg.name: str(leg.partner_system()) for leg in legs}
    if len(set(found.values())) < 2:
        return
    # One that flips over an unbroken link is another matter (R10); one that was moved is not.
    for leg in legs:
        if len(systems(leg, RECEIVED)) > 1 and not restarts(leg.evidence, leg.name):
            return
    told = ", ".join(f"{name} {system}" for name, system in found.items())
    text = f"the members have different partner systems: {told}"
    hit = odd_ones(case, legs, lambda leg: found[leg.name])
    yield Match(SWITCH, NONE, CONCLUSIVE, text, tuple(hit))


@diagnosis_rule(
    "R13",
    group="identity",
    scope=THE_BOND,
    title="Our own members have different keys",
    remedy="One speed and full duplex on all members; bond physical functions only; one user key",
)
def own_keys(case: Case) -> Iterator[Match]:
    """The key carries speed and duplex, so members of another speed cannot be in one LAG."""
    legs = [leg for leg in case.legs if leg.link_up()]
    keys = {leg.name: leg.fact("actor.key") for leg in legs}
    if len(set(keys.values())) < 2:
        return
    told = ", ".join(
        f"{name} key {key} (speed code {key >> 1 & 31}, {'full' if key & 1 else 'half'} duplex)"
        for name, key in keys.items()
        if isinstance(key, int)
    )
    seen = {
        port.maybe("partner.key")
        for leg in legs
        for port in [case.pairing.ports.get(leg.name)]
        if port
    } - {None}
    hit = odd_ones(case, legs, lambda leg: keys[leg.name])
    sure = CONCLUSIVE if len(seen) > 1 else LIKELY
    yield Match(THE_HOST, NONE, sure, f"our members have different keys: {told}", tuple(hit))


@diagnosis_rule(
    "R14",
    group="identity",
    scope=THE_BOND,
    title="The identity of this host changed in the window",
    remedy="Pin the MAC of the bond; MACAddressPolicy=none in a .link file for it",
)
def own_identity(case: Case) -> Iterator[Match]:
    """A new bond MAC or actor system is a new partner for the switch."""
    told = [f"{path} {before} -> {after}" for path, before, after in mac_moved(case.evidence)]
    for leg in case.legs:
        found = systems(leg, SENT)
        if len(found) > 1:
            told.append(f"LACPDUs of {leg.name} name {' and '.join(found)}")
    for moment in link_events(case.evidence, case.evidence.bond_name(), "mac", "system"):
        moment.seen(case.evidence)
        told.append(moment.text)
    if told:
        text = f"this host became another system: {'; '.join(dict.fromkeys(told))}"
        yield Match(THE_HOST, NONE, CONCLUSIVE, text, tuple(case.names))
    elif not case.evidence.has_wire():
        case.fact("mac", BEFORE)


@diagnosis_rule(
    "R22",
    group="identity",
    scope=THE_BOND,
    title="Members of one partner sit in different aggregators",
    remedy="Bounce the odd member: a race of this host's driver",
)
def split(case: Case) -> Iterator[Match]:
    """Same partner, same keys, all current: nothing but this host keeps them apart."""
    groups: dict[tuple[Any, ...], list[MemberCase]] = {}
    for leg in need_current(case):
        key = (leg.partner_system(), partner_key(leg), leg.fact("actor.key"))
        groups.setdefault(key, []).append(leg)
    for group in groups.values():
        ids = {leg.name: leg.fact("aggregator_id") for leg in group}
        if len(set(ids.values())) > 1 and not any(
            memberships(case.evidence, leg.name) for leg in group
        ):
            told = ", ".join(f"{name} in {number}" for name, number in ids.items())
            text = f"members with the same partner and keys are in different aggregators: {told}"
            hit = odd_ones(case, group, lambda leg: leg.fact("aggregator_id"))
            yield Match(THE_HOST, NONE, LIKELY, text, tuple(hit))
