# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernels and drivers known to break bonds: a table, and one rule made of each row.

A row stays silent for every version that has the fix, and is not evaluable where the version is
unknown or nobody recorded whether its branch has the fix. 'mainline' is chosen late rather than
early: what it calls fixed is fixed. Sources: Debian's kernel changelog and source trees 5.10.223,
6.1.176, 6.12.107, 7.2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

from .. import bond_fields as b, host_fields as h, member_fields as m
from ..fact import NotEvaluable
from ..kernel_version import Fault, cure, has_fault
from ..model import KIND_BOND
from ..rule import BOND, ERROR, INFO, WARNING, Deviation, rule
from ..views import BondView

if TYPE_CHECKING:
    from collections.abc import Iterator

Applies = Callable[[BondView], Optional[str]]


class KnownBad(NamedTuple):
    """A fault; applies gives what the bond has that meets it, or None where it cannot bite."""

    rule_id: str
    severity: str
    title: str
    why: str
    remedy: str
    source: str
    fault: Fault
    applies: Applies


def _always(bond: BondView) -> str:
    _of_bonding(bond)
    return ""


def _of_bonding(bond: BondView) -> None:
    """NotEvaluable where another driver than bonding aggregates the links."""
    kind = bond.value(b.KIND)
    if kind != KIND_BOND:
        raise NotEvaluable(f"{bond.name} is a {kind} device: faults of bonding do not concern it")


def _passive(bond: BondView) -> str | None:
    _of_bonding(bond)
    return "lacp_active off" if bond.maybe(b.LACP_ACTIVE) == "off" else None


def _min_links(bond: BondView) -> str | None:
    _of_bonding(bond)
    wanted = bond.value(b.MIN_LINKS)
    return f"min_links {wanted}" if wanted > 1 else None


def _driver(name: str) -> Applies:
    def applies(bond: BondView) -> str | None:
        gap = None
        for member in bond.members:
            try:
                if member.maybe(m.DRIVER) == name:
                    return f"{member.name} uses {name}"
            except NotEvaluable as reason:  # noqa: PERF203  others may tell
                gap = reason
        if gap:
            raise gap
        return None

    return applies


UPGRADE = "Upgrade the kernel and reboot, one host at a time."

TABLE = (
    KnownBad(
        "kernel-passive-lacp-flaps",
        ERROR,
        "This kernel cannot keep up a bond with lacp_active off",
        "A passive bond sends no periodic LACPDU: the partner times out and the bond goes up and "
        "down for ever.",
        "Upgrade the kernel; or set lacp_active on (ip link set BOND down; ip link set BOND type "
        "bond lacp_active on; ip link set BOND up), and in the configuration.",
        "bonding: send LACPDUs periodically in passive mode after receiving partner's LACPDU "
        "(6.1.149, 6.12.44)",
        Fault({"6.1": 149, "6.12": 44}, "6.17"),
        _passive,
    ),
    KnownBad(
        "kernel-lacpdu-never-sent",
        WARNING,
        "In this kernel a bond may never send an LACPDU",
        "Depending on the order in which module, MAC and members were set up, the transmit timer "
        "stays at zero: the switch hears nothing until the bond is made anew.",
        UPGRADE,
        "bonding: 3ad: ad_ticks_per_sec (5.10.140); kernel selftest bond-break-lacpdu-tx",
        Fault({"5.10": 140}, "6.0"),
        _always,
    ),
    KnownBad(
        "kernel-slave-array-stale",
        WARNING,
        "In this kernel a port that is enabled again may get no traffic",
        "The array that transmit hashing picks members from is not renewed when LACP enables a "
        "port: after a flap its share of the traffic stays on the others.",
        UPGRADE,
        "bonding: pair enable_port with slave_arr_updates (5.10.101, 5.16.10)",
        Fault({"5.10": 101, "5.16": 10}, "5.17"),
        _always,
    ),
    KnownBad(
        "kernel-release-crash",
        WARNING,
        "This kernel may crash when a member is released",
        "Releasing a member of an 802.3ad bond races with the LACP state machine and uses freed "
        "memory.",
        "Do not release members on this kernel (repair by link down and up). " + UPGRADE,
        "bonding: 3ad release fixes (5.10.67 and 5.14.6; use after free 5.10.129 and 5.18.10)",
        Fault({"5.10": 129, "5.18": 10}, "5.19"),
        _always,
    ),
    KnownBad(
        "kernel-carrier-after-release",
        INFO,
        "In this kernel a bond keeps carrier after its last active member is released",
        "Whatever watches the bond's carrier believes that it works.",
        UPGRADE,
        "bonding: force carrier update when releasing slave (5.10.102, 5.16.11)",
        Fault({"5.10": 102, "5.16": 11}, "5.17"),
        _always,
    ),
    KnownBad(
        "kernel-lacp-group-leak",
        INFO,
        "In this kernel a member's LACP multicast entry goes wrong after the bond was down",
        "The entry is left behind when the bond goes down, so the list of multicast addresses does "
        "not tell whether bonding listens.",
        UPGRADE,
        "net: bonding: Unsync device addresses on ndo_stop (5.10.146)",
        Fault({"5.10": 146}, "6.1"),
        _always,
    ),
    KnownBad(
        "kernel-speed-blip",
        WARNING,
        "In this kernel a link event may restart LACP on a port that stayed up",
        "Speed and duplex are set to unknown for a moment on each link event: the key changes, the "
        "port leaves its aggregator and comes back without a link failure being counted.",
        UPGRADE,
        "bonding: only set speed/duplex to unknown, if getting speed failed (6.1.165, 6.12.75)",
        Fault({"6.1": 165, "6.12": 75}, "7.2"),
        _always,
    ),
    KnownBad(
        "kernel-down-port-in-sync",
        WARNING,
        "In this kernel a port whose link is down still claims to be in sync",
        "Its state keeps SYNC, COLLECTING and DISTRIBUTING, and the bond's carrier may flap where "
        "min_links decides about it.",
        UPGRADE,
        "bonding: 3ad: fix mux port state on oper down (6.12.97, 7.2); 5.10.223 and 6.1.176 read",
        Fault({"6.12": 97}, "7.2", seen={"5.10": 223, "6.1": 176}),
        _min_links,
    ),
    KnownBad(
        "kernel-enslave-crash",
        WARNING,
        "This kernel may crash when adding a member fails",
        "An enslave that fails after the array of members was renewed leaves freed memory in use.",
        "Do not add members under load on this kernel. " + UPGRADE,
        "bonding: use after free on failed enslave after slave array update (6.12.90)",
        Fault({"6.12": 90}, "7.2"),
        _always,
    ),
    KnownBad(
        "tg3-speed-unknown",
        WARNING,
        "In this kernel tg3 reports carrier before it knows the speed",
        "Bonding reads speed 'unknown' at link-up ('failed to get link speed/duplex') and leaves "
        "the member out although its carrier is up.",
        UPGRADE + " A member that is out comes back by ip link set MEMBER down and up.",
        "tg3: carrier before link_up (6.1.168, 6.12.81)",
        Fault({"6.1": 168, "6.12": 81}, "7.2"),
        _driver("tg3"),
    ),
    KnownBad(
        "ice-split-aggregator",
        WARNING,
        "In this kernel ice breaks LACP on hosts without SR-IOV",
        "Without SR-IOV, or with the DDP package for LAG, two ports that are added together can "
        "land in different aggregators.",
        UPGRADE,
        "ice: Fix LACP bonds without SRIOV environment (6.12.31)",
        Fault({"6.12": 31}, "6.16"),
        _driver("ice"),
    ),
    KnownBad(
        "ice-down-deafens-other-port",
        WARNING,
        "In this kernel setting one ice member down may stop reception on the other",
        "When the bond's first port is set down the driver clears the filter lists of the other "
        "port too: the redundancy is gone just when it is needed.",
        "Do not set members down or release them on this kernel. " + UPGRADE,
        "ice: Avoid detrimental cleanup for bond during interface stop (6.12.68)",
        Fault({"6.12": 68}, "7.0"),
        _driver("ice"),
    ),
    KnownBad(
        "ice-lag-recipe",
        INFO,
        "In this kernel ice may use a switch recipe that does not match its LAG profile",
        "Filters for the bond are then programmed into the NIC wrongly.",
        UPGRADE,
        "ice: LAG recipe and profile mismatch (6.12.101)",
        Fault({"6.12": 101}, "7.3"),
        _driver("ice"),
    ),
    KnownBad(
        "ice-promiscuous-multicast",
        WARNING,
        "In this kernel ice loses multicast in promiscuous mode",
        "A capture on the member, or a bridge above the bond, makes it deaf to LACPDUs.",
        UPGRADE,
        "ice: multicast in promiscuous mode (6.1.13)",
        Fault({"6.1": 13}, "6.3"),
        _driver("ice"),
    ),
    KnownBad(
        "r8169-multicast-filter",
        WARNING,
        "In this kernel r8169 filters multicast wrongly on RTL8168H and RTL8107E",
        "The NIC drops LACPDUs unless it listens to all multicast: the partner looks silent.",
        UPGRADE + " Until then: ip link set MEMBER allmulticast on.",
        "r8169: multicast filter of RTL8168H and RTL8107E (6.1.63, 6.5.12; taken back in 6.1.64, "
        "6.5.13)",
        Fault({"6.1": 64, "6.5": 13}, "6.7", since={"6.1": 63, "6.5": 12}),
        _driver("r8169"),
    ),
)


def _enter(row: KnownBad) -> None:
    def check(bond: BondView) -> Iterator[Deviation]:
        trigger = row.applies(bond)
        if trigger is None:
            return
        version = bond.host.value(h.KERNEL_UPSTREAM)
        try:
            bad = has_fault(version, row.fault)
        except ValueError as error:
            raise NotEvaluable(f"{h.KERNEL_UPSTREAM.path}: {error}") from None
        if bad is None:
            raise NotEvaluable(f"kernel {version}: not known whether its branch has the fix")
        if bad:
            observed = f"{version}; {trigger}" if trigger else version
            yield Deviation(h.KERNEL_UPSTREAM.path, cure(version, row.fault), observed)

    rule(
        row.rule_id,
        family="known-bad",
        scope=BOND,
        severity=row.severity,
        title=row.title,
        why=row.why,
        remedy=row.remedy,
        reference=row.source,
    )(check)


for _row in TABLE:
    _enter(_row)
