# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock, journal and dead-man of one run on one bond, in the only order that is safe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from .._lacp.journal import Journal, JournalDamaged
from .._lacp.plan import Refused
from .._lacp.restore import SCRIPT_NAME, claimed_name, open_name, script
from . import files
from .clock import utc_text
from .dead_man import DeadMan, Run
from .journal import FOLDER, Store
from .lock import Lock

if TYPE_CHECKING:
    from .._lacp.plan import Step

_RESTORE_S = 180.0  # the script gives up on a member after 15 tries of two seconds


class Interrupted(Exception):
    """The dead-man has come, or has gone: the run must stop and call restore()."""


class Restored(NamedTuple):
    """What became of a journal. complete: all is as it was; text: what was done, for the reader."""

    complete: bool
    text: str
    what: str = ""

    def as_result(self) -> dict[str, object]:
        """Plain data."""
        return {"complete": self.complete, "what": self.what, "text": self.text}


class Safeguard:
    """Use: lock(), recover(), arm(), begin_step() before each step, then disarm() or restore().

    close() at the end, always.
    """

    def __init__(self, bond: str, module: str, run: Run, folder: str = FOLDER) -> None:
        self.bond = bond
        self._module = module
        self._run = run
        self.store = Store(bond, folder)
        self._lock = Lock(self.store, bond)
        self._dead_man: DeadMan | None = None
        self._former: list[DeadMan] = []  # disarmed; they end when the lock is free
        self._open = ""

    def lock(self, what: str) -> None:
        """Keep others off this bond; Refused. what: of this run, such as 'cycle eno2'."""
        self.store.prepare()
        self._lock.acquire(f"{self._module}: {what}")

    def recover(self) -> list[Restored]:
        """Restore what earlier runs left, also before a reboot; Refused if that fails."""
        found = []
        for name in self.store.unfinished():
            text = files.read(self.store.path(name))
            try:
                journal = Journal.loads(text.decode()) if isinstance(text, bytes) else None
            except (JournalDamaged, UnicodeDecodeError) as error:
                raise Refused(
                    f"{self.store.path(name)} was left by a run that did not end, and {error}; "
                    "look at the bond, then remove that file"
                ) from error
            if journal is not None:
                found.append(self._recover(journal))
        return found

    def _recover(self, journal: Journal) -> Restored:
        self.store.write(SCRIPT_NAME, script(journal, self.store.folder))
        done = self._script(f"{journal.module}: {journal.what}, begun {journal.started}")
        if not done.complete:
            raise Refused(
                f"bond {self.bond} was left by a run that did not end ({done.what}) and cannot be "
                f"restored: {done.text}; if that is as it should be, remove "
                f"{self.store.folder}/*{journal.run}.json"
            )
        booted = boot_id()
        rebooted = journal.boot_id != booted and booted and journal.boot_id
        return done._replace(what=done.what + (", before this boot" if rebooted else ""))

    def _script(self, what: str) -> Restored:
        path = self.store.path(SCRIPT_NAME)
        status, out, errors = self._run(["/bin/sh", path])
        text = "; ".join(line for line in (out + errors).splitlines() if line.strip())
        return Restored(status == 0, text, what)

    def arm(self, journal: Journal) -> None:
        """Make the journal durable and start the dead-man; Refused, and then nothing is left."""
        name = open_name(journal.run)
        self.store.write(SCRIPT_NAME, script(journal, self.store.folder))
        self.store.write(name, journal.dumps())
        dead_man = DeadMan(self.store, self._run)
        self._former.append(dead_man)
        try:
            dead_man.arm(f"bondproof-lacp-{journal.run}")
        except Refused:
            self.store.end(name)
            raise
        self._dead_man, self._open = dead_man, journal.run

    def begin_step(self, number: int, step: Step) -> None:
        """Say which step comes now, for whoever looks; Interrupted."""
        self.check()
        self.store.note("progress", f"{number} {step.text}\n")

    def check(self) -> None:
        """Interrupted if the journal or its dead-man is no longer there."""
        if not self._open:
            raise Interrupted("no journal is open")
        if not self.store.exists(open_name(self._open)):
            raise Interrupted("the dead-man took over, because the run was late")
        if self._dead_man is not None and not self._dead_man.is_alive():
            raise Interrupted("the dead-man was ended by somebody; nothing would restore this run")

    def log(self) -> str:
        """What the dead-man said."""
        return self._dead_man.log() if self._dead_man is not None else ""

    def disarm(self) -> None:
        """End the journal: what was done stays. Interrupted if the dead-man was faster."""
        if not self._open or not self.store.end(open_name(self._open)):
            raise Interrupted("the dead-man took over, because the run was late")
        self._open = ""

    def restore(self) -> Restored:
        """Put everything back now, or let the dead-man finish what it has begun."""
        run, self._open = self._open, ""
        if self.store.exists(open_name(run)):
            return self._script("restored at once")
        self._lock.release()
        ended = self._dead_man is not None and not self._dead_man.is_alive(_RESTORE_S)
        complete = ended and not self.store.exists(claimed_name(run))
        return Restored(complete, self.log(), "restored by the dead-man")

    def close(self) -> None:
        """Let go of the lock and wait until all dead-men have ended."""
        self._lock.release()
        for dead_man in self._former:
            dead_man.close()
        self._former, self._dead_man = [], None


def run_id() -> str:
    """Of this journal: its time to the microsecond, as a run may have several, and its process."""
    return f"{utc_text()[:26].replace('-', '').replace(':', '')}-{os.getpid()}"


def boot_id() -> str:
    """Of this boot of the kernel; '' if it does not say."""
    found = files.read("/proc/sys/kernel/random/boot_id", 64)
    return found.decode("ascii", "replace").strip() if isinstance(found, bytes) else ""


def signed(journal: Journal) -> Journal:
    """A journal with what only the host knows: run, start, boot and process."""
    return journal._replace(run=run_id(), started=utc_text(), boot_id=boot_id(), pid=os.getpid())
