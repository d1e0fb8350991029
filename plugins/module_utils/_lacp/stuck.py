# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a bond and its members stand at one moment: which works, which carries, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .port_state import DEFAULTED, DISTRIBUTING, EXPIRED, SYNCHRONIZATION, words
from .watch import is_converged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .watch import Look


class Stand(NamedTuple):
    """A bond and those of its members (and to be) that are still there, by name."""

    bond: Look
    ports: Mapping[str, Look]

    def joined(self, name: str) -> bool:
        """Whether an interface is a member of the bond."""
        return name in self.ports and self.ports[name].master == self.bond.ifindex

    def members(self) -> list[str]:
        """Those that are members now."""
        return [name for name in self.ports if self.joined(name)]

    @property
    def partner(self) -> str:
        """System of the active aggregator's partner; '' if there is none."""
        return self.bond.fields.get("partner_system", "")

    def well(self, name: str, partner: str = "") -> bool:
        """Whether both ends of a member collect and distribute, in the active aggregator.

        partner: if not '', the system that the active aggregator must have.
        """
        port = self.ports.get(name)
        return (
            port is not None
            and self.joined(name)
            and port.fields.get("mii_status") == "up"  # a dead link may go on showing state 63
            and is_converged(self.bond, [port])
            and (not partner or self.partner == partner)
        )

    def negotiates(self, name: str) -> bool:
        """Whether a link that is up does not distribute yet."""
        port = self.ports.get(name)
        return (
            port is not None
            and port.fields.get("mii_status") == "up"
            and not port.state("actor_state") & DISTRIBUTING
        )

    def all_well(self) -> list[str]:
        """The members that work at both ends."""
        return [name for name in self.members() if self.well(name)]

    def carries(self, name: str) -> bool:
        """Whether this host sends traffic by a member, be its other end well or not.

        Without any partner one port forwards all the same (bond_3ad.c, ad_mux_machine's bypass).
        """
        port = self.ports.get(name)
        return (
            port is not None
            and self.joined(name)
            and port.fields.get("mii_status") == "up"
            and (
                port.fields.get("state") == "active"
                or bool(port.state("actor_state") & DISTRIBUTING)
            )
        )

    def others_well(self, names: Sequence[str]) -> list[str]:
        """The members that work at both ends, but for some."""
        return [name for name in self.all_well() if name not in names]

    def complaint(self, name: str) -> str:
        """What keeps a member from being well, for the operator; '' if nothing does."""
        port = self.ports.get(name)
        if port is None:
            return f"{name} is gone"
        if self.well(name):
            return ""
        mii = port.fields.get("mii_status", "unknown")
        for is_so, text in (
            (not self.joined(name), "it is no member of the bond"),
            (port.fields.get("admin") != "up", "it is set down"),
            (port.fields.get("carrier") == "down", "it has no carrier"),
            (mii != "up", f"bonding calls its link {mii}"),
            ("actor_state" not in port.fields, "it has no aggregator yet"),
        ):
            if is_so:
                return f"{name}: {text}"
        return f"{name}: {self._protocol(port)}"

    def _protocol(self, port: Look) -> str:
        actor, partner = port.state("actor_state"), port.state("partner_state")
        elsewhere = port.fields.get("aggregator") != self.bond.fields.get("aggregator")
        text = "it does not distribute"
        for is_so, reason in (
            (actor & (DEFAULTED | EXPIRED), "the partner is not heard"),
            (partner & (DEFAULTED | EXPIRED), "the partner does not hear this host"),
            (elsewhere, "it is in another aggregator than the traffic"),
            (not partner & SYNCHRONIZATION, "the partner is not in sync with it"),
            (not partner & DISTRIBUTING, "the partner does not distribute"),
        ):
            if is_so:
                text = reason
                break
        return f"{text}: actor {words(actor)}, partner {words(partner)}"
