# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts to plan for: netlink messages of a few interfaces, and how the members stand."""

from __future__ import annotations

import struct
from typing import Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import rtnl_dumps
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import (
    Device,
    PortBefore,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.stuck import Stand
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.watch import Look

from .netlink_bytes import Kernel

KERNEL = Kernel()
BOND = 7
LACP, BACKUP = 4, 1
MAC = bytes.fromhex("020000000001")
# IFLA_*
MASTER, MTU, LINK, ADDRESS = 10, 4, 5, 1
HEALTHY, EXPIRED, DEAF, SYNC_LOST = (63, 63), (143, 63), (7, 69), (15, 7)


def address(index: int, family: int, value: bytes, length: int, *, scope: int = 0) -> bytes:
    """RTM_NEWADDR of a permanent address."""
    head = struct.pack("=BBBBi", family, length, 0x80, scope, index)
    return KERNEL.message(20, head + KERNEL.payload([(1, value)]))


def port(index: int, name: str, *attributes: tuple[int, Any], up: bool = True) -> bytes:
    """A member of bond0; attributes: of bonding's port."""
    info = KERNEL.info("", slave="bond", slave_data=[(7, (1, 63)), *attributes])
    return KERNEL.link(index, name, [(MASTER, BOND), (MTU, 1500), info], up=up)


def free(index: int, name: str, *, up: bool = False, kind: str = "", master: int = 0) -> bytes:
    """An interface that is no member."""
    values: list[tuple[int, Any]] = [(MTU, 1500)]
    if master:
        values.append((MASTER, master))
    if kind:
        values.append(KERNEL.info(kind))
    return KERNEL.link(index, name, values, up=up)


def bond(name: str = "bond0", index: int = BOND, mode: int = LACP, *, up: bool = True) -> bytes:
    """A bond with fast LACP timers."""
    data: list[tuple[int, Any]] = [(1, (1, mode)), (3, 100), (4, 200), (5, 0), (21, (1, 1))]
    return KERNEL.link(index, name, [(ADDRESS, MAC), (MTU, 1500), KERNEL.info("bond", data)], up=up)


def snapshot(*links: bytes, addresses: bytes = b"") -> Snapshot:
    return Snapshot(
        dumps={"links": b"".join(links), "addresses": addresses}, facts={"byteorder": "little"}
    )


def network(*links: bytes) -> rtnl_dumps.Network:
    found = rtnl_dumps.network(snapshot(*links))
    assert found is not None
    return found


def look(
    index: int, states: tuple[int, int] | None = HEALTHY, *, master: int = BOND, **fields: str
) -> Look:
    """A port as rtnetlink shows it; states: of actor and partner."""
    shown = {"admin": "up", "carrier": "up", "mii_status": "up", "aggregator": "1"}
    if states is not None:
        carries = states == HEALTHY
        shown |= {"actor_state": str(states[0]), "partner_state": str(states[1])}
        shown["state"] = "active" if carries else "backup"
    return Look(index, f"if{index}", master, False, {**shown, **fields}, {})


def stand(**ports: Look) -> Stand:
    above = {"aggregator": "1", "partner_system": "02:00:00:00:00:99"}
    return Stand(Look(BOND, "bond0", 0, False, above, {}), ports)


def before(name: str = "eno2", master: str = "bond0", **values: Any) -> PortBefore:
    """A member as it was; values that a device has are the device's."""
    device: dict[str, Any] = {"admin_up": True, "mtu": 1500}
    for key in ("admin_up", "mtu", "addresses", "routes"):
        if key in values:
            device[key] = values.pop(key)
    return PortBefore(Device(name, 9, **device), master, **values)
