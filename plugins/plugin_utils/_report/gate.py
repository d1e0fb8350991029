# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a run should stop a pipeline, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


# A finding of a host ('' for the fleet): host, rule, subject, parameter.
Identity = tuple[str, str, str, str]


def identity(host: str, finding: Finding) -> Identity:
    """What makes findings of two runs the same one."""
    return host, finding.rule, finding.subject, finding.parameter


@dataclass(frozen=True)
class Gate:
    """The threshold, and what reached it.

    known: findings of the baseline, which stop nothing; found: what reaches the threshold, '' if
    nothing does. With fail_on 'never' found says what 'error' would have stopped.
    """

    fail_on: str
    known: frozenset[Identity]
    baseline: bool
    found: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run stops here."""
        return bool(self.found) and self.fail_on != NEVER

    @property
    def reason(self) -> str:
        """The decision in a sentence without a full stop."""
        if self.fail_on == NEVER:
            if not self.found:
                return "off (fail_on: never), and with fail_on: error this run would pass"
            return (
                f"off (fail_on: never); with fail_on: error this run would be "
                f"stopped with status {STATUS}: {self.found}"
            )
        if self.failed:
            return f"stopped with status {STATUS} (fail_on: {self.fail_on}): {self.found}"
        known = ", nothing that the baseline does not have" if self.baseline else ""
        return f"passed (fail_on: {self.fail_on}{known})"

    def stops(self, host: str, finding: Finding) -> bool:
        """Whether a finding reaches the threshold, is not waived and not in the baseline."""
        severe = finding.severity == ERROR or (
            self.fail_on == WARNING and finding.severity == WARNING
        )
        return severe and finding.outcome == FAILED and identity(host, finding) not in self.known

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        return {"fail_on": self.fail_on, "failed": self.failed, "reason": self.reason}


def judge(
    gate: Gate, hosts: Sequence[HostDigest], fleet: Sequence[Finding], unreadable: int
) -> Gate:
    """The gate with what reached it.

    A host that could not be audited is not a healthy one, so any threshold stops for it.
    """
    new = "new " if gate.baseline else ""
    stopping = [(host.name, f) for host in hosts for f in host.findings if gate.stops(host.name, f)]
    parts = []
    for severity in (ERROR, WARNING):
        ours = [host for host, finding in stopping if finding.severity == severity]
        if ours:
            where = count(len(set(ours)), "host")
            parts.append(f"{count(len(ours), new + severity)} on {where}")
        of_fleet = sum(f.severity == severity and gate.stops("", f) for f in fleet)
        if of_fleet:
            parts.append(f"{count(of_fleet, new + severity)} of the fleet")
    lost = sum(not host.audited for host in hosts) + unreadable
    if lost:
        parts.append(f"{count(lost, 'host')} not audited")
    if not hosts and not lost:
        parts.append("no host was audited")
    return replace(gate, found=", ".join(parts))
