# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of links before a change, from dumps of route netlink and the text of `ip route`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rtnl, rtnl_dumps
from .journal import Device, PortBefore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .rtnl_dumps import Link, Network
    from .snapshot import Snapshot

    Routes = Callable[[str], Sequence[tuple[str, ...]]]

_IFF_UP = 1
_PERMANENT = 0x80  # IFA_F_PERMANENT: not learnt, so nobody learns it again
_QUEUE_ID, _PRIO, _PORT_PRIORITY = 5, 9, 10  # IFLA_BOND_SLAVE_*
_INET, _INET6 = 2, 10
_LOST = ("dead", "linkdown", "offload", "rt_offload", "rt_trap", "trap")


def port_before(snapshot: Snapshot, network: Network, name: str, routes: Routes) -> PortBefore:
    """A member, or a free interface; KeyError if there is none of that name.

    routes gives the routes through a device; it is asked only of devices with addresses.
    """
    link = network.names[name]
    info = rtnl.nested(link.info.get(rtnl.INFO_SLAVE_DATA, b""), network.order)
    values = {kind: rtnl.number(info[kind], network.order) for kind in info}
    master = network.links.get(link.master)
    prio = values.get(_PRIO)
    return PortBefore(
        _device(snapshot, link, routes),
        master.name if master is not None else "",
        values.get(_QUEUE_ID, 0),
        prio if prio is None or prio < 1 << 31 else prio - (1 << 32),
        values.get(_PORT_PRIORITY),
        tuple(_device(snapshot, upper, routes) for upper in _uppers(network, link)),
    )


def _uppers(network: Network, link: Link) -> list[Link]:
    """What lies on the link itself: not its bond, nor what lies on that."""
    found: dict[int, Link] = {}
    todo = [link]
    while todo:
        for upper in network.uppers.get(todo.pop().ifindex, ()):
            # veth ends name each other as their lower device
            if upper.ifindex not in found and upper.ifindex != link.lower:
                found[upper.ifindex] = upper
                todo.append(upper)
    return [found[index] for index in sorted(found)]


def _device(snapshot: Snapshot, link: Link, routes: Routes) -> Device:
    addresses = _permanent(snapshot, link.ifindex)
    return Device(
        link.name,
        link.ifindex,
        bool(link.flags & _IFF_UP),
        link.mtu or 0,
        addresses,
        tuple(routes(link.name)) if addresses else (),
    )


def _permanent(snapshot: Snapshot, index: int) -> tuple[str, ...]:
    found = []
    for header, values in rtnl_dumps.about(snapshot, "addresses", index) or ():
        value = values.get(2) or values.get(1)  # IFA_LOCAL, IFA_ADDRESS
        family, length, flags, scope = header[:4]
        made_by_kernel = family == _INET6 and scope == 253
        if value and flags & _PERMANENT and not made_by_kernel:
            found.append(f"{rtnl_dumps.ip(value)}/{length}")
    return tuple(sorted(found))


def routes_of(text: str, family: str) -> list[tuple[str, ...]]:
    """Routes of `ip -4|-6 route show table all dev X`, but for those the kernel makes itself."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith((" ", "\t")) and not _is_kernels(words):
            found.append((family, *(word for word in words if word not in _LOST)))
    return found


def _is_kernels(words: Sequence[str]) -> bool:
    pairs: Mapping[str, str] = dict(zip(words, words[1:]))
    return pairs.get("proto") in ("kernel", "ra") or pairs.get("table") == "local"
