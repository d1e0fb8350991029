# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_capture on real bonds: what is done to each is named, with its time, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.bondproof.lacp.plugins.modules import lacp_capture, lacp_ping

from .captured import (
    DURATION_S,
    NS,
    OTHER_SYSTEM,
    TOPOLOGY,
    Captured,
    capture_all,
    events,
    gaps,
    lane,
    remarks,
    utc_ns,
    where,
)
from .test_facts import ANSIBLE
from .test_lab import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

pytestmark = [pytest.mark.lab, pytest.mark.root]
# 180 for a healthy bond without a gap in three minutes; the others only take longer then.
SECONDS = float(os.environ.get("BONDPROOF_CAPTURE_SECONDS", DURATION_S))
NEAR = NS // 10
PERIOD = int(1.5 * NS)
HEALTHY = ("fast", "slow", "silent", "split", "passive")


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    lab = Commands(tmp_path_factory.mktemp("lab"))
    lab("setup")
    lab("up", str(TOPOLOGY))
    yield lab
    lab("down")


@pytest.fixture(scope="module")
def captured(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Captured:
    return capture_all(commands, tmp_path_factory.mktemp("evidence"), SECONDS)


def near(result: Mapping[str, Any]) -> int:
    """How far apart a fault and its trace may be; a machine that is starved sees things later."""
    return NS if result["starved"] else NEAR


@pytest.mark.parametrize("bond", HEALTHY)
def test_nothing_happens_where_nothing_is_done(captured: Captured, bond: str) -> None:
    result = captured.results[bond]
    assert result["ended_by"] == "duration"
    assert result["notes"] == []
    assert events(result) == []
    assert gaps(result) == []
    assert result["deliveries"] == []
    assert result["silence"]["extent"] == "none"


def test_the_rate_is_the_one_that_the_receiver_asked_for(captured: Captured) -> None:
    for bond, period_ms, least in (("fast", 1000.0, SECONDS / 2), ("slow", 30_000.0, 1)):
        result = captured.results[bond]
        assert len(result["lanes"]) == 4, bond
        for one in result["lanes"]:
            assert one["cadence"]["expected_period_ms"] == period_ms
            assert one["count"] >= least
        assert {proof["heard"] for proof in result["proofs"]} == {"yes"}
        assert remarks(result) == []


def test_one_direction_lost_towards_us(captured: Captured) -> None:
    result, times = captured.results["deaf"], captured.times["deaf"]
    late = near(result)
    assert where(events(result)) == {"de2"}
    ((member, direction, gap),) = gaps(result)
    assert (member, direction, gap["grade"]) == ("de2", "received", "lost")
    # The last that came is at most a period older than the fault, the next as much younger.
    before, after = times["apply 0"]
    assert before - PERIOD - late < utc_ns(gap["start"]) < after + late
    before, after = times["clear 0"]
    assert before - late < utc_ns(gap["end"]) < after + PERIOD + late
    assert result["silence"]["first"]["member"] == "de2"
    assert result["silence"]["first"]["direction"] == "received"
    assert result["silence"]["extent"] == "one"
    (expired,) = events(result, "expired")
    assert (expired["member"], expired["direction"]) == ("de2", "sent")
    waited = utc_ns(expired["at"]) - utc_ns(gap["start"])
    assert 2.9 * NS < waited < 4 * NS + late
    assert remarks(result) == []


def test_one_direction_lost_towards_the_partner(captured: Captured) -> None:
    result, times = captured.results["mute"], captured.times["mute"]
    late = near(result)
    assert where(events(result)) == {"mu2"}
    assert gaps(result) == []
    (delivery,) = result["deliveries"]
    assert (delivery["member"], delivery["direction"]) == ("mu2", "sent")
    before, after = times["apply 0"]
    # It counts back three seconds; the far end's are 30 ticks, of 110 ms or more each (HZ=100).
    assert before - PERIOD - late < utc_ns(delivery["heard_nothing_after"]) < after + NS
    assert before - late < utc_ns(delivery["first_unheard"]) < after + PERIOD + late
    assert delivery["captured_unheard"] >= 1
    first = result["silence"]["first"]
    assert (first["member"], first["direction"], first["how"]) == ("mu2", "sent", "unheard")
    # The far end's word is believed once it takes us back, the count at the tap never is.
    (back,) = [event for event in events(result, "back") if event["direction"] == "received"]
    assert times["clear 0"][0] - late < utc_ns(back["at"])


def test_bursts_and_holes(captured: Captured) -> None:
    result, times = captured.results["holes"], captured.times["holes"]
    late = near(result)
    assert {(member, direction) for member, direction, _gap in gaps(result)} <= {
        ("ho2", "received")
    }
    holed = lane(result, "ho2", "received")
    assert len(holed["gaps"]) >= SECONDS / 10
    if result["starved"]:
        # A tick that comes late on top of a hole: longer than the receiver waits.
        assert where(events(result)) <= {"ho2"}
    else:
        assert events(result) == []
        assert {gap["grade"] for gap in holed["gaps"]} == {"late"}
        assert result["silence"]["extent"] == "none"
    assert utc_ns(holed["gaps"][0]["start"]) > times["apply"][0] - PERIOD - late
    assert lane(result, "ho2", "sent")["count"] >= SECONDS / 2


def test_a_flapping_carrier(captured: Captured) -> None:
    result, times = captured.results["flap"], captured.times["flap"]
    assert where(events(result)) == {"fl2"}
    assert gaps(result) == []
    changes = [event for event in result["link_events"] if event["what"] == "carrier"]
    assert [(one["member"], one["before"]) for one in changes] == [
        ("fl2", "up"),
        ("fl2", "down"),
        ("fl2", "up"),
        ("fl2", "down"),
    ]
    for change, (before, after) in zip(changes, times.values(), strict=True):
        assert before - NEAR < utc_ns(change["at"]) < after + near(result)
    for left in events(result, "left"):
        assert "fl2: carrier up -> down" in [tie["text"] for tie in left["ties"]]
    assert len(events(result, "left")) == 4  # twice, and each end says so
    (grown,) = [one["grown"] for one in result["counters"] if one["member"] == "fl2"]
    assert grown["carrier_down"] == 2


def test_a_partner_id_that_flips(captured: Captured) -> None:
    result, times = captured.results["flip"], captured.times["flip"]
    late = near(result)
    changes = events(result, "identity")
    assert {event["direction"] for event in changes} == {"received"}
    for member in ("ip1", "ip2"):
        found = [event for event in changes if event["member"] == member]
        assert len(found) == 2
        assert f"-> {OTHER_SYSTEM}" in found[0]["text"]
        for event, (before, after) in zip(found, times.values(), strict=True):
            # It tells us with its next LACPDU.
            assert before - late < utc_ns(event["at"]) < after + PERIOD + late
        assert lane(result, member, "received")["flip_flop"]
    assert gaps(result) == []


def test_a_partner_that_never_speaks(captured: Captured) -> None:
    result = captured.results["silent"]
    assert remarks(result) == [("never heard", ["si2"])]
    assert {one["member"] for one in result["lanes"] if one["direction"] == "received"} == {"si1"}


def test_a_member_in_the_wrong_lag(captured: Captured) -> None:
    result = captured.results["split"]
    assert remarks(result) == [("different partners", ["sp1", "sp2"])]
    keys = {lane(result, name, "received")["sender"]["key"] for name in ("sp1", "sp2")}
    assert len(keys) == 2


def test_a_passive_partner(captured: Captured) -> None:
    result = captured.results["passive"]
    assert remarks(result) == [("passive partner", ["pa1"]), ("passive partner", ["pa2"])]


@pytest.mark.parametrize("bond", ["fast", "deaf", "flip", "silent"])
@pytest.mark.parametrize(
    "command",
    [["tcpdump", "-nn", "-r"], ["tshark", "-n", "-Y", "lacp", "-r"]],
    ids=["tcpdump", "tshark"],
)
def test_other_programs_count_the_same_frames(
    captured: Captured, bond: str, command: list[str]
) -> None:
    result = captured.results[bond]
    path = captured.evidence / f"{bond}.pcapng"
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    count = sum(one["count"] for one in result["lanes"])
    assert len(done.stdout.splitlines()) == result["pcapng_frames"] == count


def test_interfaces_and_directions_are_in_the_file(captured: Captured) -> None:
    result = captured.results["deaf"]
    fields = ("frame.interface_name", "frame.packet_flags_direction")
    words = [word for field in fields for word in ("-e", field)]
    path = str(captured.evidence / "deaf.pcapng")
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "fields", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    seen = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
    names = {"received": ("1", "0x00000001"), "sent": ("2", "0x00000002")}
    for one in result["lanes"]:
        found = [pair for pair in seen if pair[0] == one["member"]]
        assert sum(pair[1] in names[one["direction"]] for pair in found) == one["count"]


def test_a_picture_of_each(captured: Captured) -> None:
    for bond in captured.results:
        text = (captured.evidence / f"{bond}.svg").read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert text.rstrip().endswith("</svg>")
    assert "expired" in (captured.evidence / "deaf.svg").read_text(encoding="utf-8").lower()


def ansible(commands: Commands, module: str, *, code: int = 0, **options: object) -> dict[str, Any]:
    words = ["c1", "-o", "-m", f"bondproof.lacp.{module}", "-a", json.dumps(options)]
    answer = commands("run", "--", str(ANSIBLE), *words, code=code)
    start = answer.index("{", answer.index("=>"))
    found: dict[str, Any] = json.loads(answer[start : answer.rindex("}") + 1])
    found["shown"] = answer
    return found


def lasting(commands: Commands, bond: str) -> str:
    """Everything that a probe must leave alone."""
    # A churn machine may end its first minute meanwhile: from monitoring to none.
    lines = (
        "Churned|State: churned|Failure|Aggregator ID|port state|MAC|HW addr|system mac|"
        "port number|Number of"
    )
    return commands("ssh", "c1", f"grep -E '{lines}' /proc/net/bonding/{bond}")


@pytest.mark.moments
def test_the_module_shows_its_progress_and_fetches(commands: Commands, tmp_path: Path) -> None:
    result = ansible(
        commands,
        "lacp_capture",
        bond="fast",
        duration=6,
        pcapng="/run/fast.pcapng",
        timeline="/run/fast.svg",
        fetch=str(tmp_path),
    )
    assert "c1: " in result["shown"]
    assert "of 6 s: fa1 sent" in result["shown"]
    assert result["changed"] is False
    assert result["fetched"] == [str(tmp_path / "c1/fast.pcapng"), str(tmp_path / "c1/fast.svg")]
    done = subprocess.run(
        ["tcpdump", "-nn", "-r", result["fetched"][0]], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == result["pcapng_frames"]


@pytest.mark.moments
def test_nothing_to_fetch_is_an_error(commands: Commands, tmp_path: Path) -> None:
    result = ansible(commands, "lacp_capture", code=2, bond="fast", fetch=str(tmp_path))
    assert result["msg"] == "fetch: there is nothing to fetch; give pcapng, timeline or both"


@pytest.mark.moments
@pytest.mark.parametrize("module", [lacp_capture, lacp_ping], ids=["capture", "ping"])
def test_the_examples_of_the_documentation_run(
    commands: Commands, tmp_path: Path, module: ModuleType
) -> None:
    tasks = yaml.safe_load(module.EXAMPLES.replace("bond0", "fast"))
    # The lab's user is root already, and there is no sudo.
    variables = {"ansible_become": False}
    play = {"hosts": "c1", "gather_facts": False, "vars": variables, "tasks": tasks}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    playbook = str(ANSIBLE.with_name("ansible-playbook"))
    answer = commands("run", "--", playbook, str(tmp_path / "play.yml"))
    assert "failed=0" in answer
    assert f"ok={len(tasks)}" in answer
    if module is lacp_capture:
        assert (tmp_path / "evidence/c1/fast.pcapng").stat().st_size > 1000


def test_a_poke_changes_nothing_and_is_answered_for(commands: Commands) -> None:
    before = lasting(commands, "fast")
    result = ansible(commands, "lacp_capture", bond="fast", duration=4, poke=True)
    assert [member["member"] for member in result["poke"]["members"]] == ["fa1", "fa2"]
    for member in result["poke"]["members"]:
        assert member["sent_after_ms"] < 700
        assert member["received_after_ms"] is not None
    assert events(result) == []
    assert lasting(commands, "fast") == before


@pytest.mark.moments
def test_a_poke_that_would_change_the_identity_is_refused(commands: Commands) -> None:
    usual = commands("ssh", "c1", "cat /sys/class/net/passive/address").split()[0]
    commands("ssh", "c1", "ip link set dev passive address 02:00:5e:00:53:01")
    try:
        result = ansible(commands, "lacp_capture", code=2, bond="passive", duration=1, poke=True)
        assert "poke refused: bond passive speaks as system" in result["msg"]
        assert f"system {usual}" in result["msg"]
    finally:
        commands("ssh", "c1", f"ip link set dev passive address {usual}")


@pytest.mark.moments
def test_a_capture_ends_when_the_bond_has_converged_or_enough_was_heard(
    commands: Commands,
) -> None:
    result = ansible(commands, "lacp_capture", bond="fast", duration=60, until="converged")
    assert result["ended_by"] == "converged"
    result = ansible(commands, "lacp_capture", bond="fast", duration=60, count=4)
    assert result["ended_by"] == "count"
    assert sum(one["count"] for one in result["lanes"]) >= 4


def test_markers_are_answered_and_the_bond_does_not_notice(commands: Commands) -> None:
    before = lasting(commands, "fast")
    result = ansible(commands, "lacp_ping", bond="fast", count=5, interval=0.2)
    for member in result["members"]:
        assert (member["sent"], member["answered"], member["refused"]) == (5, 5, 0)
        assert 0 < member["round_trip_ms"]["min"] <= member["round_trip_ms"]["max"] < 1000
    assert result["findings"] == []
    assert [partner["responder"] for partner in result["partners"]] == ["seen"]
    assert lasting(commands, "fast") == before


@pytest.mark.parametrize(
    ("hook", "kind"), [("egress", "refused"), ("ingress", "unanswered")], ids=["host", "way back"]
)
def test_markers_that_this_host_drops(commands: Commands, hook: str, kind: str) -> None:
    add = f"tc qdisc add dev fa2 clsact; tc filter add dev fa2 {hook}"
    commands("ssh", "c1", f"{add} protocol 0x8809 matchall action drop")
    try:
        result = ansible(commands, "lacp_ping", bond="fast", count=3, interval=0.2)
    finally:
        commands("ssh", "c1", "tc qdisc delete dev fa2 clsact")
    # Seen at the tap, which stands ahead of tc's ingress: answered as far as the wire goes.
    if hook == "ingress":
        assert result["findings"] == []
        return
    (finding,) = result["findings"]
    assert (finding["member"], finding["kind"]) == ("fa2", kind)
    assert "ENOBUFS" in finding["text"]
    assert [member["sent"] for member in result["members"]] == [3, 0]


def test_a_partner_without_a_responder_is_no_fault(commands: Commands) -> None:
    """The switch takes no Marker PDUs at all, but goes on with LACP."""
    port = "dev swp1"
    match = "u32 match u8 2 0xff at 0 action drop"
    at = "ip netns exec sw tc"
    drop = "; ".join(
        f"{at} qdisc add dev {name} clsact; "
        f"{at} filter add dev {name} ingress protocol 0x8809 {match}"
        for name in ("swp1", "swp2")
    )
    commands("ssh", "c1", drop)
    try:
        result = ansible(commands, "lacp_ping", bond="fast", count=2, interval=0.2, timeout=0.5)
    finally:
        commands("ssh", "c1", f"{at} qdisc del {port} clsact; {at} qdisc del dev swp2 clsact")
    assert [member["outcome"] for member in result["members"]] == ["unanswered", "unanswered"]
    assert result["findings"] == []
    assert [partner["responder"] for partner in result["partners"]] == ["not seen"]
