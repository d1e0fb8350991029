# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a lab consists of: hosts, their bonds, the switches they are cabled to, the faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Mapping

KERNELS = ("6.12", "6.1")
MANAGERS = ("none", "networkd", "ifupdown", "ifupdown2", "networkmanager", "netplan")
KINDS = ("bond", "team", "ovs")
HIDEABLE: Mapping[str, tuple[str, ...]] = {
    "pyroute2": ("usr/lib/python3/dist-packages/pyroute2",),
    "ethtool": ("usr/sbin/ethtool",),
    # Goes only once the bonds are as declared, as what waits for them is written in it.
    "python": (),
}
LATE = {"python": "rm -f /usr/bin/python3 /usr/bin/python3.[0-9]*"}
# Options of a bond by iproute2's names; True: the kernel takes it only while the bond is down
# (BOND_OPTFLAG_IFDOWN in drivers/net/bonding/bond_options.c).
OPTIONS: Mapping[str, bool] = {
    "ad_actor_sys_prio": False,
    "ad_actor_system": False,
    "ad_select": True,
    "ad_user_port_key": False,
    "all_slaves_active": False,
    "arp_interval": False,
    "arp_ip_target": False,
    "downdelay": False,
    "lacp_active": True,
    "lacp_rate": True,
    "miimon": False,
    "min_links": False,
    "peer_notif_delay": False,
    "primary": False,
    "updelay": False,
    "use_carrier": False,
    "xmit_hash_policy": False,
}
# Those whose change needs the bond without members or is read at enslavement only.
DEFAULTS: Mapping[str, str] = {
    "ad_select": "stable",
    "lacp_active": "on",
    "lacp_rate": "slow",
    "miimon": "100",
    "min_links": "0",
    "xmit_hash_policy": "layer2",
}


@dataclass(frozen=True)
class Switch:
    """One switch: a network namespace inside the host, its LAGs are bonds in there."""

    name: str
    system: str
    first_port: int = 1


@dataclass(frozen=True)
class Port:
    """The switch's end of a member's cable."""

    name: str
    switch: Switch
    lag: str


@dataclass(frozen=True)
class FaultUse:
    """A fault as a topology asks for it; parameters are checked by the registry."""

    name: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Bond:
    """One bond of a host, with the ports it is cabled to (`members`, in order of enslavement)."""

    name: str
    members: Mapping[str, Port]
    kind: str = "bond"
    mode: str = "802.3ad"
    manager: str = "none"
    options: Mapping[str, str] = field(default_factory=dict)
    lag_options: Mapping[str, str] = field(default_factory=dict)
    mtu: int = 1500
    address: str = ""
    vlans: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    bridge: str = ""
    cards: bool = False
    faults: tuple[FaultUse, ...] = ()
    expect: Mapping[str, str] = field(default_factory=dict)

    @property
    def speaks_lacp(self) -> bool:
        return self.kind == "bond" and self.mode == "802.3ad"

    @property
    def lags(self) -> dict[tuple[str, str], list[str]]:
        """Give the switch ports of each LAG, keyed by (switch, LAG)."""
        found: dict[tuple[str, str], list[str]] = {}
        for port in self.members.values():
            found.setdefault((port.switch.name, port.lag), []).append(port.name)
        return found


@dataclass(frozen=True)
class Host:
    """One disposable Debian host."""

    name: str
    index: int
    bonds: Mapping[str, Bond]
    switches: Mapping[str, Switch]
    memory_mb: int = 384
    hide: tuple[str, ...] = ()
    management: str = ""
    vyatta: bool = False

    @property
    def address(self) -> str:
        return f"10.213.0.{10 + self.index}"

    @property
    def mac(self) -> str:
        return f"02:bd:00:00:00:{10 + self.index:02x}"

    @property
    def managers(self) -> set[str]:
        return {bond.manager for bond in self.bonds.values()} - {"none"}

    def bond(self, name: str) -> Bond:
        """Return one bond by name, or the only one for an empty name."""
        if not name and len(self.bonds) == 1:
            return next(iter(self.bonds.values()))
        if name in self.bonds:
            return self.bonds[name]
        raise LabError(
            f"host {self.name} has no bond {name!r}. "
            f"Cure: say bond= one of {', '.join(self.bonds)}",
        )


@dataclass(frozen=True)
class Topology:
    """A whole lab."""

    name: str
    description: str
    hosts: Mapping[str, Host]

    def host(self, name: str) -> Host:
        if name in self.hosts:
            return self.hosts[name]
        raise LabError(f"no host {name!r} in this lab. Cure: one of {', '.join(self.hosts)}")
