# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a router said of itself and of its repair: lines of router_parts.ENGINE and of the probe."""

from __future__ import annotations

from typing import Any

from .router_script import Router
from .vyatta_text import clean

_MARK = "@@bondproof "
_OUTCOMES = ("repaired", "could_not", "refused")


def probed(text: str) -> Router:
    """What the probe found: lines of name=value."""
    found = dict(line.split("=", 1) for line in clean(text).split("\n") if "=" in line)
    version = found.get("teamd", "").split()
    return Router(found.get("vyatta_bonding", "").strip(), version[-1] if version else "")


def result(text: str) -> dict[str, Any]:
    """The log of a repair as data; ended: whether the run has come to its end. Never raises."""
    events = []
    found: dict[str, Any] = {"ended": False, "outcome": "", "worse": False, "text": ""}
    for line in clean(text).split("\n"):
        if not line.startswith(_MARK):
            continue
        at, _space, rest = line.removeprefix(_MARK).strip().partition(" ")
        what, _space, words = rest.partition(" ")
        if what == "end":
            outcome, _space, more = words.partition(" ")
            worse, _space, why = more.partition(" ")
            if outcome in _OUTCOMES and worse in ("yes", "no"):
                found.update(ended=True, outcome=outcome, worse=worse == "yes", text=why.strip())
        elif what != "follow":
            events.append({"at": at, "what": what, "text": words.strip()})
    return {**found, "events": events, **_tables(events)}


def _tables(events: list[dict[str, str]]) -> dict[str, Any]:
    """What was seen of each member, in order; devices above the bond, before and after."""
    states: dict[str, list[str]] = {}
    steps = [one["text"] for one in events if one["what"] == "step"]
    uppers: dict[str, dict[str, str]] = {}
    for one in events:
        name, _space, rest = one["text"].partition(" ")
        if one["what"] == "state":
            word = rest.split(" ", 1)[0]
            seen = states.setdefault(name, [])
            if not seen or seen[-1] != word:
                seen.append(word)
        elif one["what"] == "upper":
            device, _space, shown = rest.partition(" ")
            uppers.setdefault(device, {})[name] = shown
    return {"states": states, "steps": steps, "devices": uppers}
