# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_compare: a saved reading of a host beside a later one, or beside the host itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.compare import (
    CompareError,
    compare,
    facts_at,
    find,
    lines,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.looking import LookError, look
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import one_line

ARGUMENTS: dict[str, Any] = {
    "before": {"type": "path", "required": True},
    "after": {"type": "path"},
    "table": {"type": "bool", "default": True},
}

display = Display()


class ActionModule(ActionBase):
    """Compare one host."""

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
            earlier = facts_at(find(Path(args["before"]), host))
            if args["after"]:
                later = facts_at(find(Path(args["after"]), host))
            else:
                later = look(partial(self._execute_module, task_vars=variables)).facts
        except (CompareError, LookError) as error:
            raise AnsibleActionFail(str(error)) from None
        found = compare(earlier, later)
        if args["table"]:
            for line in lines(host, found):
                display.display(line[: len(line) - len(line.lstrip())] + one_line(line))
        return {"changed": False, **found}
