# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the link and of the host's configuration: R04, R01 to R03, R15b, R20, R21."""

from __future__ import annotations

from typing import Any

import pytest
from unit.factory import ABSENT

from .rule_cases import FIRES, SILENT, UNASKED, Case, check, name_of
from .scene import Scene, log, port_evidence, unknown
from .scenes import carrier_flaps, crc, driver_reset, healthy, set_down, unmonitored, unplugged

ZERO = {"crc": 0, "symbol": 0}


def flap_with_errors() -> dict[str, Any]:
    scene = carrier_flaps().before("eno2", ERRORS=ZERO)
    return scene.after("eno2", ERRORS={"crc": 9, "symbol": 0}).verdict()


def flap_with(**port: Any) -> dict[str, Any]:
    return carrier_flaps().verdict(switch_evidence=[port_evidence(2, **port)])


def line(text: str, second: float = 5.0) -> dict[str, Any]:
    return Scene().verdict(kernel_log=[log(second, text)])


def without(what: str, **parts: Any) -> dict[str, Any]:
    """A healthy packet that lacks a part of its wire analysis."""
    packet_wire = Scene().packet()["wire"]
    packet_wire.pop(what)
    return Scene().verdict(wire=packet_wire, **parts)


def counted_errors(ours: int, theirs: int | None) -> dict[str, Any]:
    scene = Scene().before("eno2", ERRORS=ZERO).after("eno2", ERRORS={"crc": ours, "symbol": 0})
    return scene.verdict(switch_evidence=[port_evidence(2, if_counters__rx_crc=theirs)])


def sampled_errors() -> dict[str, Any]:
    return Scene().grew("eno2", rx_crc_errors=12).verdict(before=None)


def deaf_and(speed: Any, duplex: Any) -> dict[str, Any]:
    changes = {"BONDING_SPEED": speed, "BONDING_DUPLEX": duplex, "SPEED": speed, "DUPLEX": duplex}
    return Scene().after("eno2", ACTOR_STATE=69, **changes).verdict(wire=None)


def admin_unknown() -> dict[str, Any]:
    return Scene().after("eno2", ADMIN_UP=unknown("not read")).verdict()


def bond_set_down() -> dict[str, Any]:
    scene = Scene()
    scene.bond["ADMIN_UP"] = False
    return scene.verdict()


def no_log() -> dict[str, Any]:
    return without("kernel_log", kernel_log=None)


def nothing_counted() -> dict[str, Any]:
    return without("link_events", before=None)


def monitored_by(option: Any, arp: Any = 0) -> dict[str, Any]:
    scene = Scene()
    scene.bond.update(MIIMON=option, ARP_INTERVAL=arp)
    return scene.verdict()


HANG = "ice 0000:3b:00.1 eno2: tx_timeout: VSI_num: 8, Q 3"
CASES = [
    Case(
        "R04",
        FIRES,
        driver_reset().verdict,
        "initiating reset",
        fault="host",
        confidence="conclusive",
    ),
    Case("R04", FIRES, lambda: line(HANG), "tx_timeout", confidence="likely"),
    Case(
        "R04",
        FIRES,
        lambda: line("pcieport 0000:00:1c.0: AER: Corrected error received: eno2"),
        "AER",
        confidence="hint",
    ),
    Case("R04", SILENT, healthy().verdict),
    Case("R04", SILENT, lambda: line(HANG.replace("eno2", "eno22"))),
    Case("R04", SILENT, lambda: line("ice 0000:3b:00.1 eno2: NIC Link is Down")),
    Case("R04", UNASKED, no_log, "the kernel log was not read"),
    Case("R01", FIRES, carrier_flaps().verdict, "4 times", fault="physical", confidence="likely"),
    Case("R01", FIRES, flap_with_errors, "crc of eno2 grew by 9", confidence="conclusive"),
    Case("R01", FIRES, lambda: flap_with(if_counters__rx_crc=5), "rx_crc of the switch port"),
    Case("R01", FIRES, lambda: flap_with(port__admin_up=False), "was shut", fault="switch"),
    Case("R01", SILENT, healthy().verdict),
    Case("R01", SILENT, set_down().verdict),
    Case("R01", UNASKED, nothing_counted, "nothing counted"),
    Case("R01b", FIRES, unplugged().verdict, "no carrier", fault="physical", confidence="likely"),
    Case(
        "R01b",
        FIRES,
        lambda: unplugged().verdict(switch_evidence=[port_evidence(2, port__admin_up=False)]),
        "is shut",
        fault="switch",
    ),
    Case("R01b", SILENT, healthy().verdict),
    Case("R01b", UNASKED, admin_unknown, "not read"),
    Case("R02", FIRES, lambda: counted_errors(0, 7), "rx_crc", fault="physical"),
    Case("R02", SILENT, lambda: counted_errors(0, 0)),
    Case("R02", SILENT, lambda: counted_errors(7, 7)),
    Case("R02", UNASKED, healthy().verdict, "no switch evidence was given"),
    Case("R03", FIRES, crc().verdict, "crc grew by 417", fault="physical", confidence="likely"),
    Case("R03", FIRES, lambda: counted_errors(7, 0), "none at the switch", confidence="conclusive"),
    Case("R03", FIRES, lambda: counted_errors(7, 7), "counts errors, too", confidence="conclusive"),
    Case("R03", FIRES, sampled_errors, "crc grew by 12"),
    Case("R03", SILENT, healthy().verdict),
    Case("R03", UNASKED, lambda: Scene().verdict(before=None), "counts no damaged frames"),
    Case("R15b", FIRES, set_down().verdict, "was set down", fault="host", confidence="conclusive"),
    Case("R15b", FIRES, bond_set_down, "bond0 is set down"),
    Case("R15b", FIRES, lambda: Scene().after("eno2", ADMIN_UP=False).verdict(), "is set down"),
    Case("R15b", SILENT, healthy().verdict),
    Case("R15b", UNASKED, admin_unknown, "not read"),
    Case("R20", FIRES, unmonitored().verdict, "nothing monitors", "", "host", "likely"),
    Case("R20", SILENT, healthy().verdict, subject=""),
    Case("R20", SILENT, lambda: monitored_by(0, 100), subject=""),
    Case("R20", UNASKED, lambda: monitored_by(unknown("no source")), "no source", ""),
    Case("R21", FIRES, lambda: deaf_and(ABSENT, ABSENT), "no speed or duplex", fault="host"),
    Case("R21", FIRES, lambda: deaf_and(1000, "half"), "half duplex", confidence="conclusive"),
    Case("R21", SILENT, healthy().verdict),
    Case("R21", UNASKED, lambda: deaf_and(unknown("no ethtool"), "full"), "no ethtool"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_rule(case: Case) -> None:
    check(case)
