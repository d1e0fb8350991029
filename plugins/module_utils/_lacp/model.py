# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host, its bonds and their members, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import bond_fields, host_fields, member_fields
from .record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "bondproof.lacp/facts/1"
MODE_LACP = "802.3ad"
KIND_BOND = "bond"
KIND_TEAM = "team"


class Member(NamedTuple):
    """A port of a bond."""

    name: str
    record: Record


class Bond(NamedTuple):
    """A link aggregation: a kernel bond of any mode, a team device or an Open vSwitch bond."""

    name: str
    record: Record
    members: tuple[Member, ...] = ()


class Problem(NamedTuple):
    """Something that kept a value from being read; the rest was read all the same."""

    place: str
    text: str

    def as_result(self) -> dict[str, str]:
        """Plain data: place and text."""
        return {"place": self.place, "text": self.text}


class HostFacts(NamedTuple):
    """All that one reading of a host gave."""

    record: Record
    bonds: tuple[Bond, ...] = ()
    problems: tuple[Problem, ...] = ()

    def as_result(self, *, sources: bool = True) -> dict[str, Any]:
        """Plain data: schema, host, bonds by name (each with members by name), problems."""
        return {
            "schema": SCHEMA,
            "host": self.record.as_result(host_fields.ALL, sources=sources),
            "bonds": {bond.name: _bond_result(bond, sources=sources) for bond in self.bonds},
            "problems": [problem.as_result() for problem in self.problems],
        }

    @classmethod
    def from_result(cls, data: Mapping[str, Any]) -> HostFacts:
        """The inverse of as_result(); KeyError if a part is missing."""
        return cls(
            Record.from_result(data["host"], host_fields.ALL),
            tuple(_bond_from(name, bond) for name, bond in data["bonds"].items()),
            tuple(Problem(item["place"], item["text"]) for item in data.get("problems") or ()),
        )


def _bond_result(bond: Bond, *, sources: bool) -> dict[str, Any]:
    result = bond.record.as_result(bond_fields.ALL, sources=sources)
    result["members"] = {
        member.name: member.record.as_result(member_fields.ALL, sources=sources)
        for member in bond.members
    }
    return result


def _bond_from(name: str, data: Mapping[str, Any]) -> Bond:
    return Bond(
        name,
        Record.from_result(data, bond_fields.ALL),
        tuple(
            Member(port, Record.from_result(member, member_fields.ALL))
            for port, member in data["members"].items()
        ),
    )
