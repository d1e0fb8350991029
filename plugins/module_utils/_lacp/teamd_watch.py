# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""teamd's state dump, taken again and again: the few words that change, by the watch's names."""

from __future__ import annotations

from typing import Any

from .port_state import DEFAULTED, EXPIRED, FORWARDING
from .teamd_state import TeamdError, loads, state_of

Fields = dict[str, dict[str, str]]
_SIDES = ("system", "system_priority", "key", "port", "port_priority", "state")


def fields(content: bytes) -> Fields | None:
    """Words by port, '' for the device; None if the content is no state dump."""
    try:
        found = state_of(loads(content))
    except TeamdError:
        return None
    device = {
        "runner": found.values["runner"],
        "system_priority": found.values.get("system_priority"),
    }
    told: Fields = {"": _words(device)}
    for port in found.ports:
        values = port.values
        told[port.name] = _words(
            {
                "team_state": values.get("runner_state"),
                "selected": values.get("selected"),
                "aggregator": values.get("aggregator_id"),
                "link_failures": values.get("down_count"),
                **_side("actor", port.actor),
                **_side("partner", port.partner),
            }
        )
        if values.get("aggregator_selected"):
            told[""]["aggregator"] = str(values.get("aggregator_id"))
        if port.actor:
            told[""]["system"] = str(port.actor["system"])
    return told


def _side(name: str, side: dict[str, Any] | None) -> dict[str, Any]:
    return {f"{name}_{key}": side[key] for key in _SIDES} if side else {}


def _words(values: dict[str, Any]) -> dict[str, str]:
    """Known values as text, as the watch of a bond has them."""
    said = {True: "yes", False: "no"}
    return {
        key: said[value] if isinstance(value, bool) else str(value)
        for key, value in values.items()
        if value is not None
    }


def is_converged(told: Fields) -> bool:
    """Whether both ends of each port are in sync, collecting and distributing, in one LAG."""
    members = [words for name, words in told.items() if name]
    chosen = told.get("", {}).get("aggregator")
    for words in members:
        actor, partner = (_octet(words.get(f"{side}_state", "")) for side in ("actor", "partner"))
        if actor & partner & FORWARDING != FORWARDING or (actor | partner) & (EXPIRED | DEFAULTED):
            return False
        if words.get("aggregator") != chosen:
            return False
    return bool(members)


def _octet(text: str) -> int:
    return int(text) if text.isdigit() else 0
