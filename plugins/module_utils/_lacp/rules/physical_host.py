# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host around the bond: what looks like LACP trouble and is not, or blurs the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import host_fields as h
from ..growth import growth_or_none, said
from ..rule import HOST, INFO, WARNING, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import HostView

FAMILY = "physical"
BACKLOG_DROPS_PER_S = 1.0
RETRANSMITTED_SHARE = 0.01
ENOUGH_SEGMENTS = 1000
CPU_PRESSURE_LIMIT = 60.0


@rule(
    "softnet-drops-rising",
    family=FAMILY,
    scope=HOST,
    severity=WARNING,
    title="The kernel drops received packets for want of CPU time",
    why="A processor's backlog overflows: packets are lost after the NIC and before any socket, on "
    "all interfaces. It looks like a bad link and is not.",
    remedy="cat /proc/net/softnet_stat; spread interrupts and RPS over processors, raise "
    "net.core.netdev_max_backlog.",
    reference="net/core/dev.c: enqueue_to_backlog; more than one a second",
)
def softnet_drops_rising(host: HostView) -> Iterator[Deviation]:
    growth = host.growth(h.SOFTNET_DROPPED)
    if growth.count > BACKLOG_DROPS_PER_S * growth.seconds:
        yield Deviation("softnet.dropped", "at most one a second", said(growth))


@rule(
    "softnet-drops-counted",
    family=FAMILY,
    scope=HOST,
    severity=INFO,
    title="The kernel has dropped received packets from a backlog",
    why="Counted since boot; when is not known.",
    remedy="Audit again later with this run as the earlier reading; act if it grows.",
    reference="/proc/net/softnet_stat, second column",
)
def softnet_drops_counted(host: HostView) -> Iterator[Deviation]:
    dropped = host.value(h.SOFTNET_DROPPED)
    if dropped > 0 and growth_or_none(host, h.SOFTNET_DROPPED) is None:
        yield Deviation("softnet.dropped", "0", str(dropped))


@rule(
    "tcp-retransmissions-high",
    family=FAMILY,
    scope=HOST,
    severity=INFO,
    title="TCP repeats more than one segment in a hundred",
    why="Something on the way loses packets. It may be a member of a bond, and as well a peer far "
    "away: the counter does not tell.",
    remedy="ss -ti shows which peers are hit; compare with the error counters of the members.",
    reference="/proc/net/snmp: RetransSegs against OutSegs between two readings",
)
def tcp_retransmissions_high(host: HostView) -> Iterator[Deviation]:
    again, sent = host.growth(h.TCP_RETRANSMITTED), host.growth(h.TCP_SENT)
    if sent.count >= ENOUGH_SEGMENTS and again.count > RETRANSMITTED_SHARE * sent.count:
        share = 100 * again.count / sent.count
        observed = f"{share:.1f} % ({again.count} of {sent.count} in {sent.seconds:.0f} s)"
        yield Deviation("tcp.retransmitted_segments", "at most 1 %", observed)


@rule(
    "cpu-pressure-high",
    family=FAMILY,
    scope=HOST,
    severity=INFO,
    title="Tasks wait for a processor most of the time",
    why="LACPDUs are sent by a kernel worker. If it does not run for three seconds (fast rate) the "
    "partner takes the port out of the LAG although the link is sound.",
    remedy="cat /proc/pressure/cpu; look for real-time tasks that hold a processor; lacp_rate slow "
    "tolerates 90 s.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_state_machine_handler runs on the bond's "
    "workqueue; 802.1AX 6.4.4",
)
def cpu_pressure_high(host: HostView) -> Iterator[Deviation]:
    pressure = host.value(h.CPU_PRESSURE)
    if pressure > CPU_PRESSURE_LIMIT:
        expected = f"at most {CPU_PRESSURE_LIMIT:.0f} % over 60 s"
        yield Deviation("cpu.pressure_avg60", expected, f"{pressure:.1f} %")


@rule(
    "clock-not-synchronised",
    family=FAMILY,
    scope=HOST,
    severity=INFO,
    title="The clock is not synchronised",
    why="Times in the host's log cannot be laid beside those of the switch: who was first stays "
    "open.",
    remedy="timedatectl; start chrony or systemd-timesyncd.",
    reference="adjtimex: STA_UNSYNC",
)
def clock_not_synchronised(host: HostView) -> Iterator[Deviation]:
    if not host.value(h.CLOCK_SYNCHRONISED):
        yield Deviation("clock.synchronised", "yes", "no")
