# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that look at a fleet, as a policy wants them, and the texts of all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.catalogue import load
from ...module_utils._lacp.fleet import Fleet
from ...module_utils._lacp.policy import NO_POLICY, Policy, PolicyError, parse_policy
from ...module_utils._lacp.rule import FLEET, WAIVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...module_utils._lacp.rule import Finding, Rule


@dataclass(frozen=True)
class Look:
    """What a look at all hosts together gave: findings, and hosts by partner."""

    findings: tuple[Finding, ...]
    groups: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class FleetRules:
    """The rules of the fleet under a policy."""

    policy: Policy = NO_POLICY

    def catalogue(self) -> Mapping[str, Rule]:
        """All rules by id, those of the fleet included."""
        from ...module_utils._lacp import fleet_rules  # noqa: F401, PLC0415  enters its rules

        return load()

    def look(self, documents: Mapping[str, Mapping[str, Any]], today: str) -> Look:
        """Put the rules of the fleet to host documents; today (YYYY-MM-DD): for waivers."""
        fleet = Fleet.of(documents)
        found = (self._waived(f, today) for f in fleet.findings(self.policy.severity))
        return Look(tuple(found), tuple(fleet.groups()))

    def _waived(self, finding: Finding, today: str) -> Finding:
        hosts = (finding.subject.partition("/")[0],)
        for waiver in self.policy.waivers:
            if waiver.covers(finding.rule, finding.subject, hosts) and not waiver.expired(today):
                return finding._replace(outcome=WAIVED, waiver=waiver.words())
        return finding


def fleet_rules_of(policy: Mapping[str, Any]) -> FleetRules:
    """The rules of the fleet under a policy as inventory gives it.

    PolicyError for what bond_audit refuses, and for a fleet rule that does not exist.
    """
    made = FleetRules(parse_policy(policy))
    known = made.catalogue()
    # Rules of a host were checked before; of the fleet's only their kind of name was.
    for rule in [*made.policy.severities, *(waiver.rule for waiver in made.policy.waivers)]:
        if rule not in known:
            there = ", ".join(sorted(name for name in known if known[name].scope == FLEET))
            raise PolicyError(
                f"bond_audit_policy: there is no rule {rule}; rules of the fleet are: {there}"
            )
    return made
