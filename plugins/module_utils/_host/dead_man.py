# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that outlives this one, and restores a journal when this one dies or is too late.

It runs under systemd's PID 1 where there is one, so that neither a closed session nor its cgroup
takes it along; else in a session of its own.
"""

from __future__ import annotations

import errno
import os
import select
import time
from typing import TYPE_CHECKING, Callable

from .._lacp.plan import Refused
from .._lacp.restore import READY_NAME, SCRIPT_NAME
from . import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .journal import Store

# What AnsibleModule.run_command(list) gives: exit status, output, errors.
Run = Callable[["Sequence[str]"], "tuple[int, str, str]"]

START_S = 30.0  # a starved host takes its time
END_S = 10.0
_SYSTEMD = "/run/systemd/system"  # sd_booted(3)
_PLACES = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
_TOOLS = {
    "flock": "util-linux",
    "setsid": "util-linux",
    "ip": "iproute2",
    "timeout": "coreutils",
}


class DeadMan:
    """Started by arm(); is_alive() until its work is done."""

    def __init__(self, store: Store, run: Run) -> None:
        self._store = store
        self._run = run
        self._pidfd = -1

    def arm(self, unit: str) -> None:
        """Start the script that lies in the store and wait until it says so; Refused."""
        for tool, package in _TOOLS.items():
            if not any(os.access(f"{place}/{tool}", os.X_OK) for place in _PLACES):
                raise Refused(f"{tool} is missing, and the dead-man needs it: install {package}")
        ready = self._listen()
        try:
            script = self._store.path(SCRIPT_NAME)
            if not self._as_unit(unit, script):
                self._as_session(script)
            self._follow(self._pid(ready))
        finally:
            os.close(ready)

    def _listen(self) -> int:
        path = self._store.path(READY_NAME)
        try:
            if os.path.lexists(path):
                os.unlink(path)  # noqa: PTH108 - the same
            os.mkfifo(path, 0o600)
            # Also for writing: it must not end when a writer goes.
            return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Refused(f"{path} cannot be made: {error.strerror}") from error

    def _as_unit(self, unit: str, script: str) -> bool:
        if not os.path.isdir(_SYSTEMD):  # noqa: PTH112 - the same
            return False
        command = ["systemd-run", "--quiet", "--collect", "--no-block", f"--unit={unit}"]
        command += ["--property=OOMScoreAdjust=-1000", "--property=Nice=-10"]
        status, _out, _err = self._run([*command, "/bin/sh", script, "guard"])
        return status == 0

    def _as_session(self, script: str) -> None:
        """In the background of a shell that ends at once, without our pipes and our terminal."""
        detach = 'setsid /bin/sh "$0" guard </dev/null >/dev/null 2>&1 &'
        status, _out, errors = self._run(["/bin/sh", "-c", detach, script])
        if status:
            raise Refused(f"the dead-man cannot be started: /bin/sh {script}: {errors.strip()}")

    def _pid(self, ready: int) -> int:
        poll = select.poll()
        poll.register(ready, select.POLLIN)
        end = time.monotonic() + START_S
        text = b""
        while not text.endswith(b"\n"):
            left = end - time.monotonic()
            if left <= 0:
                raise Refused(
                    f"the dead-man did not start within {START_S:.0f} s; "
                    f"see {self._store.path('restore.log')}"
                )
            if poll.poll(left * 1000):
                text += os.read(ready, 64)
        return int(text)

    def _follow(self, pid: int) -> None:
        try:
            self._pidfd = os.pidfd_open(pid)
        except OSError as error:
            if error.errno == errno.ESRCH:
                raise Refused("the dead-man ended as soon as it had started") from error
            if error.errno != errno.ENOSYS:  # before Linux 5.3 it is not watched
                raise

    def is_alive(self, wait_s: float = 0.0) -> bool:
        """Whether it still is there, at the latest after wait_s."""
        if self._pidfd < 0:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(wait_s * 1000)

    def close(self) -> None:
        """Wait until it has ended, as it does once the lock is free; then forget it."""
        self.is_alive(END_S)
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1

    def log(self) -> str:
        """What the script said, one line."""
        found = files.read(self._store.path("restore.log"), 1 << 16)
        lines = found.decode("utf-8", "replace").splitlines() if isinstance(found, bytes) else []
        return "; ".join(line for line in lines if line.strip())
