# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a bond is stuck or only on its way: seen for as long as its timers may legally take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .port_state import SLOW_PERIODIC_S
from .remedy import ORDER, Ailment, ailments, hears, says_unheard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .remedy import Picture
    from .stuck import Stand
    from .watch import Look

# A partner that hears nobody may speak that seldom, whatever rate it was asked for.
SILENCE_S = SLOW_PERIODIC_S + 3.0
NOTHING_TO_DO, REPAIR, REFUSED = "nothing_to_do", "repair", "refused"


class Decision(NamedTuple):
    """What is to be done. outcome: one of the three above; members: to be treated, in order.

    ailments: of all members that are not well; text: one sentence for the operator; watched_s: how
    long the bond was looked at.
    """

    outcome: str
    text: str
    members: tuple[str, ...] = ()
    ailments: tuple[Ailment, ...] = ()
    watched_s: float = 0.0

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        return {
            **self._asdict(),
            "members": list(self.members),
            "ailments": [one.as_result() for one in self.ailments],
        }


class Vigil:
    """A bond looked at again and again; what was never well in between is stuck."""

    def __init__(self, members: Sequence[str] = ()) -> None:
        """members: those that may be treated; all if there are none."""
        self._asked = tuple(members)
        self._recovered: set[str] = set()
        self._losses: dict[str, int] = {}
        self._flapped: set[str] = set()
        self._spoken: set[str] = set()
        self._unheard: set[str] = set()

    def add(self, stand: Stand) -> bool:
        """Look once more; True if nothing ails the bond, so that nobody need wait."""
        members, well = stand.members(), stand.all_well()
        self._recovered.update(well)
        for name in members:
            self._listen(name, stand.ports[name])
            lost = stand.ports[name].counters.get("carrier_down", 0)
            if lost > self._losses.setdefault(name, lost):
                self._flapped.add(name)
        return bool(members) and len(well) == len(members)

    def _listen(self, name: str, port: Look) -> None:
        if hears(port):
            self._spoken.add(name)
        if says_unheard(port):
            self._unheard.add(name)

    def add_or_hear(self, stand: Stand) -> bool:
        """As add(); True as well once any partner was heard."""
        return self.add(stand) or bool(self._spoken)

    def decide(self, picture: Picture, watched_s: float = 0.0) -> Decision:
        """Judge the last picture by what came before it."""
        members = picture.stand.members()
        picture = picture._replace(spoken=frozenset(self._spoken), unheard=frozenset(self._unheard))
        if not members:
            return Decision(REFUSED, "the bond has no members: enslave them first", (), (), 0.0)
        found = tuple(self._steady(one) for one in ailments(picture))
        if not found:
            text = f"both ends of {', '.join(members)} collect and distribute"
            return Decision(NOTHING_TO_DO, text, watched_s=watched_s)
        curable = [one for one in found if one.curable and one.member in (self._asked or members)]
        if not curable:
            text = "; ".join(f"{one.text}. A cycle does not cure that: {one.cure}" for one in found)
            if any(one.curable for one in found):
                text = f"what is stuck is not among the members named: {_texts(found)}"
            return Decision(REFUSED, text, (), found, watched_s)
        # Stable: ports alike are treated in the bond's own order, those that carry at the end.
        curable.sort(key=lambda one: (picture.stand.carries(one.member), ORDER.index(one.kind)))
        names = tuple(one.member for one in curable)
        return Decision(REPAIR, _texts(found), names, found, watched_s)

    def _steady(self, one: Ailment) -> Ailment:
        """Tell what is stuck from what comes and goes."""
        if not one.curable:
            return one
        if one.member in self._flapped:
            cure = "its carrier comes and goes: look at the cable, the transceivers and the switch"
            return Ailment(one.member, "unsteady", f"{one.text}; its carrier was lost again", cure)
        if one.member in self._recovered:
            cure = "it is not stuck, it comes and goes: lacp_capture and bond_verdict show why"
            return Ailment(one.member, "unsteady", f"{one.text}; it was well just before", cure)
        return one


def _texts(found: Sequence[Ailment]) -> str:
    return "; ".join(one.text for one in found)
