# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: runs of bond_member in processes of their own, and how a bond looks."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ansible_collections.bondproof.lacp.plugins.module_utils._host import apply, apply_safeguard
from ansible_collections.bondproof.lacp.plugins.module_utils._module import member
from lab.guest.agent import RTMGRP_LINK, drain, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEADLINE_S = 60
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
    ports = Path(f"/proc/net/bonding/{bond}").read_text().partition("Slave Interface: ")[2]
    found["priorities"] = sorted(
        (part.split()[0], part.partition("port priority: ")[2].split()[0])
        for part in ports.split("Slave Interface: ")
    )
    for name in members:
        for what in ("addr", "-6 route"):
            lines = sh(f"ip -o {what} show dev {name}").splitlines()
            found[f"{name} {what}"] = sorted(line.split("\\")[0].strip() for line in lines)
        found[f"{name} mtu"] = Path(f"/sys/class/net/{name}/mtu").read_text().strip()
        found[f"{name} tc"] = sh(
            f"tc qdisc show dev {name} clsact; tc filter show dev {name} egress"
        )
    return found


def mark(name: str) -> None:
    """Give a member settings that a release forgets; iproute2 of Debian 13 lacks the second."""
    sh(f"ip link set {name} type bond_slave queue_id 3")
    changer = apply.Changer()
    changer.port(socket.if_nametoindex(name), "actor_port_prio", 200)
    changer.close()


def left(bond: str) -> list[str]:
    """Name what a run may leave behind: an open journal, a dead-man."""
    files = [path.name for path in (STATE / bond).glob("*.json") if path.name != "last.json"]
    return files + sh(f"pgrep -f '[b]ondproof-lacp/{bond}/restore.sh'").split()


def settled(bond: str) -> bool:
    return until(lambda: not left(bond) and converged(bond))
