# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the team driver: what `teamnl DEVICE options` shows, from its netlink messages.

Layout: include/uapi/linux/if_team.h. The messages were asked for by _host/team.py.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from . import places, rtnl, rtnl_dumps
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .snapshot import Snapshot

_FAMILY_HEADER = 4  # struct genlmsghdr
_LIST = 2  # TEAM_ATTR_LIST_OPTION
_NAME, _TYPE, _DATA, _REMOVED, _PORT = 1, 3, 4, 5, 6  # TEAM_ATTR_OPTION_*
_FLAG = 6  # NLA_FLAG of the kernel's list of attribute types


class Option:
    """An option; port: ifindex it belongs to, 0 for the device; value: bytes, for a flag bool."""

    __slots__ = ("name", "port", "value")

    def __init__(self, name: str, port: int, value: bytes | bool) -> None:  # noqa: FBT001
        self.name = name
        self.port = port
        self.value = value


def port_flag(snapshot: Snapshot, device: str, port: str, name: str) -> bool | str:
    """A flag of a port, or why it is not known."""
    word = snapshot.file(places.TEAM_ENABLED.format(device, port)) if name == "enabled" else b""
    if word in (b"true", b"false"):
        return word == b"true"
    reading = snapshot.file(places.TEAM_OPTIONS.format(device))
    if isinstance(reading, ReadFailure):
        cure = ": needs CAP_NET_ADMIN" if reading.errno in ("EPERM", "EACCES") else ""
        return f"the team driver did not answer: {reading.text}{cure}"
    network = rtnl_dumps.network(snapshot)
    if network is None or port not in network.names:
        return "the interface index is not known"
    index = network.names[port].ifindex
    for option in options(reading, rtnl.byte_order(snapshot)):
        if option.name == name and option.port == index and isinstance(option.value, bool):
            return option.value
    return f"the team driver has no option {name} for this port"


@lru_cache(maxsize=8)
def options(data: bytes, order: str) -> tuple[Option, ...]:
    """All options of an answer; stops where a length cannot be right."""
    found = []
    for _kind, _flags, (start, stop) in rtnl.messages(data, order):
        top = rtnl.attributes(data, (start + _FAMILY_HEADER, stop), order)
        found += [option for item in _items(top.get(_LIST, b""), order) for option in item]
    return tuple(found)


def _items(value: bytes, order: str) -> list[list[Option]]:
    """A list repeats one attribute type, so it is walked, not looked up."""
    header = struct.Struct(order + "HH").unpack_from
    items = []
    at = 0
    while at + 4 <= len(value):
        length, _kind = header(value, at)
        if length < 4 or at + length > len(value):
            break
        items.append(_option(value[at + 4 : at + length], order))
        at += length + 3 & ~3
    return items


def _option(value: bytes, order: str) -> list[Option]:
    found = rtnl.nested(value, order)
    name = rtnl.text(found.get(_NAME, b""))
    if not name or _REMOVED in found:
        return []
    port = rtnl.number(found.get(_PORT, b""), order)
    if rtnl.number(found.get(_TYPE, b""), order) == _FLAG:
        return [Option(name, port, _DATA in found)]
    return [Option(name, port, found.get(_DATA, b""))]
