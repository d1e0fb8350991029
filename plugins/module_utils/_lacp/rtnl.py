# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route netlink messages as the kernel sends them: how to walk them, never an exception.

Layouts: include/uapi/linux/{netlink,rtnetlink,if_link}.h. Numbers are in the byte order of the
host that was read. A message is walked for the few attributes that are wanted, so a host with
thousands of links costs little; what is wanted later is decoded later.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .snapshot import Snapshot

HEADER = 16  # struct nlmsghdr
FLAG_INTERRUPTED = 0x10  # NLM_F_DUMP_INTR: the tables changed while the kernel was dumping them

# IFLA_*
ADDRESS, IFNAME, MTU, LINK, QDISC, MASTER = 1, 3, 4, 5, 6, 10
OPERSTATE, LINKINFO, STATS64, CARRIER, CARRIER_CHANGES = 16, 18, 23, 33, 35
LINK_NETNSID, CARRIER_UP, CARRIER_DOWN, PERM_ADDRESS = 37, 47, 48, 54
# IFLA_INFO_*
INFO_KIND, INFO_DATA, INFO_SLAVE_KIND, INFO_SLAVE_DATA = 1, 2, 4, 5

LINK_HEADER = 16  # struct ifinfomsg
BOND_KINDS = ("bond", "team")
_DEVICE = frozenset((IFNAME, MASTER, LINKINFO))

Span = tuple[int, int]
Attributes = dict[int, bytes]


def text(value: bytes) -> str:
    """A C string; bytes that are not UTF-8 become escapes that can be printed anywhere."""
    return value.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def mac(value: bytes) -> str:
    """Colon-separated lower-case hexadecimal."""
    return ":".join(f"{byte:02x}" for byte in value)


def number(value: bytes, order: str) -> int:
    """An unsigned integer of any width."""
    return int.from_bytes(value, "big" if order == ">" else "little")


def attributes(
    data: bytes, span: Span, order: str, wanted: frozenset[int] | None = None
) -> Attributes:
    """struct nlattr by type, of the wanted types only; stops where a length cannot be right."""
    at, stop = span
    header = struct.Struct(order + "HH").unpack_from
    found: Attributes = {}
    while at + 4 <= stop:
        length, kind = header(data, at)
        if length < 4 or at + length > stop:
            break
        kind &= 0x3FFF  # NLA_F_NESTED, NLA_F_NET_BYTEORDER
        if wanted is None or kind in wanted:
            found[kind] = data[at + 4 : at + length]
        at += length + 3 & ~3
    return found


def nested(value: bytes, order: str) -> Attributes:
    """The attributes inside an attribute."""
    return attributes(value, (0, len(value)), order)


def messages(data: bytes, order: str) -> Iterator[tuple[int, int, Span]]:
    """(type, flags, span of the payload) of each message; stops where a length cannot be right."""
    at = 0
    header = struct.Struct(order + "IHH").unpack_from
    while at + HEADER <= len(data):
        length, kind, flags = header(data, at)
        if length < HEADER or at + length > len(data):
            return
        yield kind, flags, (at + HEADER, at + length)
        at += length + 3 & ~3


def byte_order(snapshot: Snapshot) -> str:
    """The struct prefix of the host's byte order."""
    return ">" if snapshot.facts.get("byteorder") == "big" else "<"


def devices(data: bytes, order: str) -> dict[int, tuple[str, str, int]]:
    """(name, kind, ifindex of the master) of each interface of a dump of links, by ifindex."""
    found = {}
    for _kind, _flags, (start, stop) in messages(data, order):
        if stop - start < LINK_HEADER:
            continue
        (index,) = struct.unpack_from(order + "i", data, start + 4)
        values = attributes(data, (start + LINK_HEADER, stop), order, _DEVICE)
        kind = nested(values.get(LINKINFO, b""), order).get(INFO_KIND, b"")
        master = number(values.get(MASTER, b""), order)
        found[index] = (text(values.get(IFNAME, b"")), text(kind), master)
    return found
