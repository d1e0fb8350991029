# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts: a host is read there and understood here."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.bondproof.lacp.plugins.module_utils._module.facts import ARGUMENTS
from ansible_collections.bondproof.lacp.plugins.plugin_utils._reading import (
    ReadingError,
    host_paths,
    read_host,
)


class ActionModule(ActionBase):
    """Run bond_facts on one host."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        args.update(host_paths(self._task.args))
        try:
            result, facts = read_host(
                partial(self._execute_module, task_vars=task_vars or {}), args
            )
        except ReadingError as error:
            raise AnsibleActionFail(str(error)) from None
        if facts is not None:
            found = facts.as_result()
            result["ansible_facts"] = {
                "bonds": found["bonds"],
                "bonds_host": found["host"],
                "bonds_problems": found["problems"],
                "bonds_schema": found["schema"],
            }
        return result
