# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A team device to listen to: who its ports are, and what teamd says of them again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lacp import places, teamd_watch
from .._lacp.snapshot import ReadFailure
from . import files, team

if TYPE_CHECKING:
    from .._lacp.snapshot import Reading
    from .._lacp.teamd_watch import Fields

LACP = "lacp"


class NoTeam(Exception):
    """Why a device is no team that can be listened to; '' if it is no team device at all."""


class TeamWatch:
    """Reads what teamd says in the shape in which a watch reads /proc/net/bonding."""

    def __init__(self, name: str) -> None:
        self._place = places.TEAM_STATE.format(name)

    def read(self) -> Reading:
        """The state dump, or why there is none now."""
        return team.ask(self._place)

    def fields(self, content: bytes) -> Fields:
        """Its words by port, '' for the device."""
        return teamd_watch.fields(content) or {}

    def is_converged(self, told: Fields) -> bool:
        """Whether both ends of each port carry traffic."""
        return teamd_watch.is_converged(told)


def fields(name: str) -> Fields:
    """What teamd says now, by port, '' for the device; NoTeam if it does not say."""
    found = team.ask(places.TEAM_STATE.format(name))
    if isinstance(found, ReadFailure):
        raise NoTeam(_why(name, found))
    read = teamd_watch.fields(found)
    if read is None:
        raise NoTeam(f"what teamd says of {name} cannot be understood")
    return read


def ports(name: str) -> list[str]:
    """The ports of a team device whose teamd speaks LACP; NoTeam for any other device."""
    found = fields(name)
    runner = found[""].get("runner", "none")
    if runner != LACP:
        raise NoTeam(f"team device {name} has the runner {runner}, which does not speak LACP")
    return [port for port in found if port]


def _why(name: str, found: ReadFailure) -> str:
    place = places.TEAM_SOCKETS + f"{name}.sock"
    if found.missing and f"{name}.sock" not in files.listdir(places.TEAM_SOCKETS):
        return ""
    if found.errno in ("EACCES", "EPERM"):
        return f"teamd answers root only ({place}): run the task with become: true"
    return f"teamd does not answer for {name} ({place}: {found.text}): nobody speaks LACP there"
