# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal: what was there, read from the kernel's messages; the script that puts it back."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import restore, rtnl_dumps
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import (
    Device,
    Drop,
    Journal,
    JournalDamaged,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal_state import (
    port_before,
    routes_of,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Step

from .plan_host import KERNEL, LINK, MTU, address, before, bond, port, snapshot

if TYPE_CHECKING:
    from pathlib import Path

VLAN = Device("eno2.7", 12, True, 1400, ("fd97::1/64",), (("-6", "fd96::/64", "via", "fd97::2"),))
JOURNAL = Journal(
    "20261121T0230-77",
    "bond_member",
    "cycled eno2",
    "bond0",
    "02:00:00:00:00:01",
    ("eno1", "eno2"),
    (before(queue_id=3, port_priority=200, mtu=1400, addresses=("10.0.0.1/24",), uppers=(VLAN,)),),
    (Step("down", "eno2", "set eno2 down", "because"),),
    (Drop("eno2", "egress", 48896, False),),
    "2026-11-21T02:30:00Z",
    "a-boot",
    77,
    60,
)
ROUTES = """\
10.0.0.0/24 proto kernel scope link src 10.0.0.1
local 10.0.0.1 table local proto kernel scope host src 10.0.0.1
10.9.0.0/16 via 10.0.0.254 proto static metric 50 linkdown
10.8.0.0/16 via 10.0.0.254 table 100
"""
# Plays `ip` and `tc` on a tree that stands for /sys/class/net, and writes down how it was called.
IP = r"""#!/bin/sh
printf '%s\n' "${0##*/} $*" >>"$RECORD"
case "$*" in
"link set dev "*" master "*) [ -z "$REFUSE" ] && ln -sfn "../$6" "$TREE/$4/master" ;;
"link set dev "*" nomaster") rm -f "$TREE/$4/master" ;;
"link set dev "*" up") echo 0x1003 >"$TREE/$4/flags" ;;
"link set dev "*" down") echo 0x1002 >"$TREE/$4/flags" ;;
"link set dev "*" mtu "*) echo "$6" >"$TREE/$4/mtu" ;;
"link set dev "*" address "*) echo "$6" >"$TREE/$4/address" ;;
*queue_id*) echo "$8" >"$TREE/$4/bonding_slave/queue_id" ;;
"filter show"*) [ -e "$TREE/dropped" ] && echo filter ;;
"filter del"*) rm -f "$TREE/dropped" ;;
"qdisc show"*) echo "qdisc clsact ffff:" ;;
esac
exit 0
"""


class Host:
    """A tree like /sys/class/net, programs that change it, and a journal in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tree, self.tools = folder / "b$d", folder / "net", folder / "bin"
        self.record = folder / "record"
        for path in (self.folder, self.tree, self.tools):
            path.mkdir()
        for name in ("ip", "tc", "timeout"):
            (self.tools / name).write_text(IP)
            (self.tools / name).chmod(0o755)
        (self.tree / "bond0/bonding").mkdir(parents=True)
        (self.tree / "bond0/address").write_text(f"{JOURNAL.bond_mac}\n")
        for name in ("eno2", "eno2.7"):
            (self.tree / name / "bonding_slave").mkdir(parents=True)
            (self.tree / name / "bonding_slave/queue_id").write_text("0\n")
            (self.tree / name / "flags").write_text("0x1003\n")
            (self.tree / name / "mtu").write_text("1400\n")

    def restore(self, journal: Journal = JOURNAL, *words: str, refuse: str = "") -> tuple[int, str]:
        """Run the script; give its status and what it said."""
        text = restore.script(journal, str(self.folder))
        for old, new in (
            ("PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"PATH={self.tools}:/usr/bin:/bin"),
            ("net=/sys/class/net", f"net={self.tree}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        script = self.folder / "restore.sh"
        script.write_text(text)
        self.record.write_text("")
        environment = {"RECORD": str(self.record), "TREE": str(self.tree), "REFUSE": refuse}
        done = subprocess.run(
            ["/bin/sh", str(script), *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def open(self) -> Path:
        path = self.folder / restore.open_name(JOURNAL.run)
        path.write_text(JOURNAL.dumps())
        return path

    def called(self) -> list[str]:
        """Commands that change something."""
        looks = (" show ", "-o ", "monitor")
        lines = self.record.read_text().splitlines()
        return [line for line in lines if not any(look in line for look in looks)]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_journal_comes_back_as_it_was() -> None:
    assert Journal.loads(JOURNAL.dumps()) == JOURNAL


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "other"}', JOURNAL.dumps()[:-40], '{"schema": null, "ports": 3}'],
)
def test_a_damaged_journal_is_told(text: str) -> None:
    with pytest.raises(JournalDamaged):
        Journal.loads(text)


def test_a_journal_with_a_part_missing_is_damaged() -> None:
    data: dict[str, Any] = json.loads(JOURNAL.dumps())
    for name in ("schema", "run", "bond", "bond_mac", "members", "ports", "plan", "drops"):
        with pytest.raises(JournalDamaged):
            Journal.loads(json.dumps({key: value for key, value in data.items() if key != name}))


def test_what_was_there_is_read() -> None:
    vlan = KERNEL.link(12, "eno2.7", [(LINK, 9), (MTU, 1400), KERNEL.info("vlan")], up=False)
    found = snapshot(
        bond(),
        port(9, "eno2", (5, (2, 3)), (9, (4, -7)), (10, (2, 200))),
        vlan,
        addresses=address(9, 2, bytes((10, 0, 0, 1)), 24)
        + address(9, 10, bytes.fromhex("fe80" + "0" * 27 + "1"), 64, scope=253)
        + address(12, 10, bytes.fromhex("fd97" + "0" * 27 + "1"), 64),
    )
    network = rtnl_dumps.network(found)
    assert network is not None
    asked: list[str] = []

    def routes(device: str) -> list[tuple[str, ...]]:
        asked.append(device)
        return [("-4", "10.9.0.0/16")]

    was = port_before(found, network, "eno2", routes)
    assert (was.master, was.queue_id, was.prio, was.port_priority) == ("bond0", 3, -7, 200)
    assert was.device == Device("eno2", 9, True, 1500, ("10.0.0.1/24",), (("-4", "10.9.0.0/16"),))
    assert was.uppers == (
        Device("eno2.7", 12, False, 1400, ("fd97::1/64",), (("-4", "10.9.0.0/16"),)),
    )
    assert asked == ["eno2", "eno2.7"]


def test_routes_that_the_kernel_makes_are_not_kept() -> None:
    assert routes_of(ROUTES, "-4") == [
        ("-4", "10.9.0.0/16", "via", "10.0.0.254", "proto", "static", "metric", "50"),
        ("-4", "10.8.0.0/16", "via", "10.0.0.254", "table", "100"),
    ]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_script_is_one(shell: str, tmp_path: Path) -> None:
    strange = before("$(id)'\"`x", addresses=("fd00::1/64",))
    journal = JOURNAL._replace(ports=(strange,), what="cycled a\nreboot", bond="bo nd;x")
    path = tmp_path / "restore.sh"
    path.write_text(restore.script(journal, "/var/lib/x y"))
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nreboot" not in path.read_text()


def test_everything_is_put_back(host: Host) -> None:
    journal = host.open()
    (host.tree / "eno2.7/mtu").write_text("1500\n")
    (host.tree / "dropped").touch()
    status, said = host.restore()
    assert status == 0
    assert "as it was before" in said
    assert host.called() == [
        "tc filter del dev eno2 egress pref 48896",
        "tc qdisc del dev eno2 clsact",
        "ip link set dev eno2 down",
        "ip link set dev eno2 master bond0",
        "ip link set dev eno2 up",
        "ip link set dev eno2 type bond_slave queue_id 3",
        "ip link set dev eno2 type bond_slave actor_port_prio 200",
        "ip link set dev eno2.7 mtu 1400",
        "ip -4 addr add 10.0.0.1/24 brd + dev eno2",
        "ip -6 addr add fd97::1/64 dev eno2.7 nodad",
        "ip -6 route replace fd96::/64 via fd97::2 dev eno2.7",
    ]
    assert not journal.exists()
    assert Journal.loads((host.folder / "last.json").read_text()) == JOURNAL


def test_a_second_time_nothing_is_changed(host: Host) -> None:
    host.open()
    assert host.restore()[0] == 0
    status, said = host.restore(JOURNAL, "again")
    assert status == 0
    assert [line for line in host.called() if "link set" in line and "prio" not in line] == []
    assert "as it was before" in said


def test_a_run_that_ended_well_is_left_alone(host: Host) -> None:
    status, said = host.restore()
    assert status == 3
    assert "nothing to restore" in said
    assert host.called() == []


def test_a_member_that_is_refused_leaves_the_journal(host: Host) -> None:
    host.open()
    status, said = host.restore(refuse="yes")
    assert status == 1
    assert "eno2 cannot be put back into bond0" in said
    assert (host.folder / restore.claimed_name(JOURNAL.run)).exists()
    assert host.restore()[0] == 0
    assert not (host.folder / restore.claimed_name(JOURNAL.run)).exists()


def test_a_member_that_somebody_else_took_stays_there(host: Host) -> None:
    host.open()
    (host.tree / "eno2/master").symlink_to("../br0")
    status, said = host.restore()
    assert status == 1
    assert "eno2 belongs to br0 now: left there" in said
    assert not any("master bond0" in line for line in host.called())


@pytest.mark.parametrize(
    ("gone", "what"), [("bond0/bonding", "bond bond0"), ("eno2", "interface eno2")]
)
def test_what_is_gone_is_told_by_the_script(host: Host, gone: str, what: str) -> None:
    host.open()
    (host.tree / gone).rename(host.tree / "elsewhere")
    status, said = host.restore()
    assert status == 1
    assert f"there is no {what} " in said


def test_what_was_no_member_is_taken_out(host: Host) -> None:
    host.open()
    (host.tree / "eno2/master").symlink_to("../bond0")
    journal = JOURNAL._replace(ports=(before(master="", admin_up=False, mtu=1400),), drops=())
    assert host.restore(journal)[0] == 0
    assert host.called() == ["ip link set dev eno2 down", "ip link set dev eno2 nomaster"]


def test_the_mac_of_a_bond_that_lost_its_last_member(host: Host) -> None:
    host.open()
    (host.tree / "bond0/address").write_text("6e:00:00:00:00:99\n")
    assert host.restore(JOURNAL._replace(drops=()))[0] == 0
    assert host.called()[0] == "ip link set dev bond0 address 02:00:00:00:00:01"
