# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_snapshot: keep what a host's bonds are like, and compare it with what they were like."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.looking import LookError, look
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.snapshots import (
    SnapshotsError,
    compared,
    keep,
    of_host,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ARGUMENTS: dict[str, Any] = {
    "dest": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["saved", "compared"], "default": "saved"},
    "label": {"type": "str"},
    "changed": {"type": "str", "default": ""},
    "before": {"type": "str", "default": ""},
    "after": {"type": "str", "default": ""},
}
_SHOWN = 20

display = Display()


class ActionModule(ActionBase):
    """Keep or compare."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        host = str(variables.get("inventory_hostname", ""))
        try:
            if args["state"] == "compared":
                return self._compared(host, args)
            return self._saved(host, args, variables)
        except (SnapshotsError, LookError) as error:
            raise AnsibleActionFail(str(error)) from None

    def _saved(
        self, host: str, args: Mapping[str, Any], variables: dict[str, Any]
    ) -> dict[str, Any]:
        if not args["label"]:
            raise AnsibleActionFail("label: name the snapshot, such as before or after-new-cable")
        if self._task.check_mode:
            return {"changed": False, "msg": "check mode: nothing was kept"}
        taken = look(partial(self._execute_module, task_vars=variables))
        path = keep(Path(args["dest"]), host, args["label"], args["changed"], taken)
        return {"changed": True, "msg": f"kept as {path}", "path": str(path)}

    def _compared(self, host: str, args: Mapping[str, Any]) -> dict[str, Any]:
        found = compared(of_host(Path(args["dest"]), host), args["before"], args["after"])
        for line in _lines(host, found):
            display.display(one_line(line))
        moved, grown = len(found["moved"]), len(found["counters"])
        msg = f"{count(moved, 'fact')} moved, {count(grown, 'counter')} changed"
        return {"changed": False, "msg": msg, **found}


def _lines(host: str, found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{host}: {found['before']['label']} to {found['after']['label']}"
    for change in found["moved"][:_SHOWN]:
        was, now = change.get("before") or "not there", change.get("now") or "not there"
        yield f"{host}: {change['subject']} {change['what']}: {was} -> {now}"
    if len(found["moved"]) > _SHOWN:
        yield f"{host}: and {len(found['moved']) - _SHOWN} more facts moved"
    if not found["moved"]:
        yield f"{host}: no fact moved"
    isolation = found["isolation"]
    for step in isolation["steps"]:
        yield f"{host}: {step['text']}"
    if any(span["changed"] for span in isolation["intervals"]):
        yield f"{host}: {isolation['verdict']}"
