# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_isolation: measure a member after each swap of a part, and say which swap cured it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.isolation import (
    Step,
    errors_of,
    judge,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.isolation_report import (
    JournalError,
    lines,
    read,
    write,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import plain_name
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import one_line
from ansible_collections.bondproof.lacp.plugins.plugin_utils._watched_job import WatchedJob

if TYPE_CHECKING:
    from collections.abc import Mapping

CAPTURE = "bondproof.lacp.lacp_capture"
LEEWAY_S = 120
ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "member": {"type": "str", "required": True},
    "changed": {
        "type": "str",
        "required": True,
        "choices": ["nothing", "cable", "optic", "port", "card", "put back", "other"],
    },
    "note": {"type": "str", "default": ""},
    "duration": {"type": "float", "default": 600.0},
    "dest": {"type": "path", "required": True},
}

display = Display()


class ActionModule(WatchedJob):
    """Take one step."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        if not 1 <= args["duration"] <= 86_400:
            raise AnsibleActionFail(f"duration is {args['duration']:g}: give 1 to 86400")
        host = str(variables.get("inventory_hostname", ""))
        about = {"host": host, "bond": args["bond"], "member": args["member"]}
        path = (
            Path(args["dest"]) / f"{plain_name(host)}-{plain_name(args['member'])}.isolation.json"
        )
        try:
            steps = read(path, about)
            if self._task.check_mode:
                return {"changed": True, "steps": len(steps) + 1, "msg": "check mode: not measured"}
            steps.append(self._measured(args, host, variables))
            report = write(path, about, steps)
        except JournalError as error:
            raise AnsibleActionFail(f"dest: {error}") from None
        for line in lines(about, steps):
            display.display(line[: len(line) - len(line.lstrip())] + one_line(line))
        found = judge(steps)
        return {
            "changed": True,
            "msg": found["text"],
            "steps": len(steps),
            "outcome": found["outcomes"][-1],
            "cured_by": found["cured_by"],
            "rates_per_minute": found["rates_per_minute"],
            "measured": found["measured"],
            "journal": str(path),
            "report": str(report),
        }

    def _measured(self, args: Mapping[str, Any], host: str, variables: dict[str, Any]) -> Step:
        """The member's counters over the duration; AnsibleActionFail."""
        member = args["member"]

        def show(report: Mapping[str, Any]) -> None:
            if "elapsed_s" in report:
                told = f"{report['elapsed_s']:.0f} of {args['duration']:g} s measured"
                display.display(one_line(f"{host}: {member}: {told}"))

        options = {"bond": args["bond"], "duration": args["duration"]}
        limit_s = int(args["duration"]) + LEEWAY_S
        wire = self._run_watched(CAPTURE, options, variables, limit_s, show)
        if wire.get("failed") or "counters" not in wire:
            raise AnsibleActionFail(str(wire.get("msg") or "nothing was measured"))
        grown = {one["member"]: one["grown"] for one in wire["counters"]}
        if member not in grown:
            names = ", ".join(sorted(filter(None, grown))) or "none"
            raise AnsibleActionFail(
                f"member: {args['bond']} has no member {member!r}; it has: {names}"
            )
        errors, flaps = errors_of(grown[member])
        length_s = wire["window"]["length_ms"] / 1000
        start = str(wire["window"]["start"])
        return Step(args["changed"], args["note"], start, length_s, errors, flaps)
