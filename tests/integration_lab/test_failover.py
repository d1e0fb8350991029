# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_failover_test on real bonds: what it finds, what it refuses, what a kill leaves."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
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
REFUSED = {
    "no bond": "this host has no interface 'bond9'; the 802.3ad bonds of this host are: beside",
    "a VLAN as a bond": "well.100 is a VLAN, not a bond",
    "a member as a bond": "we1 is an interface of kind veth, not a bond",
    "mode": "backup is in mode active-backup, where nobody speaks LACP",
    "a VLAN": "well.100 is a VLAN, not a port of a bond",
    "loopback": "lo is the loopback interface",
    "elsewhere": "sl1 belongs to bond slow, not to bond well",
    "last": "si1 is the only member of bond single that works at both ends",
    "min_links": "without sh1 bond short has 1 of the 2 links that min_links wants (sh2)",
    "ill": "bond ill is not well before the test, which would prove nothing: il2: ",
    "filter": "sh1 has a tc filter of preference 1 at egress (matchall)",
    "ingress": "sh2 has an ingress qdisc, which leaves no room for clsact",
    "no privilege": "CAP_NET_ADMIN is needed to change links: run the task with become: true",
    "address": "probe: 'fd00::1' is not an IPv4 address",
    "not over the bond": "no probe to 127.0.0.1 left by a member of bond well",
    "no answer": "probe: ",
    "interval": "probe_interval is 0.5: give 1 to 100",
    "budget": "max_failover_ms is 0: give 1 to 3600000",
    "no fault": "fault is empty: give carrier, lacp_loss or both",
}

Seen = dict[str, Any]


def in_guest(commands: Commands, host: str, module: str, words: str) -> Seen:
    """Run a module of this folder on a host; what it printed."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in (f"{module}.py", "member_child.py"):
            tar.add(HERE / name, f"integration_lab/{name}")
        tar.add(REPOSITORY / "plugins/module_utils", IN_COLLECTION)
        tar.add(REPOSITORY / "tests/lab/guest/agent.py", "lab/guest/agent.py")
    folder = f"/run/{module}"
    script = (
        f"rm -rf {folder}; mkdir {folder}; tar -x -C {folder} -f - && "
        f"cd {folder} && python3 -W ignore -m integration_lab.{module} {words}"
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
    lab("up", str(HERE / "failover.yml"))
    yield lab
    lab("down")


@pytest.fixture(scope="module")
def seen(commands: Commands) -> Seen:
    """Bonds that do not concern each other at once, refusals at the end: they share two bonds."""
    together = in_guest(commands, "f1", "failover_guest", "well beside slow kills")
    return {**together, **in_guest(commands, "f1", "failover_guest", "refused")}


def trials(result: Seen) -> dict[str, Seen]:
    assert "crash" not in result, result
    assert result["notes"] == [], result
    return {one["fault"]: one for one in result["members"]}


def steps(result: Seen) -> list[Seen]:
    return [step for one in result["plan"] for step in one["steps"]]


def test_a_healthy_bond_passes_and_is_as_it_was(seen: Seen) -> None:
    well = seen["well"]
    found = trials(well["done"])
    assert set(found) == {"carrier", "lacp_loss"}
    # A starved machine is late by itself; what was measured must be there all the same.
    for one in found.values():
        assert one["outcome"] == "passed" or all("allowed" in text for text in one["reasons"])
        assert one["differences"] == []
        assert one["probe"]["flows_across"] >= 1
        assert one["probe"]["sent"] > 100
        assert one["reintegration"]["back_ms"] > 0
        assert one["reintegration"]["far_back_ms"] > 0
        assert one["ports"]["before"]["we2"]["actor_state"] == "63"
        assert one["ports"]["after"] == one["ports"]["before"]
    carrier, loss = found["carrier"], found["lacp_loss"]
    assert carrier["failover"]["left_ms"] < loss["failover"]["left_ms"]
    assert carrier["growth"]["link_failures"] == 1
    assert carrier["ports"]["during"]["we2"]["mii_status"] == "down"
    assert loss["growth"]["link_failures"] == 0
    assert loss["ports"]["during"]["we2"]["mii_status"] == "up"
    assert loss["failover"]["far_left_ms"] > 1500
    # Frames that tc drops on receipt were on the wire, and bonding never saw them.
    assert loss["lacpdus"]["during"]["received"] > loss["lacpdus"]["during"]["lacpdu_rx"]
    assert well["after"] == well["before"]
    assert well["left"] == []


def test_check_mode_plans_what_is_done_and_touches_nothing(seen: Seen) -> None:
    well = seen["well"]
    assert well["planned"]["outcome"] == "planned"
    assert well["untouched"]
    assert steps(well["planned"]) == steps(well["done"])
    assert len(steps(well["done"])) == 14
    assert not well["done"]["changed"]


def test_what_others_have_on_a_member_stays(seen: Seen) -> None:
    beside = seen["beside"]
    found = {one["fault"]: one for one in beside["done"]["members"]}
    assert [one["differences"] for one in found.values()] == [[], []]
    assert beside["after"] == beside["before"]
    assert "matchall" in beside["after"]["ingress"][1]
    assert beside["left"] == []
    # The address went when the link was set down; that was seen, and it was put back.
    assert any("address fd98::1/64" in text for text in beside["done"]["notes"])


def test_a_budget_that_slow_timers_cannot_keep_fails_with_its_figure(seen: Seen) -> None:
    slow = seen["slow"]
    assert slow["done"]["outcome"] == "failed"
    (one,) = slow["done"]["members"]
    (reason,) = one["reasons"]
    assert reason.startswith("sl2 was still in use ")
    assert "allowed: 1000 ms. LACP waits, we for 90 s, the partner for 90 s" in reason
    assert slow["done"]["msg"] == reason
    assert slow["after"] == slow["before"]
    assert slow["left"] == []


@pytest.mark.parametrize("number", range(3))
def test_a_run_that_is_killed_is_undone(seen: Seen, number: int) -> None:
    found = seen["kills"][number]
    assert found["reached"], found
    assert found["settled"], found
    assert found["changed"] or found["step"] == 6, found
    assert found["after"] == found["before"]
    assert found["left"] == []
    assert found["had_child"], "the probes were to be sent by a child"
    assert found["children_ended"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_tested_is_refused(seen: Seen, name: str) -> None:
    assert REFUSED[name] in seen["refused"][name]
