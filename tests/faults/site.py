# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host of the matrix: how it is reached, made ill, hit, and looked at."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab import session
from lab.state import REPOSITORY, Lab

HERE = Path(__file__).parent
HOST, BOND, MEMBERS, ILL = "h1", "bond0", ("eno1", "eno2"), "eno2"
QUIET_S = 150.0
_TRIES, _EACH_S = 8, 25.0
# The far end of a connection that is cut says nothing: so ask whether it is there.
ALIVE = ("-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=3")

# A transmit path that only leaving the bond cures (tests/lab/faults/near_end.py). In a session of
# its own: the connection that makes it may lead over this very member.
STICK = """
tc qdisc add dev eno2 clsact
tc filter add dev eno2 egress matchall action drop
exec ip -o monitor link dev eno2 | while read -r line; do
  case $line in *" master "*) ;; *) tc qdisc delete dev eno2 clsact; break ;; esac
done
"""
UNSTICK = "systemctl stop lab-stuck 2>/dev/null; tc qdisc delete dev eno2 clsact 2>/dev/null; true"
# What nobody but us has set, so that a run that forgets it is found out.
MARKS = (
    "ip link set dev eno2 type bond_slave queue_id 2;"
    " ip -6 address replace fd00:77::2/64 dev eno2 nodad"
)


class Broken(Exception):
    """The host did not survive; the text says what is wrong."""


class Site:
    """One lab host that is managed over its bond."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.environment = {
            **session.environment(lab),
            "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build" / "collections"),
            "ANSIBLE_SSH_COMMON_ARGS": " ".join(ALIVE),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.programs = Path(sys.executable).parent
        self.before: dict[str, Any] = {}

    # --- the lab

    def boot(self, *words: str) -> None:
        """Start or end the lab."""
        environment = {**os.environ, "LAB_STATE": str(self.lab.folder)}
        done = subprocess.run(
            [sys.executable, "-m", "lab", *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Broken(f"lab {' '.join(words)}: {done.stderr.strip()[-500:]}")

    def prepare(self) -> None:
        """Mark the member, and remember how everything is."""
        self.bring()
        self.shell(MARKS)
        self.before = self.look(60)
        if self.before["missing"]:
            raise Broken(f"the lab is not whole to begin with: {self.before['missing']}")

    def bring(self) -> None:
        """Bring our programs in."""
        self.shell("mkdir -p /run/faults; dmesg -n 1")
        for path in sorted((HERE / "guest").glob("*.py")):
            self.shell(f"cat > /run/faults/{path.name}", text=path.read_text(encoding="utf-8"))

    # --- reaching it

    def shell(self, script: str, *, text: str = "", tries: int = _TRIES) -> str:
        """Run a script as root; again where the connection, which is over the bond, was lost."""
        words = [*ALIVE, HOST, "sh", "-c", _quoted(script)]
        command = session.inside(self.lab, ["ssh", "-F", str(self.lab.ssh_config), *words])
        last = ""
        for _try in range(tries):
            try:
                done = subprocess.run(
                    command, input=text, capture_output=True, text=True, check=False,
                    timeout=_EACH_S + QUIET_S * ("wait" in script),
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                last = "no answer"
                continue
            if done.returncode != 255:
                return done.stdout
            last = done.stderr.strip()
        raise Broken(f"{HOST} cannot be reached: {last}")

    def look(self, seconds: float = 0.0) -> dict[str, Any]:
        """How it is; after so many seconds at most, once nobody works on it and it is well."""
        words = f"wait {seconds} {' '.join(MEMBERS)}" if seconds else ""
        found: dict[str, Any] = json.loads(self.shell(f"python3 /run/faults/look.py {words}"))
        return found

    def strike(self, step: str, command: str) -> None:
        """Let a command run on the host as soon as a run says that this step begins."""
        self.shell(f"python3 /run/faults/striker.py {_quoted(step)} {_quoted(command)}")

    def struck(self) -> str:
        """What a strike said; Broken if there was none."""
        said = self.shell("cat /run/faults/struck 2>/dev/null || true").strip()
        if not said:
            raise Broken("the run ended before the step at which it was to be hit")
        return said

    # --- making it ill and well

    def stick(self) -> None:
        """Let the transmit path of a member get stuck, and wait until that shows."""
        self.shell("cat > /run/faults/stick", text=STICK)
        self.shell(UNSTICK)
        unit = "systemd-run --quiet --collect --unit=lab-stuck /bin/sh /run/faults/stick"
        self.shell(f"setsid {unit} >/dev/null 2>&1 </dev/null &")
        wanted = json.dumps({BOND: {ILL: "unheard"}})
        self.shell("python3 /lab/agent.py wait 40", text=wanted)

    def heal(self) -> None:
        """End whatever we made; a port that has lost its partner speaks every 30 s only: ask it."""
        path = f"/sys/class/net/{BOND}/bonding/ad_actor_sys_prio"
        self.shell(f"{UNSTICK}; cat {path} > {path}")

    # --- running our modules

    def module(self, name: str = "bond_remediate", **arguments: object) -> dict[str, Any]:
        """Run a module by Ansible, as a user would; its result, or how Ansible failed."""
        return result_of(self.start(name, **arguments))

    def start(self, name: str = "bond_remediate", **arguments: object) -> subprocess.Popen[str]:
        """Begin to run a module."""
        given = {"bond": BOND, **({"watch": 0} if name == "bond_remediate" else {}), **arguments}
        check = ["--check"] if given.pop("check", False) else []
        words = ["-m", f"bondproof.lacp.{name}", "-a", json.dumps(given), *check]
        return self._popen("ansible", HOST, *words)

    def play(self, **variables: object) -> subprocess.Popen[str]:
        """Begin to run the playbook."""
        given = {
            "bond": BOND,
            "bond_remediate_watch": 0,
            "bond_remediate_method": "reenslave",
            "bond_remediate_max_repairs": 1000,
            "bond_remediate_evidence_dir": str(self.lab.folder / "evidence"),
            **variables,
        }
        path = str(REPOSITORY / "playbooks" / "remediate-lag.yml")
        return self._popen("ansible-playbook", path, "-e", json.dumps(given))

    def _popen(self, program: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.programs / program), *words],
            env=self.environment, cwd=REPOSITORY, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    # --- judging

    def is_as_before(self) -> None:
        """Broken unless, some time later, everything is what it was."""
        self.heal()
        now = self.look(QUIET_S)
        wrong = list(now["missing"])
        for what in ("members", "options", "links", "routes", "filters", "processes", "unfinished"):
            wrong += differences(what, self.before[what], now[what])
        if wrong:
            raise Broken("; ".join(wrong))


def end(process: subprocess.Popen[str]) -> None:
    """What a controller that loses its power does to its processes; workers have own sessions."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, as far as they are still below it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        below = [one for one, above in parents.items() if above == parent]
        found += below
        todo += below
    return found


def result_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The result of an ad-hoc run; Broken where there is none to read."""
    try:
        out, _err = process.communicate(timeout=400)
    except subprocess.TimeoutExpired:
        end(process)
        raise Broken("ansible did not end within 400 s") from None
    _head, arrow, text = out.partition("=> ")
    try:
        found, _rest = json.JSONDecoder().raw_decode(text) if arrow else ({}, 0)
    except ValueError:
        found = {}
    return found if isinstance(found, dict) and found else {"msg": out.strip()[-300:]}


def differences(where: str, before: Any, now: Any) -> list[str]:
    """What is not as it was, in words."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            line
            for key in sorted({*before, *now})
            for line in differences(f"{where} {key}", before.get(key), now.get(key))
        ]
    return [] if before == now else [f"{where}: {now}, was {before}"]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
