# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Negotiation, by the kernel's own counters of LACPDUs (RTM_GETSTATS, BOND_XSTATS_3AD)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import member_fields as mf
from ..ports import link_down
from ..rule import ERROR, INFO, MEMBER, WARNING, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import MemberView

FAMILY = "negotiation"


@rule(
    "no-lacpdu-sent",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="This host never sent a LACPDU on the member",
    why="The kernel counts each attempt to send, and there was none since the member joined: the "
    "partner cannot know of us. The state machines of the bond do not run, or the host is passive "
    "and was never spoken to.",
    remedy="ip -d link show BOND (lacp_active on?); kernels before 5.10.140 may never send after "
    "the bond's MAC was set in a certain order: update, or release and add the member again.",
    reference="drivers/net/bonding/bond_3ad.c: ad_lacpdu_send, bond_3ad_initialize; fixed in "
    "5.10.140 (selftest bond-break-lacpdu-tx.sh)",
)
def no_lacpdu_sent(member: MemberView) -> Iterator[Deviation]:
    if not link_down(member) and member.value(mf.LACPDU_TX) == 0:
        yield Deviation("lacpdu.tx", "more than 0", "0 since the member joined the bond")


ILLEGAL = "Frames of the slow protocols that are too short to be a LACPDU reach this member"


@rule(
    "illegal-lacpdu-growing",
    family=FAMILY,
    scope=MEMBER,
    severity=WARNING,
    title="Illegal LACPDUs arrive",
    why=f"{ILLEGAL}, and more came since the earlier reading: something cuts or forges them.",
    remedy="tcpdump -enXi MEMBER ether proto 0x8809; name the sender's MAC to the network team.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_rx_indication (lacpdu_illegal_rx)",
)
def illegal_lacpdu_growing(member: MemberView) -> Iterator[Deviation]:
    if member.value(mf.LACPDU_ILLEGAL_RX):
        grown = member.growth(mf.LACPDU_ILLEGAL_RX)
        if grown.count:
            told = f"{grown.count} more in {grown.seconds:.0f} s"
            yield Deviation("lacpdu.illegal_rx", "no growth", told)


@rule(
    "illegal-lacpdu-seen",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="Illegal LACPDUs arrived at some time",
    why=f"{ILLEGAL}. One reading cannot tell whether they still do: read twice.",
    remedy="Audit again with this run as the earlier reading.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_rx_indication (lacpdu_illegal_rx)",
)
def illegal_lacpdu_seen(member: MemberView) -> Iterator[Deviation]:
    seen = member.value(mf.LACPDU_ILLEGAL_RX)
    if seen and member.context.earlier is None:
        yield Deviation("lacpdu.illegal_rx", "0", f"{seen} since the member joined the bond")


@rule(
    "slow-protocol-unknown",
    family=FAMILY,
    scope=MEMBER,
    severity=INFO,
    title="Other slow protocols arrive",
    why="Frames of type 0x8809 that are neither LACP nor a marker: OAM (802.3ah) or clock messages "
    "(ESMC), which is legal; a partner with broken LACPDUs looks the same.",
    remedy="Nothing, if the switch runs OAM or SyncE. Else: "
    "tcpdump -enXi MEMBER ether proto 0x8809.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_rx_indication (lacpdu_unknown_rx, "
    "marker_unknown_rx)",
)
def slow_protocol_unknown(member: MemberView) -> Iterator[Deviation]:
    for field in (mf.LACPDU_UNKNOWN_RX, mf.MARKER_UNKNOWN_RX):
        count = member.value(field)
        if count:
            yield Deviation(field.path, "0", f"{count} since the member joined the bond")
