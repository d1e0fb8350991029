# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_capture on the controller: start it, show how it is getting on, fetch its files."""

from __future__ import annotations

import json
import posixpath
import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._module.capture import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULE = "bondproof.lacp.lacp_capture"
# A host that says nothing for so long is asked whether its capture still runs.
SILENCE_S = 5
# What starting, analysing and a slow host may take beside the capture itself.
LEEWAY_S = 120
# Results that belong to the job, not to the capture.
JOB_KEYS = (
    "ansible_job_id started finished results_file stdout stdout_lines stderr stderr_lines".split()
)
FILES = ("pcapng", "timeline")

display = Display()


class ActionModule(ActionBase):
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
            return self._execute(given, variables, is_job=True)
        result = self._watched(given, variables)
        if folder and not result.get("failed"):
            result["fetched"] = self._fetch(folder, result, variables)
        return result

    def _execute(
        self, args: dict[str, Any], variables: dict[str, Any], *, is_job: bool
    ) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(
            module_name=MODULE, module_args=args, task_vars=variables, wrap_async=is_job
        )
        return result

    def _watched(self, args: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Start a job, follow it through a FIFO, and take its result."""
        fifo = posixpath.join(self._make_tmp_path(), "progress")
        made = self._low_level_execute_command(f"mkfifo -m 600 {quote(fifo)}")
        if made["rc"]:
            return self._execute(args, variables, is_job=False)
        limit = int(args["duration"]) + LEEWAY_S
        self._task.async_val = limit
        try:
            job = self._execute({**args, "progress": fifo}, variables, is_job=True)
        finally:
            self._task.async_val = 0
        if job.get("failed") or "results_file" not in job:
            return job
        deadline = time.monotonic() + limit
        host = str(variables.get("inventory_hostname", ""))
        while True:
            if self._shown(fifo, host, args):
                continue
            result = self._result(job, variables)
            if result is not None:
                self._low_level_execute_command(f"rm -f {quote(str(job['results_file']))}")
                return result
            if time.monotonic() > deadline:
                raise AnsibleActionFail(
                    f"the capture did not end within {limit} s; its result will be in "
                    f"{job['results_file']} on the host"
                )

    def _shown(self, fifo: str, host: str, args: Mapping[str, Any]) -> bool:
        """Wait for a line and show it; false if it was the last, or if none came."""
        # The FIFO lies in the job's temporary folder and goes with it.
        said = self._low_level_execute_command(f"timeout {SILENCE_S} cat {quote(fifo)}")
        if said["rc"]:
            return False
        is_on = True
        for line in said["stdout_lines"]:
            try:
                report = json.loads(line)
            except ValueError:
                continue
            if report.get("done"):
                is_on = False
            elif "members" in report:
                display.display(_sentence(host, report, args))
        return is_on

    def _result(self, job: Mapping[str, Any], variables: dict[str, Any]) -> dict[str, Any] | None:
        """The result of the job; None while it runs."""
        folder, name = posixpath.split(str(job["results_file"]))
        status: dict[str, Any] = self._execute_module(
            module_name="ansible.legacy.async_status",
            module_args={"jid": name, "mode": "status", "_async_dir": folder},
            task_vars=variables,
        )
        if not status.get("finished") and not status.get("failed"):
            return None
        return {key: value for key, value in status.items() if key not in JOB_KEYS}

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


def _sentence(host: str, report: Mapping[str, Any], args: Mapping[str, Any]) -> str:
    members = "; ".join(
        f"{name} sent {sent} heard {heard}"
        for name, (sent, heard) in sorted(report["members"].items())
    )
    return f"{host}: {report['elapsed_s']:.0f} of {args['duration']:g} s: {members}"
