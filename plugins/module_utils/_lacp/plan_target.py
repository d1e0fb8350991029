# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a bond and its members may be touched; a refusal names the thing and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import rtnl
from .budget import Timers
from .plan import Refused, listed
from .sources import LACP_MODE, MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rtnl_dumps import Link, Network
    from .stuck import Stand

_UP, _LOOPBACK = 0x1, 0x8  # IFF_*
_MODE, _MIIMON, _UPDELAY, _DOWNDELAY, _LACP_RATE = 1, 3, 4, 5, 21  # IFLA_BOND_*
# What lies on other interfaces, or joins them, is no port.
_NO_PORTS = {
    "vlan": "a VLAN",
    "bridge": "a bridge",
    "bond": "a bond",
    "team": "a team device",
    "macvlan": "a macvlan",
    "ipvlan": "an ipvlan",
    "vrf": "a VRF",
    "vxlan": "a VXLAN tunnel",
}


class Target(NamedTuple):
    """An 802.3ad bond of this host. members: in no order."""

    link: Link
    timers: Timers
    members: tuple[str, ...]


def target(network: Network, name: str) -> Target:
    """The bond of a name; Refused."""
    link = network.names.get(name)
    known = sorted(one.name for one in network.links.values() if _mode(network, one) == LACP_MODE)
    cure = f"the 802.3ad bonds of this host are: {listed(known)}"
    if link is None:
        raise Refused(f"bond: this host has no interface {name!r}; {cure}")
    if link.kind != "bond":
        what = _NO_PORTS.get(link.kind, f"an interface of kind {link.kind or 'hardware'}")
        raise Refused(f"bond: {name} is {what}, not a bond; {cure}")
    mode = _mode(network, link)
    if mode != LACP_MODE:
        raise Refused(f"bond: {name} is in mode {mode}, where nobody speaks LACP; {cure}")
    if not link.flags & _UP:
        raise Refused(
            f"bond {name} is down, and its LACP stands still: nothing could be proved. "
            f"Set it up first (ip link set dev {name} up)"
        )
    values = _options(network, link)
    timers = Timers(
        fast=values.get(_LACP_RATE, 0) == 1,
        miimon_ms=values.get(_MIIMON, 0),
        updelay_ms=values.get(_UPDELAY, 0),
        downdelay_ms=values.get(_DOWNDELAY, 0),
    )
    ports = network.ports.get(link.ifindex, ())
    return Target(link, timers, tuple(sorted(port.name for port in ports)))


def _options(network: Network, link: Link) -> dict[int, int]:
    info = rtnl.nested(link.info.get(rtnl.INFO_DATA, b""), network.order)
    return {kind: rtnl.number(value, network.order) for kind, value in info.items()}


def _mode(network: Network, link: Link) -> str:
    if link.kind != "bond":
        return ""
    number = _options(network, link).get(_MODE, len(MODES))
    return MODES[number] if number < len(MODES) else str(number)


def check_members(network: Network, bond: Target, names: Sequence[str], state: str) -> None:
    """Refused if one of the names cannot be what the state asks for."""
    name = bond.link.name
    if not names:
        raise Refused(
            f"members: name at least one; bond {name} has: {listed(sorted(bond.members))}"
        )
    double = sorted({one for one in names if list(names).count(one) > 1})
    if double:
        raise Refused(f"members: {listed(double)} is named twice")
    for one in names:
        link = network.names.get(one)
        if link is None:
            raise Refused(
                f"members: this host has no interface {one!r}; bond {name} has: "
                f"{listed(sorted(bond.members))}"
            )
        _check_owner(network, bond, link)
        if one not in bond.members:
            _check_stranger(bond, link, state)


def _check_owner(network: Network, bond: Target, link: Link) -> None:
    if link.kind in _NO_PORTS:
        raise Refused(f"members: {link.name} is {_NO_PORTS[link.kind]}, not a port of a bond")
    if link.flags & _LOOPBACK:
        raise Refused(f"members: {link.name} is the loopback interface")
    if link.master not in (0, bond.link.ifindex):
        owner = network.links.get(link.master)
        owned = f"{owner.kind or 'interface'} {owner.name}" if owner else "another interface"
        raise Refused(
            f"members: {link.name} belongs to {owned}, not to bond {bond.link.name}; "
            "the kernel would move it without a word "
            f"(ip link set dev {link.name} nomaster frees it)"
        )


def _check_stranger(bond: Target, link: Link, state: str) -> None:
    if state == "cycled":
        raise Refused(
            f"members: {link.name} is no member of bond {bond.link.name}, which has: "
            f"{listed(sorted(bond.members))}; state: present adds it"
        )
    if state == "present" and link.flags & _UP:
        raise Refused(
            f"members: {link.name} is up, so it may be in use, and the kernel adds only an "
            f"interface that is down; once nothing needs it: ip link set dev {link.name} down"
        )


def check_isolation(
    stand: Stand, name: str, action: str, *, allowed: bool, cured: Sequence[str] = ()
) -> str:
    """Refused if the host would be cut off by it; if that is allowed, what to say aloud, or ''.

    action: 'down' or 'release'; cured: members that will work by then, if all goes as planned.
    A member that carries nothing may be touched while no other works: nothing gets worse. The
    last member may not even be released then, because the bond would take a random MAC address
    (bond_main.c, __bond_release_one).
    """
    others = [one for one in stand.members() if one != name]
    text = ""
    if action == "release" and not others:
        text = (
            f"{name} is the last member, without which the bond loses its MAC and its LACP identity"
        )
    elif stand.carries(name) and not cured and not stand.others_well([name]):
        why = "; ".join(stand.complaint(one) for one in others) or "there is no other member"
        text = f"{name} is the last member that carries traffic ({why})"
    if not text:
        return ""
    if allowed:
        return f"allow_isolation: {text}; the host may be cut off until it is back"
    raise Refused(
        f"{text}: taking it out would isolate the host. Repair another member first, or set "
        "allow_isolation: true if a gap is acceptable"
    )
