# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a member of a team device is stuck in the way that taking it out and back in cures.

The input is a packet of the role vyatta: two looks, with tcpdump in between. Stuck is what all of
this says: the partner hears us no more, our transmit counter stands still while the other one
moves, and it was so at both looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .plan import Refused, listed
from .port_state import DEFAULTED, EXPIRED, words
from .remedy import Ailment

if TYPE_CHECKING:
    from collections.abc import Mapping

LOST = DEFAULTED | EXPIRED
_DELIVERS = 0x38  # SYNCHRONIZATION, COLLECTING, DISTRIBUTING
_LOOK = "find out what it is first: the role vyatta shows all that this router knows"
_SHORTEST_S = 5  # EXPIRED lasts 3 s (802.1AX 6.4.4), and teamd ticks each second


class Choice(NamedTuple):
    """What to do with a bond. outcome: nothing_to_do, would_repair or refused."""

    outcome: str
    text: str
    members: tuple[str, ...]
    ailments: tuple[Ailment, ...]

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        ailments = [one.as_result() for one in self.ailments]
        return {**self._asdict(), "members": list(self.members), "ailments": ailments}


def well(actor: int, partner: int) -> bool:
    """Whether both ends carry traffic on a port, and hear each other."""
    return actor & partner & _DELIVERS == _DELIVERS and not (actor | partner) & LOST


def choose(packet: Mapping[str, Any], allowed: tuple[str, ...] = (), watched_s: int = 0) -> Choice:
    """Judge each member; Refused if the router did not say enough to judge any.

    allowed: members that may be treated, all if empty; watched_s: seconds between the two looks.
    """
    members = _members(packet)
    foreign = sorted(set(allowed) - set(members))
    if foreign:
        raise Refused(
            f"{listed(foreign)} is no member of {packet['bond']}, which has: "
            f"{listed(list(members))}"
        )
    ailments = [_ailment(packet, name) for name in members if not _is_well(packet, name)]
    if not ailments:
        return Choice("nothing_to_do", f"all members of {packet['bond']} are well", (), ())
    if watched_s < _SHORTEST_S:
        raise Refused(
            f"watched for {watched_s} s: negotiation alone may take that long; give "
            f"{_SHORTEST_S} s or more, and 35 s where the partner sends slowly"
        )
    chosen = tuple(
        one.member for one in ailments if one.curable and (not allowed or one.member in allowed)
    )
    told = "; ".join(one.text + (f". {one.cure}" if one.cure else "") for one in ailments)
    outcome = "would_repair" if chosen else "refused"
    if not chosen and any(one.curable for one in ailments):
        told += "; it may not be treated, see the members that are allowed"
    return Choice(outcome, told, chosen, tuple(ailments))


def _members(packet: Mapping[str, Any]) -> dict[str, Any]:
    """The members of the last look; Refused where teamd did not answer."""
    bond = packet["bond"]
    last = packet.get("after") or packet.get("before") or {}
    facts = (last.get("bonds") or {}).get(bond)
    if facts is None:
        raise Refused(f"the router has no bond {bond}")
    if facts.get("kind") != "team":
        raise Refused(
            f"{bond} is no team device; a bond of the kernel is repaired by bond_remediate"
        )
    if (facts.get("team") or {}).get("answers") is not True:
        raise Refused(
            f"teamd does not answer for {bond}, and without it no member can come back"
            f"{_said(packet, bond)}: is it running, and is this user root, or allowed 'sudo -n'?"
        )
    members: dict[str, Any] = facts.get("members") or {}
    if not members:
        raise Refused(f"{bond} has no members")
    return members


def _said(packet: Mapping[str, Any], bond: str) -> str:
    """What the router answered when it was asked for teamd's state."""
    places = (f"state before {bond}", f"state after {bond}")
    told = [one["text"] for one in packet.get("problems") or [] if one["place"] in places]
    return f" (the router said: {told[-1]})" if told else ""


def _readings(packet: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one["members"].get(name) or {} for one in packet.get("readings") or []]


def _states(reading: Mapping[str, Any]) -> tuple[int, int] | None:
    actor, partner = reading.get("actor_state"), reading.get("partner_state")
    return None if actor is None or partner is None else (actor, partner)


def _is_well(packet: Mapping[str, Any], name: str) -> bool:
    """At any look: what comes and goes is not stuck."""
    return any(
        states is not None and well(*states)
        for states in (_states(one) for one in _readings(packet, name))
    )


def _ailment(packet: Mapping[str, Any], name: str) -> Ailment:
    readings = _readings(packet, name)
    last = _states(readings[-1]) if readings else None
    facts = _members(packet)[name]
    if facts.get("admin_up") is False:
        cure = f"somebody set it down: ip link set dev {name} up, once it is known why"
        return Ailment(name, "admin_down", f"{name} is set down", cure)
    if facts.get("carrier") is not True:
        cure = "look at the cable, the transceivers, and whether the switch port is shut"
        return Ailment(name, "no_carrier", f"{name} has no carrier", cure)
    if last is None or len(readings) < 2:
        return Ailment(name, "unknown", f"{name}: the router did not say its states twice", _LOOK)
    if _unheard(packet, name):
        return _stuck(name, readings, last)
    return _other(packet, name, last)


def _lane(packet: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What tcpdump saw the partner send on a member."""
    for lane in (packet.get("wire") or {}).get("lanes") or []:
        if lane["member"] == name and lane["direction"] == "received":
            found: Mapping[str, Any] = lane
            return found
    return {}


def _unheard(packet: Mapping[str, Any], name: str) -> bool:
    """Whether the partner's last word was that it does not hear us."""
    sender = _lane(packet, name).get("sender") or {}
    if "state" in sender:
        return bool(sender["state"] & LOST)
    seen = [states for one in _readings(packet, name) if (states := _states(one)) is not None]
    # A partner that has lost us may fall silent for 30 s: then teamd forgets it, too.
    return any(partner & LOST for _actor, partner in seen)


def _grown(readings: list[Mapping[str, Any]], counter: str) -> int | None:
    first, last = readings[0].get(counter), readings[-1].get(counter)
    return None if first is None or last is None else last - first


def _stuck(name: str, readings: list[Mapping[str, Any]], last: tuple[int, int]) -> Ailment:
    sent, got = _grown(readings, "tx_packets"), _grown(readings, "rx_packets")
    text = (
        f"{name}: the partner does not hear this router: actor {words(last[0])}, "
        f"partner {words(last[1])}"
    )
    if sent is None or got is None or sent < 0 or got < 0:
        return Ailment(name, "unheard", text, "its counters do not say whether frames leave")
    counted = f"{text}; transmitted +{sent}, received +{got} packets"
    if sent:
        cure = (
            "frames do leave this port, so they are lost behind it: taking it out and back in does "
            "not cure that; look at the cable and at the switch"
        )
        return Ailment(name, "unheard", counted, cure)
    if not got:
        cure = "nothing moves on it, so nothing is proved: watch longer, 35 s for a slow partner"
        return Ailment(name, "unheard", counted, cure)
    return Ailment(name, "stuck_transmit", f"{counted}: its transmit path is stuck")


def _other(packet: Mapping[str, Any], name: str, last: tuple[int, int]) -> Ailment:
    shown = f"actor {words(last[0])}, partner {words(last[1])}"
    if last[0] & LOST:
        text = f"{name} does not hear the partner: {shown}"
        if _lane(packet, name).get("count"):
            cure = (
                f"LACPDUs do reach {name} and are dropped ahead of teamd: look at "
                f"'tc filter show dev {name} ingress' and at the router's own filters"
            )
            return Ailment(name, "filtered", text, cure)
        cure = "no LACPDU arrives, so the switch has to speak first: look at its port and its LAG"
        return Ailment(name, "silent_switch", text, cure)
    if (_members(packet)[name].get("team") or {}).get("selected") is False:
        text = f"{name} is not selected, it negotiates for another aggregator: {shown}"
        cure = "compare the partner's system and key of all members: is it in the right LAG?"
        return Ailment(name, "other_key", text, cure)
    text = f"{name}: the partner hears this router and does not agree: {shown}"
    return Ailment(name, "waiting", text, "the switch holds it back: ask what it waits for")
