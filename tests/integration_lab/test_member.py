# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_member on real bonds: what it does, what it refuses, and what is left when it is killed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lab.state import REPOSITORY

from .test_lab import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.root]
HERE = Path(__file__).parent
IN_COLLECTION = "ansible_collections/bondproof/lacp/plugins/module_utils"
SCENARIOS = {
    "b1": "loss kills late died stuck net0 ifu0 bare",
    "b2": "nm0",
}
REFUSED = {
    "last": "ba1 is the last member, without which the bond loses its MAC",
    "last down": "ba1 is the last member that carries traffic (there is no other member)",
    "no bond": "this host has no interface 'bond7'; the 802.3ad bonds of this host are: bare, died",
    "no mode": "other is in mode active-backup, where nobody speaks LACP",
    "a member as a bond": "ba1 is an interface of kind veth, not a bond",
    "no interface": "this host has no interface 'eth77'; bond bare has: ba1",
    "elsewhere": "lo1 belongs to bond loss, not to bond bare",
    "no member": "ba2 is no member of bond bare, which has: ba1; state: present adds it",
    "a VLAN": "loss.30 is a VLAN, not a port of a bond",
    "up": "vec0 is up, so it may be in use",
    "loopback": "lo is the loopback interface",
    "twice": "ba1 is named twice",
    "method": "method: poke is a way to cycle",
    "auto blind": "method: auto stops at the first remedy that cures",
    "timeout": "timeout is 0.5: give 1 to 3600 seconds",
    "dead man": "dead_man is 6 s, but ki1 may take 18 s by this plan",
    "no privilege": "CAP_NET_ADMIN is needed to change links: run the task with become: true",
    "read-only sys": "cannot be written: mount /sys",
}

Seen = dict[str, Any]


def in_guest(commands: Commands, host: str, words: str) -> Seen:
    """Go through scenarios on a host."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("member_guest.py", "member_child.py"):
            tar.add(HERE / name, f"integration_lab/{name}")
        tar.add(REPOSITORY / "plugins/module_utils", IN_COLLECTION)
        tar.add(REPOSITORY / "tests/lab/guest/agent.py", "lab/guest/agent.py")
    folder = "/run/member"
    script = (
        f"rm -rf {folder}; mkdir {folder}; tar -x -C {folder} -f - && "
        f"cd {folder} && python3 -W ignore -m integration_lab.member_guest {words}"
    )
    done = subprocess.run(
        commands.argv("ssh", host, script),
        env=commands.environment,
        input=packed.getvalue(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    found: Seen = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    lab = Commands(tmp_path_factory.mktemp("lab"))
    lab.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    lab("setup")
    lab("up", str(HERE / "member.yml"))
    yield lab
    lab("down")


@pytest.fixture(scope="module")
def seen(commands: Commands) -> Seen:
    """Everything at once: most of the time is spent waiting for LACP."""
    with ThreadPoolExecutor() as pool:
        going = [pool.submit(in_guest, commands, *one) for one in SCENARIOS.items()]
        return {name: found for one in going for name, found in one.result().items()}


def only(result: Seen) -> Seen:
    """Say what became of the one member of a run."""
    assert "crash" not in result, result
    (member,) = result["members"]
    return dict(member)


def actions(member: Seen) -> list[str]:
    return [step["action"] for step in member["plan"]]


def test_check_mode_says_what_is_done_and_touches_nothing(seen: Seen) -> None:
    loss = seen["loss"]
    planned, done = only(loss["planned"]), only(loss["done"])
    assert planned["outcome"] == "planned"
    assert loss["untouched"]
    assert planned["plan"] == done["plan"]
    assert done["steps_done"] == len(done["plan"])
    assert loss["planned"]["changed"] is True
    assert loss["planned"]["diff"] == loss["done"]["diff"]


def test_what_a_release_loses_is_put_back(seen: Seen) -> None:
    loss = seen["loss"]
    member = only(loss["done"])
    assert member["outcome"] == "cycled"
    assert actions(member)[2:6] == ["enslave", "queue_id", "actor_port_prio", "mtu"]
    assert loss["before"]["queues"] == ["lo1:0", "lo2:3"]
    assert loss["before"]["priorities"] == [["lo1", "255"], ["lo2", "200"]]
    assert loss["after"] == loss["before"]
    assert loss["left"] == []


def test_a_second_run_changes_nothing(seen: Seen) -> None:
    again = seen["loss"]["again"]
    assert (again["changed"], only(again)["outcome"]) == (False, "nothing to do")


def test_killed_at_any_step_everything_comes_back(seen: Seen) -> None:
    for one in seen["kills"]:
        assert one["settled"], one
        assert one["after"] == one["before"], one
        assert one["left"] == [], one
        assert one["before"]["queues"] == ["ki1:0", "ki2:3"]
        assert one["before"]["priorities"] == [["ki1", "255"], ["ki2", "200"]]
    assert "putting ki2 back into kills" in seen["kills"][2]["log"]


def test_a_run_that_is_late_is_undone_and_stops(seen: Seen) -> None:
    late = seen["late"]
    assert late["out"] == ["la1"]
    assert only(late["result"])["outcome"] == "restored"
    assert "the deadline of 6 s has come" in late["result"]["msg"]
    assert late["settled"]
    assert (late["after"], late["left"]) == (late["before"], [])


def test_a_second_run_at_the_same_time_is_refused(seen: Seen) -> None:
    second = seen["late"]["second"]
    assert second["failed"]
    assert "bond late is being worked on already, by process" in second["msg"]
    assert "bond_member: cycled la2" in second["msg"]


def test_the_next_run_restores_what_a_crash_left(seen: Seen) -> None:
    died = seen["died"]
    assert died["out"] == ["di1"]
    assert "an earlier run did not end: it is restored first" in died["planned"]["notes"]
    (recovered,) = died["done"]["recovered"]
    assert recovered["complete"]
    assert "cycled di2" in recovered["what"]
    assert "before this boot" in recovered["what"]
    assert died["done"]["changed"]
    assert died["settled"]
    assert (died["after"], died["left"]) == (died["before"], [])


def test_a_stuck_transmit_path_is_cured_by_the_last_rung(seen: Seen) -> None:
    stuck = seen["stuck"]
    member = only(stuck["done"])
    assert (member["outcome"], member["method"]) == ("cycled", "reenslave")
    assert [step["when"] for step in member["plan"] if step["action"] == "wait"] == [
        "",
        "st2 is not well after poke",
        "st2 is not well after bounce",
    ]
    assert stuck["left"] == []


@pytest.mark.parametrize(
    ("bond", "manager"),
    [("net0", "systemd-networkd"), ("ifu0", "ifupdown"), ("nm0", "NetworkManager")],
)
def test_a_managed_bond_keeps_its_members(seen: Seen, bond: str, manager: str) -> None:
    found = seen[bond]
    member = only(found["done"])
    assert (member["outcome"], member["survives_reload"]) == ("cycled", True)
    assert found["done"]["managers"] == [manager]
    assert found["after"] == found["before"]
    assert found["settled"]
    assert found["reloaded"] == found["before"]


def test_networkmanager_puts_back_what_is_removed(seen: Seen) -> None:
    found = seen["nm0"]
    assert found["absent"]["failed"]
    assert only(found["absent"])["text"].startswith("nm2 was put back by another manager")
    assert found["back"]
    assert found["last"] == found["before"]


def test_out_and_in_again(seen: Seen) -> None:
    bare = seen["bare"]
    assert only(bare["absent"])["outcome"] == "removed"
    assert only(bare["absent again"])["outcome"] == "nothing to do"
    assert bare["absent again"]["changed"] is False
    assert bare["alone"] == ["ba1"]
    assert only(bare["present"])["outcome"] == "added"
    assert bare["present again"]["changed"] is False
    assert bare["after"] == bare["before"]


def test_the_last_member_may_be_cycled_on_request(seen: Seen) -> None:
    """The bond has the same MAC afterwards, though a bond without members takes a random one."""
    bare = seen["bare"]
    member = only(bare["allowed"])
    assert member["outcome"] == "cycled"
    assert actions(member) == ["down", "release", "bond_mac", "enslave", "wait"]
    assert "allow_isolation: ba1 is the last member" in bare["allowed"]["notes"][0]
    assert bare["lone"]["after"] == bare["lone"]["before"]
    assert len(bare["allowed"]["notes"]) == 1


def test_killed_while_the_bond_has_no_member_it_gets_its_mac_back(seen: Seen) -> None:
    orphan = seen["bare"]["orphan"]
    assert orphan["settled"]
    assert orphan["after"] == orphan["before"]


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused(seen: Seen, name: str) -> None:
    assert REFUSED[name] in seen["bare"]["refused"][name]
    assert seen["bare"]["untouched"] == seen["bare"]["alone"]


def test_without_room_for_a_journal_nothing_is_touched(seen: Seen) -> None:
    full = seen["bare"]["full disk"]
    assert "No space left on device" in full["done"]["msg"]
    assert "Nothing is touched without a journal" in full["done"]["msg"]
    assert full["after"] == full["before"]


def test_over_the_bond_that_it_cycles(commands: Commands) -> None:
    """Ansible's own connection runs over both members, one after the other."""
    inventory = str(commands.lab.inventory)
    options = "bond=bond0 members=eno1,eno2 state=cycled method=reenslave"
    module = ["-m", "bondproof.lacp.bond_member", "-a", options]
    said = commands("run", "--", "ansible", "b3", "-i", inventory, "-u", "root", *module)
    result = json.loads(said[said.index("=> {") + 3 :])
    assert [one["outcome"] for one in result["members"]] == ["cycled", "cycled"]
    found = commands("ssh", "b3", "cat /sys/class/net/bond0/bonding/slaves").split()
    assert sorted(found) == ["eno1", "eno2"]
