# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_member plans: exact steps, for each state, method and condition."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.budget import Timers, dead_man_s
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import Device
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused, Step
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan_member import (
    Plan,
    Planner,
    Wish,
    differences,
)

from .plan_host import DEAF, before, look, stand

WELL = stand(eno1=look(8), eno2=look(9))
STUCK = stand(eno1=look(8), eno2=look(9, DEAF))
OUT = stand(eno1=look(8), eno2=look(9, None, master=0))
CYCLE = ["down", "release", "enslave", "wait"]
BOUNCE = ["down", "wait_down", "up", "wait"]
VLAN = Device("eno2.7", 12, True, 1500, ("fd97::1/64",), (("-6", "fd96::/64", "via", "fd97::2"),))


def planner(state: str, left_out: dict[str, str] | None = None, **wish: Any) -> Planner:
    timers = Timers(fast=True, miimon_ms=100)
    return Planner(Wish("bond0", state, **wish), timers, "02:00:00:00:00:01", 1500, left_out or {})


def steps(plan: Plan) -> list[str]:
    return plan.actions()


@pytest.mark.parametrize(
    ("state", "method", "where", "expected"),
    [
        ("cycled", "auto", WELL, []),
        ("cycled", "auto", STUCK, ["poke", "wait", *BOUNCE, *CYCLE]),
        ("cycled", "poke", WELL, ["poke", "wait"]),
        ("cycled", "bounce", WELL, BOUNCE),
        ("cycled", "reenslave", WELL, CYCLE),
        ("absent", "auto", WELL, ["down", "release", "wait_out"]),
        ("present", "auto", WELL, []),
        ("present", "auto", STUCK, ["wait"]),
    ],
)
def test_the_steps_of_a_member(state: str, method: str, where: Any, expected: list[str]) -> None:
    plan = planner(state, method=method).plan(before(), where)
    assert steps(plan) == expected
    assert bool(plan.nothing) is not bool(expected)
    assert plan.changes is (len(expected) > 1)


@pytest.mark.parametrize(
    ("state", "was", "expected"),
    [
        ("present", before(master="", admin_up=False), ["enslave", "wait"]),
        ("present", before(admin_up=False), ["up", "wait"]),
        ("absent", before(master=""), []),
    ],
)
def test_the_steps_of_what_is_not_as_usual(state: str, was: Any, expected: list[str]) -> None:
    assert steps(planner(state).plan(was, OUT)) == expected


def test_each_rung_waits_for_the_one_before() -> None:
    plan = planner("cycled").plan(before(), STUCK)
    assert [rung.name for rung in plan.rungs] == ["poke", "bounce", "reenslave"]
    assert {step.when for step in plan.rungs[0].steps} == {""}
    assert {step.when for step in plan.rungs[1].steps} == {"eno2 is not well after poke"}
    assert {step.when for step in plan.rungs[2].steps} == {"eno2 is not well after bounce"}


def test_a_rung_that_the_host_forbids_is_left_out() -> None:
    plan = planner("cycled", {"poke": "not neutral"}).plan(before(), STUCK)
    assert [rung.name for rung in plan.rungs] == ["bounce", "reenslave"]
    with pytest.raises(Refused, match="not neutral"):
        planner("cycled", {"poke": "not neutral"}, method="poke").plan(before(), STUCK)


def test_what_a_release_forgets_is_put_back_before_the_wait() -> None:
    was = before(
        mtu=1400,
        queue_id=3,
        port_priority=200,
        prio=0,
        addresses=("10.0.0.1/24", "fd98::1/64"),
        uppers=(VLAN, Device("eno2.8", 13, False, 1500)),
    )
    plan = planner("cycled", method="reenslave").plan(was, WELL)
    assert [step.do for step in plan.steps()] == [
        "ip link set dev eno2 down",
        "ip link set dev eno2 nomaster",
        "ip link set dev eno2 master bond0",
        "ip link set dev eno2 type bond_slave queue_id 3",
        "ip link set dev eno2 type bond_slave actor_port_prio 200",
        "ip link set dev eno2 mtu 1400",
        "ip link set dev eno2.8 down",
        "ip -6 addr add fd98::1/64 dev eno2 nodad",
        "ip -6 addr add fd97::1/64 dev eno2.7 nodad",
        "ip -6 route replace fd96::/64 via fd97::2 dev eno2.7",
        "",
    ]


def test_the_last_member_gets_the_bond_its_mac_back() -> None:
    plan = planner("cycled", method="reenslave", allow_isolation=True).plan(
        before(), stand(eno2=look(9))
    )
    assert steps(plan) == ["down", "release", "bond_mac", "enslave", "wait"]
    assert plan.steps()[2].do == "ip link set dev bond0 address 02:00:00:00:00:01"
    usual = planner("cycled", method="reenslave").plan(before(), WELL)
    assert plan.rungs[0].wait_s == usual.rungs[0].wait_s + 8


def test_names_that_a_shell_would_read_are_quoted() -> None:
    plan = planner("cycled", method="bounce").plan(before("$(reboot)"), WELL)
    assert plan.steps()[0].do == "ip link set dev '$(reboot)' down"


def test_a_step_survives_the_journal() -> None:
    step = planner("absent").plan(before(), WELL).steps()[0]
    assert Step.from_result({**step.as_result(), "foreign": 1}) == step


@pytest.mark.parametrize(
    ("timers", "least", "most"),
    [
        (Timers(fast=True, miimon_ms=100), 8, 15),
        (Timers(fast=False, miimon_ms=100), 40, 45),
        (Timers(fast=True, miimon_ms=100, updelay_ms=20000), 28, 35),
    ],
    ids=["fast", "slow", "updelay"],
)
def test_the_wait_is_what_the_timers_allow(timers: Timers, least: float, most: float) -> None:
    assert least <= timers.converge_s <= most
    assert timers.answer_s < timers.converge_s
    assert dead_man_s(timers.converge_s) > 2 * timers.converge_s


def test_a_timeout_of_ones_own_bounds_every_wait() -> None:
    plan = planner("cycled", timeout_s=3.0).plan(before(), STUCK)
    assert [rung.wait_s for rung in plan.rungs] == [3.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"queue_id": 3}, ["eno2: queue_id is 3, was none"]),
        ({"master": ""}, ["eno2: master is none, was bond0"]),
        ({"mtu": 9000}, ["eno2: mtu is 9000, was 1500"]),
        ({"admin_up": False}, ["eno2: admin_up is none, was True"]),
        ({"uppers": (VLAN,)}, []),
    ],
)
def test_differences_are_told(change: dict[str, Any], said: list[str]) -> None:
    assert differences([before()], [before(**change)]) == said


def test_what_is_gone_is_told() -> None:
    was = before(addresses=("fd98::1/64",), uppers=(VLAN,))
    bare = VLAN._replace(addresses=(), routes=())
    assert differences([was], []) == ["eno2 is gone"]
    assert differences([was], [before(addresses=("fd98::1/64",))]) == ["eno2.7 is gone"]
    assert differences([was], [before(uppers=(bare,))]) == [
        "eno2: address fd98::1/64 is missing",
        "eno2.7: address fd97::1/64 is missing",
        "eno2.7: route -6 fd96::/64 via fd97::2 is missing",
    ]
