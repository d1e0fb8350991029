# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_capture on the controller: start it, show how it is getting on, fetch its files."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._module.capture import ARGUMENTS
from ansible_collections.bondproof.lacp.plugins.plugin_utils._watched_job import WatchedJob

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULE = "bondproof.lacp.lacp_capture"
# What starting, analysing and a slow host may take beside the capture itself.
LEEWAY_S = 120
FILES = ("pcapng", "timeline")

display = Display()


class ActionModule(WatchedJob):
    """Run lacp_capture on one host, as a job that can be watched."""

    _supports_check_mode = True
    _supports_async = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        folder = args.pop("fetch")
        if folder and not any(args[name] for name in FILES):
            raise AnsibleActionFail(
                "fetch: there is nothing to fetch; give pcapng, timeline or both"
            )
        given = {name: value for name, value in args.items() if value is not None}
        if self._task.async_val:
            if folder:
                return _failure("fetch: a task with async ends before there are files")
            job: dict[str, Any] = self._execute_module(
                module_name=MODULE, module_args=given, task_vars=variables, wrap_async=True
            )
            return job
        host = str(variables.get("inventory_hostname", ""))
        limit_s = int(args["duration"]) + LEEWAY_S
        result = self._run_watched(
            MODULE, given, variables, limit_s, lambda report: _show(host, report, args)
        )
        if folder and not result.get("failed"):
            result["fetched"] = self._fetch(folder, result, variables)
        return result

    def _fetch(
        self, folder: str, result: Mapping[str, Any], variables: dict[str, Any]
    ) -> list[str]:
        """Copy the files to FOLDER/HOST/NAME, by the way that ansible.builtin.fetch takes."""
        host = str(variables.get("inventory_hostname", ""))
        folder = self._loader.path_dwim(folder)
        fetched = []
        for path in (str(result[name]) for name in FILES if result.get(name)):
            target = Path(folder, host, posixpath.basename(path))
            task = self._task.copy()
            task.args = {"src": path, "dest": str(target), "flat": True}
            action = self._shared_loader_obj.action_loader.get(
                "ansible.legacy.fetch",
                task=task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            )
            got = action.run(task_vars=variables)
            if got.get("failed"):
                raise AnsibleActionFail(f"fetch: {path}: {got.get('msg', 'it failed')}")
            fetched.append(str(target))
        return fetched


def _failure(text: str) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": text}


def _show(host: str, report: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    if "members" in report:
        display.display(_sentence(host, report, args))


def _sentence(host: str, report: Mapping[str, Any], args: Mapping[str, Any]) -> str:
    members = "; ".join(
        f"{name} sent {sent} heard {heard}"
        for name, (sent, heard) in sorted(report["members"].items())
    )
    return f"{host}: {report['elapsed_s']:.0f} of {args['duration']:g} s: {members}"
