# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from lab import faults, seed
from lab.errors import LabError
from lab.faults.registry import Change, fault
from lab.reader import parse
from lab.topology import FaultUse

TEXT = """
hosts:
  h1:
    bonds:
      bond0:
        manager: networkd
        cards: true
        members: [eno1, eno2]
        options: {lacp_rate: fast}
        vlans: {100: {}}
        faults: %s
"""


def site(use: str = "[]") -> faults.Site:
    host = parse(TEXT % use, "t", "t.yml").hosts["h1"]
    return faults.Site(host, host.bonds["bond0"])


@pytest.mark.parametrize("name", sorted(faults.describe()))
def test_every_fault_has_commands_and_states_of_its_members(name: str) -> None:
    needed = {"option_drift": {"option": "miimon", "value": 50}}
    change = faults.change_for(FaultUse(name, needed.get(name, {})), site())
    assert change.apply
    assert all("\n" not in command or "printf" in command for command in change.apply)
    assert set(change.states) <= {"eno1", "eno2"}


@pytest.mark.parametrize(
    ("use", "says"),
    [
        pytest.param(FaultUse("silence", {}), "unknown fault 'silence'.*silent_partner", id="name"),
        pytest.param(
            FaultUse("carrier_down", {"port": "x"}),
            "h1, bond bond0, fault carrier_down: unknown parameter 'port'. Cure: member",
            id="parameter",
        ),
        pytest.param(
            FaultUse("carrier_down", {"member": "eno9"}), "no member 'eno9'.*eno1", id="member"
        ),
        pytest.param(
            FaultUse("silent_partner", {"direction": "up"}), "direction is 'up'", id="word"
        ),
        pytest.param(FaultUse("slow_card", {"duplex": "third"}), "duplex is 'third'", id="duplex"),
        pytest.param(FaultUse("min_links", {"value": "two"}), "whole number", id="number"),
        pytest.param(FaultUse("min_links", {"value": True}), "whole number", id="boolean"),
        pytest.param(
            FaultUse("option_drift", {"option": "colour", "value": "red"}), "colour", id="option"
        ),
        pytest.param(FaultUse("second_manager", {"manager": "networkd"}), "other than", id="same"),
    ],
)
def test_a_wrong_use_is_an_error_with_a_cure(use: FaultUse, says: str) -> None:
    with pytest.raises(LabError, match=says) as caught:
        faults.change_for(use, site())
    assert "Cure: " in str(caught.value)


def test_the_last_member_is_meant_unless_said_otherwise() -> None:
    change = faults.change_for(FaultUse("member_admin_down", {}), site())
    assert change.apply == ["ip link set dev eno2 down"]
    assert change.clear == ["ip link set dev eno2 up"]
    assert change.states == {"eno2": "down"}


def test_an_option_that_wants_the_bond_down_takes_it_down() -> None:
    change = faults.change_for(FaultUse("ad_select", {"value": "count"}), site())
    assert change.apply == [
        "ip link set dev bond0 down",
        "ip link set dev bond0 type bond ad_select count",
        "ip link set dev bond0 up",
    ]


def test_a_fault_without_docstring_is_refused() -> None:
    def nameless(_site: faults.Site) -> Change:
        return Change([], [])

    with pytest.raises(LabError, match="nameless has no docstring"):
        fault(nameless)


def test_the_plan_makes_the_faults_after_everything_converged() -> None:
    host = site("[silent_partner: {member: eno1}, offload_drift]").host
    first, second = seed.plan(host)["stages"]
    assert first["commands"] == []
    assert first["wanted"] == {"bond0": {"eno1": "converged", "eno2": "converged"}}
    assert second["wanted"] == {"bond0": {"eno1": "silent", "eno2": "converged"}}
    assert any("0x8809" in command for command in second["commands"])
