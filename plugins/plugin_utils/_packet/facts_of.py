# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a packet keeps what reports show of the bond and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.port_state import flags
from .._report.vendor import vendor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "unknown"
NONE = "none"


def at(record: Any, path: str) -> Any:  # noqa: ANN401 - plain data of any form
    """The value at a dotted path; None where there is none."""
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def bond_of(document: Mapping[str, Any], when: str) -> dict[str, Any]:
    """The bond as one of the readings shows it; empty where it has none."""
    name = document.get("bond")
    bonds = at(document.get(when), "bonds")
    found = bonds.get(name) if isinstance(bonds, dict) else None
    return found if isinstance(found, dict) else {}


def best_bond(document: Mapping[str, Any]) -> dict[str, Any]:
    """The bond as it was last seen."""
    return bond_of(document, "after") or bond_of(document, "before")


def said(record: Mapping[str, Any], path: str) -> str:
    """A value as words; 'none' where it is known that there is none, else 'unknown'."""
    here: Any = record
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            return UNKNOWN
        here = here[key]
    if here is None:
        return NONE
    if isinstance(here, bool):
        return "yes" if here else "no"
    return str(here)


def state_words(record: Mapping[str, Any], path: str) -> str:
    """A state octet with the names of its bits."""
    state = at(record, path)
    if not isinstance(state, int):
        return said(record, path)
    return f"{state} ({' '.join(flags(state)) or 'no bits'})"


def far_end(document: Mapping[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """The partner of a member, {} if none is known, and from when it is: '', heard, or before.

    A member that gave up on its partner shows a record of defaults (key 1, port 1): then what it
    heard in the window counts, else what it knew before.
    """
    now = at(bond_of(document, "after"), f"members.{name}.partner")
    if isinstance(now, dict) and isinstance(now.get("system"), str):
        return now, ""
    for lane in (document.get("wire") or {}).get("lanes") or ():
        if (lane.get("member"), lane.get("direction")) == (name, "received") and lane.get("sender"):
            return {**lane["sender"], "port_state": lane["sender"].get("state")}, "heard"
    earlier = at(bond_of(document, "before"), f"members.{name}.partner")
    if isinstance(earlier, dict) and isinstance(earlier.get("system"), str):
        return earlier, "before"
    return now if isinstance(now, dict) else {}, ""


def near_end(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Our own end of a member; from before the window where the link is down by now (key 0)."""
    now = at(best_bond(document), f"members.{name}")
    earlier = at(bond_of(document, "before"), f"members.{name}")
    found = now if at(now, "actor.key") else earlier or now
    return found if isinstance(found, dict) else {}


def partners(document: Mapping[str, Any]) -> list[str]:
    """The LACP systems that the members had as partners, each once."""
    found = []
    for when in ("before", "after"):
        for member in (bond_of(document, when).get("members") or {}).values():
            system = at(member, "partner.system")
            if isinstance(system, str) and system not in found:
                found.append(system)
    wire = document.get("wire") or {}
    for one in wire.get("systems") or ():
        if one.get("direction") == "received" and one.get("system") not in (None, *found):
            found.append(str(one["system"]))
    return found


def vendor_words(document: Mapping[str, Any]) -> str:
    """The maker of the partners by their addresses; '' where none is named."""
    given = document.get("partner_vendor")
    if given:
        return str(given)
    named = []
    for system in partners(document):
        vendor = vendor_of(system)
        if vendor.short and vendor.full not in named:
            named.append(vendor.full)
    return ", ".join(named)
