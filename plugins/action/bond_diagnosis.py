# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_diagnosis: the packets of a run judged together, and told in ten lines each."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.color import stringc
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import PacketError
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.run_fleet import (
    INDEX,
    judge_run,
    write_run,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.store import StoreError
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.ten_lines import ten_lines
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import one_line

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.run_fleet import Run

ARGUMENTS: dict[str, Any] = {"source": {"type": "path", "required": True}}
MIN_WIDTH = 100
MAX_WIDTH = 160

display = Display()


class ActionModule(ActionBase):
    """Finish a run."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        folder = Path(args["source"])
        if self._task.check_mode:
            return {"changed": False, "msg": "check mode: nothing was collected, nothing is judged"}
        if not folder.is_dir():
            raise AnsibleActionFail(
                f"source: {folder} is no folder; give the one that bond_packet wrote its packets to"
            )
        try:
            found = judge_run(folder, int(time.time()))
            write_run(folder, found)
        except (OSError, PacketError, StoreError) as error:
            raise AnsibleActionFail(f"{folder}: {error}") from None
        _show(folder, found)
        return {
            "changed": True,
            "fleet": found.fleet,
            "faults": {name: verdict["fault"] for name, verdict in found.verdicts.items()},
            "page": str(folder / INDEX),
            "problems": list(found.broken),
        }


def _show(folder: Path, run: Run) -> None:
    columns = getattr(display, "columns", None) or MIN_WIDTH
    width = max(MIN_WIDTH, min(columns + 1, MAX_WIDTH))
    for name, verdict in run.verdicts.items():
        where = str(folder / name)
        display.display("")
        for line in ten_lines(verdict, where=where, width=width, paint=stringc):
            display.display(line)
    for text in run.broken:
        display.display(one_line(f"not judged: {text}"), color="yellow")
    if len(run.verdicts) > 1:
        display.display("")
        display.display(one_line(f"fleet: {run.fleet.get('text')}; see {folder / INDEX}"))
