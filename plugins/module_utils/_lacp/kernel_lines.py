# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of the kernel log: what kind of thing each tells, and of which member.

The wordings are those of the drivers and of bonding in Linux 5.10 to 7.3. A line that matches none
is kept as 'other': it may mean something to somebody, and is not guessed at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CARRIER, RESET, FIRMWARE, AER = "carrier", "reset", "firmware", "aer"
BONDING, MEMBERSHIP, MANAGER, MODULE, OTHER = (
    "bonding",
    "membership",
    "manager",
    "physical",
    "other",
)
# The host's own hardware says that it failed.
SERIOUS = (RESET, FIRMWARE)

# In this order: a line that tells of a reset is not one of the carrier that went with it.
_KINDS = (
    (CARRIER, r"after link loss"),  # ixgbe resets itself because of it: a consequence
    (
        MANAGER,
        (
            r"^(NetworkManager|systemd-networkd|systemd-udevd|networkd|ifup|ifdown|ifupdown2?|ifreload"
            r"|dhclient|dhcpcd|netplan|teamd|wickedd)\b"
        ),
    ),
    (
        MEMBERSHIP,
        (
            r"Enslaving as|Releasing (active|backup) interface|Released all slaves|Destroying bond"
            r"|interface not enslaved|can(not| not|'t) be enslaved|is still in use by bond"
            r"|Opening slave failed|Error -?\d+ calling (set_mac_address|dev_set_mtu)"
        ),
    ),
    (AER, r"AER: |Bus Error: severity=|severity=.*type=.*(Layer|ID)|containment event, status"),
    (
        FIRMWARE,
        (
            r"Firmware (not responding|reset aborted|recovery mode)"
            r"|firmware (fatal|error|reset event)"
            r"|FW Reset|MCP assert|MFW seems hanged|ME firmware caused|HMC error interrupt"
            r"|health recovery|health compromised|Health issue observed"
            r"|Fatal error \d+ detected|device's health|Warning firmware error"
        ),
    ),
    (
        RESET,
        (
            r"tx hang|Tx hang|Tx Unit Hang|Hardware Unit Hang|NETDEV WATCHDOG"
            r"|transmit queue \d+ timed"
            r"|TX timeout|tx_timeout|Tx timeout|transmit timed out|[Rr]eset adapter"
            r"|resetting adapter"
            r"|initiating reset|starting reset|Resetting chip|reset \d+ failed|Rebuild failed"
            r"|unload and reload driver|unrecoverable state|Malicious Driver Detection"
            r"|PCIe link lost|PCI channel ERROR|PCI error \(cmd|recovery process"
            r"|network adapter was stopped|Ring monitor event|ASPM disabled on Tx timeout"
        ),
    ),
    (
        MODULE,
        (
            r"[Uu]nqualified (SFP|module)|unsupported (SFP )?module|module type was detected"
            r"|Port module event|power requirements exceed|Power (budget|fault)|High [Tt]emperature"
            r"|thermal (requirements|threshold)|Fan (has stopped|[Ff]ailure)|SmartSpeed|downgraded"
            r"|SFP\+ module is shutdown|Cable (plugged|unplugged|error)|Bad or shorted"
        ),
    ),
    (
        CARRIER,
        (
            r"(NIC )?[Ll]ink is ([Uu]p|[Dd]own)\b|\bLink (up|down)\s*$|: link becomes ready"
            r"|carrier (lost|acquired)|Gained carrier|Lost carrier"
        ),
    ),
    (
        BONDING,
        (
            r"link status (definitely|up again|down|up|changed)|No 802\.3ad response"
            r"|illegal loopback|802\.3ad compliant|suitable aggregator|active aggregator"
            r"|unbinding aggregator|speed changed to 0 on port|failed to get link speed"
            r"|\(slave \S+\): |active interface up!|without any active interface|making interface"
            r"|option \S+: |related to aggregator|uninitialized port|unknown ethtool speed"
        ),
    ),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_UP = re.compile(r"[Ll]ink (is )?[Uu]p\b|link becomes ready|Gained carrier|carrier acquired")


class Line(NamedTuple):
    """A line understood; member '' where it names none of the bond's."""

    kind: str
    member: str


def is_up(text: str) -> bool:
    """Whether a carrier line tells of a link that came."""
    return bool(_UP.search(text))


def classify(text: str, members: Iterable[str], buses: Mapping[str, str]) -> Line:
    """Kind and member of a line; buses: member -> PCI address, by which some lines name it."""
    kind = next((name for name, pattern in _COMPILED if pattern.search(text)), OTHER)
    for member in sorted(members, key=len, reverse=True):
        if _names(text, member) or (buses.get(member) and buses[member] in text):
            return Line(kind, member)
    return Line(kind, "")


def _names(text: str, name: str) -> bool:
    """Whether the name stands there as a word of its own (eno1 is not in eno12, nor eno1.7)."""
    return bool(re.search(rf"(?<![\w.@-]){re.escape(name)}(?![\w.@-]|\.\d)", text))
