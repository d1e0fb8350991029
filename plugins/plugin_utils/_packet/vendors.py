# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to type on a switch, by its vendor; PORT and LAG stand for the names they have there."""

from __future__ import annotations

from typing import NamedTuple


class System(NamedTuple):
    """A switch's operating system: words in its maker's registered name, and its commands.

    Commands by what they show, in the order of ASKED; '' where there is none.
    """

    name: str
    makers: tuple[str, ...]
    member: str
    ids: str
    counters: str
    mlag: str
    errors: str
    log: str

    def asked(self) -> list[tuple[str, str]]:
        """What each command shows, and the command."""
        texts = (self.member, self.ids, self.counters, self.mlag, self.errors, self.log)
        return [(what, text) for what, text in zip(ASKED, texts, strict=True) if text]


ASKED = (
    "state of the member ports, with the reason if one is not bundled",
    "actor and partner of each port: systems, keys, port numbers, states",
    "LACPDUs received, sent, and found faulty",
    "consistency of the pair, if the LAG spans two switches",
    "error counters and flaps of the ports",
    "the log of the window",
)
SYSTEMS = (
    System(
        "Cisco NX-OS",
        ("cisco",),
        "show port-channel summary | json\nshow interface PORT",
        "show lacp neighbor | json\nshow lacp interface PORT\nshow lacp system-identifier",
        "show lacp counters | json",
        "show vpc | json\nshow vpc consistency-parameters interface LAG",
        "show interface counters errors | json\nshow interface PORT | json",
        "show logging logfile\nshow lacp internal event-history errors",
    ),
    System(
        "Cisco IOS-XE",
        ("cisco",),
        "show etherchannel summary\nshow etherchannel detail",
        "show lacp neighbor detail\nshow lacp internal\nshow lacp sys-id",
        "show lacp counters",
        "",
        "show interfaces counters errors",
        "show logging",
    ),
    System(
        "Arista EOS",
        ("arista",),
        "show port-channel detailed | json",
        "show lacp interface detailed | json\nshow lacp neighbor | json",
        "show lacp counters all-ports | json",
        "show mlag detail | json\nshow mlag config-sanity | json",
        "show interfaces counters errors | json\nshow interfaces phy detail",
        "show logging",
    ),
    System(
        "Juniper Junos",
        ("juniper",),
        "show lacp interfaces | display json",
        "show lacp interfaces extensive | display xml",
        "show lacp statistics interfaces\nshow lacp timeouts",
        "show iccp\nshow interfaces mc-ae",
        "show interfaces PORT extensive | display json",
        "show log messages | match lacp",
    ),
    System(
        "NVIDIA Cumulus Linux",
        ("nvidia", "mellanox", "cumulus"),
        "cat /proc/net/bonding/LAG\nnv show interface LAG -o json",
        "cat /proc/net/bonding/LAG\nip -j -d link show",
        "ip link xstats type bond dev LAG",
        "clagctl -j\nclagctl consistency-check",
        "ethtool -S PORT",
        "cat /var/log/clagd.log\njournalctl -k",
    ),
    System(
        "SONiC",
        ("edgecore", "accton", "celestica", "delta networks", "quanta", "micas"),
        "show interfaces portchannel",
        "docker exec teamd teamdctl LAG state dump",
        "",
        "show mclag brief",
        "portstat -j",
        "grep teamd /var/log/syslog\nshow copp configuration",
    ),
    System(
        "Dell OS10",
        ("dell", "force10"),
        "show port-channel summary\nshow lacp port-channel N",
        "show lacp neighbor\nshow lacp interface PORT",
        "show lacp counter",
        "show vlt N\nshow vlt N mismatch",
        "show interface PORT",
        "show logging log-file",
    ),
    System(
        "HPE Aruba AOS-CX",
        ("aruba", "hewlett"),
        "show lacp interfaces\nshow interface LAG",
        "show lacp interfaces",
        "show lacp statistics",
        "show vsx status\nshow vsx config-consistency lacp",
        "show interface PORT",
        "show logging -r",
    ),
    System(
        "HPE and H3C Comware",
        ("h3c", "3com", "hewlett"),
        "display link-aggregation verbose",
        "display link-aggregation verbose",
        "display lacp statistics",
        "display irf",
        "display counters inbound interface PORT",
        "display logbuffer",
    ),
    System(
        "MikroTik RouterOS",
        ("routerboard", "mikrotik"),
        "/interface bonding monitor LAG once",
        "/interface bonding monitor-slaves LAG",
        "",
        "/interface bridge mlag monitor",
        "/interface ethernet print stats",
        '/log print where topics~"bond"',
    ),
)
# Where nobody knows the system, its management station does: IEEE8023-LAG-MIB.
MIB = (
    "dot3adAggPortTable (actor and partner: system, key, port, state)",
    "dot3adAggPortStatsTable (LACPDUsRx, LACPDUsTx, UnknownRx, IllegalRx)",
    "dot3adAggPortDebugTable (RxState, MuxState, LastRxTime, churn)",
)


def systems_of(vendor: str) -> list[System]:
    """The systems that a maker ships, by its registered name; none where it tells nothing."""
    lower = vendor.lower()
    return [system for system in SYSTEMS if any(maker in lower for maker in system.makers)]
