# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Outputs of routers and of teamd from public sources, where they are (BONDPROOF_SAMPLES)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    checker_csv,
    tcpdump_text,
    teamd_dumps,
    vyatta_bonds,
    vyatta_interfaces,
    vyatta_members,
)

TOP = Path(__file__).parents[5]
SAMPLES = Path(os.environ.get("BONDPROOF_SAMPLES") or TOP / "../shared/samples").resolve()

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"no samples in {SAMPLES}: set BONDPROOF_SAMPLES"
)

# Sample: parser, the key of what it reads, how many of them.
READ: dict[str, tuple[Any, str, int]] = {
    "vyatta/kick_dp0s0_sequence.txt": (vyatta_members.parse, "tables", 5),
    "vyatta/kick_dp0s2_1_remove_add.txt": (vyatta_members.parse, "tables", 1),
    "vyatta/kick_dp0s2_2_after_add.txt": (vyatta_members.parse, "tables", 1),
    "vyatta/opstate_csv__bond_down.txt": (checker_csv.parse, "rows", 13),
    "vyatta/show_interfaces__bond0_down.txt": (vyatta_interfaces.parse, "tables", 1),
    "vyatta/show_interfaces__healthy.txt": (vyatta_interfaces.parse, "tables", 1),
    "vyatta/show_interfaces_bonding_dp0bond0_slaves__healthy.txt": (
        vyatta_members.parse,
        "tables",
        1,
    ),
    "vyatta/show_interfaces_bonding_slaves__bond0_link_down.txt": (
        vyatta_bonds.parse,
        "tables",
        1,
    ),
    "vyatta/show_interfaces_bonding_slaves__recovered.txt": (vyatta_bonds.parse, "tables", 1),
    "vyatta/tcpdump_v__dp0s0_broken.txt": (tcpdump_text.parse, "frames", 2),
    "vyatta/tcpdump_v__dp0s3_healthy.txt": (tcpdump_text.parse, "frames", 2),
    "vyos/SYNTHETIC_show_interfaces_bonding_bond0_slaves.txt": (
        vyatta_members.parse,
        "tables",
        1,
    ),
    "vyos/SYNTHETIC_show_interfaces_bonding_slaves.txt": (vyatta_bonds.parse, "tables", 1),
    "vyos/show_interfaces_bonding.txt": (vyatta_interfaces.parse, "tables", 1),
    "vyos/show_interfaces_bonding_lacp_detail.txt": (vyatta_bonds.parse, "lacp", 1),
    "teamdctl/TEAMDCTL_STATE_DUMP_INFO.txt": (teamd_dumps.parse, "dumps", 1),
    "teamdctl/TEAMDCTL_STATE_DUMP_INFO_NONE.txt": (teamd_dumps.parse, "dumps", 1),
    "teamdctl/danos_teamdctl_test_fixture.json": (teamd_dumps.parse, "dumps", 1),
    "teamdctl/teamdctl_v_state.txt": (teamd_dumps.parse, "dumps", 1),
    "pcap/lacp-ev.out": (tcpdump_text.parse, "frames", 20),
    "pcap/slow-ossp.out": (tcpdump_text.parse, "frames", 1),
}
# Read by others: procfs.py, and kernel_log.py; the timeline is the incident's (make incident).
NO_SCREENS = {
    "vyatta/pcap_lacp_timeline.txt",
    "vyatta/syslog__bond_down.txt",
    "vyos/show_interfaces_bonding_bond5_detail__churned_no_caps.txt",
}


def parsed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = READ[name][0]((SAMPLES / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", READ)
def test_each_sample_is_read_whole(name: str) -> None:
    found = parsed(name)
    assert len(found[READ[name][1]]) == READ[name][2]
    assert found["unrecognised"] == []
    assert found["refusals"] == []
    assert found["other_screens"] == []


def test_no_sample_is_forgotten() -> None:
    folders = ("vyatta", "vyos", "teamdctl")
    present = {
        f"{folder}/{path.name}" for folder in folders for path in (SAMPLES / folder).iterdir()
    }
    assert present == {name for name in READ if not name.startswith("pcap/")} | NO_SCREENS


def test_the_recovery_of_the_member_is_seen() -> None:
    found = parsed("vyatta/kick_dp0s0_sequence.txt")
    seen = [
        (port["selected"], port["flags"]["shown"], port["tx_bytes"], port["tx_packets"])
        for table in found["tables"]
        for port in table["bonds"][0]["members"]
        if port["name"] == "dp0s0"
    ]
    assert seen == [
        (False, "EXPIRED", 54574771, 122833),
        (False, "*AGGREGATION", 54574771, 122833),
        (True, "SYNCHRONIZAT", 54574771, 122833),
        (True, "DISTRIBUTING", 54574895, 122834),
    ]
    assert [(kick["action"], kick["member"]) for kick in found["kicks"]] == [
        ("remove", "dp0s0"),
        ("add", "dp0s0"),
    ]


def test_the_bond_that_lost_its_carrier_is_seen() -> None:
    rows = parsed("vyatta/show_interfaces__bond0_down.txt")["tables"][0]["interfaces"]
    state = {row["name"]: (row["state"], row["link"]) for row in rows}
    assert state["dp0bond0"] == state["dp0bond0.956"] == ("up", "down")
    assert state["dp0s0"] == ("up", "up")
    assert state["dp0vrrp1"] == ("admin-down", "down")
    moved = {
        row["interface"]: row["changed_utc"]
        for row in parsed("vyatta/opstate_csv__bond_down.txt")["rows"]
    }
    assert moved["dp0bond0"] == "2017-11-30T09:56:06.727Z"


def test_the_frames_of_the_broken_member() -> None:
    first, second = parsed("vyatta/tcpdump_v__dp0s0_broken.txt")["frames"]
    assert (first["interface"], first["actor"]["state"], first["partner"]["state"]) == (
        "dp0s0",
        0x45,
        2,
    )
    assert (second["actor"]["state"], second["partner"]["state"]) == (0x0D, 0x45)
    assert first["time"] == "16:30:20"
    assert first["fraction"] is None


@pytest.mark.parametrize("name", READ)
def test_a_sample_cut_anywhere_is_read(name: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    for at in range(0, len(text), max(1, len(text) // 60)):
        READ[name][0](text[:at])
