# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts on a real host, as root and as a user without privileges."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.bondproof.lacp.plugins.modules import bond_facts

from .test_lab import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.lab, pytest.mark.root]
TOPOLOGY = Path(__file__).with_name("facts.yml")
ANSIBLE = Path(sys.executable).with_name("ansible")
SLOW_PROTOCOLS = "01:80:c2:00:00:02"
NEEDS_ADMIN = "needs CAP_NET_ADMIN to read"
# Said of values, or moving between two readings.
ASIDE = frozenset(
    "unknown sources disagreements unrecognised statistics lacpdu churn errors errors_raw".split()
)


class Host:
    """A lab with the host of facts.yml in it."""

    def __init__(self, commands: Commands) -> None:
        self.commands = commands

    def facts(self, user: str, **options: str) -> dict[str, Any]:
        """Run the module as a user; return its ansible_facts."""
        words = ["f1", "-o", "-m", "bondproof.lacp.bond_facts", "-e", f"ansible_user={user}"]
        if options:
            words += ["-a", json.dumps(options)]
        answer = self.commands("run", "--", str(ANSIBLE), *words)
        result = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])
        assert result["changed"] is False
        facts: dict[str, Any] = result["ansible_facts"]
        return facts


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    commands = Commands(tmp_path_factory.mktemp("lab"))
    commands("setup")
    commands("up", str(TOPOLOGY))
    yield Host(commands)
    commands("down")


@pytest.fixture(scope="module")
def root(host: Host) -> dict[str, Any]:
    return host.facts("root")


@pytest.fixture(scope="module")
def auditor(host: Host) -> dict[str, Any]:
    return host.facts("auditor")


def records(facts: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = dict(facts["bonds"])
    for name, bond in facts["bonds"].items():
        found.update({f"{name}/{port}": member for port, member in bond["members"].items()})
    return found


def values(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found = {}
    for key, value in record.items():
        if key in ASIDE or key in ("members", "intent"):
            continue
        if isinstance(value, dict):
            found.update(values(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


@pytest.mark.parametrize("user", ["root", "auditor"])
def test_every_source_agrees_and_is_understood(user: str, request: pytest.FixtureRequest) -> None:
    facts = request.getfixturevalue(user)
    assert {"bond0", "bond1", "bond2", "bond3", "team0"} <= set(facts["bonds"])
    for name, record in records(facts).items():
        assert record["disagreements"] == [], name
        assert record["unrecognised"] == [], name


def test_the_healthy_bond(root: dict[str, Any]) -> None:
    bond = root["bonds"]["bond0"]
    assert (bond["kind"], bond["mode"], bond["mtu"]) == ("bond", "802.3ad", 9000)
    assert bond["active_aggregator"]["ports"] == 2
    assert bond["member_names"] == ["eno1", "eno2"]
    assert [(vlan["id"], vlan["mtu"]) for vlan in bond["vlans"]] == [(100, 1500)]
    assert "10.99.0.1/24" in bond["addresses"]
    for member in bond["members"].values():
        assert (member["actor"]["port_state"], member["partner"]["port_state"]) == (63, 63)
        assert member["partner"]["system"] == bond["active_aggregator"]["partner_system"]
        assert (member["mii_status"], member["state"], member["carrier"]) == ("up", "active", True)
        assert SLOW_PROTOCOLS in member["multicast"]
        assert member["lacpdu"]["rx"] > 1
        assert (member["driver"], member["speed_mbps"]) == ("veth", 10000)


def test_the_silent_partner_is_absent_not_unknown(root: dict[str, Any]) -> None:
    silent = root["bonds"]["bond1"]["members"]["ens2"]
    assert silent["actor"]["port_state"] & 0xC0
    # EXPIRED keeps what was heard last, DEFAULTED forgets it.
    assert (silent["partner"]["system"] is None) == bool(silent["actor"]["port_state"] & 0x40)
    assert root["bonds"]["bond1"]["members"]["ens1"]["partner"]["system"]


def test_two_switches_are_two_partners(root: dict[str, Any]) -> None:
    members = root["bonds"]["bond2"]["members"].values()
    assert len({member["partner"]["system"] for member in members}) == 2
    assert len({member["aggregator_id"] for member in members}) == 2


def test_what_is_not_lacp_is_named(root: dict[str, Any]) -> None:
    bonds = root["bonds"]
    assert bonds["bond3"]["mode"] == "active-backup"
    assert bonds["bond3"]["active_aggregator"]["id"] is None
    assert (bonds["team0"]["kind"], bonds["team0"]["mode"]) == ("team", "802.3ad")
    assert sorted(bonds["team0"]["members"]) == ["ent1", "ent2"]
    assert bonds["ovs0"]["kind"] == "openvswitch"
    assert sorted(bonds["ovs0"]["members"]) == ["env1", "env2"]


def test_the_auditor_knows_less_and_nothing_else(
    root: dict[str, Any], auditor: dict[str, Any]
) -> None:
    assert root["bonds_host"]["capabilities"] == ["net_admin", "net_raw"]
    assert auditor["bonds_host"]["capabilities"] == []
    more = records(root)
    compared = 0
    for name, record in records(auditor).items():
        if name.startswith("bond1"):
            continue  # its silent member may go from EXPIRED to DEFAULTED in between
        whole = values(more[name])
        for path, value in values(record).items():
            assert whole[path] == value, (name, path)
            compared += 1
    assert compared > 300


def test_what_the_kernel_hides_from_the_auditor_is_unknown(auditor: dict[str, Any]) -> None:
    hidden = auditor["bonds"]["bond1"]["members"]["ens2"]
    assert "system" not in hidden["partner"]
    assert "partner.system" in hidden["unknown"][NEEDS_ADMIN]
    assert hidden["partner"]["port_state"] is not None
    assert "system.mac" in auditor["bonds"]["bond0"]["unknown"][NEEDS_ADMIN]
    places = [problem["place"] for problem in auditor["bonds_problems"]]
    assert places == ["teamd team0", "/etc/openvswitch/conf.db"]


def test_a_saved_snapshot_gives_the_same_facts(host: Host) -> None:
    saved = host.facts("root", save_snapshot="/run/bonds.json", bonds="bond0")
    again = host.facts("root", snapshot="/run/bonds.json", bonds="bond0")
    assert saved == again
    assert set(saved["bonds"]) == {"bond0"}
    assert host.commands("ssh", "f1", "stat -c %a /run/bonds.json").strip() == "600"


def test_a_bond_that_is_not_there_is_an_error_that_names_those_that_are(host: Host) -> None:
    words = ["f1", "-o", "-m", "bondproof.lacp.bond_facts", "-a", "bonds=bond9"]
    answer = host.commands("run", "--", str(ANSIBLE), *words, code=2)
    assert "bonds: this host has no bond 'bond9'; it has: bond0, bond1, bond2, bond3" in answer


def test_the_examples_of_the_documentation_run(host: Host, tmp_path: Path) -> None:
    play = {"hosts": "f1", "gather_facts": False, "tasks": yaml.safe_load(bond_facts.EXAMPLES)}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    playbook = str(ANSIBLE.with_name("ansible-playbook"))
    answer = host.commands("run", "--", playbook, str(tmp_path / "play.yml"))
    assert "failed=0" in answer
    assert "ok=3" in answer


def test_a_bond_deleted_and_made_while_it_is_read_is_never_an_exception(host: Host) -> None:
    """The host makes and deletes bonds in a loop, as fast as it can, while it is read."""
    loop = (
        "while :; do ip link add gone0 type bond mode 802.3ad; ip link add gv type veth peer gw;"
        " ip link set gv master gone0; ip link set gv name gx; ip link del gone0; ip link del gw;"
        " done >/dev/null 2>&1"
    )
    host.commands("ssh", "f1", f"systemd-run --unit=churn --collect sh -c '{loop}'")
    try:
        for _turn in range(5):
            facts = host.facts("root")
            assert facts["bonds"]["bond0"]["members"]["eno1"]["actor"]["port_state"] == 63
            for name, record in records(facts).items():
                if not name.startswith("gone0"):
                    assert record["disagreements"] == [], name
    finally:
        subprocess.run(
            host.commands.argv("ssh", "f1", "systemctl stop churn"),
            env=host.commands.environment,
            check=True,
        )
