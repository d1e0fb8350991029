# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IEEE 802.1AX port state octet (clause 6.4.2.3) and the fixed numbers of LACP timing."""

from __future__ import annotations

ACTIVITY = 0x01
TIMEOUT = 0x02
AGGREGATION = 0x04
SYNCHRONIZATION = 0x08
COLLECTING = 0x10
DISTRIBUTING = 0x20
DEFAULTED = 0x40
EXPIRED = 0x80

STATE_BITS = (
    (ACTIVITY, "activity"),
    (TIMEOUT, "timeout"),
    (AGGREGATION, "aggregation"),
    (SYNCHRONIZATION, "synchronization"),
    (COLLECTING, "collecting"),
    (DISTRIBUTING, "distributing"),
    (DEFAULTED, "defaulted"),
    (EXPIRED, "expired"),
)

# What a port needs to carry traffic: in sync, collecting and distributing, and able to aggregate.
FORWARDING = AGGREGATION | SYNCHRONIZATION | COLLECTING | DISTRIBUTING

# 802.1AX 6.4.4: seconds. The receiver's own Timeout bit chooses short or long.
FAST_PERIODIC_S = 1
SLOW_PERIODIC_S = 30
SHORT_TIMEOUT_S = 3
LONG_TIMEOUT_S = 90
CHURN_DETECTION_S = 60
AGGREGATE_WAIT_S = 2

SLOW_PROTOCOLS_GROUP = "01:80:c2:00:00:02"
ZERO_MAC = "00:00:00:00:00:00"


def flags(state: int) -> list[str]:
    """Names of the bits that are set, in bit order."""
    return [name for bit, name in STATE_BITS if state & bit]


def words(state: int) -> str:
    """The octet as an operator reads it: '61 (activity aggregation ...)'."""
    return f"{state} ({' '.join(flags(state)) or 'no bits'})"
