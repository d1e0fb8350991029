# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows from two readings of a host: counters and what they gained, the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.earlier import counters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...module_utils._lacp.model import HostFacts

_STATES = ("mtu", "admin_up", "mode")


def deltas(before: HostFacts, after: HostFacts) -> dict[str, Any]:
    """Each counter by subject ('', 'bond0', 'bond0/eno1') and path: before, after, growth.

    growth is None where the counter fell: it was reset. Subjects and counters that one of the two
    lacks are left out. reboot: whether the host was started anew in between.
    """
    first, last = counters_of(before), counters_of(after)
    found = {}
    for subject, counters in last["counters"].items():
        earlier = first["counters"].get(subject, {})
        found[subject] = {
            path: _delta(earlier[path], now) for path, now in counters.items() if path in earlier
        }
    return {
        "from": first["utc"],
        "to": last["utc"],
        "reboot": first["boot_id"] != last["boot_id"],
        "counters": found,
    }


def _delta(before: int, after: int) -> dict[str, int | None]:
    return {"before": before, "after": after, "growth": after - before if after >= before else None}


def configuration(facts: Mapping[str, Any], bond: str) -> dict[str, Any] | None:
    """Effective and intended settings of a bond, and where they differ; None of no such bond.

    facts: HostFacts.as_result().
    """
    record = facts["bonds"].get(bond)
    if record is None:
        return None
    effective = {path: record[path] for path in _STATES if path in record}
    effective |= {f"options.{name}": value for name, value in record.get("options", {}).items()}
    members = {
        name: {
            path: member[path]
            for path in (
                "mtu",
                "admin_up",
                "speed_mbps",
                "duplex",
                "autonegotiation",
                "fec",
                "qdisc",
            )
            if path in member
        }
        for name, member in record.get("members", {}).items()
    }
    intended = record.get("intent")
    return {
        "effective": effective,
        "effective_members": members,
        "intended": intended,
        "managers": record.get("managers"),
        "differences": list(_differences(effective, sorted(members), intended)),
    }


def _differences(
    effective: Mapping[str, Any],
    members: list[str],
    intended: Any,  # noqa: ANN401 - as facts have it
) -> Iterator[dict[str, Any]]:
    for manager, intent in (intended or {}).items():
        for path, wanted in (intent.get("settings") or {}).items():
            if path in effective and effective[path] != wanted:
                yield {
                    "manager": manager,
                    "setting": path,
                    "intended": wanted,
                    "effective": effective[path],
                }
        wanted = intent.get("members")
        if wanted and sorted(wanted) != members:
            yield {
                "manager": manager,
                "setting": "members",
                "intended": sorted(wanted),
                "effective": members,
            }
