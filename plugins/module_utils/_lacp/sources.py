# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the kernel's sources, why they may keep silent, and how all of them spell options."""

from __future__ import annotations

from .snapshot import ReadFailure, Reading

RTNETLINK = "rtnetlink"
PROCFS = "procfs"
SYSFS = "sysfs"

NEEDS_ADMIN = "needs CAP_NET_ADMIN to read"
# The gate asks for the capability in the initial user namespace; a file cut short looks the same.
HIDDEN = "hidden although CAP_NET_ADMIN is held (another user namespace, or a read cut short)"
OLD_KERNEL = "this kernel does not report it"
NO_AGGREGATOR = "no aggregator assigned yet"

# Indexed by the number that netlink gives; sysfs and procfs print the names (bond_options.c).
MODES = (
    "balance-rr",
    "active-backup",
    "balance-xor",
    "broadcast",
    "802.3ad",
    "balance-tlb",
    "balance-alb",
)
LACP_MODE = MODES[4]
HASH_POLICIES = ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac")
LACP_RATES = ("slow", "fast")
AD_SELECTS = ("stable", "bandwidth", "count", "actor_port_prio")
ARP_VALIDATES = (
    "none",
    "active",
    "backup",
    "all",
    "filter",
    "filter_active",
    "filter_backup",
)
ANY_ALL = ("any", "all")
RESELECTS = ("always", "better", "failure")
FAIL_OVER_MACS = ("none", "active", "follow")
OFF_ON = ("off", "on")
# bond_slave_link_status()
MII_STATUSES = ("up", "going down", "down", "going back")
PORT_STATES = ("active", "backup")
# AD_CHURN_MONITOR, AD_CHURN, AD_NO_CHURN of the kernel's private header
CHURN_STATES = ("monitoring", "churned", "none")
# RFC 2863 as IF_OPER_* numbers it
OPERSTATES = (
    "unknown",
    "notpresent",
    "down",
    "lowerlayerdown",
    "testing",
    "dormant",
    "up",
)


def privileged(status: Reading) -> bool:
    """Whether /proc/self/status says that CAP_NET_ADMIN is held; False if it cannot tell."""
    if isinstance(status, ReadFailure):
        return False
    _before, found, after = status.partition(b"CapEff:")
    digits = after[:20].split()
    if not found or not digits:
        return False
    try:
        return bool(int(digits[0], 16) >> 12 & 1)
    except ValueError:
        return False
