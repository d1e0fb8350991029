# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of identity and membership: R10 to R15, R19, R22, R23, and of the switch's own words."""

from __future__ import annotations

from typing import Any

import pytest

from .rule_cases import FIRES, SILENT, UNASKED, Case, check, name_of
from .scene import Scene, log, ours, port_evidence, theirs, unknown
from .scenes import (
    carrier_flaps,
    flipping,
    healthy,
    new_mac,
    other_key,
    other_speed,
    other_switch,
    recreated,
    unheard,
)

OTHER = "02:5c:00:00:00:0a"


def became_another() -> dict[str, Any]:
    """Nobody listened; the facts before and after differ, and no link changed."""
    return Scene().before("eno2", PARTNER_SYSTEM=OTHER).verdict(wire=None)


def recabled() -> dict[str, Any]:
    scene = carrier_flaps()
    scene.before("eno2", PARTNER_SYSTEM=OTHER)
    return scene.verdict()


def partners_hidden() -> dict[str, Any]:
    """Without privilege the kernel hides who the partner is, and nobody listened."""
    scene = Scene()
    for name in scene.names:
        hidden = unknown()
        scene.after(name, PARTNER_SYSTEM=hidden, PARTNER_KEY=hidden, ACTOR_KEY=hidden)
    return scene.verdict(wire=None)


def keys_hidden() -> dict[str, Any]:
    return Scene().after("eno2", ACTOR_KEY=unknown()).verdict(wire=None)


def speeds_seen_by_switch() -> dict[str, Any]:
    ports = [port_evidence(1), port_evidence(2, partner__key=9)]
    return other_speed().verdict(switch_evidence=ports)


def apart(**changes: Any) -> dict[str, Any]:
    return Scene().after("eno2", AGGREGATOR_ID=2, **changes).verdict()


def log_only(text: str, second: float = 5) -> dict[str, Any]:
    packet = Scene().packet()
    return Scene().verdict(wire=packet["wire"], kernel_log=[log(second, text)])


def ten_hourly() -> dict[str, Any]:
    lines = [
        log(2 + 6 * n, "bond0: (slave eno2): Enslaving as a backup interface") for n in range(3)
    ]
    return Scene().verdict(kernel_log=lines)


def bond_gone() -> dict[str, Any]:
    packet = Scene().packet()
    packet["after"]["bonds"] = {}
    return Scene().verdict(after=packet["after"])


def nothing_to_tell() -> dict[str, Any]:
    return Scene().verdict(wire=None, before=None, kernel_log=None)


def limit(value: Any) -> dict[str, Any]:
    scene = Scene()
    scene.bond["MIN_LINKS"] = value
    return scene.verdict()


def farewell(*, gives_up: bool) -> dict[str, Any]:
    """We clear Aggregation and set it again at once; the far end falls silent, or does not mind."""
    scene = Scene()
    scene.fine("eno2", 0, 8)
    scene.speaks("eno2", 8, 9, sent=ours(2, 3), received=theirs(2))
    if gives_up:
        scene.speaks("eno2", 9, sent=ours(2, 7))
        return scene.after("eno2", ACTOR_STATE=7).verdict()
    scene.fine("eno2", 9)
    return scene.verdict()


def says(**port: Any) -> dict[str, Any]:
    return Scene().verdict(switch_evidence=[port_evidence(2, **port)])


def out_and_says(**port: Any) -> dict[str, Any]:
    """The member does not forward, although LACPDUs pass both ways."""
    scene = Scene()
    scene.speaks("eno2", sent=ours(2, 15), received=theirs(2, 7))
    scene.after("eno2", ACTOR_STATE=15, PARTNER_STATE=7)
    return scene.verdict(switch_evidence=[port_evidence(2, **port)])


def left_but_unheard() -> dict[str, Any]:
    scene = unheard("ice").grew("eno2", **{"tx_multicast.nic": 20})
    told = {"member__state": "suspended", "member__reason": "no_lacp_pdus"}
    return scene.verdict(switch_evidence=[port_evidence(2, lacp_counters__rx=0, **told)])


BAD = [{"param": "vlans", "local": "1-10", "peer": "1-9"}]
SUSPENDED = {
    "member__state": "suspended",
    "member__reason": "vlan",
    "member__reason_raw": "vlan mask",
}
CASES = [
    Case("R10", FIRES, flipping().verdict, "one unbroken link", fault="switch"),
    Case("R10", FIRES, became_another, OTHER, confidence="conclusive"),
    Case("R10", SILENT, healthy().verdict),
    Case("R10", SILENT, recabled),
    Case("R10", UNASKED, partners_hidden, "CAP_NET_ADMIN"),
    Case("R11", FIRES, other_key().verdict, "eno2 key 77", "", "switch", "conclusive"),
    Case("R11", SILENT, healthy().verdict, subject=""),
    Case("R11", SILENT, other_switch().verdict, subject=""),
    Case("R11", UNASKED, partners_hidden, "CAP_NET_ADMIN", ""),
    Case("R12", FIRES, other_switch().verdict, "02:5c:ff:00:00:01", "", "switch", "conclusive"),
    Case("R12", SILENT, healthy().verdict, subject=""),
    Case("R12", SILENT, flipping().verdict, subject=""),
    Case("R12", UNASKED, partners_hidden, "CAP_NET_ADMIN", ""),
    Case("R13", FIRES, other_speed().verdict, "eno2 key 9", "", "host", "likely"),
    Case("R13", FIRES, speeds_seen_by_switch, "eno2 key 9", "", "host", "conclusive"),
    Case("R13", SILENT, healthy().verdict, subject=""),
    Case("R13", UNASKED, keys_hidden, "CAP_NET_ADMIN", ""),
    Case("R14", FIRES, new_mac().verdict, "mac 02:00:00:00:01:99", "", "host", "conclusive"),
    Case("R14", SILENT, healthy().verdict, subject=""),
    Case("R14", UNASKED, nothing_to_tell, "were not collected", ""),
    Case("R15", FIRES, recreated().verdict, "interface index 9 -> 10", "", "host"),
    Case("R15", FIRES, lambda: log_only("bond0: Released all slaves"), "Released all slaves"),
    Case("R15", FIRES, ten_hourly, "comes back every 6 s"),
    Case("R15", FIRES, bond_gone, "is gone after it"),
    Case("R15", SILENT, healthy().verdict, subject=""),
    Case("R15", SILENT, lambda: log_only("bond0: Released all slaves", -60), subject=""),
    Case("R15", UNASKED, nothing_to_tell, "were not collected", ""),
    Case("R19", FIRES, lambda: limit(3), "min_links is 3", "", "host", "conclusive"),
    Case("R19", FIRES, lambda: says(lag__min_links=3), "min-links is 3", fault="switch"),
    Case("R19", SILENT, healthy().verdict, subject=""),
    Case("R19", UNASKED, lambda: limit(unknown("no source")), "no source", ""),
    Case("R22", FIRES, apart, "eno2 in 2", "", "host", "likely"),
    Case("R22", SILENT, healthy().verdict, subject=""),
    Case("R22", SILENT, other_key().verdict, subject=""),
    Case("R22", UNASKED, partners_hidden, "CAP_NET_ADMIN", ""),
    Case("R23", FIRES, lambda: farewell(gives_up=True), "without Aggregation", fault="switch"),
    Case("R23", SILENT, lambda: farewell(gives_up=False)),
    Case("R23", SILENT, healthy().verdict),
    Case("R23", UNASKED, lambda: Scene().verdict(wire=None), "no frames were captured"),
    Case("R07", FIRES, lambda: out_and_says(**SUSPENDED), "vlan mask", fault="switch"),
    Case("R07", SILENT, says),
    Case("R07", UNASKED, healthy().verdict, "no switch evidence"),
    Case("R07b", FIRES, left_but_unheard, "they did leave", fault="insufficient"),
    Case("R07b", SILENT, says),
    Case("R07b", UNASKED, healthy().verdict, "no switch evidence"),
    Case(
        "R26",
        FIRES,
        lambda: out_and_says(mlag={"lag_consistent": False, "inconsistencies": BAD}),
        "vlans: 1-10 here, 1-9 at the peer",
        fault="switch",
        confidence="conclusive",
    ),
    Case("R26", SILENT, says),
    Case("R26", UNASKED, lambda: says(mlag=None), "does not say mlag"),
    Case("R25", FIRES, lambda: out_and_says(member__state="fallback"), "without LACP"),
    Case("R25", SILENT, says),
    Case("R25", UNASKED, lambda: says(member__state=None), "does not say member.state"),
    Case("R28", FIRES, lambda: says(member__state="hot_standby"), "by design", fault="healthy"),
    Case("R28", SILENT, says),
    Case("R28", UNASKED, healthy().verdict, "no switch evidence"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_rule(case: Case) -> None:
    check(case)
