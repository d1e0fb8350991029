# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: router_repair
short_description: Decide whether a team device on a router is stuck, and plan its repair
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Takes what the filter P(bondproof.lacp.vyatta_reading#filter) gave, and decides which members
    are stuck so that taking them out and putting them back can cure them.
  - Gives the steps and a script in plain sh that does them on the router by itself, under a
    dead-man. The role P(bondproof.lacp.remediate_router#role) runs it.
positional: bond, probe, started
options:
  _input:
    description: What P(bondproof.lacp.vyatta_reading#filter) gave.
    type: dict
    required: true
  bond:
    description: Name of the bond.
    type: str
    required: true
  probe:
    description: What the probe of the role printed, a line C(name=value) for each thing.
    type: str
    required: true
  started:
    description: The time now in UTC, such as V(20261121T040000Z). It names the run.
    type: str
    required: true
  members:
    description: The members that may be treated. An empty list allows all.
    type: list
    elements: str
    default: []
  watch:
    description: Seconds between the two looks.
    type: int
    default: 0
  limits:
    description:
      - C(timeout_s) is how many seconds a member may take to come back, V(0) derives it.
      - The router refuses when C(max_repairs) repairs were begun within C(per_minutes).
    type: dict
    default: {timeout_s: 0, max_repairs: 3, per_minutes: 60}
"""

EXAMPLES = r"""
- name: Say what would be done
  ansible.builtin.debug:
    msg: "{{ (reading | bondproof.lacp.router_repair('dp0bond0', probe, now, watch=35)).text }}"
  vars:
    reading:
      packets: {dp0bond0: {bond: dp0bond0}}
    probe: teamd=1.29
    now: 20261121T040000Z
"""

RETURN = r"""
_value:
  description: The decision.
  type: dict
  contains:
    outcome:
      description: V(nothing_to_do), V(would_repair) or V(refused).
      type: str
      returned: always
    text:
      description: What ails the bond, and what would help instead.
      type: str
      returned: always
    members:
      description: The members to treat, in order.
      type: list
      elements: str
      returned: always
    ailments:
      description: What ails each member that is not well.
      type: list
      elements: dict
      returned: always
    plan:
      description: The steps, as M(bondproof.lacp.bond_member) returns them.
      type: list
      elements: dict
      returned: always
    commands:
      description: The commands of the steps, as they are run on the router.
      type: list
      elements: str
      returned: always
    path:
      description: Where the script belongs on the router; empty if there is nothing to do.
      type: str
      returned: always
    script:
      description: The script; empty if there is nothing to do.
      type: str
      returned: always
    longest:
      description: Seconds that the whole repair may take.
      type: int
      returned: always
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_log import probed
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_remedy import (
    Choice,
    choose,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_script import (
    Repair,
    longest_s,
    plan,
    ports_of,
    script,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


NOTHING: dict[str, Any] = {"plan": [], "commands": [], "path": "", "script": "", "longest": 0}


def router_repair(
    value: Mapping[str, Any],
    bond: str,
    probe: str,
    started: str,
    *,
    members: Sequence[str] = (),
    watch: int = 0,
    limits: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    try:
        packet = value["packets"][bond]
    except (KeyError, TypeError) as error:
        raise AnsibleFilterError(
            f"bondproof.lacp.router_repair: there is no packet of {bond}: give what the filter "
            "vyatta_reading made"
        ) from error
    try:
        choice = choose(packet, tuple(map(str, members)), int(watch))
        if not choice.members:
            return {**choice.as_result(), **NOTHING}
        return _planned(packet, choice, (str(probe), str(started)), limits or {})
    except Refused as error:
        return {**Choice("refused", str(error), (), ()).as_result(), **NOTHING}


def _planned(
    packet: Mapping[str, Any], choice: Choice, told: tuple[str, str], limits: Mapping[str, int]
) -> dict[str, Any]:
    """told: what the probe printed, and the time; limits: by their names in Repair."""
    probe, started = told
    bond = str(packet["bond"])
    facts = packet["after"]["bonds"][bond]
    repair = Repair(
        run=started,
        started=started,
        bond=bond,
        bond_mac=str(facts.get("mac") or ""),
        members=tuple(map(str, facts.get("members") or ())),
        ports=ports_of(facts, choice.members),
        router=probed(probe),
        timeout_s=int(limits.get("timeout_s", 0)),
        max_repairs=int(limits.get("max_repairs", 3)),
        per_minutes=int(limits.get("per_minutes", 60)),
    )
    steps = plan(repair)
    return {
        **choice.as_result(),
        "plan": [step.as_result() for step in steps],
        "commands": [step.do for step in steps if step.do],
        "path": repair.path,
        "script": script(repair),
        "longest": longest_s(repair),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"router_repair": router_repair}
