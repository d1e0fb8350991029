# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The word in the column 'LACP flags' of a Vyatta router: what it says, and what it cannot say.

vyatta-show-bonding prints the name of the highest bit of the actor's port state that is set, but
for DEFAULTED, which it shows as a star; then cuts the word to twelve characters. So the bits below
are hidden, and nothing is said of the partner.
"""

from __future__ import annotations

from typing import Any

from .port_state import STATE_BITS

NOT_LACP = "N/A"
WIDTH = 12
_DEFAULTED = "defaulted"
# In bit order, DEFAULTED left out: it has a star instead of a name.
_NAMES = tuple(name for _bit, name in STATE_BITS if name != _DEFAULTED)

CANNOT_TELL = (
    (
        "LACP flags is the highest bit of the actor's own port state, cut to twelve characters: it "
        "says nothing of the partner (teamdctl BOND state dump, partner_lacpdu_info, does)"
    ),
    "slctd says that the port may join an aggregator, not that it carries traffic",
)

# What libteam's states mean, by (word, star): 802.1AX clause 6.4.12 and libteam teamd_runner_lacp.
_READINGS = {
    ("distributing", False): "the member carries traffic as far as this end can tell",
    ("distributing", True): "the member carries traffic without any partner",
    ("collecting", False): "the member receives and does not send; libteam sets both at once",
    ("synchronization", False): "this end is ready, the partner is not in sync: stuck if it lasts "
    "longer than 3 s (fast) or 30 s (slow)",
    (
        "aggregation",
        True,
    ): "nothing was heard for longer than the timeout; the partner is forgotten",
    ("aggregation", False): "no carrier, half duplex, or not in the aggregator that was chosen",
    ("expired", False): "no LACPDU for 3 s (fast) or 90 s (slow), or just added: lasts 3 s",
    ("expired", True): "no LACPDU for longer than the timeout",
    ("", False): "port state 0: nothing is negotiated",
}


def shown(state: int) -> str:
    """The word that a router shows for a port state octet."""
    name = next((name for bit, name in reversed(STATE_BITS) if state & bit and name in _NAMES), "")
    star = "*" if any(state & bit for bit, name in STATE_BITS if name == _DEFAULTED) else ""
    return (star + name.upper())[:WIDTH]


def decode(word: str) -> dict[str, Any]:
    """A word as plain data; whatever it may be, nothing is guessed.

    shown: the word; lacp: False for N/A; highest: name of the highest bit but DEFAULTED, '' for
    none, None if unknown; bits: by name True, False, or None where the word hides the bit;
    cut: the word is shorter than a router prints it; unknown: why it cannot be read, or None.
    """
    result: dict[str, Any] = {
        "shown": word,
        "lacp": word != NOT_LACP,
        "highest": None,
        "bits": dict.fromkeys((name for _bit, name in STATE_BITS), None),
        "cut": False,
        "reading": "",
        "unknown": None,
    }
    if word == NOT_LACP:
        result["reading"] = "the runner of this device is not lacp"
        return result
    star = word.startswith("*")
    stem = word[1:] if star else word
    names = [name for name in _NAMES if stem and name.upper().startswith(stem)]
    if stem and len(names) != 1:
        result["unknown"] = f"unknown:{word}"
        return result
    highest = names[0] if names else ""
    full = (("*" if star else "") + highest.upper())[:WIDTH]
    if len(word) > WIDTH and word != ("*" if star else "") + highest.upper():
        result["unknown"] = f"unknown:{word}"
        return result
    result["highest"] = highest
    result["cut"] = len(word) < len(full)
    result["bits"] = _bits(highest, star=star)
    result["reading"] = _READINGS.get((highest, star), "a corner case that libteam seldom shows")
    return result


def _bits(highest: str, *, star: bool) -> dict[str, bool | None]:
    """Bits above the highest are clear, those below are hidden."""
    bits: dict[str, bool | None] = {}
    above = not highest
    for _bit, name in STATE_BITS:
        if name == _DEFAULTED:
            bits[name] = star
        elif name == highest:
            bits[name] = True
            above = True
        else:
            bits[name] = False if above else None
    return bits
