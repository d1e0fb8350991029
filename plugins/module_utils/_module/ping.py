# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_ping on the host: send markers, wait for responses, return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._host.capture_bond import Bond, CaptureRefused, Port, find_any
from .._host.marker import Pinger, Rounds
from .._lacp.marker_tally import findings, has_partner, responders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible.module_utils.basic import AnsibleModule

SCHEMA = "bondproof.lacp/ping/1"
# IEEE 802.3 annex 57A.3 lets a slow protocol send no more than that.
MOST_PER_SECOND = 5
ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "default": []},
    "count": {"type": "int", "default": 5},
    "interval": {"type": "float", "default": 1.0},
    "timeout": {"type": "float", "default": 1.0},
}


def run(module: AnsibleModule) -> None:
    """Probe the members of a bond, return what answered, and leave the module."""
    params = module.params
    try:
        rounds = _rounds(params)
        bond = find_any(params["bond"])
        ports = _chosen(bond, params["members"])
        pinger = Pinger(bond, ports)
    except CaptureRefused as error:
        module.fail_json(msg=str(error))
    try:
        if not module.check_mode:
            pinger.run(rounds)
    finally:
        pinger.close()
    tallies = sorted(pinger.tallies, key=lambda tally: tally.member)
    notes = list(bond.notes)
    if module.check_mode:
        notes.append("check mode: no marker was sent")
    notes += [
        f"{tally.member}: bonding knows no partner here, or hides it from this user"
        for tally in tallies
        if not has_partner(tally)
    ]
    module.exit_json(
        changed=False,
        schema=SCHEMA,
        bond=bond.name,
        members=[tally.as_result() for tally in tallies],
        partners=responders(tallies),
        findings=list(findings(tallies)),
        notes=notes,
    )


def _rounds(params: dict[str, Any]) -> Rounds:
    for name, least, most in (
        ("count", 1, 1000),
        ("interval", 1 / MOST_PER_SECOND, 60),
        ("timeout", 0.01, 60),
    ):
        if not least <= params[name] <= most:
            raise CaptureRefused(f"{name} is {params[name]:g}: give {least:g} to {most:g}")
    return Rounds(params["count"], params["interval"], params["timeout"])


def _chosen(bond: Bond, names: Sequence[str]) -> Sequence[Port]:
    known = sorted(one.name for one in bond.ports)
    for name in names:
        if name not in known:
            raise CaptureRefused(
                f"members: bond {bond.name} has no member {name!r}; it has: {', '.join(known)}"
            )
    return [one for one in bond.ports if not names or one.name in names]
