# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire, the slot and the carrier: counters of a member that a healthy link does not move.

What grew between two readings is news (warning). A number without a second reading may be years
old, from the day the cable was laid: it is worth knowing (info).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import member_fields as m
from ..growth import grown, growth_or_none, said
from ..rule import INFO, MEMBER, WARNING, Deviation, rule
from ..views import Growth, MemberView

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILY = "physical"
WIRE = ("crc", "symbol", "fec_uncorrected")
DROPS = ("discard", "missed")
COUNTED = (*WIRE, *DROPS, "timeout")
# 802.3 allows a bit error rate of 1e-12, which is about this share of full-size frames.
WIRE_SHARE = 1e-8
# A busy NIC drops a frame now and then; ten in a million is where retransmissions are felt.
DROP_SHARE = 1e-5
UNSTEADY = 10  # carrier losses; booting and configuring a NIC takes a handful


@rule(
    "link-errors-rising",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The link damages frames",
    why="The receiver that counts them names the direction, not the culprit: something between the "
    "far transmitter, cable or fibre strand, and this receiver is bad.",
    remedy="ethtool -m MEMBER for the optical power; swap cable, then module, then port, one at a "
    "time, and measure again after each.",
    reference="802.3 FCS, PCS and FEC counters, normalised from ethtool -S; more than one in 10^8 "
    "received packets, which a bit error rate of 1e-12 would explain",
)
def link_errors_rising(member: MemberView) -> Iterator[Deviation]:
    for key, growth in grown(member, m.ERRORS, WIRE):
        packets = growth_or_none(member, m.STATISTICS, "rx_packets")
        if packets is None or _many(growth, packets, WIRE_SHARE):
            yield Deviation(f"errors.{key}", "no growth", said(growth))


@rule(
    "receive-drops-rising",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The NIC drops received frames",
    why="The host does not fetch frames fast enough, or not evenly: among them may be LACPDUs. It "
    "is not the wire, and not LACP.",
    remedy="ethtool -S MEMBER; larger rings (ethtool -G MEMBER rx N), more queues (ethtool -L), "
    "interrupts spread over processors.",
    reference="discard and missed counters of ethtool -S; more than ten in a million received "
    "packets",
)
def receive_drops_rising(member: MemberView) -> Iterator[Deviation]:
    for key, growth in grown(member, m.ERRORS, DROPS):
        packets = member.growth(m.STATISTICS, "rx_packets")
        if _many(growth, packets, DROP_SHARE):
            observed = f"{said(growth)}, {packets.count} packets received"
            yield Deviation(f"errors.{key}", "at most 10 in a million packets", observed)


def _many(errors: Growth, packets: Growth, share: float) -> bool:
    return errors.count > share * (packets.count + errors.count)


@rule(
    "transmit-timeouts-rising",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The NIC's transmitter hung and was reset",
    why="The driver waited in vain for frames to leave and reset the NIC: the member was deaf and "
    "mute meanwhile. This is the host, not the switch.",
    remedy="journalctl -k | grep -i -e 'watchdog' -e 'hang' -e MEMBER; update firmware and driver; "
    "check the slot and PCIe power saving.",
    reference="net/sched/sch_generic.c: dev_watchdog; tx_timeout counters of ethtool -S",
)
def transmit_timeouts_rising(member: MemberView) -> Iterator[Deviation]:
    for key, growth in grown(member, m.ERRORS, ("timeout",)):
        yield Deviation(f"errors.{key}", "no growth", said(growth))


@rule(
    "errors-counted",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="The NIC has counted errors",
    why="When they happened is not known: perhaps long ago. Only growth says that something is "
    "wrong now.",
    remedy="Audit again later with this run as the earlier reading; act if they grow.",
    reference="normalised from ethtool -S",
)
def errors_counted(member: MemberView) -> Iterator[Deviation]:
    counters = member.maybe(m.ERRORS) or {}
    for key in COUNTED:
        if counters.get(key, 0) > 0 and growth_or_none(member, m.ERRORS, key) is None:
            yield Deviation(f"errors.{key}", "0", str(counters[key]))


@rule(
    "carrier-lost-since",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The link went down since the earlier reading",
    why="Carrier loss is the physical layer or somebody's hand; whatever LACP did at that moment "
    "is its consequence.",
    remedy="journalctl -k | grep -i 'link is'; compare with the switch's log and with who worked "
    "there; then cable, module, port.",
    reference="net/core/dev.c: carrier_down_count; it sees blips that are too short for miimon",
)
def carrier_lost_since(member: MemberView) -> Iterator[Deviation]:
    growth = _carrier_losses(member)
    if growth.count > 0:
        yield Deviation("carrier_down_count", "no growth", said(growth))


def _carrier_losses(member: MemberView) -> Growth:
    """Growth of carrier_down_count, or half of carrier_changes where the kernel has it not."""
    if member.known_or(m.CARRIER_DOWN_COUNT, -1) >= 0:
        return member.growth(m.CARRIER_DOWN_COUNT)
    changes = member.growth(m.CARRIER_CHANGES)
    return Growth((changes.count + 1) // 2, changes.seconds)


@rule(
    "link-failures-rising",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="Bonding took the link for failed although carrier stayed",
    why="Bonding also fails a link whose speed it cannot read at a link event: the driver answered "
    "'unknown', and LACP started anew on the port.",
    remedy="journalctl -k | grep -e 'link status' -e 'speed/duplex'; update the driver or kernel.",
    reference="drivers/net/bonding/bond_main.c: bond_miimon_commit; losses with carrier are the "
    "finding of carrier-lost-since",
)
def link_failures_rising(member: MemberView) -> Iterator[Deviation]:
    growth = member.growth(m.LINK_FAILURE_COUNT)
    if growth.count > 0 and _carrier_losses(member).count == 0:
        yield Deviation("link_failure_count", "no growth", said(growth))


@rule(
    "carrier-unsteady",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="The link has gone down many times",
    why="It is counted since the device exists; maintenance counts too. When it happened is not "
    "known.",
    remedy="Audit again later with this run as the earlier reading; act if it grows.",
    reference="net/core/dev.c: carrier_down_count; more than ten losses",
)
def carrier_unsteady(member: MemberView) -> Iterator[Deviation]:
    losses = member.value(m.CARRIER_DOWN_COUNT)
    if losses > UNSTEADY and growth_or_none(member, m.CARRIER_DOWN_COUNT) is None:
        yield Deviation("carrier_down_count", f"at most {UNSTEADY}", str(losses))


@rule(
    "link-failures-counted",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="Bonding has counted link failures",
    why="The member was down since it joined the bond. When, and whether it was maintenance, is "
    "not known.",
    remedy="Audit again later with this run as the earlier reading; act if it grows.",
    reference="drivers/net/bonding/bond_main.c: link_failure_count, reset when a member is "
    "released",
)
def link_failures_counted(member: MemberView) -> Iterator[Deviation]:
    failures = member.value(m.LINK_FAILURE_COUNT)
    if failures > 0 and growth_or_none(member, m.LINK_FAILURE_COUNT) is None:
        yield Deviation("link_failure_count", "0", str(failures))


@rule(
    "pcie-errors-rising",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="The NIC's PCIe link has uncorrected errors",
    why="Requests between host and NIC were lost or the link was reset: the NIC may stall or lose "
    "its settings. This is the host, not the switch.",
    remedy="journalctl -k | grep -i aer; reseat the NIC, try another slot, update its firmware and "
    "the host's.",
    reference="drivers/pci/pcie/aer.c: aer_dev_nonfatal, aer_dev_fatal",
)
def pcie_errors_rising(member: MemberView) -> Iterator[Deviation]:
    fatal = (member.maybe(m.AER) or {}).get("fatal", 0)
    # Enumeration at boot leaves nonfatal errors on sound hosts; a fatal one is never normal.
    if fatal > 0 and growth_or_none(member, m.AER, "fatal") is None:
        yield Deviation("aer.fatal", "0", str(fatal))
    for key, growth in grown(member, m.AER, ("nonfatal", "fatal")):
        yield Deviation(f"aer.{key}", "no growth", said(growth))


@rule(
    "pcie-errors-counted",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="The NIC's PCIe link has counted errors",
    why="Corrected errors cost nothing but time; many of them announce a bad slot or riser.",
    remedy="Audit again later with this run as the earlier reading; act if they grow.",
    reference="drivers/pci/pcie/aer.c: aer_dev_correctable, aer_dev_nonfatal",
)
def pcie_errors_counted(member: MemberView) -> Iterator[Deviation]:
    counters = member.maybe(m.AER) or {}
    for key in ("correctable", "nonfatal"):
        if counters.get(key, 0) > 0:
            growth = growth_or_none(member, m.AER, key)
            if growth is None or (key == "correctable" and growth.count > 0):
                told = said(growth) if growth else str(counters[key])
                yield Deviation(f"aer.{key}", "0", told)
