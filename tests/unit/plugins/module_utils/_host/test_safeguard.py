# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock, journal and dead-man with real processes; the bond of these journals does not exist."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host.apply_safeguard import (
    Interrupted,
    Safeguard,
    signed,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import Journal
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

BOND = "nobond0"
STEP = Step("down", "eno2", "set eno2 down", "because")
PLAN = Journal("", "test", "cycled eno2", BOND, "02:00:00:00:00:01", ("eno1",), (), (STEP,))
DEADLINE_S = 30


def run(words: Sequence[str]) -> tuple[int, str, str]:
    """Run a command; systemd is kept out of it: units of a test would outlive it."""
    if words[0] == "systemd-run":
        return 1, "", ""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Safeguard]:
    found = Safeguard(BOND, "test", run, str(tmp_path / "state"))
    yield found
    found.close()


def armed(guard: Safeguard, deadline_s: int = DEADLINE_S) -> None:
    guard.lock("cycled eno2")
    guard.arm(signed(PLAN._replace(deadline_s=deadline_s)))


def names(tmp_path: Path) -> set[str]:
    return {path.name.split("-")[0] for path in (tmp_path / "state" / BOND).glob("*.json")}


def child(work: Callable[[], None]) -> int:
    """Do something in a process of its own, which then kills itself."""
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    return pid


def until(is_so: Callable[[], object]) -> None:
    """Look until something is so: the dead-man says nothing to others while it works."""
    end = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < end
        select.poll().poll(20)


def interruption(guard: Safeguard) -> str:
    """What stops a run, '' if nothing does."""
    try:
        guard.begin_step(1, STEP)
    except Interrupted as why:
        return str(why)
    return ""


def test_a_run_that_ends_well_leaves_no_journal(guard: Safeguard, tmp_path: Path) -> None:
    armed(guard)
    assert names(tmp_path) == {"journal"}
    guard.begin_step(1, STEP)
    guard.disarm()
    guard.close()
    assert names(tmp_path) == {"last.json"}
    folder = tmp_path / "state" / BOND
    assert (folder / "progress").read_text() == "1 set eno2 down\n"
    assert (folder / "restore.log").read_text() == ""


def test_several_journals_under_one_lock(guard: Safeguard, tmp_path: Path) -> None:
    armed(guard)
    guard.disarm()
    guard.arm(signed(PLAN._replace(deadline_s=DEADLINE_S, what="cycled eno1")))
    guard.check()
    guard.disarm()
    guard.close()
    assert names(tmp_path) == {"last.json"}


def test_a_run_that_dies_is_restored_at_once(guard: Safeguard, tmp_path: Path) -> None:
    log = tmp_path / "state" / BOND / "restore.log"
    os.waitpid(child(lambda: armed(guard)), 0)
    until(lambda: log.exists() and "sh /" in log.read_text())
    assert "there is no bond nobond0" in log.read_text()
    assert names(tmp_path) == {"restoring"}
    until(lambda: not run(["flock", "-n", str(log.parent / "lock"), "true"])[0])
    again = Safeguard(BOND, "test", run, str(tmp_path / "state"))
    again.lock("next")
    with pytest.raises(Refused, match=r"did not end \(test: cycled eno2"):
        again.recover()
    again.close()


def test_a_late_run_is_restored_and_told(guard: Safeguard) -> None:
    armed(guard, deadline_s=1)
    until(lambda: interruption(guard))
    assert interruption(guard) == "the dead-man took over, because the run was late"
    with pytest.raises(Interrupted):
        guard.disarm()
    done = guard.restore()
    assert not done.complete
    assert "the deadline of 1 s has come" in done.text


def test_a_dead_man_that_is_killed_is_missed(guard: Safeguard, tmp_path: Path) -> None:
    armed(guard)
    script = str(tmp_path / "state" / BOND / "restore.sh")
    found = subprocess.run(["pgrep", "-f", script], capture_output=True, text=True, check=True)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    until(lambda: interruption(guard))
    assert interruption(guard).startswith("the dead-man was ended by somebody")
    assert guard.restore().what == "restored at once"


def test_two_runs_on_a_bond_are_one_too_many(guard: Safeguard, tmp_path: Path) -> None:
    guard.lock("cycled eno2")
    other = Safeguard(BOND, "test", run, str(tmp_path / "state"))
    with pytest.raises(Refused, match=f"worked on already, by process {os.getpid()} since .*eno2"):
        other.lock("absent eno1")
    guard.close()
    other.lock("absent eno1")
    other.close()
    Safeguard("nobond1", "test", run, str(tmp_path / "state")).lock("another bond")


def test_a_folder_that_others_may_write_is_refused(guard: Safeguard, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o755)
    (tmp_path / "state").chmod(0o777)
    with pytest.raises(Refused, match="writable by nobody else"):
        guard.lock("cycled eno2")


def test_without_room_nothing_is_armed(guard: Safeguard, tmp_path: Path) -> None:
    """A limit to the size of files stands for a disk that is full."""
    guard.lock("cycled eno2")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, usual[1]))
    try:
        with pytest.raises(Refused, match="Nothing is touched without a journal"):
            guard.arm(signed(PLAN._replace(deadline_s=DEADLINE_S)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, before)
    assert names(tmp_path) == set()


def test_a_journal_that_nobody_can_read_is_not_guessed_at(guard: Safeguard, tmp_path: Path) -> None:
    guard.lock("cycled eno2")
    path = tmp_path / "state" / BOND / "journal-x.json"
    path.write_bytes(b"\xff{")
    with pytest.raises(Refused, match=r"journal-x\.json was left by a run that did not end"):
        guard.recover()
    assert path.exists()
