# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which probes are to be sent while a member is tested: such that cross it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .._lacp.failover_result import Traffic
from .._lacp.outage import crossing, routes
from .._lacp.plan import Refused
from .capture_bond import NET, text
from .probe import first_flow
from .probe_paths import find_paths

if TYPE_CHECKING:
    from .capture_bond import Bond

_MOST_FLOWS = 3


def check_address(address: str) -> None:
    """Refused if an address is not IPv4."""
    try:
        socket.inet_pton(socket.AF_INET, address)
    except OSError:
        raise Refused(
            f"probe: {address!r} is not an IPv4 address; give that of a host behind the switch"
        ) from None


def probes(bond: Bond, member: str, address: str, interval_ms: float) -> Traffic:
    """Probes for one member; Refused if the address does not answer, or not by this bond."""
    first = first_flow()
    try:
        seen, answered = find_paths(address, [port.name for port in bond.ports], first)
    except PermissionError:
        raise Refused("probe needs CAP_NET_RAW: run the task with become: true") from None
    except OSError as error:
        raise Refused(f"probe: {address} cannot be reached: {error.strerror}") from error
    paths = routes(seen)
    if not paths:
        raise Refused(
            f"probe: no probe to {address} left by a member of bond {bond.name}: it is not "
            "routed over it, or its neighbour does not answer. Give another address"
        )
    if not answered:
        raise Refused(
            f"probe: {address} answers no ICMP echo request; give the address of a host that does"
        )
    flows = crossing(paths, member, _MOST_FLOWS)
    others = [flow for flow, path in sorted(paths.items()) if all(path)][:1]
    if flows:
        return Traffic(address, interval_ms, flows=flows, all_flows=flows)
    policy = text(f"{NET}/{bond.name}/bonding/xmit_hash_policy").partition(" ")[0]
    why_not = (
        f"no probe to {address} crossed it (xmit_hash_policy {policy}), so nothing is known of "
        "traffic. With layer3+4 there are probes for each member; else probe another address"
    )
    return Traffic(address, interval_ms, all_flows=others, why_not=why_not)
