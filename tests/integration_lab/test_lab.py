# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab itself, on real kernels: what it promises is measured, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.state import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.root]
TESTS = Path(__file__).resolve().parents[1]
PORTS = "for m in {}; do cat /sys/class/net/$m/bonding_slave/ad_{}_oper_port_state; done"


class Commands:
    """The command line of a lab that lives in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.lab = Lab(folder.resolve())
        self.environment = {**os.environ, "LAB_STATE": str(folder), "PYTHONPATH": str(TESTS)}

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "lab", *words]

    def __call__(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            self.argv(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def states(self, prefix: str, members: str, end: str) -> list[int]:
        """Read port state octets of one end ('actor' or 'partner') on h1."""
        script = PORTS.format(members, end)
        return [int(word) for word in self("ssh", "h1", f"{prefix} sh -c '{script}'").split()]


def machine_links() -> list[str]:
    """Name the machine's own interfaces: a lab never adds one."""
    return sorted(os.listdir("/sys/class/net"))  # noqa: PTH208 - names are all we want


def processes_in(namespace: str) -> list[str]:
    """Find processes by the network namespace that /proc says they are in."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "ns/net") == namespace:  # noqa: PTH115 - a magic link
                    found.append(entry.name)
            except OSError:
                continue
    return found


def traces(lab: Lab) -> list[str]:
    """Name what of a lab is on the machine, looked up without the lab's own code."""
    listed = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    found = [line for line in listed.splitlines() if lab.ident in line]
    found += [line for line in mounts if lab.ident in line or str(lab.folder) in line]
    found += [str(path) for path in Path("/tmp").glob(f"*{lab.ident}*")]  # noqa: S108
    return found


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    commands = Commands(tmp_path_factory.mktemp("lab"))
    commands("setup")
    commands("up", "smoke")
    yield commands
    commands("down")


def test_both_ends_collect_and_distribute(smoke: Commands) -> None:
    for prefix, members in (("", "eno1 eno2"), ("ip netns exec sw", "swp1 swp2")):
        assert smoke.states(prefix, members, "actor") == [63, 63]
        assert smoke.states(prefix, members, "partner") == [63, 63]


def test_the_kernel_is_the_one_asked_for(smoke: Commands) -> None:
    wanted = os.environ.get("LAB_KERNEL") or "6.12"
    assert smoke("ssh", "h1", "uname -r").startswith(f"{wanted}.")


def test_a_silent_partner_shows_as_measured_and_goes_again(smoke: Commands) -> None:
    smoke("fault", "apply", "h1", "silent_partner", "member=eno2", "direction=to_host")
    first, second = smoke.states("", "eno1 eno2", "actor")
    assert first == 63
    assert second & 0xC0  # EXPIRED (143), 3 s later DEFAULTED (71)
    smoke("fault", "clear", "h1", "silent_partner", "member=eno2", "direction=to_host")
    assert smoke.states("", "eno1 eno2", "actor") == [63, 63]


def test_the_switch_that_does_not_hear_us_says_so(smoke: Commands) -> None:
    smoke("fault", "apply", "h1", "silent_partner", "direction=from_host")
    assert smoke.states("", "eno1", "partner") == [63]
    assert smoke.states("", "eno2", "partner")[0] & 0xC0
    smoke("fault", "clear", "h1", "silent_partner", "direction=from_host")
    assert smoke.states("", "eno1 eno2", "partner") == [63, 63]


def test_a_member_in_another_lag_joins_another_aggregator(smoke: Commands) -> None:
    ids = "cat /sys/class/net/eno1/bonding_slave/ad_aggregator_id"
    ids += " /sys/class/net/eno2/bonding_slave/ad_aggregator_id"
    smoke("fault", "apply", "h1", "split_aggregator")
    first, second = smoke("ssh", "h1", ids).split()
    assert first != second
    smoke("fault", "clear", "h1", "split_aggregator")
    first, second = smoke("ssh", "h1", ids).split()
    assert first == second


def test_the_auditor_has_no_privileges(smoke: Commands) -> None:
    command = ["ssh", "-F", str(smoke.lab.ssh_config), "-l", "auditor", "h1"]
    assert smoke("run", "--", *command, "id -un").strip() == "auditor"
    details = smoke("run", "--", *command, "cat /proc/net/bonding/bond0")
    assert "Slave Interface: eno2" in details
    assert "details actor lacp pdu" not in details


def test_a_wrong_fault_says_what_is_right(smoke: Commands) -> None:
    assert "no member 'eno9'" in smoke(
        "fault", "apply", "h1", "carrier_down", "member=eno9", code=1
    )
    assert "unknown fault" in smoke("fault", "apply", "h1", "gremlin", code=1)


def test_a_second_lab_in_the_same_folder_is_refused(smoke: Commands) -> None:
    assert "make lab-down" in smoke("up", "smoke", code=1)


def test_down_leaves_nothing(tmp_path: Path) -> None:
    before = machine_links()
    commands = Commands(tmp_path)
    commands("up", "smoke")
    namespace = commands("run", "--", "readlink", "/proc/self/ns/net").strip()
    assert processes_in(namespace)
    commands("down")
    assert machine_links() == before
    assert processes_in(namespace) == []
    assert traces(commands.lab) == []
    commands("down")  # there is nothing to end: that is no error


def test_down_leaves_nothing_after_up_was_killed(tmp_path: Path) -> None:
    before = machine_links()
    commands = Commands(tmp_path)
    with subprocess.Popen(
        commands.argv("up", "smoke"),
        env=commands.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert any("boots as process" in line for line in process.stderr)
        namespace = f"net:[{Path('/run/netns', commands.lab.netns).stat().st_ino}]"
        process.send_signal(signal.SIGKILL)
    assert processes_in(namespace)
    commands("down")
    assert machine_links() == before
    assert processes_in(namespace) == []
    assert traces(commands.lab) == []
