# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host said, made facts; what its sources disagree on is asked for twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import (
    confirmed,
    disagreeing,
    facts_from,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import (
    SnapshotError,
    unpack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

MODULE = "bondproof.lacp.bond_facts"
PATHS = ("snapshot", "save_snapshot")
_PACKED = "reading"


class ReadingError(Exception):
    """There are no facts; the text names what is wrong, and the cure."""


class Reading(NamedTuple):
    """The result of the module without what it packed; facts: None where the module failed."""

    result: dict[str, Any]
    facts: HostFacts | None


def host_paths(given: Mapping[str, Any]) -> dict[str, Any]:
    """The paths as the user gave them: a validation expands them as if they were of this host."""
    return {name: given.get(name) for name in PATHS}


def read_host(execute: Callable[..., dict[str, Any]], args: Mapping[str, Any]) -> Reading:
    """Run the module on the host, and make facts of what it returns.

    execute: ActionBase._execute_module, with task_vars bound; args: options of bond_facts, others
    are ignored. ReadingError where the host's words cannot be understood, or a bond is missing.
    """
    given = {name: args[name] for name in ("bonds", *PATHS) if args.get(name) is not None}
    found = _read(execute, given)
    # A state that moves between the reads of two sources looks like a disagreement, once.
    if found.facts and disagreeing(found.facts) and not given.get("snapshot"):
        first, found = found.facts, _read(execute, given)
        if found.facts:
            found = found._replace(facts=confirmed(first, found.facts))
    if not found.facts:
        return found
    return found._replace(facts=_chosen(found.facts, given.get("bonds") or ()))


def _read(execute: Callable[..., dict[str, Any]], given: Mapping[str, Any]) -> Reading:
    result = execute(module_name=MODULE, module_args=dict(given))
    if result.get("failed") or result.get("unreachable"):
        return Reading(result, None)
    packed = result.pop(_PACKED, None)
    path = given.get("snapshot")
    try:
        return Reading(result, facts_from(unpack(packed)))
    except SnapshotError as error:
        if path:
            cure = f"snapshot: {path}: {error}; give a file that save_snapshot wrote"
        else:
            cure = f"{MODULE}: {error}; -vvvv shows what the host answered instead"
        raise ReadingError(cure) from error


def _chosen(facts: HostFacts, names: Sequence[str]) -> HostFacts:
    """The facts of some bonds; ReadingError names the first that the host does not have."""
    present = {bond.name for bond in facts.bonds}
    for name in names:
        if name not in present:
            raise ReadingError(
                f"bonds: this host has no bond {name!r}; it has: "
                + (", ".join(sorted(present)) or "none")
            )
    if not names:
        return facts
    return facts._replace(bonds=tuple(bond for bond in facts.bonds if bond.name in names))
