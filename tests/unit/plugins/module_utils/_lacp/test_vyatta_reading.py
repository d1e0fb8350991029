# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role vyatta gathers: recorded on a real team device, and what may go wrong with it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    vyatta_gathered,
    vyatta_packet,
    vyatta_reading,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY

FOLDER = Path(__file__).parents[4] / "fixtures" / "router"
HEALTHY = (FOLDER / "team_healthy.txt").read_text(encoding="utf-8")
STUCK = (FOLDER / "team_stuck.txt").read_text(encoding="utf-8")
AT = "@@bondproof 2026-11-21T03:00:00Z"


def section(name: str, text: str, status: int = 0) -> str:
    """Return a section as the script prints it."""
    return f"\n{AT} begin {name}\n{text}\n\n{AT} end {name} {status}\n"


def script(*sections: str) -> str:
    return f"\n{AT} begin gathering\n{''.join(sections)}\n{AT} end gathering 0\n"


def without(text: str, *names: str) -> str:
    """Return what the script prints where these commands are refused."""
    kept, skip = [], False
    for line in text.split("\n"):
        words = line.split()
        if line.startswith("@@bondproof") and words[3] in names:
            kept.append(line if words[2] == "begin" else line[: line.rindex(" ")] + " 1")
            skip = words[2] == "begin"
            if skip:
                kept.append("sudo: a password is required")
        elif not skip:
            kept.append(line)
    return "\n".join(kept)


def packet(text: str, bond: str = "team0") -> dict[str, Any]:
    return vyatta_reading.read(text, "r1")[1][bond]


def test_a_healthy_router_is_healthy() -> None:
    found = packet(HEALTHY)
    assert found["problems"] == []
    assert found["source"] == "teamd"
    bond = found["after"]["bonds"]["team0"]
    assert (bond["mode"], bond["carrier"], bond["team"]["answers"]) == ("802.3ad", True, True)
    port = bond["members"]["ens2"]
    assert (port["actor"]["port_state"], port["partner"]["port_state"]) == (63, 63)
    assert port["team"] == {"enabled": True, "selected": True, "state": "current"}
    assert found["dataplane"]["ens1"] == {"enabled": True, "source": "teamnl enabled"}
    assert len(found["wire"]["lanes"]) == 4
    assert diagnose(found)["fault"] == "healthy"


def test_a_stuck_transmit_path_is_found() -> None:
    verdict = diagnose(packet(STUCK))
    assert (verdict["fault"], verdict["members"]) == ("host", ["ens2"])
    assert (verdict["direction"], verdict["confidence"]) == ("transmit", "conclusive")
    assert any("tx_packets 25" in sentence for sentence in verdict["arithmetic"])


def test_a_listener_that_failed_is_no_silence() -> None:
    deaf = HEALTHY.replace("listening on ens2", "ens2: You don't have permission to capture")
    found = packet(deaf)
    assert "wire" not in found
    assert any("did not listen" in problem["text"] for problem in found["problems"])
    assert diagnose(found)["fault"] == "insufficient"


def test_the_rules_of_the_audit_run_on_it() -> None:
    gathered = vyatta_gathered.parse(STUCK)
    result = audit(vyatta_reading.facts_of(gathered, "after"), NO_POLICY, now_utc_s=0.0)
    assert result.bugs == ()
    assert ("partner-defaulted", "team0/ens2") in {(f.rule, f.subject) for f in result.findings}


def test_a_quiet_member_between_two_looks_is_not_accused() -> None:
    found = packet(HEALTHY)
    del found["wire"]
    first, second = (reading["members"]["ens2"] for reading in found["readings"])
    second["tx_packets"] = first["tx_packets"]
    assert diagnose(found)["fault"] != "host"


def test_a_teamd_that_is_gone_is_named() -> None:
    silent = without(HEALTHY, "state", "config").replace(
        "sudo: a password is required", "teamdctl_connect failed (Invalid argument)"
    )
    found = packet(silent)
    bond = found["after"]["bonds"]["team0"]
    assert bond["team"]["answers"] is False
    assert list(bond["members"]) == ["ens1", "ens2"]
    assert {problem["place"] for problem in found["problems"]} >= {"state after team0"}
    verdict = diagnose(found)
    assert (verdict["fault"], verdict["rule"]) == ("host", "R29")


def test_without_privileges_nothing_is_guessed() -> None:
    found = packet(without(HEALTHY, "state", "config", "enabled", "heard"))
    bond = found["after"]["bonds"]["team0"]
    assert "mode" not in bond
    assert any("teamd answers root only" in reason for reason in bond["unknown"])
    verdict = diagnose(found)
    assert verdict["fault"] not in ("healthy", "host")


def test_screens_take_the_place_of_what_is_refused() -> None:
    table = (
        "Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags\n"
        "team0            21083      194         94923      1451\n"
        "    ens1         11527      114         13934      149        yes   DISTRIBUTING\n"
        "    ens2         9556       80          80809      1299       yes   SYNCHRONIZAT"
    )
    text = without(HEALTHY, "state", "config", "enabled", "heard")
    end = text.rindex(f"{HEALTHY.split()[0]} {text.split()[-4]}")
    found = packet(text[:end] + section("screen after team0", table) + text[end:])
    bond = found["after"]["bonds"]["team0"]
    assert (bond["mode"], bond["kind"]) == ("802.3ad", "team")
    port = bond["members"]["ens2"]
    assert port["statistics"]["tx_packets"] == 22  # of sysfs: a screen's begin anew at each clear
    assert any("'SYNCHRONIZAT' only" in reason for reason in port["unknown"])
    assert found["readings"][-1]["members"]["ens2"]["flags"] == "SYNCHRONIZAT"
    assert found["source"] == "vyatta"


def test_screens_alone_are_judged() -> None:
    table = (
        "Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags\n"
        "b0               {0}      {0}         9      9\n"
        "    s0           {0}      {0}         9      9    yes   SYNCHRONIZAT"
    )
    looks = [
        section(f"host {when}", "/proc/sys/kernel/hostname:r1")
        + section(f"screen {when} b0", table.format(count))
        for when, count in (("before", 5), ("after", 90))
    ]
    text = script(section("bonds now", "b0"), *looks)
    verdict = diagnose(packet(text, "b0"))
    assert (verdict["fault"], verdict["confidence"]) == ("host", "likely")
    facts = vyatta_reading.facts_of(vyatta_gathered.parse(text), "after")
    result = audit(facts, NO_POLICY, now_utc_s=0.0)
    assert (result.not_judged, result.bugs, facts.problems) == ({}, (), ())
    assert result.outcomes["partner-defaulted"].outcome == "not_evaluable"


def test_what_a_screen_refuses_is_a_problem() -> None:
    text = script(
        section("bonds now", "b0"),
        section("host before", "/proc/sys/kernel/hostname:r1"),
        section("screen before b0", "b0: Cannot get state"),
    )
    assert packet(text, "b0")["problems"] == [
        {"place": "screen before b0", "text": "teamd-silent: b0: Cannot get state"}
    ]


def test_a_bond_without_members_is_no_healthy_one() -> None:
    dump = '{"setup": {"runner_name": "lacp"}, "team_device": {"ifinfo": {"ifname": "b0"}}}'
    found = packet(
        script(
            section("bonds now", "b0"),
            section("host before", "/proc/sys/kernel/hostname:er"),
            section("members before b0", ""),
            section("state before b0", dump),
        ),
        "b0",
    )
    assert found["after"]["bonds"]["b0"]["member_names"] == []
    assert diagnose(found)["fault"] == "insufficient"
    gathered = vyatta_gathered.parse(script(section("host before", ""), section("bonds now", "b0")))
    assert vyatta_reading.facts_of(gathered, "before").bonds == ()


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_script_runs_where_there_is_no_bond(shell: str) -> None:
    folder = FOLDER.parents[2] / "roles" / "vyatta" / "files"
    text = (folder / "gather.sh").read_text(encoding="utf-8")
    settings = "listen=0\nshow=\nbonds=none0\n"
    done = subprocess.run(
        [shell, "-c", settings + text], capture_output=True, text=True, check=False, timeout=60
    )
    gathered, packets = vyatta_reading.read(done.stdout + done.stderr, "here")
    assert gathered.whole
    assert gathered.bonds() == ["none0"]
    assert diagnose(packets["none0"])["fault"] == "insufficient"


def test_the_log_is_part_of_the_evidence() -> None:
    text = (
        "2026-11-21T03:08:00+0000 h1 kernel: team0: Port device ens2 added\n"
        "2026-11-21T12:08:01+0900 h1 teamd_team0[894]: ens2: Changed port state: a -> b\n"
        "-- Reboot --\n2026-13-21T12:08:01+0900 h1 kernel: no such month"
    )
    end = f"{AT} end gathering 0\n"
    whole = script(section("bonds now", "b0"), section("log now", text))
    assert whole.endswith(end)
    assert packet(whole, "b0")["kernel_log"] == [
        {"at": "2026-11-21T03:08:00Z", "text": "team0: Port device ens2 added"},
        {"at": "2026-11-21T03:08:01Z", "text": "teamd_team0: ens2: Changed port state: a -> b"},
    ]
    refused = whole.replace("end log now 0", "end log now 1")
    assert "kernel_log" not in packet(refused, "b0")


def test_edgeos_is_read_by_procfs() -> None:
    lines = [
        "Ethernet Channel Bonding Driver: v3.7.1 (April 27, 2011)",
        "",
        "Bonding Mode: IEEE 802.3ad Dynamic link aggregation",
        "MII Status: up",
        "",
        "Slave Interface: eth1",
        "MII Status: up",
    ]
    text = "\n".join(f"/proc/net/bonding/bond0:{line}" for line in lines)
    found = packet(
        script(
            section("bonds now", "bond0"),
            section("host before", "/proc/sys/kernel/hostname:er"),
            section("files before bond0", text),
        ),
        "bond0",
    )
    bond = found["after"]["bonds"]["bond0"]
    assert (bond["kind"], bond["mode"]) == ("bond", "802.3ad")
    assert list(bond["members"]) == ["eth1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it answered: nothing"),
        ("Permission denied (publickey).", "Permission denied"),
        ("sh: 1: Syntax error: word unexpected", "Syntax error"),
    ],
)
def test_an_answer_that_is_none_is_shown(text: str, words: str) -> None:
    with pytest.raises(vyatta_reading.ReadingError, match=words):
        vyatta_reading.read(text, "r1")


def test_a_device_that_is_neither_has_no_bonds() -> None:
    gathered, packets = vyatta_reading.read(script(section("bonds now", "")), "r1")
    assert gathered.bonds() == []
    assert packets == {}


@pytest.mark.parametrize("at", range(0, len(HEALTHY), 997))
def test_output_that_is_cut_short_says_so(at: int) -> None:
    try:
        gathered, packets = vyatta_reading.read(HEALTHY[:at], "r1")
    except vyatta_reading.ReadingError:
        assert at < 200
        return
    assert not gathered.whole
    assert any("cut short" in problem["text"] for problem in vyatta_reading.problems(gathered))
    for one in packets.values():
        assert diagnose(one)["fault"] in ("insufficient", "healthy")


@given(st.lists(st.sampled_from(HEALTHY.split("\n")), max_size=60).map("\n".join))
def test_no_mixture_of_its_lines_raises(text: str) -> None:
    try:
        vyatta_reading.read(text, "r1")
    except vyatta_reading.ReadingError:
        assert not vyatta_gathered.parse(text).sections


def test_counters_that_went_back_accuse_nobody() -> None:
    """After 'clear interfaces counters' they begin anew."""
    table = (
        "Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags\n"
        "b0 {0} {0} 10 10\n    s0 {0} {0} 10 10 yes DISTRIBUTING\n"
    )
    texts: list[Any] = [{"text": table.format(count)} for count in (500, 3)]
    made = vyatta_packet.packet(texts, host="r1", bond="b0", systems=[], addresses=[])
    verdict = diagnose(made)
    assert verdict["fault"] == "insufficient"
    assert not any("frozen" in one["text"] for one in verdict["also"])
