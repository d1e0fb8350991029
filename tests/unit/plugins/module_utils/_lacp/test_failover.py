# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A member through a fault and back, and the verdict on it."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    failover_plan as plan,
    failover_result as verdict,
    failover_same as same,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.failover_budget import (
    Budget,
    Fault,
    Timers,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.failover_track import (
    Moments,
    Track,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.outage import Gap
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.stuck import Stand
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.watch import Look
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import (
    RECEIVED,
    SENT,
    Frame,
)

from .talk import BOOT, Talk, ns
from .wire import OURS, THEIRS, Port, lacpdu

BOND, MEMBER = "bond0", "eno2"
WELL = {
    "admin": "up",
    "carrier": "up",
    "mii_status": "up",
    "state": "active",
    "aggregator": "1",
    "actor_state": "63",
    "partner_state": "63",
}
FAST = Timers(100, 0, 0, we_are_short=True, partner_is_short=True)
SLOW = FAST._replace(we_are_short=False)
CARRIER, LOSS = Fault("carrier"), Fault("lacp_loss", "both")
BUDGET = Budget(4000, 1800, 39)


class Story:
    """A member that is well at 1 s."""

    def __init__(self) -> None:
        self.track = Track(BOND, MEMBER)
        self.fields = dict(WELL)
        self.track.looked(BOOT, BOND, {"aggregator": "1", "ports": "2"})
        self.look(1.0)

    def look(self, second: float, **changed: str) -> None:
        self.fields.update(changed)
        self.track.looked(BOOT + ns(second), MEMBER, self.fields)

    def hear(self, second: float, state: int, direction: str = RECEIVED) -> None:
        talk = Talk()
        end, other = (THEIRS, OURS) if direction == RECEIVED else (OURS, THEIRS)
        actor = Port(end.system, end.port, state, end.key)
        talk.frame(second, direction, lacpdu(actor, other), MEMBER)
        (frame,) = talk.records
        assert isinstance(frame, Frame)
        self.track.heard(frame)

    def begin(self, second: float) -> None:
        self.track.begin(BOOT + ns(second))

    def restore(self, second: float) -> None:
        self.track.restore(BOOT + ns(second))

    def is_back(self) -> bool:
        return self.track.is_back

    def is_used(self) -> bool:
        return self.track.is_used

    def after(self, name: str) -> float:
        """Seconds on the story's clock; 0 where it has not happened."""
        moment: int = getattr(self.track.moments, name)
        return (moment - BOOT) / 1e9 if moment else 0.0


def test_a_link_goes_and_comes_back() -> None:
    story = Story()
    story.begin(2.0)
    story.look(2.0, admin="down", carrier="down")
    assert not story.track.moments.left  # bonding has not noticed
    story.look(2.1, mii_status="down", state="backup")
    story.restore(4.0)
    story.look(4.1, admin="up", carrier="up")
    story.look(4.2, mii_status="up")  # the states are those from before, the kernel keeps them
    assert not story.is_back()
    story.look(4.3, actor_state="7", partner_state="0")
    story.hear(6.4, 15)
    story.look(6.5, actor_state="63", state="active", partner_state="15")
    assert not story.is_back()
    story.hear(6.9, 63)
    assert story.is_back()
    found = [story.after(name) for name in ("left", "far_left", "carrier", "back", "far_back")]
    assert found == [2.1, 0.0, 4.1, 6.5, 6.9]


def test_lacpdus_tell_when_the_far_end_left() -> None:
    story = Story()
    story.begin(2.0)
    story.hear(2.5, 63)
    story.look(5.0, actor_state="143", state="backup")
    story.hear(5.2, 135)
    story.restore(6.0)
    story.hear(6.1, 15, SENT)
    story.hear(6.2, 63)
    story.hear(6.3, 63, SENT)
    assert not story.is_back()  # announced, but not taken over by the last look
    story.look(6.4, actor_state="63", state="active")
    assert story.is_back()
    assert (story.after("left"), story.after("far_left")) == (5.0, 5.2)
    assert (story.after("far_back"), story.after("back")) == (6.2, 6.4)
    assert story.track.lacpdus["during"] == {"sent": 0, "received": 2}


def test_a_frame_never_replaces_a_later_look() -> None:
    story = Story()
    story.look(3.0)
    story.hear(2.9, 15, SENT)
    assert story.is_used()
    story.hear(3.1, 15, SENT)
    assert not story.is_used()


def test_a_member_that_leaves_again_is_a_relapse() -> None:
    story = Story()
    story.begin(2.0)
    story.look(2.1, mii_status="down")
    story.restore(3.0)
    story.look(3.5, mii_status="up")
    story.hear(3.6, 63)
    story.look(4.0, state="backup", actor_state="15")
    assert (story.track.relapses, story.is_back()) == (1, False)
    story.look(5.0, state="active", actor_state="63")
    assert story.is_back()


def trial(fault: Fault = LOSS, /, **changed: object) -> verdict.Trial:
    """A trial that passes: left after 3 s, far end after 3.2 s, back 2 s after 5 s."""
    at = Moments(ns(10), ns(13), ns(13.2), ns(15), ns(15), ns(17), ns(17.1))
    lacpdus = {"during": {"sent": 0, "received": 4}}
    whole = verdict.Trial(MEMBER, fault, FAST, BUDGET, at, ns(18), lacpdus=lacpdus)
    return whole._replace(**changed)  # type: ignore[arg-type]  # the values are of the fields


def moments(**changed: float) -> Moments:
    return trial().moments._replace(**{name: ns(second) for name, second in changed.items()})


GAP = Gap(1, ns(10.5), ns(11.5), 100, ns(0.01))
TRAFFIC = verdict.Traffic("192.0.2.1", 10.0, [GAP], [1], [1], 800)


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, "passed", ""),
        ({"traffic": TRAFFIC}, "passed", ""),
        (
            {"budget": Budget(2000, 1800, 39), "timers": SLOW},
            "failed",
            "eno2 left after 3200 ms; allowed: 2000 ms. LACP waits, we for 90 s, the partner",
        ),
        (
            {"moments": moments(left=0)},
            "failed",
            "eno2 was still in use 5.0 s after the fault, when it was ended; allowed: 4000 ms",
        ),
        (
            {"moments": moments(far_left=0)},
            "failed",
            "the partner's end of eno2 was still in use 5.0 s after the fault",
        ),
        (
            {"moments": moments(far_left=0), "lacpdus": {"during": {"received": 0}}},
            "not proven",
            "no LACPDU of the partner came during the fault",
        ),
        (
            {"moments": moments(back=0)},
            "failed",
            "eno2 did not return within 3.0 s; allowed: 39.0 s",
        ),
        ({"budget": Budget(4000, 1800, 2)}, "failed", "eno2 returned after 2.1 s; allowed: 2.0 s"),
        ({"relapses": 2}, "failed", "eno2 left again 2 times after it had returned"),
        (
            {"traffic": TRAFFIC, "budget": Budget(4000, 900, 39)},
            "failed",
            "traffic to 192.0.2.1 stood still for 1000 ms at the fault; allowed: 900 ms",
        ),
        (
            {"traffic": TRAFFIC, "budget": Budget(4000, 1800, 39, 99)},
            "failed",
            "100 probes to 192.0.2.1 were lost at the fault; allowed: 99",
        ),
        (
            {"traffic": TRAFFIC._replace(gaps=[GAP._replace(start=ns(16), end=0)])},
            "failed",
            "stood still for 2000 ms at the return and had not ended",
        ),
        (
            {"traffic": TRAFFIC._replace(gaps=[GAP._replace(start=ns(9), end=ns(9.1))])},
            "not proven",
            "100 probes to 192.0.2.1 were lost before the fault",
        ),
        ({"traffic": TRAFFIC._replace(why_not="no way")}, "not proven", "eno2: no way"),
        ({"differences": ["mtu of eno2: was 9000, is 1500"]}, "failed", "was 9000, is 1500"),
        ({"interrupted": "tc failed"}, "failed", "tc failed"),
    ],
)
def test_the_verdict_has_a_reason_with_its_figure(
    changed: dict[str, object], outcome: str, reason: str
) -> None:
    found = verdict.as_result(trial(LOSS, **changed))
    assert found["outcome"] == outcome, found["reasons"]
    assert (reason in found["reasons"][0]) if reason else found["reasons"] == []


def test_a_carrier_is_judged_without_the_far_ends_word() -> None:
    found = verdict.as_result(trial(CARRIER, moments=moments(far_left=0), lacpdus={}))
    assert found["outcome"] == "passed"
    assert found["failover"] == {"left_ms": 3000.0, "far_left_ms": None, "lasted_ms": 5000.0}
    late = trial(CARRIER, budget=Budget(500, 500, 39), timers=FAST._replace(miimon_ms=0))
    assert "miimon is 0: nobody watches the carrier" in verdict.as_result(late)["reasons"][0]


def test_an_outage_after_this_host_left_is_blamed_on_the_far_end() -> None:
    found = trial(
        CARRIER,
        moments=moments(left=10.1, far_left=0),
        budget=Budget(500, 500, 39),
        traffic=TRAFFIC,
        lacpdus={},
    )
    (reason, _lost) = verdict.as_result(found)["reasons"]
    assert "the far end went on sending to the port" in reason


def stand(**members: dict[str, str]) -> Stand:
    bond = Look(9, BOND, 0, gone=False, fields={"admin": "up", "aggregator": "1"}, counters={})
    ports = {
        name: Look(index, name, 9, gone=False, fields={**WELL, **changed}, counters={})
        for index, (name, changed) in enumerate(members.items(), 1)
    }
    return Stand(bond, ports)


DEAF = {"actor_state": "143", "state": "backup"}


@pytest.mark.parametrize(
    ("members", "min_links", "text"),
    [
        ({"eno2": {}}, 0, "the only member of bond bond0 that works at both ends"),
        ({"eno2": {}, "eno1": DEAF}, 0, "the only member of bond bond0 that works"),
        ({"eno2": DEAF, "eno1": {}}, 0, "is not well before the test"),
        ({"eno2": {}, "eno1": {}}, 2, "1 of the 2 links that min_links wants (eno1)"),
    ],
)
def test_a_trial_that_would_isolate_or_prove_nothing_is_refused(
    members: dict[str, dict[str, str]], min_links: int, text: str
) -> None:
    with pytest.raises(Refused) as refusal:
        plan.check_bond(stand(**members), [MEMBER], min_links, isolate=False)
    assert text in str(refusal.value)


def test_isolation_can_be_allowed() -> None:
    plan.check_bond(stand(eno2={}), [MEMBER], 2, isolate=True)
    plan.check_bond(stand(eno2={}, eno1={}), [MEMBER], 1, isolate=False)


def test_the_plan_has_every_step_with_its_undoing() -> None:
    waits = plan.Waits(1, 1, 7, 50)
    todo = plan.steps(plan.TrialPlan(MEMBER, 3, CARRIER, FAST, BUDGET, waits))
    assert [step.action for step in todo] == [
        plan.WATCH,
        plan.DOWN,
        plan.LEAVE,
        plan.HOLD,
        plan.UP,
        plan.RETURN,
        plan.COMPARE,
    ]
    down = todo[1]
    assert (down.do, down.undo) == ("ip link set dev eno2 down", "ip link set dev eno2 up")
    assert waits.longest_s == 59


def test_differences_are_told_by_place() -> None:
    before = {"mtu of eno2": "9000", "tc filters of eno2": "none"}
    after = {"mtu of eno2": "9000", "tc filters of eno2": "matchall 1/1"}
    assert list(same.differences(before, before)) == []
    assert list(same.differences(before, after)) == [
        "tc filters of eno2: was none, is matchall 1/1"
    ]
