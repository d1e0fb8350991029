# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_log on the host: the journal where there is one, else what the kernel remembers."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from .._lacp.log_lines import KERNEL, Logged, of_journal

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

MOST_LINES = 5000
# Who may touch a bond; others are not asked for, their lines are nobody's business here.
UNITS = [
    *("systemd-networkd", "NetworkManager", "networking", "systemd-udevd", "ifupdown2-pre"),
    *("teamd", "openvswitch-switch"),
]
ARGUMENTS: dict[str, Any] = {
    "since": {"type": "float", "required": True},
    "until": {"type": "float"},
    "units": {"type": "list", "elements": "str", "default": UNITS},
}


def run(module: AnsibleModule) -> None:
    """Return what was logged and leave the module."""
    since = module.params["since"]
    until = module.params["until"]
    if since < 0 or (until is not None and until < since):
        module.fail_json(msg=f"until is {until:g}: give a time after since, {since:g}")
    problems: list[str] = []
    lines, source = _journal(module, since, until, problems), "journal"
    if not any(line.who == KERNEL for line in lines):
        past = _kernel(since, until, problems)
        if past:
            source = "kmsg" if not lines else "journal, kmsg"
            lines = sorted([*lines, *past])
    module.exit_json(
        changed=False,
        source=source if lines else "none",
        lines=[line.as_result() for line in lines[-MOST_LINES:]],
        left_out=max(len(lines) - MOST_LINES, 0),
        problems=problems,
    )


def _journal(
    module: AnsibleModule, since: float, until: float | None, problems: list[str]
) -> list[Logged]:
    command = module.get_bin_path("journalctl")
    if command is None:
        return []
    span = [f"--since=@{since:.6f}", *([] if until is None else [f"--until=@{until:.6f}"])]
    wanted = [f"_TRANSPORT={KERNEL}"]
    for unit in module.params["units"]:
        name = unit if "." in unit else f"{unit}.service"
        wanted += ["+", f"_SYSTEMD_UNIT={name}"]
    fields = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_TRANSPORT,_SYSTEMD_UNIT"
    code, output, reason = module.run_command(
        [
            command,
            "--no-pager",
            "--quiet",
            "--output=json",
            f"--output-fields={fields}",
            f"--lines={MOST_LINES + 1}",
            *span,
            *wanted,
        ],
        errors="backslashreplace",
    )
    if code:
        problems.append(f"journalctl ended with {code}: {reason.strip()[:200]}")
        return []
    return list(of_journal(output))


def _kernel(since: float, until: float | None, problems: list[str]) -> list[Logged]:
    from .._host.kernel_log_past import past_lines  # noqa: PLC0415 - where the journal has it, not needed

    end_ns = None if until is None else int(until * 1e9)
    try:
        found = deque(past_lines(int(since * 1e9)), MOST_LINES + 1)
    except OSError as error:
        problems.append(
            f"the kernel log cannot be read ({error.strerror}): run the task with become: true"
        )
        return []
    return [line for line in found if end_ns is None or line.utc_ns <= end_ns]
