# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether there is a bond to listen to, and who its members are."""

from __future__ import annotations

from typing import NamedTuple

from .._lacp.snapshot import ReadFailure
from . import files

NET = "/sys/class/net"
_LACP_MODE = "802.3ad"


class CaptureRefused(Exception):
    """Why there can be no capture: a sentence that names the thing and the cure."""


class Port(NamedTuple):
    """A member as it is now; mac: the permanent one, from which LACPDUs are sent."""

    name: str
    ifindex: int
    mac: str


class Bond(NamedTuple):
    """A bond as it is now; mac: its current one; notes: what a listener should know.

    is_team: it is a team device, whose LACP is spoken by teamd.
    """

    name: str
    ifindex: int
    mac: str
    ports: tuple[Port, ...]
    notes: tuple[str, ...]
    is_team: bool = False


def text(path: str) -> str:
    """The content of a small file of sysfs without its line end; '' if it cannot be read."""
    found = files.read(path, 1 << 16)
    return "" if isinstance(found, ReadFailure) else found.decode("utf-8", "replace").strip("\n")


def find_any(name: str) -> Bond:
    """As find_bond(), and a team device whose teamd speaks LACP."""
    if _index(name) and not text(f"{NET}/{name}/bonding/mode"):
        from . import team_bond  # noqa: PLC0415 - compiled on the host: only where it is used

        try:
            return _with_ports(name, [_team_port(one) for one in team_bond.ports(name)], True)
        except team_bond.NoTeam as reason:
            if str(reason):
                raise CaptureRefused(str(reason)) from None
    return find_bond(name)


def find_bond(name: str) -> Bond:
    """The bond of a name; CaptureRefused if it is none, is not 802.3ad, or has no members."""
    index = _index(name)
    mode = text(f"{NET}/{name}/bonding/mode").partition(" ")[0] if index else ""
    if not mode:
        what = f"{name!r} is not a bond" if index else f"this host has no bond {name!r}"
        raise CaptureRefused(f"{what}; its 802.3ad bonds are: {', '.join(_bonds()) or 'none'}")
    if mode != _LACP_MODE:
        raise CaptureRefused(
            f"bond {name} is in mode {mode}, where nobody speaks LACP; "
            f"802.3ad bonds of this host are: {', '.join(_bonds()) or 'none'}"
        )
    names = text(f"{NET}/{name}/bonding/slaves").split(" ")
    return _with_ports(name, [port(member) for member in names if member], False)


def _with_ports(name: str, ports: list[Port], is_team: bool) -> Bond:  # noqa: FBT001
    if not ports:
        raise CaptureRefused(f"bond {name} has no members: there is nothing to listen to")
    notes = []
    if not _is_up(name):
        notes.append(f"bond {name} is down: its LACP stands still until it is set up")
    notes += [f"member {one.name} is down" for one in ports if not _is_up(one.name)]
    mac = text(f"{NET}/{name}/address")
    return Bond(name, _index(name), mac, tuple(ports), tuple(notes), is_team)


def port(name: str) -> Port:
    """A member by name; ifindex 0 if it has just gone."""
    return Port(name, _index(name), text(f"{NET}/{name}/bonding_slave/perm_hwaddr"))


def _team_port(name: str) -> Port:
    """A port of a team device; sysfs does not tell its permanent MAC, so this is the current."""
    return Port(name, _index(name), text(f"{NET}/{name}/address"))


def _index(name: str) -> int:
    if "/" in name or name in ("", ".", ".."):
        return 0
    number = text(f"{NET}/{name}/ifindex")
    return int(number) if number.isdigit() else 0


def _is_up(name: str) -> bool:
    flags = text(f"{NET}/{name}/flags")
    return bool(int(flags, 16) & 1) if flags.startswith("0x") else False


def _bonds() -> list[str]:
    names = text(f"{NET}/bonding_masters").split(" ")
    return [
        name
        for name in sorted(names)
        if name and text(f"{NET}/{name}/bonding/mode").startswith(_LACP_MODE)
    ]
