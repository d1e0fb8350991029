# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to run on a switch, by vendor: the state of a member, both identities, counters, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHY = (
    "state of each member, and the reason",
    "what it holds of itself and of us (system, key, port)",
    "LACPDUs received and sent; take it twice, three periods apart",
    "consistency of the pair",
    "errors of the port; take it twice",
    "what it logged in the window",
)
# One command for each reason of _WHY; '' where the system has none.
COMMANDS: dict[str, tuple[str, ...]] = {
    "Cisco NX-OS": (
        "show port-channel summary",
        "show lacp neighbor",
        "show lacp counters",
        "show vpc consistency-parameters global",
        "show interface counters errors",
        "show logging logfile",
    ),
    "Cisco IOS-XE": (
        "show etherchannel detail",
        "show lacp neighbor detail",
        "show lacp counters",
        "",
        "show interfaces counters errors",
        "show logging",
    ),
    "Arista EOS": (
        "show port-channel detailed | json",
        "show lacp interface detailed | json",
        "show lacp counters all-ports | json",
        "show mlag config-sanity | json",
        "show interfaces counters errors | json",
        "show logging",
    ),
    "Junos": (
        "show lacp interfaces",
        "show lacp interfaces extensive",
        "show lacp statistics interfaces",
        "show iccp",
        "show interfaces extensive",
        "show log messages | match lacp",
    ),
    "Cumulus Linux": (
        "sudo cat /proc/net/bonding/*",
        "sudo cat /proc/net/bonding/*",
        "ip stats show group xstats_slave subgroup bond suite 802.3ad",
        "clagctl -j",
        "ethtool -S PORT",
        "grep -i -e bond -e clag /var/log/syslog",
    ),
    "SONiC": (
        "show interfaces portchannel",
        "docker exec teamd teamdctl PORTCHANNEL state dump",
        "show copp configuration",
        "mclagdctl dump state",
        "show interfaces counters errors",
        "show logging teamd",
    ),
    "Dell OS10": (
        "show port-channel summary",
        "show lacp neighbor",
        "show lacp counter",
        "show vlt 1 mismatch",
        "show interface ethernet",
        "show logging log-file",
    ),
    "ArubaOS-CX": (
        "show lacp interfaces",
        "show lacp aggregates",
        "show lacp statistics",
        "show vsx config-consistency lacp",
        "show interface error-statistics",
        "show logging -r",
    ),
    "RouterOS": (
        "/interface bonding monitor [find] once",
        "/interface bonding monitor-slaves [find]",
        "",
        "/interface bridge mlag monitor",
        "/interface ethernet print stats",
        '/log print where topics~"bond"',
    ),
    "Comware": (
        "display link-aggregation verbose",
        "display link-aggregation member-port",
        "",
        "display irf",
        "display counters inbound interface",
        "display logbuffer",
    ),
    "Linux": (
        "cat /proc/net/bonding/*",
        "cat /proc/net/bonding/*",
        "ip stats show group xstats_slave subgroup bond suite 802.3ad",
        "",
        "ip -s -s link show",
        "journalctl -k",
    ),
}
# A word in the registered name of the OUI's owner -> what its switches run.
_VENDORS = (
    ("cisco", ("Cisco NX-OS", "Cisco IOS-XE")),
    ("arista", ("Arista EOS",)),
    ("juniper", ("Junos",)),
    ("mellanox", ("Cumulus Linux", "SONiC")),
    ("nvidia", ("Cumulus Linux", "SONiC")),
    ("cumulus", ("Cumulus Linux",)),
    ("dell", ("Dell OS10", "SONiC")),
    ("force10", ("Dell OS10",)),
    ("aruba", ("ArubaOS-CX",)),
    ("hewlett", ("ArubaOS-CX", "Comware")),
    ("h3c", ("Comware",)),
    ("3com", ("Comware",)),
    ("routerboard", ("RouterOS",)),
    ("mikrotik", ("RouterOS",)),
    ("edgecore", ("SONiC",)),
    ("accton", ("SONiC",)),
    ("celestica", ("SONiC",)),
)


def systems_for(vendor: str) -> tuple[str, ...]:
    """What the switch may run; all of them where the vendor is not known."""
    low = vendor.lower()
    return next((names for word, names in _VENDORS if word in low), tuple(COMMANDS))


def commands_for(
    vendor: str, system: str, ports: Sequence[tuple[str, object]]
) -> list[dict[str, str]]:
    """Rows of vendor, command and why; the why names the partner's system and port numbers."""
    numbers = ", ".join(
        f"LACP port {number} (our {name})" for name, number in ports if number not in (None, 0)
    )
    where = " on ".join(part for part in (numbers, f"system {system}" if system else "") if part)
    found = []
    for name in systems_for(vendor):
        for command, why in zip(COMMANDS[name], _WHY):
            if command:
                told = f"{why}; look for {where}" if where else why
                found.append({"vendor": name, "command": command, "why": told})
    return found
