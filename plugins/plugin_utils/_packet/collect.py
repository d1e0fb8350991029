# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a collection: each may fail, none costs what the others gathered."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .layout import DONE, FAILED, SKIPPED
from .looking import LookError, look
from .moments import now_text, utc_ns
from .secrets import without_traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .gather import Gathered

LOG = "bondproof.lacp.bond_log"
PING = "bondproof.lacp.lacp_ping"
CAPTURE = "bondproof.lacp.lacp_capture"
SLURP = "ansible.legacy.slurp"
# How long before the window lines of the log are of interest: what led to it.
LOG_BEFORE_S = 600.0


@dataclass
class Collector:
    """Fills what was gathered, stage by stage.

    execute: ActionBase._execute_module with task_vars bound; capture: runs lacp_capture with these
    options and shows its progress; say: tells the person who waits what comes now.
    """

    gathered: Gathered
    execute: Callable[..., dict[str, Any]]
    capture: Callable[[Mapping[str, Any]], dict[str, Any]]
    say: Callable[[str], None]
    clocks: list[dict[str, float]] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Read the host; name: before, during or after."""
        begun, at = time.time(), now_text()
        try:
            found = look(self.execute)
        except LookError as error:
            self.gathered.stage(f"facts {name}", FAILED, at, str(error))
            return
        ended = time.time()
        self.gathered.looks[name] = found
        host_s = utc_ns(found.snapshot.facts.get("utc")) / 1e9
        if host_s:
            # The host read its clock at some moment between the two of ours.
            middle = (begun + ended) / 2
            self.clocks.append({"offset_s": host_s - middle, "error_s": (ended - begun) / 2})
        self.gathered.stage(f"facts {name}", DONE, at)

    def listen(self, options: Mapping[str, Any], pcapng: str) -> None:
        """Capture, then take the frames over; options: of lacp_capture."""
        at = now_text()
        result = self.capture({**options, "pcapng": pcapng})
        if result.get("failed") or "lanes" not in result:
            words = str(result.get("msg") or result.get("module_stderr") or "no result")
            self.gathered.stage("capture", FAILED, at, words)
            return
        left = ("changed", "invocation", "warnings", "deprecations", "pcapng", "msg")
        wire = {key: value for key, value in result.items() if key not in left}
        wire = {key: value for key, value in wire.items() if not key.startswith("_ansible")}
        for line in wire.get("kernel_log") or ():
            line["text"] = without_traffic(str(line["text"]))
        self.gathered.parts["wire"] = wire
        self.gathered.stage("capture", DONE, at)
        self._frames(pcapng)

    def _frames(self, pcapng: str) -> None:
        at = now_text()
        result = self.execute(module_name=SLURP, module_args={"src": pcapng})
        try:
            self.gathered.frames = base64.b64decode(result["content"], validate=True)
        except (KeyError, binascii.Error, ValueError):
            words = str(result.get("msg") or "the file could not be read")
            self.gathered.stage("frames", FAILED, at, words)
            return
        self.gathered.stage("frames", DONE, at)

    def ping(self, bond: str, *, wanted: bool) -> None:
        """Markers on each member, where that was asked for."""
        at = now_text()
        if not wanted:
            self.gathered.stage("markers", SKIPPED, at, "not asked for")
            return
        result = self.execute(module_name=PING, module_args={"bond": bond})
        if result.get("failed"):
            self.gathered.stage("markers", FAILED, at, str(result.get("msg")))
            return
        left = ("changed", "invocation")
        self.gathered.parts["markers"] = {k: v for k, v in result.items() if k not in left}
        self.gathered.stage("markers", DONE, at)

    def log(self, begun_utc_s: float) -> None:
        """The log of the window and of the minutes before; begun: by the controller's clock."""
        at = now_text()
        clock = self.clock()
        since = begun_utc_s + (clock.get("offset_s") or 0.0) - LOG_BEFORE_S
        result = self.execute(module_name=LOG, module_args={"since": max(since, 0.0)})
        if result.get("failed") or "lines" not in result:
            self.gathered.stage("log", FAILED, at, str(result.get("msg") or "no result"))
            return
        lines = [{**line, "text": without_traffic(str(line["text"]))} for line in result["lines"]]
        self.gathered.parts["kernel_log"] = lines
        troubles = "; ".join(map(str, result.get("problems") or ()))
        self.gathered.stage("log", FAILED if troubles and not lines else DONE, at, troubles)

    def clock(self) -> dict[str, Any]:
        """Offset of the host's clock to the controller's, by the quickest look; may be empty."""
        if not self.clocks:
            return {}
        best = min(self.clocks, key=lambda one: one["error_s"])
        return {key: round(value, 6) for key, value in best.items()}

    def keep_clock(self) -> None:
        """Make the part of the packet that tells how far its times can be trusted."""
        told: dict[str, Any] = dict(self.clock())
        for found in reversed(list(self.gathered.looks.values())):
            host = found.facts.as_result().get("host") or {}
            state = host.get("clock")
            if isinstance(state, dict):
                told["synchronised"] = state.get("synchronised")
                break
        if told:
            self.gathered.parts["clock"] = told
