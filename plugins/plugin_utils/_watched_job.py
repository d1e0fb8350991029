# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that takes its time, run as a job: what it reports through a FIFO is shown meanwhile."""

from __future__ import annotations

import json
import posixpath
import time
from shlex import quote
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A host that says nothing for so long is asked whether its job still runs.
SILENCE_S = 5
# How often in a row a connection may fail; each try takes as long as the connection's own timeout.
UNREACHABLE_TRIES = 12
# Results that belong to the job, not to the module.
_JOB_KEYS = (
    "ansible_job_id started finished results_file stdout stdout_lines stderr stderr_lines".split()
)


class WatchedJob(ActionBase):
    """Base of action plugins whose module has an option `progress` and reports there in JSON."""

    def _run_watched(
        self,
        module: str,
        args: Mapping[str, Any],
        variables: dict[str, Any],
        limit_s: int,
        show: Callable[[Mapping[str, Any]], None],
    ) -> dict[str, Any]:
        """Start the module, show its reports, take its result; given up after limit_s."""
        fifo = posixpath.join(self._make_tmp_path(), "progress")
        made = self._command(f"mkfifo -m 600 {quote(fifo)}")
        if made["rc"]:
            found: dict[str, Any] = self._execute_module(
                module_name=module, module_args=dict(args), task_vars=variables
            )
            return found
        self._task.async_val = limit_s
        try:
            job = self._execute_module(
                module_name=module,
                module_args={**args, "progress": fifo},
                task_vars=variables,
                wrap_async=True,
            )
        finally:
            self._task.async_val = 0
        if job.get("failed") or "results_file" not in job:
            return dict(job)
        return self._follow(fifo, str(job["results_file"]), variables, limit_s, show)

    def _command(self, line: str) -> dict[str, Any]:
        """Run a command line on the host, without a module."""
        # Not every supported version of ansible-core says what this takes and gives.
        execute: Callable[[str], Any] = self._low_level_execute_command
        return dict(execute(line))

    def _follow(
        self,
        fifo: str,
        results: str,
        variables: dict[str, Any],
        limit_s: int,
        show: Callable[[Mapping[str, Any]], None],
    ) -> dict[str, Any]:
        deadline = time.monotonic() + limit_s
        failures = 0
        while True:
            try:
                if self._is_shown(fifo, show):
                    failures = 0
                    continue
                found = self._result(results, variables)
            except AnsibleConnectionFailure:
                # The job may be at work on the very links that lead to it, and goes on without us.
                failures += 1
                if failures > UNREACHABLE_TRIES:
                    raise
                continue
            failures = 0
            if found is not None:
                self._command(f"rm -f {quote(results)}")
                return found
            if time.monotonic() > deadline:
                raise AnsibleActionFail(
                    f"the job did not end within {limit_s} s; its result will be in {results} on "
                    "the host"
                )

    def _is_shown(self, fifo: str, show: Callable[[Mapping[str, Any]], None]) -> bool:
        """Wait for a line and show it; false if it was the last, or if none came."""
        # The FIFO lies in the job's temporary folder and goes with it.
        said = self._command(f"timeout {SILENCE_S} cat {quote(fifo)}")
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
            else:
                show(report)
        return is_on

    def _result(self, results: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        """The result of the job; None while it runs."""
        folder, name = posixpath.split(results)
        status: dict[str, Any] = self._execute_module(
            module_name="ansible.legacy.async_status",
            module_args={"jid": name, "mode": "status", "_async_dir": folder},
            task_vars=variables,
        )
        if not status.get("finished") and not status.get("failed"):
            return None
        return {key: value for key, value in status.items() if key not in _JOB_KEYS}
