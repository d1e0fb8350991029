# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of what the switch says of the port (R07, R25, R26, R28), and of dataplanes (R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import (
    CONCLUSIVE,
    EACH_MEMBER,
    HEALTHY,
    INSUFFICIENT,
    LIKELY,
    NONE,
    SWITCH,
    THE_HOST,
    TRANSMIT,
    Match,
    diagnosis_rule,
)
from ..evidence import mapping, rows
from ..fact import NotEvaluable
from ..port_state import DISTRIBUTING
from .one_way_transmit import left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import MemberCase

_CONFIGURED = ("vlan", "speed_duplex", "mtu", "config_incompatible", "mlag_inconsistent")
_OUT = ("suspended", "incompatible")


@diagnosis_rule(
    "R07",
    group="membership",
    scope=EACH_MEMBER,
    title="The switch suspends the port for its configuration",
    remedy="Make the member ports of the switch identical",
    switch=True,
)
def suspended(leg: MemberCase) -> Iterator[Match]:
    """LACPDUs pass both ways; the switch names a reason that is its own configuration."""
    port = leg.switch()
    state, reason = port.get("member.state"), port.maybe("member.reason")
    if state in _OUT and reason in _CONFIGURED and not leg.deaf():
        raw = port.maybe("member.reason_raw") or reason
        yield Match(SWITCH, NONE, CONCLUSIVE, f"{leg.name}: {port.name} is {state}: {raw}")


@diagnosis_rule(
    "R07b",
    group="membership",
    scope=EACH_MEMBER,
    title="The switch suspends the port for want of LACPDUs that did leave us",
    remedy="Find out with R05b and R05c whether the port received them",
    switch=True,
)
def suspended_unheard(leg: MemberCase) -> Iterator[Match]:
    """'No LACPDUs' is what the switch's LACP saw, not what arrived at its port."""
    port = leg.switch()
    if port.get("member.state") not in _OUT or port.maybe("member.reason") != "no_lacp_pdus":
        return
    if port.delta("lacp_counters.rx") == 0 and left(leg):
        text = f"{leg.name}: {port.name} says no LACPDUs, and they did leave this host"
        yield Match(INSUFFICIENT, TRANSMIT, LIKELY, text, (), CONCLUSIVE, (THE_HOST,))


@diagnosis_rule(
    "R26",
    group="membership",
    scope=EACH_MEMBER,
    title="The pair of switches is not of one mind on this LAG",
    remedy="Remove the inconsistency, then clear the conflict",
    switch=True,
)
def inconsistent(leg: MemberCase) -> Iterator[Match]:
    """This member is out, another is well, and the pair says why."""
    port = leg.switch()
    mlag = mapping(port.record.get("mlag"))
    bad = mlag.get("lag_consistent") is False or port.maybe("member.state") == "proto_down"
    if not mlag:
        port.get("mlag.lag_consistent")
    if leg.is_well() or not bad or not any(one.is_well() for one in leg.neighbours()):
        return
    port.maybe("mlag.lag_consistent")
    told = [
        f"{row.get('param')}: {row.get('local')} here, {row.get('peer')} at the peer"
        for _at, row in rows(mlag.get("inconsistencies"))
    ]
    text = f"{leg.name}: {port.name} is out because the pair is inconsistent"
    yield Match(SWITCH, NONE, CONCLUSIVE, text + (f" ({'; '.join(told[:3])})" if told else ""))


@diagnosis_rule(
    "R25",
    group="membership",
    scope=EACH_MEMBER,
    title="The switch has fallen back to a single port without LACP",
    remedy="Expected while a host boots from the network; else disable the fallback",
    switch=True,
)
def fallback(leg: MemberCase) -> Iterator[Match]:
    """The bond waits for a partner while the switch already forwards."""
    port = leg.switch()
    kind, state = port.maybe("lag.fallback"), port.get("member.state")
    is_fallback = kind in ("individual", "static", "bypass") or state == "fallback"
    if is_fallback and state in ("fallback", "individual", "bundled") and not leg.is_well():
        text = f"{leg.name}: {port.name} forwards without LACP (fallback {kind or state})"
        yield Match(SWITCH, NONE, LIKELY, text)


@diagnosis_rule(
    "R28",
    group="membership",
    scope=EACH_MEMBER,
    title="The port is a hot standby",
    remedy="None: the limit of active ports, or a priority, says so",
    switch=True,
)
def standby(leg: MemberCase) -> Iterator[Match]:
    """Unselected by design."""
    port = leg.switch()
    if port.get("member.state") == "hot_standby":
        text = f"{leg.name}: {port.name} is a hot standby by design"
        yield Match(HEALTHY, NONE, CONCLUSIVE, text)


@diagnosis_rule(
    "R27",
    group="software",
    scope=EACH_MEMBER,
    title="LACP is well and the dataplane does not forward",
    remedy="Restart teamd or the dataplane, or release and re-add the member",
)
def split_brain(leg: MemberCase) -> Iterator[Match]:
    """What LACP decided did not reach the part of this host that forwards."""
    told = mapping(leg.case.packet.get("dataplane")).get(leg.name)
    if not isinstance(told, dict) or not isinstance(told.get("enabled"), bool):
        raise NotEvaluable(f"{leg.name}: no dataplane was asked whether it forwards")
    state = leg.state("actor")
    enabled = leg.evidence.see("enabled", told["enabled"], "dataplane", leg.name, "enabled")
    if state & DISTRIBUTING and not enabled:
        text = f"{leg.name}: LACP distributes, {told.get('source') or 'the dataplane'} does not"
        yield Match(THE_HOST, NONE, CONCLUSIVE, text)
