# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a run should stop a pipeline, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...module_utils._lacp.rule import ERROR, FAILED, WARNING
from .text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...module_utils._lacp.rule import Finding
    from .digest import HostDigest

NEVER = "never"
FAIL_ON = (ERROR, WARNING, NEVER)
STATUS = 2


@dataclass(frozen=True)
class Gate:
    """failed: the run stops here; found: what reaches the threshold, '' if nothing does.

    With fail_on 'never' the threshold is 'error' and found says what it would have stopped.
    """

    fail_on: str
    failed: bool
    found: str

    @property
    def reason(self) -> str:
        """The decision in a sentence without a full stop."""
        if self.fail_on == NEVER:
            if not self.found:
                return "the gate is off (fail_on: never), and would let this run pass"
            return (
                f"the gate is off (fail_on: never); with fail_on: error the same findings would "
                f"stop it with status {STATUS}: {self.found}"
            )
        if self.failed:
            return f"stopped with status {STATUS} (fail_on: {self.fail_on}): {self.found}"
        return f"passed (fail_on: {self.fail_on})"

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        return {"fail_on": self.fail_on, "failed": self.failed, "reason": self.reason}


def reaches(severity: str, fail_on: str) -> bool:
    """Whether a finding of this severity reaches the threshold."""
    return severity == ERROR or (fail_on == WARNING and severity == WARNING)


def judge(
    hosts: Sequence[HostDigest], fleet: Sequence[Finding], unreadable: int, fail_on: str
) -> Gate:
    """Stop for findings at the threshold, and for hosts about which nothing is known.

    A host that could not be audited is not a healthy one, so any threshold stops for it.
    """
    parts = []
    for severity in (ERROR, WARNING):
        if not reaches(severity, fail_on):
            continue
        hit = [host for host in hosts if any(f.severity == severity for f in host.failed)]
        found = sum(host.severities[severity] for host in hit)
        ours = sum(f.severity == severity and f.outcome == FAILED for f in fleet)
        if found:
            parts.append(f"{count(found, severity)} on {count(len(hit), 'host')}")
        if ours:
            parts.append(f"{count(ours, severity)} of the fleet")
    lost = sum(not host.audited for host in hosts) + unreadable
    if lost:
        parts.append(f"{count(lost, 'host')} not audited")
    if not hosts and not lost:
        parts.append("no host was audited")
    return Gate(fail_on, bool(parts) and fail_on != NEVER, ", ".join(parts))
