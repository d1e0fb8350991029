# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_snapshot: keep on the controller what a host says now, to compare with later."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import save
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.compare import SUFFIX
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import plain_name
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.looking import LookError, look
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.write import (
    WriteError,
    write_whole,
)

ARGUMENTS: dict[str, Any] = {"dest": {"type": "path", "required": True}}


class ActionModule(ActionBase):
    """Save one host."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        host = str(variables.get("inventory_hostname", ""))
        path = Path(args["dest"]) / f"{plain_name(host)}{SUFFIX}"
        try:
            found = look(partial(self._execute_module, task_vars=variables))
            if not self._task.check_mode:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, [save(found.snapshot)])
        except LookError as error:
            raise AnsibleActionFail(str(error)) from None
        except WriteError as error:
            raise AnsibleActionFail(f"dest: {error}") from None
        except OSError as error:
            raise AnsibleActionFail(f"dest: {path.parent}: {error.strerror or error}") from None
        return {
            "changed": True,
            "path": str(path),
            "bonds": sorted(bond.name for bond in found.facts.bonds),
        }
