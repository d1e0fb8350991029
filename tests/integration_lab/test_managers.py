# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts on hosts whose bonds each network manager of Debian set up: what it wants, and who."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.lab, pytest.mark.root]
REPOSITORY = Path(__file__).resolve().parents[2]
MANAGERS = {
    "m1": ["ifupdown"],
    "m2": ["NetworkManager"],
    "m3": ["netplan"],
    "m4": ["ifupdown2"],
}
# Managers whose files only root may read.
HIDDEN = ("m2", "m3")

Facts = dict[str, dict[str, Any]]


class Hosts:
    """The lab, and what bond_facts says of each of its hosts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "LAB_STATE": str(folder / "lab"),
            "PYTHONPATH": str(REPOSITORY / "tests"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def lab(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "lab", *words],
            env=self._environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def facts(self, user: str) -> Facts:
        tree = self._folder / user
        inventory = str(self._folder / "lab" / "inventory.yml")
        module = ("-m", "bondproof.lacp.bond_facts", "--tree", str(tree), "-u", user)
        self.lab("run", "--", "ansible", "all", "-i", inventory, *module)
        return {
            path.name: json.loads(path.read_text(encoding="utf-8"))["ansible_facts"]
            for path in tree.iterdir()
        }


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    found = Hosts(tmp_path_factory.mktemp("managers"))
    found.lab("setup")
    found.lab("up", "managers")
    yield found
    found.lab("down")


@pytest.fixture(scope="module")
def as_root(hosts: Hosts) -> Facts:
    return hosts.facts("root")


@pytest.fixture(scope="module")
def as_auditor(hosts: Hosts) -> Facts:
    return hosts.facts("auditor")


def running(bond: Mapping[str, Any], path: str) -> Any:
    value: Any = bond
    for part in path.split("."):
        value = value[part]
    return value


@pytest.mark.parametrize("host", MANAGERS)
def test_the_manager_is_told(as_root: Facts, host: str) -> None:
    bond = as_root[host]["bonds"]["bond0"]
    assert bond["managers"] == MANAGERS[host]
    assert list(bond["intent"]) == MANAGERS[host]


@pytest.mark.parametrize("host", MANAGERS)
def test_a_bond_is_as_its_configuration_wants_it(as_root: Facts, host: str) -> None:
    bond = as_root[host]["bonds"]["bond0"]
    wanted = bond["intent"][MANAGERS[host][0]]
    assert wanted["settings"]["options.miimon"] == 100
    assert wanted["settings"] == {path: running(bond, path) for path in wanted["settings"]}
    assert sorted(wanted["members"]) == sorted(bond["member_names"])
    assert set(wanted["addresses"]) <= set(bond["addresses"])
    assert wanted["at_boot"] is True
    assert wanted["unrecognised"] == []


@pytest.mark.parametrize("host", MANAGERS)
def test_nothing_is_unclear_to_root(as_root: Facts, host: str) -> None:
    bond = as_root[host]["bonds"]["bond0"]
    for part in (bond, *bond["members"].values()):
        assert part["disagreements"] == []
        assert part["unrecognised"] == []


@pytest.mark.parametrize("host", MANAGERS)
def test_a_user_is_told_the_same_or_why_not(as_auditor: Facts, as_root: Facts, host: str) -> None:
    bond = as_auditor[host]["bonds"]["bond0"]
    reasons = {path: why for why, paths in bond["unknown"].items() for path in paths}
    if host in HIDDEN:
        assert "Permission denied: root can read it" in reasons["intent"]
        assert "Permission denied: root can read it" in reasons["managers"]
        assert "intent" not in bond
    else:
        assert bond["intent"] == as_root[host]["bonds"]["bond0"]["intent"]


@pytest.mark.parametrize("user", ["root", "auditor"])
@pytest.mark.parametrize("host", MANAGERS)
def test_drivers_are_asked_without_privilege(
    as_root: Facts, as_auditor: Facts, host: str, user: str
) -> None:
    bond = (as_root if user == "root" else as_auditor)[host]["bonds"]["bond0"]
    for member in bond["members"].values():
        assert member["driver"] == "veth"
        assert member["speed_mbps"] == 10000
        assert member["features"]["tx-scatter-gather"] is True
        assert member["errors"] == {}
        assert member["sriov"]["role"] == "none"
        assert member["bus"] is None


def test_a_bond_that_nobody_configured_has_no_intent(hosts: Hosts) -> None:
    """NetworkManager sees it, and writes nothing that could be taken for a wish."""
    hosts.lab("ssh", "m2", "ip link add bond9 type bond mode 802.3ad && ip link set bond9 up")
    bond = hosts.facts("root")["m2"]["bonds"]["bond9"]
    assert bond["managers"] == []
    assert bond["intent"] is None
    hosts.lab("ssh", "m2", "ip link del bond9")


def test_a_team_device_is_read_from_teamd(as_root: Facts) -> None:
    team = as_root["m1"]["bonds"]["team0"]
    assert (team["kind"], team["mode"], team["team"]["answers"]) == ("team", "802.3ad", True)
    assert sorted(team["members"]) == ["ens1", "ens2"]
    for port in team["members"].values():
        assert port["team"] == {"enabled": True, "selected": True, "state": "current"}
        assert port["actor"]["port_state"] & port["partner"]["port_state"] & 0x3C == 0x3C
        assert port["disagreements"] == []


def test_teamd_hides_from_others_and_that_is_said(as_auditor: Facts) -> None:
    team = as_auditor["m1"]["bonds"]["team0"]
    assert "mode" not in team
    assert any("teamd answers root only" in reason for reason in team["unknown"])
