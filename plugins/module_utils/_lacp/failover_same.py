# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a member, its tc and its bond are what they were: values by place, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .failover_tc import Filter, Qdisc
    from .journal import PortBefore

# These follow from how the members stand; the rest is what somebody has set.
_MOVING = frozenset(
    "ad_aggregator ad_num_ports ad_actor_key ad_partner_key active_slave mii_status".split()
)


def is_set(option: str) -> bool:
    """Whether a file of /sys/class/net/BOND/bonding holds a setting."""
    return option not in _MOVING


def values(
    port: PortBefore,
    look: Mapping[str, str],
    traffic: tuple[Sequence[Qdisc], Sequence[Filter]],
    options: Mapping[str, str],
) -> dict[str, str]:
    """What must be the same before and after, as words."""
    name = port.device.name
    found = {f"bond option {key}": text for key, text in options.items() if is_set(key)}
    for what in ("mac", "mtu", "admin"):
        found[f"{what} of {name}"] = look.get(what, "unknown")
    found[f"master of {name}"] = port.master or "none"
    found[f"queue_id of {name}"] = str(port.queue_id)
    for device in (port.device, *port.uppers):
        found[f"addresses of {device.name}"] = ", ".join(device.addresses) or "none"
        found[f"routes through {device.name}"] = (
            "; ".join(sorted(" ".join(route) for route in device.routes)) or "none"
        )
    for upper in port.uppers:
        found[f"{upper.name}"] = f"{'up' if upper.admin_up else 'down'}, MTU {upper.mtu}"
    qdiscs, filters = traffic
    found[f"qdiscs of {name}"] = ", ".join(sorted(_qdisc(one) for one in qdiscs)) or "none"
    found[f"tc filters of {name}"] = ", ".join(sorted(_filter(one) for one in filters)) or "none"
    return found


def _qdisc(one: Qdisc) -> str:
    return f"{one.kind} {one.handle:x} at {one.parent:x}"


def _filter(one: Filter) -> str:
    return f"{one.kind} {one.preference}/{one.handle:x} {one.hook} {one.protocol:#06x}"


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each value that is not as it was."""
    for what in sorted({*before, *after}):
        was, is_ = before.get(what, "none"), after.get(what, "none")
        if was != is_:
            yield f"{what}: was {was}, is {is_}"
