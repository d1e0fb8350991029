# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: bond_member on several bonds at once, some runs killed; what became of them.

The names of the scenarios to go through are the arguments; what they saw goes to standard output
as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from integration_lab.member_child import (
    STATE,
    Run,
    Seen,
    converged,
    left,
    looks,
    mark,
    settled,
    sh,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CLONE_NEWNS = 0x20000  # Python 3.12 has it, too


def loss() -> Seen:
    """A member with all that a release loses."""
    mark("lo2")
    sh(
        "ip link set lo2 mtu 1400; "
        "ip link add link lo2 name lo2.7 type vlan id 7; ip link set lo2.7 up; "
        "ip link add link lo2 name lo2.8 type vlan id 8; "
        "ip addr add 10.98.0.1/24 dev lo2; ip -6 addr add fd98::1/64 dev lo2 nodad; "
        "ip -6 addr add fd97::1/64 dev lo2.7 nodad; ip -6 route add fd96::/64 via fd97::2"
    )
    vlans = (
        "ip -o -6 addr show dev lo2.7 scope global; ip -6 route show dev lo2.7; "
        "cat /sys/class/net/lo2.[78]/flags"
    )
    settled("loss")
    before, below = looks("loss"), sh(vlans)
    planned = Run("loss", "lo2", "cycled", method="reenslave", check=True).result()
    untouched = looks("loss") == before
    done = Run("loss", "lo2", "cycled", method="reenslave").result()
    again = Run("loss", "lo2", "cycled").result()
    return {
        "planned": planned,
        "untouched": untouched,
        "done": done,
        "again": again,
        "before": {**before, "vlans": below},
        "after": {**looks("loss"), "vlans": sh(vlans)},
        "left": left("loss"),
    }


def kills() -> list[Seen]:
    """SIGKILL before each step, and in the middle of the last one, which waits."""
    found = []
    mark("ki2")
    settled("kills")
    for step in (1, 2, 3, 4, 5):
        before = looks("kills")
        at = (step, signal.SIGKILL)
        run = Run("kills", "ki2", "cycled", method="reenslave", signal_at=at)
        if step == 5:
            until(lambda: (STATE / "kills/progress").read_text().startswith("4 "))
            os.kill(run.pid, signal.SIGKILL)
        run.result()
        is_settled = settled("kills")
        found.append(
            {
                "step": step,
                "settled": is_settled,
                "before": before,
                "after": looks("kills"),
                "left": left("kills"),
                "log": (STATE / "kills/restore.log").read_text(),
            }
        )
    return found


def late() -> Seen:
    """A run that is stopped half-way until its dead-man has come, and a second run meanwhile."""
    before = looks("late")
    run = Run(
        "late",
        "la2",
        "cycled",
        method="reenslave",
        timeout=1.0,
        dead_man=6,
        signal_at=(3, signal.SIGSTOP),
    )
    os.waitpid(run.pid, os.WUNTRACED)
    out = looks("late")["members"]
    second = Run("late", "la1", "cycled", method="bounce").result()
    until(lambda: looks("late")["members"] == before["members"])
    os.kill(run.pid, signal.SIGCONT)
    result = run.result()
    is_settled = settled("late")
    return {
        "out": out,
        "second": second,
        "result": result,
        "settled": is_settled,
        "before": before,
        "after": looks("late"),
        "left": left("late"),
    }


def died() -> Seen:
    """Module and dead-man are both gone, as after a crash of the host; what the next run does."""
    before = looks("died")
    run = Run("died", "di2", "cycled", method="reenslave", signal_at=(3, signal.SIGSTOP))
    os.waitpid(run.pid, os.WUNTRACED)
    out = looks("died")["members"]
    for pid in sh("pgrep -f '[b]ondproof-lacp/died/restore.sh'").split():
        os.kill(int(pid), signal.SIGKILL)
    os.kill(run.pid, signal.SIGKILL)
    run.result()
    (journal,) = (STATE / "died").glob("journal-*.json")
    text = json.loads(journal.read_text())
    journal.write_text(json.dumps({**text, "boot_id": "of another boot"}))
    planned = Run("died", "di2", "cycled", check=True).result() if out == ["di1"] else {}
    done = Run("died", "di1", "cycled").result()
    is_settled = settled("died")
    return {
        "out": out,
        "planned": planned,
        "done": done,
        "settled": is_settled,
        "before": before,
        "after": looks("died"),
        "left": left("died"),
    }


def full() -> Seen:
    """No room for the journal."""
    before = looks("bare")
    done = Run("bare", "ba2", "cycled", method="bounce", before=full_disk).result()
    return {"done": done, "before": before, "after": looks("bare")}


def full_disk() -> None:
    ctypes.CDLL(None).unshare(CLONE_NEWNS)
    sh(
        f"mount --make-rprivate /; mkdir -p {STATE}; mount -t tmpfs -o size=16k none {STATE}; "
        f"chmod 700 {STATE}; head -c 16k /dev/zero > {STATE}/filler"
    )


def stuck() -> Seen:
    """A transmit path that only a release frees."""
    sh("tc qdisc add dev st2 clsact")
    sh("tc filter add dev st2 egress protocol 0x8809 matchall action drop")
    monitor = subprocess.Popen(["ip", "monitor", "link"], stdout=subprocess.PIPE, text=True)
    until(lambda: not converged("stuck"))
    run = Run("stuck", "st2", "cycled", timeout=5.0)
    for line in monitor.stdout or ():
        if "st2" in line and "master stuck" not in line:
            sh("tc qdisc del dev st2 clsact")
            break
    monitor.kill()
    monitor.wait()
    return {"done": run.result(), "after": looks("stuck"), "left": left("stuck")}


def managed(bond: str, name: str, reload: str) -> Seen:
    """A cycle under a manager, which is told to reload afterwards."""
    before = looks(bond)
    done = Run(bond, name, "cycled", method="reenslave").result()
    after = looks(bond)
    sh(reload)
    return {
        "done": done,
        "before": before,
        "after": after,
        "settled": settled(bond),
        "reloaded": looks(bond),
    }


def net0() -> Seen:
    return managed("net0", "ne2", "networkctl reload; networkctl reconfigure ne2")


def ifu0() -> Seen:
    return managed("ifu0", "if2", "systemctl reload networking")


def nm0() -> Seen:
    """NetworkManager puts back what is taken out."""
    found = managed("nm0", "nm2", "nmcli connection reload")
    absent = Run("nm0", "nm2", "absent").result()
    return {**found, "absent": absent, "back": settled("nm0"), "last": looks("nm0")}


def bare() -> Seen:
    """Out and in again; the last one stays; what is asked wrongly is refused."""
    before = looks("bare")
    found: Seen = {"before": before}
    found["full disk"] = full()
    found["absent"] = Run("bare", "ba2", "absent").result()
    found["absent again"] = Run("bare", "ba2", "absent").result()
    found["alone"] = looks("bare")["members"]
    found["refused"] = {name: run.result()["msg"] for name, run in refusals().items()}
    found["untouched"] = looks("bare")["members"]
    lone = looks("bare")
    found["allowed"] = Run(
        "bare", "ba1", "cycled", method="reenslave", allow_isolation=True
    ).result()
    found["lone"] = {"before": lone, "after": looks("bare")}
    at = (3, signal.SIGKILL)
    Run("bare", "ba1", "cycled", method="reenslave", allow_isolation=True, signal_at=at).result()
    found["orphan"] = {"settled": settled("bare"), "before": lone, "after": looks("bare")}
    found["present"] = Run("bare", "ba2", "present").result()
    found["present again"] = Run("bare", "ba2", "present").result()
    found["after"] = looks("bare")
    return found


def refusals() -> dict[str, Run]:
    """Whatever must be refused while ba1 is the only member of bare."""
    return {
        "last": Run("bare", "ba1", "absent"),
        "last down": Run("bare", "ba1", "cycled", method="bounce"),
        "no bond": Run("bond7", "ba1", "absent"),
        "no mode": Run("other", "ot1", "absent"),
        "a member as a bond": Run("ba1", "ba2", "present"),
        "no interface": Run("bare", "eth77", "present"),
        "elsewhere": Run("bare", "lo1", "present"),
        "no member": Run("bare", "ba2", "cycled"),
        "a VLAN": Run("bare", "loss.30", "present"),
        "up": Run("bare", "vec0", "present"),
        "loopback": Run("bare", "lo", "present"),
        "twice": Run("bare", "ba1 ba1", "cycled"),
        "method": Run("bare", "ba1", "absent", method="poke"),
        "auto blind": Run("bare", "ba1", "cycled", wait_for="none"),
        "timeout": Run("bare", "ba1", "cycled", timeout=0.5),
        "dead man": Run("kills", "ki1", "cycled", method="bounce", dead_man=6, check=False),
        "no privilege": Run("bare", "ba2", "present", before=lambda: os.setuid(65534)),
        "read-only sys": Run("bare", "ba2", "present", before=read_only_sys),
    }


def read_only_sys() -> None:
    ctypes.CDLL(None).unshare(CLONE_NEWNS)
    sh("mount --make-rprivate /; mount -o remount,bind,ro /sys")


SCENARIOS: dict[str, Callable[[], Any]] = {
    one.__name__: one for one in (loss, kills, late, died, stuck, net0, ifu0, nm0, bare)
}


def main(names: list[str]) -> None:
    import pyroute2  # noqa: F401, PLC0415 - once, not in each child

    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        going = {name: pool.submit(SCENARIOS[name]) for name in names}
        print(json.dumps({name: one.result() for name, one in going.items()}))


if __name__ == "__main__":
    main(sys.argv[1:])
