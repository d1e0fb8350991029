# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernels and drivers on which a change does more harm than good, and who undoes a change later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import bond_fields, host_facts, intent
from .fact import Known, Unknown
from .kernel_version import cure, has_fault
from .managers import NETWORK_MANAGER
from .plan import listed
from .record import RecordBuilder
from .rules.known_bad import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .snapshot import Snapshot

# Rows of the known-bad table that speak against an action: row, actions, driver ('' for any).
_AGAINST = (
    ("kernel-release-crash", ("release",), ""),
    ("ice-down-deafens-other-port", ("release", "down"), "ice"),
)


class Surroundings(NamedTuple):
    """What a plan must know of the host. intent: by manager, as in the facts of the bond.

    unclear: why the managers are not known, '' if they are; drivers: by interface.
    """

    upstream: str
    drivers: Mapping[str, str]
    managers: tuple[str, ...]
    intent: Mapping[str, Any]
    unclear: str = ""


def surroundings(snapshot: Snapshot, bond: str) -> Surroundings:
    """From a snapshot of the host."""
    into = RecordBuilder()
    intent.bond(snapshot, bond, into)
    record = into.build()
    managers, wanted = record.fact(bond_fields.MANAGERS), record.fact(bond_fields.INTENT)
    facts = snapshot.facts
    release, version = str(facts.get("uname_release", "")), str(facts.get("uname_version", ""))
    drivers = {
        path.split("/")[4]: place.rpartition("/")[2]
        for path, place in snapshot.symlinks.items()
        if path.endswith("/device/driver")
    }
    return Surroundings(
        host_facts.upstream_version(release, version) or "",
        drivers,
        tuple(managers.value) if isinstance(managers, Known) else (),
        wanted.value if isinstance(wanted, Known) else {},
        managers.reason if isinstance(managers, Unknown) else "",
    )


def hazards(around: Surroundings, members: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(action, why it is refused) for 'down' and 'release' on this host."""
    if not around.upstream:
        return
    rows = {row.rule_id: row for row in TABLE}
    for rule_id, actions, driver in _AGAINST:
        row = rows[rule_id]
        users = [name for name in members if around.drivers.get(name) == driver]
        if (driver and not users) or not has_fault(around.upstream, row.fault):
            continue
        whom = f" ({listed(users)} use {driver})" if driver else ""
        for action in actions:
            why = f"kernel {around.upstream}{whom}: {row.title.lower()}. {row.why}"
            yield action, f"{why} Fixed in {cure(around.upstream, row.fault)}"


def hazard(found: Sequence[tuple[str, str]], actions: Sequence[str]) -> str:
    """Why one of the actions is refused on this host; '' if none is."""
    for action, why in found:
        if action in actions:
            verb = "release a member" if action == "release" else "set a member down"
            return f"refused to {verb} on this host. {why}"
    return ""


def survival(around: Surroundings, member: str, state: str) -> tuple[bool | None, str]:
    """Whether a change outlives a reload of who manages the bond (None: unknown), and why."""
    if around.unclear:
        return None, f"who manages the bond is unknown: {around.unclear}"
    if state == "cycled":
        return True, "the configuration is not concerned: the bond has the members it had"
    wanted = sorted(
        manager
        for manager in around.managers
        if member in (around.intent.get(manager) or {}).get("members", ())
    )
    if not around.managers:
        return False, "nobody's configuration names the bond: a reboot forgets all of it"
    if wanted and state == "present":
        return True, f"{listed(wanted)} names {member} as a member"
    if wanted:
        soon = "; NetworkManager does so at once" if NETWORK_MANAGER in wanted else ""
        return False, f"{listed(wanted)} names {member}: a reload or reboot puts it back{soon}"
    drops = ": a reload may drop it" if state == "present" else ""
    return not drops, f"{listed(around.managers)} does not name {member}{drops}"
