# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ails a member, and whether taking it out and putting it back can cure that.

A cycle starts the state machines, the driver's rings and its address filters anew. It cures what
got stuck on this host, or at a port of the switch that waits for a link to come back. It does not
change what somebody configured, plugged or switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .port_state import (
    ACTIVITY,
    AGGREGATION,
    DEFAULTED,
    DISTRIBUTING,
    EXPIRED,
    SYNCHRONIZATION,
    ZERO_MAC,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .stuck import Stand
    from .watch import Look

    Proc = Mapping[str, Mapping[str, str]]

# Kinds that a cycle may cure, in the order in which members are treated: a port that hears nothing
# cannot even tell us what the other end thinks of it.
DEAF, UNHEARD, LINK_STUCK, MISPLACED, WAITING = (
    "deaf",
    "unheard",
    "link_stuck",
    "misplaced",
    "waiting",
)
ORDER = (DEAF, UNHEARD, LINK_STUCK, MISPLACED, WAITING)
LOST = DEFAULTED | EXPIRED


class Ailment(NamedTuple):
    """One member that is not well. cure: what would help instead; '' if a cycle may help.

    kind: one of ORDER, or admin_down, no_carrier, passive, silent_switch, individual, own_key,
    other_key, other_switch, filtered, unsteady, unknown.
    """

    member: str
    kind: str
    text: str
    cure: str = ""

    @property
    def curable(self) -> bool:
        """Whether a cycle may help."""
        return not self.cure

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        return {**self._asdict(), "curable": self.curable}


class Picture(NamedTuple):
    """A bond at one moment: what netlink says, what /proc/net/bonding says by member name.

    lacp_active: False where this host only answers; heard: members on which a packet tap saw the
    partner's LACPDUs, None if nobody listened. Of what was seen before: spoken, members on which
    bonding heard the partner; unheard, those on which it said that it does not hear this host.
    """

    stand: Stand
    proc: Proc
    lacp_active: bool = True
    heard: frozenset[str] | None = None
    spoken: frozenset[str] = frozenset()
    unheard: frozenset[str] = frozenset()

    def port(self, name: str) -> Look:
        """A member as netlink shows it."""
        return self.stand.ports[name]

    def value(self, name: str, field: str) -> str:
        """A field of /proc/net/bonding; '' if it is not there."""
        return self.proc.get(name, {}).get(field, "")

    def identity(self, name: str) -> tuple[str, str, str]:
        """Who a member talks to: the partner's system and key, and our own key."""
        return (
            self.value(name, "partner_system"),
            self.value(name, "partner_key"),
            self.value(name, "actor_key"),
        )


def ailments(picture: Picture) -> list[Ailment]:
    """What ails each member that is not well, in the bond's order."""
    stand = picture.stand
    return [_ailment(picture, name) for name in stand.members() if not stand.well(name)]


def _ailment(picture: Picture, name: str) -> Ailment:
    for look in (_link, _hearing, _place, _sync):
        found = look(picture, name)
        if found is not None:
            return found
    return Ailment(name, "unknown", picture.stand.complaint(name), _LOOK)


_LOOK = "find out what it is first: bond_facts and lacp_capture show all that this host knows"


def _link(picture: Picture, name: str) -> Ailment | None:
    port = picture.port(name)
    if port.fields.get("admin") != "up":
        cure = f"somebody set it down: ip link set dev {name} up, once it is known why"
        return Ailment(name, "admin_down", f"{name} is set down", cure)
    if port.fields.get("carrier") != "up":
        cure = "look at the cable, the transceivers, and whether the switch port is shut"
        return Ailment(name, "no_carrier", f"{name} has no carrier", cure)
    if port.fields.get("mii_status") != "up":
        seen = port.fields.get("mii_status", "unknown")
        return Ailment(name, LINK_STUCK, f"{name} has carrier, but bonding calls its link {seen}")
    if "actor_state" not in port.fields:
        return Ailment(name, LINK_STUCK, f"{name} has no aggregator, though its link is up")
    return None


def _hearing(picture: Picture, name: str) -> Ailment | None:
    port = picture.port(name)
    actor, partner = port.state("actor_state"), port.state("partner_state")
    shown = f"actor {words(actor)}, partner {words(partner)}"
    if not picture.lacp_active and not _partner_active(picture):
        cure = "let one end speak first: lacp_active on (the bond must be down), or active mode"
        return Ailment(name, "passive", f"{name}: both ends wait to be spoken to: {shown}", cure)
    if says_unheard(port):
        return Ailment(name, UNHEARD, f"{name}: the partner does not hear this host: {shown}")
    if not actor & LOST:
        return None
    if name in picture.unheard:
        # A partner that has lost us falls back to a LACPDU in 30 s, which we call silence.
        text = (
            f"{name}: the partner said that it does not hear this host, then fell silent: {shown}"
        )
        return Ailment(name, UNHEARD, text)
    return _deaf(picture, name, shown)


def hears(port: Look) -> bool:
    """Whether the partner was heard within the time that it may be silent, and three seconds."""
    return "actor_state" in port.fields and not port.state("actor_state") & DEFAULTED


def says_unheard(port: Look) -> bool:
    """Whether the partner's last word was that it does not hear this host."""
    return hears(port) and bool(port.state("partner_state") & LOST)


def _partner_active(picture: Picture) -> bool:
    """Whether any partner that is heard speaks by itself."""
    ports = (picture.port(name) for name in picture.stand.members())
    return any(
        port.state("partner_state") & ACTIVITY and not port.state("actor_state") & LOST
        for port in ports
    )


def _deaf(picture: Picture, name: str, shown: str) -> Ailment:
    text = f"{name} does not hear the partner: {shown}"
    if picture.heard is not None and name in picture.heard:
        cure = (
            f"LACPDUs do reach {name} and are dropped ahead of bonding: look at "
            f"'tc filter show dev {name} ingress', 'nft list ruleset' and XDP"
        )
        return Ailment(name, "filtered", text, cure)
    ports = [picture.port(other) for other in picture.stand.members()]
    if not picture.spoken and not any(hears(port) for port in ports):
        cure = (
            "no member hears a partner, so the switch has to speak first: is there a LAG with LACP "
            "on these ports?"
        )
        return Ailment(name, "silent_switch", text, cure)
    return Ailment(name, DEAF, text)


def _place(picture: Picture, name: str) -> Ailment | None:
    """Whether it may be in the aggregator that carries the traffic, and is."""
    port, bond = picture.port(name), picture.stand.bond
    if not port.state("partner_state") & AGGREGATION:
        cure = "the switch runs this port by itself: put it into the LAG there"
        text = f"{name}: the partner does not aggregate it: {words(port.state('partner_state'))}"
        return Ailment(name, "individual", text, cure)
    if port.fields.get("aggregator") == bond.fields.get("aggregator"):
        return None
    return _stranger(picture, name) or Ailment(
        name, MISPLACED, f"{name} has the keys of the other members, but sits in another aggregator"
    )


def _stranger(picture: Picture, name: str) -> Ailment | None:
    """Whether another aggregator is right: the other end, or our own, says that it is no match."""
    system, key, own = picture.identity(name)
    bond = picture.stand.bond
    their_system, their_key = picture.stand.partner, bond.fields.get("partner_key", "")
    if not system or not key or not own or not their_system:
        text = f"{name} sits in another aggregator, and its keys are hidden from this user"
        return Ailment(name, "unknown", text, "run with become: true")
    if own != bond.fields.get("actor_key", own):
        text = f"{name} has key {own}, the active aggregator {bond.fields['actor_key']}"
        cure = "it came up at another speed or duplex than the others: look at ethtool on both ends"
        return Ailment(name, "own_key", text, cure)
    if system != their_system:
        if their_system == ZERO_MAC:
            return None
        text = f"{name} is cabled to system {system}, the others to {their_system}"
        cure = "the cable, or an MLAG whose two switches must show one system"
        return Ailment(name, "other_switch", text, cure)
    if key != their_key:
        text = f"the switch gives {name} key {key}, the others {their_key}"
        cure = "the switch has it in another LAG: its port channel there is wrong, or the cable is"
        return Ailment(name, "other_key", text, cure)
    return None


def _sync(picture: Picture, name: str) -> Ailment | None:
    port = picture.port(name)
    actor, partner = port.state("actor_state"), port.state("partner_state")
    shown = f"actor {words(actor)}, partner {words(partner)}"
    for missing, end in ((partner, "the partner"), (actor, "this host")):
        if not missing & SYNCHRONIZATION:
            return Ailment(name, WAITING, f"{name}: {end} is not in sync: {shown}")
    for missing, end in ((partner, "the partner"), (actor, "this host")):
        if not missing & DISTRIBUTING:
            return Ailment(name, WAITING, f"{name}: {end} is in sync but does not send: {shown}")
    return None
