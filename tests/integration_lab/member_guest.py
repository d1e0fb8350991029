# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: bond_member on several bonds at once, some runs killed; what became of them.

Each run is a process of its own, as Ansible makes it. The names of the scenarios to go through are
the arguments; what they saw goes to standard output as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ansible_collections.bondproof.lacp.plugins.module_utils._host import apply_safeguard
from ansible_collections.bondproof.lacp.plugins.module_utils._module import member
from lab.guest.agent import RTMGRP_LINK, drain, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEADLINE_S = 60
CLONE_NEWNS = 0x20000  # Python 3.12 has it, too
STATE = Path("/var/lib/bondproof-lacp")
Seen = dict[str, Any]


class Ended(Exception):
    """What a module returned."""


class Module:
    """What bond_member uses of AnsibleModule."""

    def __init__(self, params: dict[str, Any], *, check_mode: bool) -> None:
        self.params = params
        self.check_mode = check_mode

    def run_command(self, words: Sequence[str]) -> tuple[int, str, str]:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def exit_json(self, **result: object) -> None:
        raise Ended({**result, "failed": False})

    def fail_json(self, **result: object) -> None:
        raise Ended({**result, "failed": True})


class Run:
    """A run of the module as a child; kill_at: the step before which it kills itself."""

    def __init__(
        self,
        bond: str,
        members: str,
        state: str,
        *,
        check: bool = False,
        signal_at: tuple[int, int] = (0, 0),
        before: Callable[[], None] | None = None,
        **options: object,
    ) -> None:
        params = {name: spec.get("default") for name, spec in member.ARGUMENTS.items()}
        params |= {"bond": bond, "members": members.split(), "state": state, **options}
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(read)
            if before is not None:
                before()
            self._child(Module(params, check_mode=check), signal_at, write)
        os.close(write)
        self._read = read

    @staticmethod
    def _child(module: Module, signal_at: tuple[int, int], write: int) -> None:
        step, number = signal_at
        begin = apply_safeguard.Safeguard.begin_step

        def begin_or_die(guard: Any, at: int, what: Any) -> None:
            if at == step:
                os.kill(os.getpid(), number)
            begin(guard, at, what)

        setattr(apply_safeguard.Safeguard, "begin_step", begin_or_die)  # noqa: B010 - a method
        try:
            member.run(cast("Any", module))
        except Ended as ended:
            os.write(write, json.dumps(ended.args[0]).encode())
        except BaseException as error:
            os.write(write, json.dumps({"crash": repr(error)}).encode())
            raise
        finally:
            os._exit(0)

    def result(self) -> Seen:
        """Wait for its end; {} if it was killed."""
        with os.fdopen(self._read, "rb") as file:
            text = file.read()
        os.waitpid(self.pid, 0)
        found: Seen = json.loads(text) if text else {}
        return found


def sh(script: str) -> str:
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def until(is_so: Callable[[], object]) -> bool:
    """Look whenever a link event comes, and five times a second where none announces it."""
    deadline = time.monotonic() + DEADLINE_S
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as events:
        events.bind((0, RTMGRP_LINK))
        events.setblocking(False)
        while not is_so():
            if time.monotonic() > deadline:
                return False
            if select.select([events], [], [], 0.2)[0]:
                drain(events)
    return True


def converged(bond: str) -> bool:
    names = sorted(Path(f"/sys/class/net/{bond}/bonding/slaves").read_text().split())
    return not missing({bond: dict.fromkeys(names, "converged")})


def looks(bond: str) -> Seen:
    """How the bond looks to iproute2, without what moves by itself."""
    members = sorted(Path(f"/sys/class/net/{bond}/bonding/slaves").read_text().split())
    options = Path(f"/sys/class/net/{bond}/bonding")
    fixed = ("mode", "lacp_rate", "miimon", "ad_actor_sys_prio", "min_links", "queue_id")
    found: Seen = {
        "members": members,
        "mac": Path(f"/sys/class/net/{bond}/address").read_text().strip(),
        "options": {name: (options / name).read_text().strip() for name in fixed[:-1]},
        "queues": sorted((options / "queue_id").read_text().split()),
    }
    for name in members:
        for what in ("addr", "-6 route"):
            lines = sh(f"ip -o {what} show dev {name}").splitlines()
            found[f"{name} {what}"] = sorted(line.split("\\")[0].strip() for line in lines)
        found[f"{name} mtu"] = Path(f"/sys/class/net/{name}/mtu").read_text().strip()
        found[f"{name} tc"] = sh(
            f"tc qdisc show dev {name} clsact; tc filter show dev {name} egress"
        )
    return found


def left(bond: str) -> list[str]:
    """Name what a run may leave behind: an open journal, a dead-man."""
    files = [path.name for path in (STATE / bond).glob("*.json") if path.name != "last.json"]
    return files + sh(f"pgrep -f '[b]ondproof-lacp/{bond}/restore.sh'").split()


def settled(bond: str) -> bool:
    return until(lambda: not left(bond) and converged(bond))


def loss() -> Seen:
    """A member with all that a release loses."""
    sh(
        "ip link set lo2 type bond_slave queue_id 3; ip link set lo2 mtu 1400; "
        "ip link add link lo2 name lo2.7 type vlan id 7; ip link set lo2.7 up; "
        "ip link add link lo2 name lo2.8 type vlan id 8; "
        "ip addr add 10.98.0.1/24 dev lo2; ip -6 addr add fd98::1/64 dev lo2 nodad; "
        "ip -6 addr add fd97::1/64 dev lo2.7 nodad; ip -6 route add fd96::/64 via fd97::2"
    )
    vlans = (
        "ip -o -6 addr show dev lo2.7 scope global; ip -6 route show dev lo2.7; "
        "cat /sys/class/net/lo2.[78]/flags"
    )
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
    found["refused"] = {
        name: run.result()["msg"]
        for name, run in {
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
        }.items()
    }
    found["untouched"] = looks("bare")["members"]
    found["present"] = Run("bare", "ba2", "present").result()
    found["present again"] = Run("bare", "ba2", "present").result()
    found["after"] = looks("bare")
    return found


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
