# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which managers a host has, by the files that show it."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import host_fields, managers
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known, Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import (
    Record,
    RecordBuilder,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot

from .config_tree import IFUPDOWN_ENABLED, KEYFILE_RUNS, NETWORKD_RUNS, snapshot_of

WANTS = "/etc/systemd/system/multi-user.target.wants"
SSH = {"/run/systemd/units/invocation:ssh.service": ""}


def record_of(snapshot: Snapshot) -> Record:
    into = RecordBuilder()
    managers.host(snapshot, into)
    return into.build()


CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "networkd runs": (NETWORKD_RUNS, ["systemd-networkd"]),
    "networkd is enabled": ({f"{WANTS}/systemd-networkd.service": "", **SSH}, ["systemd-networkd"]),
    "NetworkManager runs": (KEYFILE_RUNS, ["NetworkManager"]),
    "ifupdown is enabled": (IFUPDOWN_ENABLED, ["ifupdown"]),
    "ifupdown2": ({**IFUPDOWN_ENABLED, "/usr/share/ifupdown2/x": ""}, ["ifupdown2"]),
    "netplan over networkd": (
        {**NETWORKD_RUNS, "/etc/netplan/01.yaml": ""},
        ["netplan", "systemd-networkd"],
    ),
    "two of them": ({**NETWORKD_RUNS, **KEYFILE_RUNS}, ["NetworkManager", "systemd-networkd"]),
    "none of them": (SSH, []),
}


@pytest.mark.parametrize("case", CASES)
def test_managers(case: str) -> None:
    tree, expected = CASES[case]
    fact = record_of(snapshot_of(tree)).fact(host_fields.MANAGERS)
    assert fact == Known(expected, "configuration")


def test_without_systemd_it_cannot_be_told() -> None:
    fact = record_of(snapshot_of({})).fact(host_fields.MANAGERS)
    assert fact == Unknown("/run/systemd/units shows no unit: not run by systemd")


def test_configuration_that_was_not_read_says_nothing() -> None:
    assert record_of(Snapshot()).facts == {}
