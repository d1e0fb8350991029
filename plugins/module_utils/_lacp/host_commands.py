# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to run on the host next, by rule, by direction, or in any case: (command, why)."""

from __future__ import annotations

Rows = tuple[tuple[str, str], ...]

_DROPS = (
    "tc -s qdisc show dev {member}; tc -s filter show dev {member} egress",
    "who drops on this host, and how many",
)
_DROPS_IN = ("tc -s filter show dev {member} ingress", "who drops on this host, and how many")
_RULESET = ("nft -s list ruleset", "rules that may match ethertype 0x8809")
_COUNTERS = (
    "ethtool -S {member} | grep -Ei 'multicast|mcast|crc|err|drop|disc'",
    "twice, three LACP periods apart: what the hardware sent and received",
)
_MARKERS = (
    "ansible HOST -m bondproof.lacp.lacp_ping -a bond={bond}",
    "an answered marker proves both directions of a member without the switch team",
)
_OPTICS = ("ethtool -m {member}; ethtool --show-fec {member}", "optical levels and FEC mode")
_LOG = ("journalctl -k --utc -o short-precise -S -15min", "what the kernel said around it")
_STATES = ("cat /proc/net/bonding/{bond}", "states, keys and aggregator of each member")
_SPEED = ("ethtool {member}", "speed, duplex and what was negotiated")
_MANAGERS = (
    "systemctl list-units --state=active 'systemd-networkd*' 'NetworkManager*' 'networking*'",
    "who manages the network here",
)
_CYCLE = (
    "ansible HOST -m bondproof.lacp.bond_member -a 'bond={bond} member={member} state=cycled'",
    "releases and re-adds the member, and restores it if that fails",
)

COMMANDS: dict[str, Rows] = {
    "R04": (_LOG, ("ethtool -i {member}", "driver and firmware"), ("lspci -vvv", "AER and ASPM")),
    "R01": (_OPTICS, _COUNTERS, _LOG),
    "R01b": (_OPTICS, _SPEED),
    "R02": (_OPTICS, _COUNTERS),
    "R03": (_OPTICS, _COUNTERS),
    "R15b": (("ip link set dev {member} up", "if it is down by mistake"), _LOG),
    "R20": (("ip link set dev {bond} type bond miimon 100", "until the configuration has it"),),
    "R21": (_SPEED, _STATES),
    "R05a": (
        _DROPS,
        _COUNTERS,
        _CYCLE,
    ),
    "R06c": (_DROPS_IN, _RULESET, ("ip maddr show dev {member}", "is 01:80:c2:00:00:02 there?")),
    "R08": (("cat /proc/pressure/cpu", "is it starved still?"), _LOG),
    "R10": (_STATES,),
    "R11": (_STATES,),
    "R12": (_STATES,),
    "R13": (_SPEED, _STATES),
    "R14": (
        ("udevadm test-builtin net_setup_link /sys/class/net/{bond}", "who sets its MAC"),
        _LOG,
    ),
    "R15": (_MANAGERS, ("journalctl --utc -S -15min", "what a manager did then")),
    "R18": (
        ("ip -s -s link show dev {member}", "drops by kind"),
        ("nstat -az TcpRetransSegs", "twice: segments that were sent again"),
        ("tc -s qdisc show dev {member}", "drops of the queue"),
    ),
}
DIRECTIONS: dict[str, Rows] = {
    "transmit": (_COUNTERS, _MARKERS, _DROPS),
    "receive": (_COUNTERS, _MARKERS, ("ip maddr show dev {member}", "is 01:80:c2:00:00:02 there?")),
}
ANY: Rows = (_STATES, _COUNTERS, _MARKERS)
