# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_packet: watch a bond for a while, judge it, and keep all evidence in one sealed folder."""

from __future__ import annotations

import secrets
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.version import VERSION
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.collect import (
    CAPTURE,
    Collector,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.gather import Gathered, write
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import plain_name
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.redact import Redactor
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.store import Store, StoreError
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.text import one_line
from ansible_collections.bondproof.lacp.plugins.plugin_utils._select import plain
from ansible_collections.bondproof.lacp.plugins.plugin_utils._watched_job import WatchedJob

if TYPE_CHECKING:
    from collections.abc import Mapping

ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "duration": {"type": "float", "default": 60.0},
    "dest": {"type": "path", "required": True},
    "ping": {"type": "bool", "default": False},
    "redact": {"type": "bool", "default": False},
    "redact_key": {"type": "str", "no_log": True},
    "switch_evidence": {"type": "list", "elements": "dict", "default": []},
    "rack": {"type": "str", "default": ""},
}
# What starting, analysing and a slow host may take beside the capture itself.
LEEWAY_S = 120
# Of the verdict, what a task returns; all of it is in the packet.
TOLD = ("schema", "fault", "members", "direction", "confidence", "rule", "headline", "window")

display = Display()


class ActionModule(WatchedJob):
    """Collect the packet of one host."""

    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        if not 1 <= args["duration"] <= 86_400:
            raise AnsibleActionFail(f"duration is {args['duration']:g}: give 1 to 86400")
        if self._task.check_mode:
            return {"changed": False, "msg": "check mode: nothing was collected"}
        host = str(variables.get("inventory_hostname", ""))
        gathered = Gathered(host, args["bond"], args["duration"], VERSION)
        redactor = self._redactor(args, variables)
        shown = redactor.name(host) if redactor else host
        try:
            store = Store(Path(args["dest"]) / f"{plain_name(shown)}-{plain_name(args['bond'])}")
            self._collect(gathered, args, variables)
            packet = write(gathered, store, redactor)
            archive = store.seal(int(time.time()))
        except StoreError as error:
            raise AnsibleActionFail(str(error)) from None
        verdict = packet.verdict or {}
        return {
            "changed": True,
            "msg": f"{verdict['fault']} ({verdict['confidence']}): {verdict['headline']}",
            "packet": str(store.target),
            "archive": str(archive),
            "complete": packet.document["complete"],
            "problems": list(packet.problems),
            "verdict": {key: verdict[key] for key in TOLD},
        }

    def _redactor(self, args: Mapping[str, Any], variables: Mapping[str, Any]) -> Redactor | None:
        if not args["redact"]:
            return None
        key = args["redact_key"] or secrets.token_hex(16)
        names = {str(variables.get(name) or "") for name in ("inventory_hostname", "ansible_host")}
        for name in variables.get("ansible_play_hosts_all") or ():
            names.add(str(name))
        return Redactor(key.encode(), sorted(names))

    def _collect(
        self, gathered: Gathered, args: Mapping[str, Any], variables: dict[str, Any]
    ) -> None:
        say = partial(_say, gathered.host)
        execute = partial(self._execute_module, task_vars=variables)
        collector = Collector(gathered, execute, lambda _options: {}, say)
        collector.capture = partial(self._capture, collector, variables)
        begun = time.time()
        say("reading the bond before the window")
        collector.look("before")
        pcapng = f"{self._make_tmp_path().rstrip('/')}/frames.pcapng"
        options = {"bond": args["bond"], "duration": args["duration"]}
        collector.listen(options, pcapng)
        collector.ping(args["bond"], wanted=args["ping"])
        say("reading the bond after the window, and the log")
        collector.look("after")
        collector.log(begun)
        collector.keep_clock()
        if args["switch_evidence"]:
            gathered.parts["switch_evidence"] = plain(args["switch_evidence"])
        gathered.rack = args["rack"]
        say("judging")

    def _capture(
        self, collector: Collector, variables: dict[str, Any], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Run the capture, show who was heard, and read the host once in the middle of it."""
        half = options["duration"] / 2

        def show(report: Mapping[str, Any]) -> None:
            if "members" not in report:
                return
            heard = "; ".join(
                f"{name} sent {sent} heard {got}"
                for name, (sent, got) in sorted(report["members"].items())
            )
            collector.say(f"{report['elapsed_s']:.0f} of {options['duration']:g} s: {heard}")
            if report["elapsed_s"] >= half and "during" not in collector.gathered.looks:
                collector.look("during")

        limit = int(options["duration"]) + LEEWAY_S
        return self._run_watched(CAPTURE, options, variables, limit, show)


def _say(host: str, text: str) -> None:
    display.display(one_line(f"{host}: {text}"))
