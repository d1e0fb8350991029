# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_report: documents of hosts in, one report out; everything happens on the controller."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.color import stringc
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import PolicyError
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import terminal
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.build import Wanted
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.documents import (
    DocumentError,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.gate import FAIL_ON
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.outputs import (
    FORMATS,
    report_run,
    shown_path,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.rules import fleet_rules_of
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.write import WriteError

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.outputs import Reported

ARGUMENTS: dict[str, Any] = {
    "source": {"type": "path", "required": True},
    "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "error"},
    "baseline": {"type": "path"},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": list(FORMATS),
        "default": list(FORMATS),
    },
    "policy": {"type": "dict", "default": {}},
    "title": {"type": "str", "default": "LACP bond audit"},
    "table": {"type": "bool", "default": True},
}
# Ansible takes a log, which has no width, for a terminal of 80 columns.
MIN_WIDTH = 80
MAX_WIDTH = 160

display = Display()


class ActionModule(ActionBase):
    """Make the report of a run."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        source = Path(args["source"])
        dry = bool(self._task.check_mode)
        if dry and not (source / "hosts").is_dir():
            return {"changed": False, "msg": f"check mode wrote no documents into {source}"}
        baseline = Path(args["baseline"]) if args["baseline"] else None
        wanted = Wanted(source, args["fail_on"], args["title"], baseline)
        try:
            done = report_run(wanted, fleet_rules_of(args["policy"]), args["formats"], dry=dry)
        except (DocumentError, PolicyError, WriteError) as error:
            raise AnsibleActionFail(str(error)) from None
        if args["table"]:
            show(done, dry=dry)
        return result(done)


def show(done: Reported, *, dry: bool) -> None:
    """Print the table, coloured where Ansible colours its own words."""
    columns = getattr(display, "columns", None) or MIN_WIDTH
    text = terminal.render(
        done.report,
        width=max(MIN_WIDTH, min(columns + 1, MAX_WIDTH)),
        paint=stringc,
        where=where(done, dry=dry),
    )
    display.display(f"\n{text}\n")


def where(done: Reported, *, dry: bool) -> str:
    """Where the report is, in a sentence."""
    path = done.files.get("html") or done.folder
    verb = "would be written to" if dry else "is"
    return f"The report {verb} {shown_path(path)}"


def result(done: Reported) -> dict[str, Any]:
    """What the task returns; a gate that stops, or a baseline that is none, fails it."""
    report = done.report
    returned: dict[str, Any] = {
        "changed": bool(done.changed),
        "folder": str(done.folder),
        "files": {name: str(path) for name, path in done.files.items()},
        "changed_formats": done.changed,
        "summary": report.summary(),
        "gate": report.gate.as_result(),
        "problems": [problem.as_result() for problem in report.problems],
    }
    if report.comparison is not None:
        returned["differences"] = report.comparison.figures()
    if done.warnings:
        returned["warnings"] = done.warnings
    failures = [done.baseline_error] if done.baseline_error else []
    if report.gate.failed:
        failures.append(f"The gate {report.gate.reason}")
    if failures:
        returned |= {"failed": True, "msg": "; ".join(failures)}
    return returned
