# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One member through a fault and back: from announcements, looks and LACPDUs to moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .pdu import Lacpdu
from .port_state import DEFAULTED, DISTRIBUTING, EXPIRED, FORWARDING
from .watch import changes
from .window import RECEIVED, SENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .window import Frame

BEFORE, DURING, AFTER = "before", "during", "after"
_MOST_CHANGES = 200
# What is worth a line of the result; the rest of what is watched is counters and addresses.
_TOLD = frozenset(
    "carrier admin mii_status state aggregator ports actor_state partner_state".split()
)


class Change(NamedTuple):
    """Something that happened to the member or its bond; what: a field of watch.Look, far_state."""

    mono_ns: int
    member: str
    what: str
    before: str
    after: str


class Moments(NamedTuple):
    """Monotonic ns, 0 where it has not happened.

    left: bonding no longer uses the member; far_left: a LACPDU of the partner said the same of its
    end; back, far_back: both again, for good.
    """

    fault: int = 0
    left: int = 0
    far_left: int = 0
    restored: int = 0
    carrier: int = 0
    back: int = 0
    far_back: int = 0


def uses(fields: Mapping[str, str], active: str) -> bool:
    """Whether bonding sends and takes traffic on a member; active: the bond's aggregator.

    Kernels before 6.12.97 leave the port state of a member alone whose link is down, so the link
    status has its say. Admin down by itself is not what bonding goes by.
    """
    return (
        _octet(fields, "actor_state") & FORWARDING == FORWARDING
        and fields.get("mii_status") in ("up", "fail")
        and fields.get("state", "active") == "active"
        and fields.get("aggregator") == active
    )


def far_uses(state: int) -> bool:
    """Whether a port state is that of a port which sends and takes traffic."""
    return state & FORWARDING == FORWARDING and not state & (EXPIRED | DEFAULTED)


def _octet(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "")
    return int(text) if text.isdigit() else 0


class Track:
    """Follows one member; looked() and heard() as it comes, begin() and restore() as it is done."""

    def __init__(self, bond: str, member: str) -> None:
        """Follow a member of a bond, by interface name."""
        self.bond = bond
        self.member = member
        self.fields: dict[str, dict[str, str]] = {bond: {}, member: {}}
        self.far_state = -1
        self.moments = Moments()
        self.phase = BEFORE
        self.changes: list[Change] = []
        self._looked_ns = 0
        self._was_down = False
        self.lacpdus = {phase: {SENT: 0, RECEIVED: 0} for phase in (BEFORE, DURING, AFTER)}
        self.relapses = 0

    def begin(self, mono_ns: int) -> None:
        """The fault is about to be made."""
        self.moments = self.moments._replace(fault=mono_ns)
        self.phase = DURING
        self.far_state = -1

    def restore(self, mono_ns: int) -> None:
        """The fault is about to be ended."""
        self.moments = self.moments._replace(restored=mono_ns)
        self.phase = AFTER
        self.far_state = -1

    def looked(self, mono_ns: int, name: str, fields: Mapping[str, str]) -> None:
        """The fields of a look (watch.Look) at the bond or the member."""
        known = self.fields.get(name)
        if known is None:
            return
        self._looked_ns = mono_ns
        if known and self.phase != BEFORE:
            for what, was, is_ in changes(known, fields):
                if what in _TOLD:
                    self._note(mono_ns, name, what, was, is_)
        self.fields[name] = dict(fields)
        if name == self.member:
            self._carrier(mono_ns, fields.get("carrier", ""))
        self._judge(mono_ns)

    def _carrier(self, now: int, carrier: str) -> None:
        """Remember when a carrier that was lost came back."""
        if carrier == "down":
            self._was_down = self.phase != BEFORE
        elif carrier == "up" and self.phase == AFTER and self._was_down:
            self._was_down = False
            self.moments = self.moments._replace(carrier=now)

    def heard(self, frame: Frame) -> None:
        """A frame, in the order of time as well as can be."""
        pdu = frame.pdu
        if frame.member != self.member or not isinstance(pdu, Lacpdu) or pdu.actor is None:
            return
        self.lacpdus[self.phase][frame.direction] += 1
        state = pdu.actor.state
        if frame.direction == RECEIVED:
            if state != self.far_state and self.phase != BEFORE:
                was = "none" if self.far_state < 0 else str(self.far_state)
                self._note(frame.mono_ns, self.member, "far_state", was, str(state))
            self.far_state = state
        elif frame.mono_ns > self._looked_ns:
            # Our own word for our state comes sooner than the next look, but never replaces one.
            was = self.fields[self.member].get("actor_state", "none")
            if was != str(state) and self.phase != BEFORE:
                self._note(frame.mono_ns, self.member, "actor_state", was, str(state))
            self.fields[self.member]["actor_state"] = str(state)
        self._judge(frame.mono_ns)

    @property
    def is_used(self) -> bool:
        """Whether this end uses the member now."""
        active = self.fields.get(self.bond, {}).get("aggregator", "none")
        return uses(self.fields.get(self.member, {}), active)

    @property
    def partner_is_used(self) -> bool:
        """Whether bonding takes the partner's end for one that collects and distributes."""
        return far_uses(_octet(self.fields.get(self.member, {}), "partner_state"))

    @property
    def has_left(self) -> bool:
        """Whether the member has left, as far as this end knows."""
        return bool(self.moments.left)

    @property
    def is_back(self) -> bool:
        """Whether both ends use the member again."""
        return bool(self.moments.back and self.moments.far_back)

    def _judge(self, now: int) -> None:
        """Set, and take back, moments by what is known now."""
        found = self.moments
        if self.phase == DURING:
            if not found.left and not self.is_used:
                found = found._replace(left=now)
            if not found.far_left and self.far_state >= 0 and not self.far_state & DISTRIBUTING:
                found = found._replace(far_left=now)
        elif self.phase == AFTER:
            found = self._returned(found, now)
        self.moments = found

    def _returned(self, found: Moments, now: int) -> Moments:
        if self.is_used and not found.back:
            found = found._replace(back=now)
        elif found.back and not self.is_used:
            self.relapses += 1
            found = found._replace(back=0)
        is_far_used = self.partner_is_used or (self.far_state >= 0 and far_uses(self.far_state))
        if found.left or found.far_left:
            # What bonding remembers of the partner may be from before the fault: a LACPDU tells.
            is_far_used = self.far_state >= 0 and far_uses(self.far_state)
        if is_far_used and not found.far_back:
            found = found._replace(far_back=now)
        elif found.far_back and not is_far_used:
            found = found._replace(far_back=0)
        return found

    def _note(self, at: int, member: str, what: str, before: str, after: str) -> None:
        if len(self.changes) < _MOST_CHANGES:
            self.changes.append(Change(at, member, what, before, after))
