# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_audit: facts of the host in, judged here, kept as a document; the gate of one host.

Parsers and rules run on the controller because they are compiled there once. Ansible sends a
module as source, so every host would compile them anew in every run, which costs more than running
them does.
"""

from __future__ import annotations

import contextlib
import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.version import VERSION
from ansible_collections.bondproof.lacp.plugins.plugin_utils._document import (
    JUDGED,
    STATUS_FAILED,
    STATUS_OK,
    STATUS_UNREACHABLE,
    DocumentError,
    document_path,
    gating,
    host_document,
    read_document,
    write_document,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._judge import JudgeError, judge
from ansible_collections.bondproof.lacp.plugins.plugin_utils._reading import (
    ReadingError,
    host_paths,
    read_host,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ISSUES = "https://github.com/bondproof/lacp/issues"
ARGUMENTS: dict[str, Any] = {
    "policy": {"type": "dict", "default": {}},
    "bonds": {"type": "list", "elements": "str", "default": []},
    "fail_on": {"type": "str", "choices": ["error", "warning", "never"], "default": "error"},
    "run_dir": {"type": "path"},
    "earlier": {"type": "path"},
    "baseline": {"type": "path"},
    "snapshot": {"type": "path"},
    "counters": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """Run bond_audit on one host."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        host = str(variables.get("inventory_hostname", ""))
        self._opened = datetime.datetime.now(datetime.UTC)
        self._variables = variables
        try:
            _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
            args.update(host_paths(self._task.args))
            return self._audit(host, args, variables)
        except (AnsibleActionFail, DocumentError, JudgeError, ReadingError) as error:
            # The report tells of this host, too, unless that is what cannot be written.
            with contextlib.suppress(DocumentError):
                self._save(host, self._task.args.get("run_dir"), STATUS_FAILED, str(error), {})
            raise AnsibleActionFail(str(error)) from None

    def _audit(self, host: str, args: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        known = _baseline(args["baseline"], host)
        counters = args["counters"] or _saved(args["earlier"], host).get("counters") or {}
        try:
            found, facts = read_host(partial(self._execute_module, task_vars=variables), args)
        except AnsibleConnectionFailure as error:
            self._save(host, args["run_dir"], STATUS_UNREACHABLE, str(error), {})
            raise
        if facts is None:
            status = STATUS_UNREACHABLE if found.get("unreachable") else STATUS_FAILED
            self._save(host, args["run_dir"], status, _complaint(found), {})
            return found
        judged = judge(
            facts,
            args["policy"],
            counters=counters,
            host=host,
            now_utc_s=self._opened.timestamp(),
        )
        judged["warnings"] = found.get("warnings", []) + [
            f"{bug}; please report it: {ISSUES}" for bug in judged["bugs"]
        ]
        written = self._save(host, args["run_dir"], STATUS_OK, "", judged)
        return _result(judged, written, gating(judged["findings"], args["fail_on"], known), args)

    def _save(
        self,
        host: str,
        run_dir: str | None,
        status: str,
        message: str,
        judged: Mapping[str, Any],
    ) -> str | None:
        if not run_dir or self._task.check_mode:
            return None
        path = document_path(run_dir, host)
        write_document(
            path,
            host_document(
                host=host,
                groups=[str(name) for name in self._variables.get("group_names", ())],
                collected_utc=self._opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
                version=VERSION,
                status=status,
                message=message,
                judged=judged,
            ),
        )
        return str(path)


def _result(
    judged: Mapping[str, Any],
    written: str | None,
    stopping: Sequence[Mapping[str, Any]],
    args: Mapping[str, Any],
) -> dict[str, Any]:
    """What the task returns; findings that stop fail it."""
    result: dict[str, Any] = {"changed": False, "summary": judged["summary"]}
    if written:
        result["document"] = written
    else:
        result.update((key, judged[key]) for key in JUDGED)
    if judged["warnings"]:
        result["warnings"] = judged["warnings"]
    if stopping:
        result["failed"] = True
        result["msg"] = _sentence(stopping, args["fail_on"])
    return result


def _complaint(judged: Mapping[str, Any]) -> str:
    """What went wrong. A module that broke has no msg, but the exception that Ansible caught."""
    caught = judged.get("exception", "")
    event = getattr(caught, "event", None)
    broke = str(getattr(event, "msg", caught)).strip()
    return str(judged.get("msg") or "") or f"the module broke: {broke.rpartition(chr(10))[2]}"


def _saved(run_dir: str | None, host: str) -> dict[str, Any]:
    """The document of a host in a saved run; empty where it has none."""
    return (read_document(document_path(run_dir, host)) or {}) if run_dir else {}


def _baseline(run_dir: str | None, host: str) -> Sequence[Mapping[str, Any]]:
    """Findings of the host in the baseline; DocumentError if there is no such run."""
    if run_dir and not Path(run_dir, "hosts").is_dir():
        raise DocumentError(
            f"baseline {run_dir}: there is no saved run (no folder {run_dir}/hosts); "
            "name the folder of an earlier run, such as bond-reports/latest"
        )
    findings: Sequence[Mapping[str, Any]] = _saved(run_dir, host).get("findings", ())
    return findings


def _sentence(stopping: Sequence[Mapping[str, Any]], fail_on: str) -> str:
    worst = stopping[0]
    more = f" and {len(stopping) - 1} more" if len(stopping) > 1 else ""
    return f"{worst['subject'] or 'host'}: {worst['title']}{more} (fail_on: {fail_on})"
