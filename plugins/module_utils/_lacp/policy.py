# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's policy (bond_audit_policy): what is expected, which rules count, what is waived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from .waiver import Waiver

OFF = "off"


class PolicyError(ValueError):
    """The policy cannot be understood; the text names the place, what was expected and the cure."""


class Policy(NamedTuple):
    """A policy that was checked.

    expect and bonds hold expectations by key (policy_reader.py), bonds those of single bonds,
    where None takes an expectation back; severities: rule id -> severity or 'off'.
    """

    expect: Mapping[str, Any]
    bonds: Mapping[str, Mapping[str, Any]]
    severities: Mapping[str, str]
    waivers: tuple[Waiver, ...]

    def expected(self, bond: str) -> dict[str, Any]:
        """What is expected of one bond, by key."""
        merged = {**self.expect, **self.bonds.get(bond, {})}
        return {key: value for key, value in merged.items() if value is not None}

    def severity(self, rule: str, own: str) -> str | None:
        """The severity a rule has under this policy; None if it is switched off."""
        chosen = self.severities.get(rule, own)
        return None if chosen == OFF else chosen


NO_POLICY = Policy({}, {}, {}, ())


def parse_policy(data: Mapping[str, Any] | None, rule_ids: Container[str] | None = None) -> Policy:
    """Check a policy as inventory gives it; PolicyError where it cannot be understood.

    rule_ids: the ids that rules and waivers may name, those of a host unless given (the ids of
    fleet rules pass in any case).
    """
    if data is None or data == {}:
        return NO_POLICY
    # A host without a policy does not compile what checks one.
    from .catalogue import load  # noqa: PLC0415
    from .policy_reader import read_policy  # noqa: PLC0415

    return read_policy(data, load() if rule_ids is None else rule_ids)
