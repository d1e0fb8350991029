# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stuck device of teamd on a router without Python: found, repaired by raw alone, left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.root, pytest.mark.moments]
REPOSITORY = Path(__file__).resolve().parents[2]
STATE = "/var/lib/bondproof-lacp"
KICK = "/opt/vyatta/sbin/vyatta-bonding --dev={bond} --{what}={member}"
PAUSE = "timeout 1 ip monitor link | head -n 1 >/dev/null"
# Both ends of each member carry traffic: SYNCHRONIZATION, COLLECTING, DISTRIBUTING, no other alarm.
SETTLED = """well() {{
    for end in actor partner; do
        for m in {members}; do
            s=$(teamdctl {bond} state item get ports.$m.runner.${{end}}_lacpdu_info.state)
            [ $((${{s:-0}} & 248)) = 56 ] || return 1
        done
    done
}}
until well 2>/dev/null; do {pause}; done"""
# Wait for a line of the log of the run that is under way, then do something.
WHEN = """until run=$(ls {state}/{bond}/repair-*.log 2>/dev/null | tail -n 1) && [ -n "$run" ] &&
    grep -q '{line}' "$run"; do {pause}; done
pid=$(sed -n 's/.* begin \\([0-9]*\\)$/\\1/p' "$run"); {do}"""


class Router:
    """The lab of topology `router`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "LAB_STATE": str(folder / "lab"),
            "PYTHONPATH": str(REPOSITORY / "tests"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build/collections"),
            "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
        }

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "lab", *words]

    def lab(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            self.argv(*words),
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=400,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def ssh(self, command: str, host: str = "r1") -> str:
        return self.lab("ssh", host, command)

    def play(self, bond: str, *words: str, host: str = "r1") -> list[str]:
        book = ["ansible-playbook", "playbooks/remediate-lag.yml", "--limit", host]
        evidence = f"bond_remediate_evidence_dir={self.folder / 'evidence'}"
        return ["run", "--", *book, "-e", f"bond={bond}", "-e", evidence, *words]

    def repair(self, bond: str, *words: str, code: int = 0, host: str = "r1") -> str:
        return self.lab(*self.play(bond, *words, host=host), code=code)

    def evidence(self) -> dict[str, Any]:
        newest = max((self.folder / "evidence").iterdir())
        found: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
        return found

    def stick(self, bond: str, *members: str) -> None:
        for member in members:
            self.lab("fault", "apply", "r1", "stuck_transmit", f"bond={bond}", f"member={member}")
            # Until the far end says that it does not hear us.
            state = (
                f"teamdctl {bond} state item get ports.{member}.runner.partner_lacpdu_info.state"
            )
            self.ssh(f"until [ $(($({state}) & 192)) != 0 ]; do {PAUSE}; done")

    def settle(self, bond: str, members: str) -> None:
        self.ssh(SETTLED.format(bond=bond, members=members, pause=PAUSE))

    def left(self, bond: str) -> str:
        """What a repair must not leave: open journals, processes."""
        look = f"ls {STATE}/{bond} | grep -E 'journal-|restoring-|new'; "
        look += "ps -e -o args | grep -E '^(sh|/bin/sh|setsid).*(restore|repair-)'; true"
        return self.ssh(look)

    def members(self, bond: str) -> list[str]:
        return sorted(self.ssh(f"ls /sys/class/net/{bond} | sed -n s/^lower_//p").split())

    def end_at(self, bond: str, line: str, then: str) -> subprocess.Popen[str]:
        """Start a repair; when its log has a line, do something on the router or to Ansible."""
        self.ssh(f"rm -f {STATE}/{bond}/repair-*")
        going = subprocess.Popen(
            self.argv(*self.play(bond)),
            env=self.environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.ssh(WHEN.format(state=STATE, bond=bond, line=line, do=then, pause=PAUSE))
        return going


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    found = Router(tmp_path_factory.mktemp("router"))
    found.lab("setup")
    found.lab("up", "router")
    try:
        found.settle("dp0bond0", "dp0s0 dp0s2")
        found.settle("dp0bond1", "dp0s1 dp0s3")
        found.ssh("ip link add link dp0bond0 name dp0vrrp1 type macvlan && ip link set dp0vrrp1 up")
        yield found
    finally:
        found.lab("down")


def test_a_healthy_router_is_left_alone(router: Router) -> None:
    assert router.ssh("ls /usr/bin | grep ^python; true") == ""
    told = router.repair("dp0bond1")
    assert "nothing_to_do: all members of dp0bond1 are well" in told
    assert "changed=0" in told
    assert router.evidence()["outcome"] == "nothing_to_do"


def test_a_stuck_member_is_told_and_then_repaired(router: Router) -> None:
    router.stick("dp0bond0", "dp0s0")
    told = router.repair("dp0bond0", "--check")
    kicks = [KICK.format(bond="dp0bond0", what=what, member="dp0s0") for what in ("remove", "add")]
    assert all(f'"{line}"' in told for line in ("ip link set dev dp0s0 down", *kicks))
    assert "would_repair: dp0s0: the partner does not hear this router" in told
    assert "transmitted +0, received +" in told
    assert router.members("dp0bond0") == ["dp0s0", "dp0s2"]
    assert router.ssh(f"ls {STATE} 2>/dev/null; true") == ""

    assert "repaired" in router.repair("dp0bond0")
    during = router.evidence()["during"]
    assert during["decision"]["commands"] == ["ip link set dev dp0s0 down", *kicks]
    result = during["result"]
    assert result["steps"] == [f"dp0s0 {line}" for line in during["decision"]["commands"]]
    states = result["states"]["dp0s0"]
    # What it was, and what it goes through; a quick port is seen in some of them only.
    assert set(states[:-1]) <= {"SYNCHRONIZATION", "EXPIRED", "*AGGREGATION", "AGGREGATION"}
    assert states[-1] == "DISTRIBUTING"
    assert result["devices"]["dp0vrrp1"] == {"before": "up 1", "after": "up 1"}
    assert router.left("dp0bond0") == ""
    assert "nothing_to_do" in router.repair("dp0bond0")


def test_two_stuck_members_are_repaired_one_after_the_other(router: Router) -> None:
    router.stick("dp0bond1", "dp0s1", "dp0s3")
    router.repair("dp0bond1")
    result = router.evidence()["during"]["result"]
    assert (result["outcome"], result["worse"]) == ("repaired", False)
    order = [one["text"].split()[0] for one in result["events"] if one["what"] == "step"]
    first, second = order[0], order[-1]
    assert order == [first] * 3 + [second] * 3
    # The first one is back and sends before the second one goes.
    told = [(one["what"], one["text"].split()[0]) for one in result["events"]]
    assert told.index(("counter", first)) < told.index(("step", second))
    assert router.left("dp0bond1") == ""


def test_what_a_cycle_does_not_cure_is_refused(router: Router) -> None:
    router.lab("fault", "apply", "r1", "deaf_host", "bond=dp0bond1", "member=dp0s3")
    port = "teamdctl dp0bond1 state item get ports.dp0s3.runner.state"
    router.ssh(f"until [ $({port}) = defaulted ]; do {PAUSE}; done")
    told = router.repair("dp0bond1", code=2)
    assert "refused: dp0s3 does not hear the partner" in told
    assert "LACPDUs do reach dp0s3 and are dropped ahead of teamd" in told
    assert router.evidence()["during"]["result"] is None
    router.lab("fault", "clear", "r1", "deaf_host", "bond=dp0bond1", "member=dp0s3")
    router.settle("dp0bond1", "dp0s1 dp0s3")


@pytest.mark.parametrize("line", ["before dp0s0", "remove=dp0s0", "add=dp0s0"])
def test_a_repair_that_is_killed_leaves_no_member_out(router: Router, line: str) -> None:
    router.stick("dp0bond0", "dp0s0")
    going = router.end_at("dp0bond0", line, 'kill -9 "$pid"')
    told, _errors = going.communicate(timeout=300)
    assert going.returncode == 2, told
    assert "the repair was ended before its time" in told
    assert router.members("dp0bond0") == ["dp0s0", "dp0s2"]
    assert router.left("dp0bond0") == ""
    router.lab("fault", "clear", "r1", "stuck_transmit", "bond=dp0bond0", "member=dp0s0")
    router.settle("dp0bond0", "dp0s0 dp0s2")


def test_a_repair_goes_on_without_its_controller(router: Router) -> None:
    router.stick("dp0bond0", "dp0s0")
    going = router.end_at("dp0bond0", "remove=dp0s0", "true")
    os.killpg(going.pid, signal.SIGKILL)
    going.communicate(timeout=60)
    router.ssh(f"until grep -q ' end ' {STATE}/dp0bond0/repair-*.log; do {PAUSE}; done")
    assert " end repaired no " in router.ssh(f"cat {STATE}/dp0bond0/repair-*.log")
    router.settle("dp0bond0", "dp0s0 dp0s2")
    assert router.left("dp0bond0") == ""


def test_what_gets_stuck_again_and_again_is_left_to_a_human(router: Router) -> None:
    """The one before was repaired within this hour."""
    router.stick("dp0bond0", "dp0s2")
    told = router.repair("dp0bond0", "-e", "bond_remediate_max_repairs=1", code=2)
    assert "1 repairs of dp0bond0 were begun in the last 60 minutes, 1 are allowed" in told
    assert router.evidence()["outcome"] == "refused"
    assert router.evidence()["during"]["result"]["steps"] == []
    router.lab("fault", "clear", "r1", "stuck_transmit", "bond=dp0bond0", "member=dp0s2")
    router.settle("dp0bond0", "dp0s0 dp0s2")


def test_who_may_not_ask_teamd_is_told(router: Router) -> None:
    words = ("-e", "ansible_user=auditor", "-e", "bond_remediate_watch=5")
    told = router.repair("dp0bond1", *words, code=2)
    assert "teamd does not answer for dp0bond1" in told
    assert "sudo: not found" in told


def test_a_router_like_vyos_takes_the_ordinary_way(router: Router) -> None:
    told = router.repair("bond0", "-e", "bond_remediate_watch=1", host="r2")
    assert "nothing_to_do" in told
    assert router.evidence()["after"]["facts"]["bond0"]["member_names"] == ["eth0", "eth1"]


def test_a_dead_teamd_is_told_and_nothing_is_touched(router: Router) -> None:
    """Last: nobody starts it again."""
    router.ssh("kill -9 $(cat /var/run/teamd/dp0bond0.pid)")
    told = router.repair("dp0bond0", code=2)
    assert "teamd does not answer for dp0bond0" in told
    assert router.evidence()["outcome"] == "refused"
