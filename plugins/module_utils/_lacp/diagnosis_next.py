# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do next, on each side: the exact command, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .diagnosis_health import INSUFFICIENT_WINDOW, window_of
from .diagnosis_rule import HEALTHY, INSUFFICIENT, NOT_LACP, SWITCH
from .evidence import AFTER, BEFORE
from .host_commands import ANY, COMMANDS, DIRECTIONS
from .switch_commands import commands_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .diagnosis_case import Case
    from .diagnosis_rule import Entry
    from .diagnosis_run import Found


def next_steps(
    case: Case, decided: dict[str, Any], head: Found | None, trace: list[Entry]
) -> dict[str, Any]:
    """Commands for the host, commands for the switch, and whether to watch again."""
    window = window_of(case)
    again = None
    if window["reason"] == INSUFFICIENT_WINDOW and decided["fault"] in (HEALTHY, INSUFFICIENT):
        again = (
            f"watch again for at least {window['needed_s']} s: -e duration={window['needed_s'] + 5}"
        )
    elif decided["fault"] == INSUFFICIENT and not case.evidence.has_wire():
        again = f"listen while it happens: -e duration={window['needed_s'] + 5}"
    host = [] if decided["fault"] == HEALTHY else list(_host(case, decided, trace))
    ask = decided["fault"] not in (HEALTHY, NOT_LACP)
    switch = _switch(case, decided) if ask else []
    if head is not None and decided["fault"] == SWITCH:
        switch.insert(0, {"vendor": "", "command": "", "why": head.rule.remedy})
    elif head is not None and decided["fault"] != HEALTHY:
        host.insert(0, {"command": "", "why": head.rule.remedy})
    return {"host": host, "switch": switch, "again": again}


def _host(case: Case, decided: dict[str, Any], trace: list[Entry]) -> Iterator[dict[str, str]]:
    bond = case.evidence.bond_name() or "BOND"
    given = COMMANDS.get(decided["rule"]) or DIRECTIONS.get(decided["direction"]) or ANY
    for command, why in given:
        if "{member}" not in command:
            yield {"command": command.format(bond=bond), "why": why}
            continue
        for name in decided["members"] or case.names:
            yield {"command": command.format(bond=bond, member=name), "why": why}
    needs = [e.reason for e in trace if "CAP_NET" in e.reason or "privilege" in e.reason]
    if needs:
        yield {"command": "ansible-playbook ... --become", "why": needs[0]}


def _port(case: Case, name: str) -> Any:  # noqa: ANN401 - as facts have it
    """The partner's port; once our end gave up on it, the record holds a default, not a port."""
    leg = case.leg(name)
    when = AFTER if leg.known_system() else BEFORE
    return leg.known("partner.port", when) if leg.known_system(when) else None


def _switch(case: Case, decided: dict[str, Any]) -> list[dict[str, str]]:
    """For each vendor that it may be: what shows both ends, the counters and the reason."""
    vendor = str(case.packet.get("partner_vendor") or "")
    system = next((leg.known_system() for leg in case.legs if leg.known_system()), "")
    ports = [(name, _port(case, name)) for name in decided["members"] if name in case.names]
    return commands_for(vendor, system or "", ports)
