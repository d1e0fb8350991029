# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host read once for a packet: what was read, without its secrets, and the facts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...module_utils._lacp.facts import confirmed, disagreeing, facts_from
from ...module_utils._lacp.snapshot_json import SnapshotError, unpack
from .secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...module_utils._lacp.model import HostFacts
    from ...module_utils._lacp.snapshot import Snapshot

MODULE = "bondproof.lacp.bond_facts"


class LookError(Exception):
    """The host could not be read; the text says why."""


class Look(NamedTuple):
    """One reading of a host."""

    snapshot: Snapshot
    facts: HostFacts


def look(execute: Callable[..., dict[str, Any]]) -> Look:
    """Read the host; execute: ActionBase._execute_module with task_vars bound. LookError."""
    found = _once(execute)
    # A state that moves between the reads of two sources looks like a disagreement, once.
    if disagreeing(found.facts):
        again = _once(execute)
        found = again._replace(facts=confirmed(found.facts, again.facts))
    return found


def _once(execute: Callable[..., dict[str, Any]]) -> Look:
    result = execute(module_name=MODULE, module_args={})
    if result.get("failed") or result.get("unreachable"):
        raise LookError(str(result.get("msg") or "the host could not be read"))
    try:
        snapshot = without_secrets(unpack(result.get("reading", "")))
    except SnapshotError as error:
        raise LookError(f"what the host said cannot be understood: {error}") from error
    return Look(snapshot, facts_from(snapshot))
