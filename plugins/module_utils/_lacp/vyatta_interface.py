# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen `show interfaces INTERFACE`: what `ip address` says of it, then counters."""

from __future__ import annotations

import re
from typing import Any

from . import vyatta_text as t

_LINK = re.compile(
    r"^\s*(?:\d+:\s+)?(?P<name>[^\s:@]+)(?:@(?P<lower>[^\s:]+))?:\s+<(?P<flags>[A-Z0-9_,-]*)>(?P<rest>.*)$"
)
_ETHER = re.compile(r"^\s+link/\S+\s+(?P<mac>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})\b")
_INET = re.compile(r"^\s+inet6?\s+(?P<address>\S+)")
_UPTIME = re.compile(
    r"^\s+uptime:\s+(?P<uptime>.*?)\s+transitions:\s+(?P<transitions>\d+)(?:\s+last-change:\s+(?P<change>.*?))?\s*$"
)
_LABELLED = re.compile(r"^\s+(?P<label>Last clear|Description):\s*(?P<text>.*?)\s*$")
_COUNTERS = re.compile(r"^\s+(?P<side>RX|TX):\s+(?P<names>[a-z]+(?:\s+[a-z]+)*)\s*$")
_NUMBERS = re.compile(r"^\s+\d+(?:\s+\d+)*\s*$")
_QUIET = re.compile(r"^\s+(?:valid_lft|alias)\b")


class Detail:
    """Reads the lines of such screens; found: one plain dict for each interface.

    name, lower, flags, mtu, master, state, mac, addresses, uptime, transitions, last_change,
    last_clear, description, rx and tx (counters by the router's names). None where not shown.
    """

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._open = False
        self._counters: tuple[str, list[str]] | None = None

    def end(self) -> None:
        """What follows belongs to another command."""
        self._open = False
        self._counters = None

    def take(self, line: t.Line) -> bool:
        """Add a line; False if it is none of such a screen."""
        link = _LINK.match(line.text)
        if link:
            self.found.append(_interface(line, link))
            self._open = True
            return True
        if not self._open or not line.text.strip():
            return False
        return self._numbers(line) or _continues(self.found[-1], line)

    def _numbers(self, line: t.Line) -> bool:
        header = _COUNTERS.match(line.text)
        if header:
            self._counters = (header["side"].lower(), header["names"].split())
            return True
        if self._counters is None or not _NUMBERS.match(line.text):
            return False
        side, names = self._counters
        numbers = line.text.split()
        self._counters = None
        if len(numbers) != len(names):
            return False
        self.found[-1][side] = {name: t.count(text) for name, text in zip(names, numbers)}
        return True


def _interface(line: t.Line, link: re.Match[str]) -> dict[str, Any]:
    words = link["rest"].split()
    after = dict(zip(words, words[1:]))
    mtu = after.get("mtu", "")
    return {
        "line": line.number,
        "name": link["name"],
        "lower": link["lower"],
        "flags": sorted(filter(None, link["flags"].split(","))),
        "mtu": t.count(mtu),
        "master": after.get("master"),
        "state": after["state"].lower() if "state" in after else None,
        **dict.fromkeys(("mac", "uptime", "transitions", "last_change", "last_clear")),
        "description": "",
        "addresses": [],
        "rx": None,
        "tx": None,
    }


def _continues(last: dict[str, Any], line: t.Line) -> bool:
    ether, inet = _ETHER.match(line.text), _INET.match(line.text)
    uptime, labelled = _UPTIME.match(line.text), _LABELLED.match(line.text)
    if ether:
        last["mac"] = ether["mac"].lower()
    elif inet:
        last["addresses"].append(inet["address"])
    elif uptime:
        last["uptime"], last["last_change"] = uptime["uptime"], uptime["change"]
        last["transitions"] = t.count(uptime["transitions"])
    elif labelled:
        last[labelled["label"].lower().replace(" ", "_")] = labelled["text"]
    else:
        return bool(_QUIET.match(line.text))
    return True
