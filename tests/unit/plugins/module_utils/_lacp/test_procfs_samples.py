# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of /proc/net/bonding from public sources, where they are (BONDPROOF_SAMPLES)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    sources,
)

from .procfs_reading import NONE, read, short

TOP = Path(__file__).parents[5]
SAMPLES = Path(os.environ.get("BONDPROOF_SAMPLES") or TOP / "../shared/samples").resolve()
ADMIN = sources.NEEDS_ADMIN
OLD = sources.OLD_KERNEL
SILENT = ["no source on this host reports it"]

# Sample: mode, bond MII status, (aggregator id, ports, partner system) and members: MII status,
# aggregator id, actor state, partner state, partner system.
VERDICTS: dict[str, tuple[Any, Any, Any, dict[str, tuple[Any, ...]]]] = {
    "BONDINFO_1.txt": (
        "balance-rr",
        "up",
        (NONE, NONE, NONE),
        {
            "eno1": ("up", NONE, NONE, NONE, NONE),
            "eno2": ("up", NONE, NONE, NONE, NONE),
        },
    ),
    "BONDINFO_MODE_2.txt": (
        "balance-xor",
        "up",
        (NONE, NONE, NONE),
        {
            "eno1": ("up", NONE, NONE, NONE, NONE),
            "eno2": ("up", NONE, NONE, NONE, NONE),
        },
    ),
    "BONDINFO_MODE_4.txt": (
        "802.3ad",
        "up",
        (3, 1, NONE),
        {
            "eth1": ("up", 3, [OLD], [OLD], [OLD]),
            "eth2": ("up", 2, [OLD], [OLD], [OLD]),
        },
    ),
    "BONDINFO_MODE_5.txt": (
        "active-backup",
        "up",
        (NONE, NONE, NONE),
        {
            "enp17s0f0": ("up", NONE, NONE, NONE, NONE),
            "enp17s0f1": ("up", NONE, NONE, NONE, NONE),
        },
    ),
    "BONDINFO_MODE_7.txt": (
        "active-backup",
        "up",
        (NONE, NONE, NONE),
        {
            "em3": ("up", NONE, NONE, NONE, NONE),
            "p2p3": ("up", NONE, NONE, NONE, NONE),
        },
    ),
    "BOND_MODE_4.txt": (
        "802.3ad",
        "up",
        (1, 1, NONE),
        {
            "enp0s9": ("up", 1, 77, 1, NONE),
            "enp0s8": ("down", 2, 69, 1, NONE),
        },
    ),
    "bond0_no_partner_one_link_down.txt": (
        "802.3ad",
        "up",
        (2, 1, NONE),
        {
            "enp1s0f0": ("down", 1, 71, 1, NONE),
            "enp1s0f1": ("up", 2, 79, 1, NONE),
        },
    ),
    "el6_v3.6.0_no_active_aggregator.txt": (
        "802.3ad",
        "down",
        (NONE, NONE, NONE),
        {
            "eth0": ("down", 1, [OLD], [OLD], [OLD]),
            "eth1": ("down", 2, [OLD], [OLD], [OLD]),
        },
    ),
    "mlx5_40g_no_lacp_partner.txt": (
        "802.3ad",
        "up",
        (2, 1, NONE),
        {
            "enp145s0f0": ("up", 1, 69, 1, NONE),
            "enp145s0f1": ("up", 2, 77, 1, NONE),
        },
    ),
    "unprivileged_200g.txt": (
        "802.3ad",
        "up",
        ([ADMIN], [ADMIN], [ADMIN]),
        {
            "p0": ("up", 1, [ADMIN], [ADMIN], [ADMIN]),
            "p1": ("up", 1, [ADMIN], [ADMIN], [ADMIN]),
        },
    ),
    "unprivileged_healthy.txt": (
        "802.3ad",
        "up",
        ([ADMIN], [ADMIN], [ADMIN]),
        {
            "eth0": ("up", 2, [ADMIN], [ADMIN], [ADMIN]),
            "eth1": ("up", 2, [ADMIN], [ADMIN], [ADMIN]),
        },
    ),
    "veth_no_partner_just_created.txt": (
        "802.3ad",
        "up",
        (1, 1, NONE),
        {
            "h1-eth0": ("up", 1, 77, 1, NONE),
            "h1-eth1": ("up", 2, 69, 1, NONE),
        },
    ),
    "BONDINFO_UNKNOWN_BOND_MODE.txt": (
        ["unrecognised: reverse proximity hash combination mode"],
        SILENT,
        (SILENT, SILENT, SILENT),
        {},
    ),
    "BONDINFO_CORRUPT.txt": (
        SILENT,
        SILENT,
        (SILENT, SILENT, SILENT),
        {},
    ),
}
UNRECOGNISED = {
    "BONDINFO_UNKNOWN_BOND_MODE.txt": {
        "bond": ["Bonding Mode: reverse proximity hash combination mode"]
    },
    "BONDINFO_CORRUPT.txt": {
        "bond": [
            "Link Failure Count: 0",
            "Permanent HW addr: 00:16:35:5e:02:7e",
            "Aggregator ID: ",
        ]
    },
    "BONDINFO_MODE_4.txt": {"eth2": ["Speed"]},
}


@pytest.mark.parametrize("name", VERDICTS)
def test_sample(name: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples at {SAMPLES}: set BONDPROOF_SAMPLES")
    bond = read((SAMPLES / "proc_net_bonding" / name).read_bytes())
    mode, mii, aggregator, members = VERDICTS[name]
    assert short(bond.record.fact(b.MODE)) == mode
    assert short(bond.record.fact(b.MII_STATUS)) == mii
    fields = (b.AGGREGATOR_ID, b.AGGREGATOR_PORTS, b.PARTNER_SYSTEM)
    assert tuple(short(bond.record.fact(field)) for field in fields) == aggregator
    columns = (m.MII_STATUS, m.AGGREGATOR_ID, m.ACTOR_STATE, m.PARTNER_STATE, m.PARTNER_SYSTEM)
    assert {
        member.name: tuple(short(member.record.fact(column)) for column in columns)
        for member in bond.members
    } == members
    odd = {member.name: member.record.unrecognised for member in bond.members}
    odd["bond"] = bond.record.unrecognised
    assert {
        subject: [text for _source, text in texts] for subject, texts in odd.items() if texts
    } == UNRECOGNISED.get(name, {})


def test_every_sample_has_a_verdict() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples at {SAMPLES}: set BONDPROOF_SAMPLES")
    assert {path.name for path in (SAMPLES / "proc_net_bonding").iterdir()} == set(VERDICTS)
