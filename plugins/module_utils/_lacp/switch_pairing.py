# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rule R00: which port of the switch is at the other end of which member, and by what proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .evidence import mapping
from .port_state import ZERO_MAC
from .switch_evidence import records

if TYPE_CHECKING:
    from .evidence_leg import Leg
    from .switch_evidence import SwitchPort

NO_EVIDENCE, PROVEN, PARTIAL, UNPROVEN, CROSSED = "none", "proven", "partial", "unproven", "crossed"
_IDENTITY = ("system", "key", "port")


class Pairing(NamedTuple):
    """ports: member -> record; how: member -> why they belong together."""

    state: str
    ports: dict[str, SwitchPort]
    how: dict[str, str]
    text: str

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "state": self.state,
            "ports": [
                {
                    "member": member,
                    "switch": str(mapping(port.record.get("switch")).get("name") or ""),
                    "port": str(mapping(port.record.get("port")).get("name") or ""),
                    "how": self.how[member],
                }
                for member, port in sorted(self.ports.items())
            ],
            "text": self.text,
        }


def plain_mac(value: object) -> str:
    """A MAC in lower case with colons, whatever a switch writes; other text as it is."""
    text = str(value or "").lower().strip()
    parts = text.replace("-", ":").split(":")
    if len(parts) == 6:
        return ":".join(part.rjust(2, "0") for part in parts)
    digits = text.replace(".", "").replace("-", "").replace(":", "")
    if len(digits) == 12 and all(char in "0123456789abcdef" for char in digits):
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return text


def pair(given: object, legs: list[Leg]) -> Pairing:
    """Pair by what both ends say of each other, else by LLDP."""
    if not given or not legs:
        return Pairing(NO_EVIDENCE, {}, {}, "no switch evidence was given")
    ports: dict[str, SwitchPort] = {}
    how: dict[str, str] = {}
    crossed: list[str] = []
    for leg in legs:
        for record in records(leg.evidence):
            reason = _same_link(leg, record)
            if reason:
                ports[leg.name], how[leg.name] = record, reason
                named = _lldp_member(record, legs)
                if named and named != leg.name:
                    crossed.append(f"{record.name} says by LLDP that it is cabled to {named}")
                break
    state, text = _verdict(ports, len(legs), crossed)
    return Pairing(state, ports, how, text)


def _verdict(ports: dict[str, SwitchPort], members: int, crossed: list[str]) -> tuple[str, str]:
    if not ports:
        return UNPROVEN, (
            "port mapping unproven: the switch evidence names no port whose partner is one of our "
            "members, so nothing in it is proven to be about these links"
        )
    if crossed:
        return CROSSED, f"the documentation is crossed, the links are not: {'; '.join(crossed)}"
    if len(ports) < members:
        return PARTIAL, f"{len(ports)} of {members} members pair with switch evidence"
    return PROVEN, "each member and its switch port describe each other as partners"


def _same_link(leg: Leg, record: SwitchPort) -> str:
    """Why member and record are the two ends of one link; '' if nothing says so."""
    ours = {key: leg.known(f"actor.{key}") for key in _IDENTITY}
    theirs = {key: leg.known(f"partner.{key}") for key in _IDENTITY}
    we_name_them = _matches(theirs, mapping(record.record.get("actor")))
    they_name_us = _matches(ours, mapping(record.record.get("partner")))
    if we_name_them and they_name_us:
        return "both ends describe each other"
    # One end that is defaulted holds no partner: the word of the other is what there is.
    if we_name_them and _is_nobody(mapping(record.record.get("partner"))):
        return "our end describes this port; it describes nobody"
    if they_name_us and _is_nobody(theirs):
        return "the switch port describes our end; we hear nobody"
    if _is_nobody(theirs) and _lldp_member(record, [leg]) == leg.name:
        return "LLDP"
    return ""


def _matches(known: dict[str, Any], told: Any) -> bool:  # noqa: ANN401
    if known["system"] in (None, ZERO_MAC) or known["port"] is None:
        return False
    if plain_mac(told.get("system")) != plain_mac(known["system"]):
        return False
    return all(known[key] is None or told.get(key) == known[key] for key in ("key", "port"))


def _is_nobody(identity: Any) -> bool:  # noqa: ANN401
    return plain_mac(identity.get("system")) in ("", "none", ZERO_MAC)


def _lldp_member(record: SwitchPort, legs: list[Leg]) -> str:
    """The member that the switch port has for a neighbour by LLDP; '' if it says none of these."""
    neighbour = mapping(mapping(record.record.get("port")).get("lldp_neighbor"))
    told = str(neighbour.get("port_id") or "")
    for leg in legs:
        macs = (leg.known("permanent_mac"), leg.known("mac") if len(legs) == 1 else None)
        if told and (told == leg.name or plain_mac(told) in [plain_mac(m) for m in macs if m]):
            return leg.name
    return ""
