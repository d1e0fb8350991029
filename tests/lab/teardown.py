# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End a lab: every process, tap, bridge, mount and namespace of it, also of half a lab."""

from __future__ import annotations

import os
import select
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lab import network
from lab.errors import LabError

if TYPE_CHECKING:
    from lab.state import Lab

_SECONDS = 15


def start_time(pid: int) -> str:
    """Return when a process started (proc_pid_stat(5), field 22), empty when it is gone.

    A zombie is gone: it only waits for its parent, which may be this very command.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _namespace_of(pid: int | str) -> tuple[int, int] | None:
    try:
        facts = os.stat(f"/proc/{pid}/ns/net")  # noqa: PTH116 - a magic link, not a path
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _lab_namespace(lab: Lab) -> tuple[int, int] | None:
    """Return the identity of the lab's namespace, None when it is not mounted."""
    try:
        facts = Path(f"/run/netns/{lab.netns}").stat()
    except OSError:
        return None
    here = os.stat("/run/netns")  # noqa: PTH116 - symmetrical with the above
    if facts.st_dev == here.st_dev:  # the mount point only: `ip netns add` was cut short
        return None
    return facts.st_dev, facts.st_ino


def _ours(lab: Lab, recorded: dict[int, str]) -> list[int]:
    """Find the lab's processes: those in its namespace, and recorded ones that still are the same.

    The namespace was made by this lab and no one else enters it, so to be in it is to be ours;
    the record helps when somebody removed the namespace's name.
    """
    namespace = _lab_namespace(lab)
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        in_lab = namespace is not None and _namespace_of(pid) == namespace
        if pid != os.getpid() and (in_lab or recorded.get(pid, "-") == start_time(pid)):
            found.append(pid)
    return found


def _kill(lab: Lab, recorded: dict[int, str]) -> list[int]:
    """Kill every process of the lab and wait until all are gone; return those that stay."""
    deadline = time.monotonic() + _SECONDS
    while left := _ours(lab, recorded):
        if time.monotonic() > deadline:
            return left
        for pid in left:
            _kill_one(pid, lab, recorded, deadline)
    return []


def _kill_one(pid: int, lab: Lab, recorded: dict[int, str], deadline: float) -> None:
    """Kill through a pidfd: the number cannot come to mean another process meanwhile."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return
    try:
        same = _namespace_of(pid) == _lab_namespace(lab) or start_time(pid) == recorded.get(pid)
        if same:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            waiting = select.poll()
            waiting.register(handle, select.POLLIN)
            waiting.poll(max(0, int(1000 * (deadline - time.monotonic()))))
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def recorded_processes(lab: Lab) -> dict[int, str]:
    """Return pid -> start time of what `up` started."""
    found = {}
    for file in (lab.folder / "hosts").glob("*/process"):
        words = file.read_text(encoding="utf-8").split()
        if len(words) == 2 and words[0].isdigit():
            found[int(words[0])] = words[1]
    return found


def down(lab: Lab) -> None:
    """End the lab; LabError names what could not be removed. Does nothing when there is none."""
    recorded = recorded_processes(lab)
    stuck = _kill(lab, recorded)
    if Path(f"/run/netns/{lab.netns}").exists():
        network.ip("netns", "delete", lab.netns)
    shutil.rmtree(lab.control_folder, ignore_errors=True)
    shutil.rmtree(lab.folder / "hosts", ignore_errors=True)
    for path in (lab.state_file, lab.inventory, lab.ssh_config, lab.ssh_program):
        path.unlink(missing_ok=True)
    left = [f"process {pid}" for pid in stuck] + leftovers(lab)
    if left:
        raise LabError(f"left behind: {', '.join(left)}. Cure: end or remove them by hand")


def leftovers(lab: Lab) -> list[str]:
    """Name what of this lab still exists on the machine."""
    found = []
    if lab.netns in network.namespaces():
        found.append(f"network namespace {lab.netns}")
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    found += [
        f"mount {line.split()[4]}"
        for line in mounts
        if lab.netns in line or str(lab.folder) + "/" in line
    ]
    if lab.control_folder.exists():
        found.append(str(lab.control_folder))
    return found
