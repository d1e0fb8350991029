# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel log lines, in the words of the drivers: what kind each is, and of whom."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.kernel_lines import (
    AER,
    BONDING,
    CARRIER,
    FIRMWARE,
    MANAGER,
    MEMBERSHIP,
    MODULE,
    OTHER,
    RESET,
    classify,
)

MEMBERS = ("eno1", "eno12", "enp3s0f1np1")
BUSES = {"eno1": "0000:3b:00.0", "eno12": "0000:3b:00.1"}
LINES = [
    ("ice 0000:3b:00.0 eno1: NIC Link is Down", CARRIER, "eno1"),
    ("ice 0000:3b:00.0 eno1: NIC Link is up 25 Gbps Full Duplex", CARRIER, "eno1"),
    ("i40e 0000:3b:00.1 eno12: NIC Link is Up, 10 Gbps Full Duplex", CARRIER, "eno12"),
    ("igb: eno1 NIC Link is Down", CARRIER, "eno1"),
    ("mlx5_core 0000:5e:00.0 enp3s0f1np1: Link down", CARRIER, "enp3s0f1np1"),
    ("qede 0000:01:00.0 eno1: Link is up", CARRIER, "eno1"),
    ("r8169 0000:02:00.0 eno1: Link is Up - 1Gbps/Full - flow control rx/tx", CARRIER, "eno1"),
    ("ixgbe 0000:3b:00.0 eno1: initiating reset to clear Tx work after link loss", CARRIER, "eno1"),
    ("ixgbe 0000:3b:00.0 eno1: initiating reset due to tx timeout", RESET, "eno1"),
    ("ixgbe 0000:3b:00.0 eno1: tx hang 1 detected on queue 3, resetting adapter", RESET, "eno1"),
    ("ixgbe 0000:3b:00.0 eno1: Detected Tx Unit Hang", RESET, "eno1"),
    ("e1000e 0000:00:1f.6 eno1: Detected Hardware Unit Hang:", RESET, "eno1"),
    ("ice 0000:3b:00.0 eno1: tx_timeout: VSI_num: 8, Q 3, NTC: 0x1", RESET, "eno1"),
    ("i40e 0000:3b:00.0 eno1: tx_timeout recovery level 1, txqueue 4", RESET, "eno1"),
    ("eno1: NETDEV WATCHDOG: CPU: 3: transmit queue 7 timed out 5012 ms", RESET, "eno1"),
    ("mlx5_core 0000:5e:00.0 enp3s0f1np1: TX timeout detected", RESET, "enp3s0f1np1"),
    ("bnxt_en 0000:3b:00.0 eno1: TX timeout detected, starting reset task!", RESET, "eno1"),
    ("tg3 0000:3b:00.0 eno1: transmit timed out, resetting", RESET, "eno1"),
    ("bnxt_en 0000:3b:00.0 eno1: Firmware not responding, status: 0x8000", FIRMWARE, "eno1"),
    ("mlx5_core 0000:3b:00.0: Health issue observed, severity(3)", FIRMWARE, "eno1"),
    ("mlx5_core 0000:3b:00.0: device's health compromised - reached miss count", FIRMWARE, "eno1"),
    ("bnx2x 0000:3b:00.0 eno1: MCP assert!", FIRMWARE, "eno1"),
    ("i40e 0000:3b:00.1: HMC error interrupt", FIRMWARE, "eno12"),
    ("ixgbe 0000:3b:00.0 eno1: Firmware recovery mode detected", FIRMWARE, "eno1"),
    ("pcieport 0000:3a:00.0: AER: Corrected error message received from 0000:3b:00.0", AER, "eno1"),
    ("ice 0000:3b:00.0: PCIe Bus Error: severity=Uncorrected (Fatal)", AER, "eno1"),
    ("ice 0000:3b:00.0: PCIe Bus Error: severity=Correctable, type=Physical Layer", AER, "eno1"),
    ("mlx5_core 0000:3b:00.0: Port module event: module 0, Cable unplugged", MODULE, "eno1"),
    ("bnxt_en 0000:3b:00.0 eno1: Unqualified SFP+ module detected on port 0", MODULE, "eno1"),
    ("igb 0000:3b:00.0 eno1: Link Speed was downgraded by SmartSpeed", MODULE, "eno1"),
    ("ice 0000:3b:00.0 eno1: An unsupported module type was detected.", MODULE, "eno1"),
    ("bond0: (slave eno1): link status definitely down, disabling slave", BONDING, "eno1"),
    ("bond0: (slave eno1): link status definitely up, 25000 Mbps full duplex", BONDING, "eno1"),
    ("bond0: Warning: No 802.3ad response from the link partner", BONDING, ""),
    ("bond0: (slave eno1): An illegal loopback occurred on slave", BONDING, "eno1"),
    ("bond0: (slave eno1): Enslaving as a backup interface with an up link", MEMBERSHIP, "eno1"),
    ("bond0: (slave eno12): Releasing backup interface", MEMBERSHIP, "eno12"),
    ("bond0 (unregistered): Released all slaves", MEMBERSHIP, ""),
    ("bond0: Destroying bond", MEMBERSHIP, ""),
    ("systemd-networkd[512]: eno1: Lost carrier", MANAGER, "eno1"),
    ("NetworkManager[700]: <info> device (eno1): state change", MANAGER, "eno1"),
    ("EXT4-fs (sda1): mounted filesystem", OTHER, ""),
    ("eno1.7: something of a VLAN", OTHER, ""),
    ("eno123: something of another card", OTHER, ""),
    ("vlan@eno1: a device on top", OTHER, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "member"), LINES, ids=[line[0][:60] for line in LINES])
def test_a_line_is_understood_or_kept(text: str, kind: str, member: str) -> None:
    found = classify(text, MEMBERS, BUSES)
    assert (found.kind, found.member) == (kind, member)
