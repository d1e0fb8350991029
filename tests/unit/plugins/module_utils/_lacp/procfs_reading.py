# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host of which nothing is known but one file of /proc/net/bonding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Fact,
    Field,
    Known,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import Bond

NONE = "there is none"


def read(content: bytes, *, status: bytes | None = None, name: str = "bond0") -> Bond:
    files: dict[str, Any] = {f"/proc/net/bonding/{name}": content}
    if status is not None:
        files["/proc/self/status"] = status
    (bond,) = facts_from(Snapshot(files=files)).bonds
    assert bond.name == name
    return bond


def short(fact: Fact) -> Any:
    """A fact as a table can hold it: the value, NONE, or the reason in brackets."""
    if isinstance(fact, Known):
        return fact.value
    return NONE if isinstance(fact, Absent) else [fact.reason]


def seen(bond: Bond, port: str, field: Field[Any]) -> Any:
    (member,) = [member for member in bond.members if member.name == port]
    return short(member.record.fact(field))
