# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside the host: waits until a run says that a step begins, and then strikes.

`striker.py STEP COMMAND`: STEP is a number, or the beginning of the step's text; COMMAND is run by
sh, with the process of the run in PID. A run writes each step into its folder before it does it,
and inotify wakes us. Nothing in our modules knows of this.
"""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import sys
import time
from pathlib import Path

STATE = Path("/var/lib/bondproof-lacp/bond0")
LOG = Path("/run/faults/struck")
IN_MODIFY, IN_CLOSE_WRITE = 0x2, 0x8
SECONDS = 150.0


def watched() -> int:
    """A descriptor that wakes at each write in the folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    STATE.parent.chmod(0o700)
    (STATE / "progress").unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    file = libc.inotify_init1(os.O_CLOEXEC)
    if libc.inotify_add_watch(file, str(STATE).encode(), IN_MODIFY | IN_CLOSE_WRITE) < 0:
        raise OSError(ctypes.get_errno(), "inotify_add_watch")
    return int(file)


def has_come(step: str) -> bool:
    try:
        number, _space, text = (STATE / "progress").read_text(encoding="utf-8").partition(" ")
    except OSError:
        return False
    if step.isdigit():
        return number.isdigit() and int(number) >= int(step)
    return text.startswith(step)


def strike(command: str) -> None:
    pid = (STATE / "lock").read_text(encoding="utf-8").split()[0]
    step = (STATE / "progress").read_text(encoding="utf-8").strip()
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "PID": pid}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    LOG.write_text(f"{step}\n{done.stdout}{done.stderr}", encoding="utf-8")


def follow(file: int, step: str, command: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if has_come(step):
            strike(command)
            return
        if select.select([file], [], [], end - time.monotonic())[0]:
            os.read(file, 1 << 16)


def main(words: list[str]) -> int:
    """Return to the caller once it watches; go on in a session of its own."""
    file = watched()
    if os.fork():
        return 0
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    # The host has one CPU: a realtime task runs before the step that has just been written down.
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    follow(file, words[0], words[1])
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
