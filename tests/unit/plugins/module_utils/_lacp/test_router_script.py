# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script of a router's repair: its commands, its budgets, that sh takes it, what it says."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import Journal
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_log import probed, result
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_script import (
    Port,
    Repair,
    Router,
    longest_s,
    plan,
    ports_of,
    script,
)

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "/opt/vyatta/sbin/vyatta-bonding"
PORTS = (Port("dp0s0", 3, 1500), Port("dp0s2", 4, 9000))


def repair(router: Router, *, timeout_s: int = 0, folder: str = "/var/lib/x") -> Repair:
    names = tuple(port.name for port in PORTS)
    mac = "02:00:00:00:00:01"
    at = "20261121T040000Z"
    return Repair(at, at, "dp0bond0", mac, names, PORTS, router, timeout_s, folder)


def test_on_a_vyatta_its_own_program_does_it() -> None:
    assert [step.do for step in plan(repair(Router(PROGRAM))) if step.device == "dp0s0"] == [
        "ip link set dev dp0s0 down",
        f"{PROGRAM} --dev=dp0bond0 --remove=dp0s0",
        f"{PROGRAM} --dev=dp0bond0 --add=dp0s0",
        "",
    ]


def test_elsewhere_ip_does_the_same() -> None:
    assert [step.do for step in plan(repair(Router())) if step.device == "dp0s2"] == [
        "ip link set dev dp0s2 down",
        "ip link set dev dp0s2 nomaster",
        " && ".join(f"ip link set dev dp0s2 {what}" for what in ("down", "master dp0bond0", "up")),
        "",
    ]


@pytest.mark.parametrize(
    ("version", "seconds"),
    [("1.29", 70), ("1.30.1", 70), ("1.31", 40), ("1.32", 40), ("2.0", 40), ("", 70), ("x.y", 70)],
)
def test_an_old_libteam_gets_more_time(version: str, seconds: int) -> None:
    assert repair(Router(PROGRAM, version)).wait_s == seconds


def test_a_timeout_that_is_wished_for_wins() -> None:
    wished = repair(Router(PROGRAM, "1.29"), timeout_s=20)
    assert (wished.wait_s, longest_s(wished)) == (20, 280)


def run(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", *words, str(path)], capture_output=True, text=True, check=False
    )


def test_sh_takes_it_and_what_it_carries(tmp_path: Path) -> None:
    path = tmp_path / "repair.sh"
    path.write_text(script(repair(Router(PROGRAM))), encoding="utf-8")
    done = run(path, "-n")
    assert (done.returncode, done.stderr) == (0, "")
    assert run(path).returncode == 2
    text = path.read_text(encoding="utf-8")
    head = text[: text.index("\nplan() {")]
    for number, port in enumerate(PORTS, 1):
        (tmp_path / "part.sh").write_text(f"{head}\nrestore_{number}\n", encoding="utf-8")
        (tmp_path / "restore.sh").write_text(run(tmp_path / "part.sh").stdout, encoding="utf-8")
        assert run(tmp_path / "restore.sh", "-n").returncode == 0
        assert f"join {port.name}" in (tmp_path / "restore.sh").read_text(encoding="utf-8")
        (tmp_path / "part.sh").write_text(f"{head}\njournal_{number}\n", encoding="utf-8")
        journal = Journal.loads(run(tmp_path / "part.sh").stdout)
        assert (journal.kind, journal.deadline_s) == ("team", 130)
        assert journal.run == f"20261121T040000Z-{number}"
        assert journal.ports[0].device.mtu == port.mtu


def test_a_name_cannot_become_a_command() -> None:
    odd = repair(Router())._replace(ports=(Port("a;reboot", 3, 1500),), bond="b$(id)")
    assert "'a;reboot'" in plan(odd)[0].do
    assert "bond='b$(id)'" in script(odd)


def test_a_member_that_the_router_did_not_describe_is_refused() -> None:
    facts = {"members": {"dp0s0": {"ifindex": 3, "mtu": 1500}, "dp0s2": {"ifindex": 4}}}
    assert ports_of(facts, ["dp0s0"]) == (Port("dp0s0", 3, 1500),)
    for name in ("dp0s2", "dp0s9"):
        with pytest.raises(Refused, match=f"{name}: the router did not tell its number and MTU"):
            ports_of(facts, [name])


def test_the_probe_is_read() -> None:
    text = f"kind=team\r\nvyatta_bonding={PROGRAM}\r\nteamd=teamd 1.29\r\n"
    assert probed(text) == Router(PROGRAM, "1.29")
    assert probed("vyatta_bonding=\nteamd=\n") == Router()
    assert probed("sh: not found") == Router()


LOG = """Warning: authorised users only
@@bondproof 2026-11-21T04:10:41Z begin 1690
@@bondproof 2026-11-21T04:10:41Z upper before dp0vrrp1 up 1
@@bondproof 2026-11-21T04:10:42Z state dp0s0 SYNCHRONIZATION actor 13 partner 71
@@bondproof 2026-11-21T04:10:42Z step dp0s0 ip link set dev dp0s0 down
@@bondproof 2026-11-21T04:10:43Z state dp0s0 EXPIRED actor 133 partner 2
@@bondproof 2026-11-21T04:10:46Z state dp0s0 DISTRIBUTING actor 61 partner 63
@@bondproof 2026-11-21T04:10:55Z upper after dp0vrrp1 up 1
@@bondproof 2026-11-21T04:10:55Z end repaired no all well: dp0s0
"""


def test_a_log_is_read() -> None:
    found = result(LOG.replace("\n", "\r\n"))
    assert (found["ended"], found["outcome"], found["worse"]) == (True, "repaired", False)
    assert found["text"] == "all well: dp0s0"
    assert found["states"] == {"dp0s0": ["SYNCHRONIZATION", "EXPIRED", "DISTRIBUTING"]}
    assert found["steps"] == ["dp0s0 ip link set dev dp0s0 down"]
    assert found["devices"] == {"dp0vrrp1": {"before": "up 1", "after": "up 1"}}
    json.dumps(found)


def test_a_log_cut_anywhere_is_not_ended_or_whole() -> None:
    whole = LOG.index("end repaired no")
    for cut in range(len(LOG)):
        assert result(LOG[:cut])["ended"] is (cut >= whole + len("end repaired no"))
    assert result("@@bondproof x end fine no")["ended"] is False
    assert result("@@bondproof x end could_not yes why")["worse"] is True
