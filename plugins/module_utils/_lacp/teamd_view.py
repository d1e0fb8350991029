# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`teamdctl -v DEVICE state view`: the state for people, back into what the JSON dump has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .vyatta_text import Line

_WORDS = {"yes": True, "no": False, "up": True, "down": False}
_INFO = {"actor LACPDU info": "actor_lacpdu_info", "partner LACPDU info": "partner_lacpdu_info"}
_TOP = ("setup", "ports", "runner")


def view(seen: list[Line], at: int) -> tuple[Mapping[str, Any], int] | None:
    """The state whose 'setup:' is the line at an index, and the index behind it; None if it is not.

    The result has the layout of a state dump; what is not in the view is not in it either.
    """
    end = at + 1
    while end < len(seen) and (
        seen[end].text.startswith(" ") or seen[end].text.rstrip(":") in _TOP
    ):
        end += 1
    tree, _end = _tree([(len(x.text) - len(x.text.lstrip()), x.text) for x in seen[at:end]], 0)
    setup = tree.get("setup")
    if not isinstance(setup, dict) or "runner" not in setup:
        return None
    ports = tree.get("ports")
    runner = tree.get("runner")
    return {
        "setup": {
            "runner_name": setup["runner"],
            **_renamed(setup, {"kernel team mode": "kernel_team_mode_name"}),
        },
        "runner": _renamed(
            runner if isinstance(runner, dict) else {},
            {"active": "active", "fast rate": "fast_rate", "system priority": "sys_prio"},
        ),
        "ports": {
            name: _port(port if isinstance(port, dict) else {})
            for name, port in (ports if isinstance(ports, dict) else {}).items()
        },
    }, end


def _tree(rows: list[tuple[int, str]], at: int) -> tuple[dict[str, Any], int]:
    """Lines by their indentation: 'key: value', or a key with deeper lines below it."""
    level: dict[str, Any] = {}
    depth = rows[at][0] if at < len(rows) else 0
    while at < len(rows) and rows[at][0] == depth:
        key, _colon, value = rows[at][1].strip().partition(":")
        at += 1
        if at < len(rows) and rows[at][0] > depth and len(rows[at][1]) - depth < 400:
            level[key], at = _tree(rows, at)
        else:
            level[key] = _scalar(value.strip())
    return level, at


def _scalar(text: str) -> str | int | bool:
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("0x") and len(text) < 20:
        try:
            return int(text, 16)
        except ValueError:
            return text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text


def _renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {new: data[old] for old, new in names.items() if old in data}


def _port(data: dict[str, Any]) -> dict[str, Any]:
    watches = data.get("link watches")
    watches = watches if isinstance(watches, dict) else {}
    instances = {key: item for key, item in watches.items() if isinstance(item, dict)}
    port: dict[str, Any] = {
        "ifinfo": _renamed(data, {"ifindex": "ifindex", "addr": "dev_addr"}),
        "link": _link(str(data.get("ethtool link", ""))),
        "link_watches": {
            **_renamed(watches, {"link summary": "up"}),
            "list": {
                key: _renamed(item, {"down count": "down_count"}) for key, item in instances.items()
            },
        },
    }
    runner = data.get("runner")
    if isinstance(runner, dict):
        port["runner"] = _runner(runner)
    return port


def _link(text: str) -> dict[str, Any]:
    """'10000mbit/fullduplex/up'."""
    parts = text.split("/")
    if len(parts) != 3:
        return {}
    speed = parts[0].partition("mbit")[0]
    return {
        **({"speed": int(speed)} if speed.isascii() and speed.isdigit() and len(speed) < 9 else {}),
        "duplex": parts[1].partition("duplex")[0],
        "up": parts[2] == "up",
    }


def _runner(data: dict[str, Any]) -> dict[str, Any]:
    number, _comma, word = str(data.get("aggregator ID", "")).partition(",")
    found = _renamed(
        data, {"selected": "selected", "state": "state", "key": "key", "priority": "prio"}
    )
    if number.isascii() and number.isdigit() and len(number) < 12:
        found["aggregator"] = {"id": int(number), "selected": word.strip() == "Selected"}
    for shown, name in _INFO.items():
        if isinstance(data.get(shown), dict):
            found[name] = {key.replace(" ", "_"): value for key, value in data[shown].items()}
    return found
