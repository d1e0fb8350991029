# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_failover_test on the controller: start it, show how it is getting on, end with a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._module.failover import ARGUMENTS
from ansible_collections.bondproof.lacp.plugins.plugin_utils._failover_table import (
    FAILED,
    NOT_PROVEN,
    PASSED,
    lines,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import printable
from ansible_collections.bondproof.lacp.plugins.plugin_utils._watched_job import WatchedJob

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULE = "bondproof.lacp.bond_failover_test"
# The slowest LACP takes four minutes for a fault; a bond has at most so many members and faults.
LONGEST_S = 4 * 3600

COLOURS = {PASSED: "green", FAILED: "red", NOT_PROVEN: "yellow"}

display = Display()


class ActionModule(WatchedJob):
    """Run bond_failover_test on one host, as a job that can be watched."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        given = {name: value for name, value in args.items() if value is not None}
        if self._task.check_mode:
            result: dict[str, Any] = self._execute_module(
                module_name=MODULE, module_args=given, task_vars=variables
            )
            return result
        host = str(variables.get("inventory_hostname", ""))
        result = self._run_watched(
            MODULE, given, variables, LONGEST_S, lambda report: _show(host, report)
        )
        if result.get("members"):
            _table(host, result)
        return result


def _show(host: str, report: Mapping[str, Any]) -> None:
    if "step" in report:
        display.display(
            f"{host}: {report['elapsed_s']:.0f} s, {report['trial']}, {report['fault']}: "
            f"{report['step']}"
        )


def _table(host: str, result: Mapping[str, Any]) -> None:
    for line, outcome in lines(host, result):
        display.display(printable(line), color=COLOURS.get(outcome))
