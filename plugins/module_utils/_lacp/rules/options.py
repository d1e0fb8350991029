# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the bond: link monitoring, min_links, LACP, the source of its MAC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import bond_fields as bf, host_fields as hf, member_fields as mf
from ..port_state import DEFAULTED, LONG_TIMEOUT_S, SHORT_TIMEOUT_S, TIMEOUT
from ..ports import both_hear, hears, partner_state, surely
from ..rule import BOND, ERROR, INFO, WARNING, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "options"
OPTIONS = "drivers/net/bonding/bond_options.c"


@rule(
    "miimon-zero",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="No link monitoring",
    why="With miimon 0 bonding does not notice that a link failed, nor that it came back: traffic "
    "that hashes to the member is lost until LACP times out, and after a blip the partner may hear "
    "nothing any more. ARP monitoring is not possible with 802.3ad.",
    remedy="ip link set dev BOND type bond miimon 100, and the same in the bond's configuration.",
    reference=f"{OPTIONS}: bond_option_miimon_set; siderolabs/talos issue 10752",
)
def miimon_zero(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.MIIMON) == 0 and not bond.maybe(bf.ARP_INTERVAL):
        yield Deviation("options.miimon", "more than 0, such as 100", "0")


@rule(
    "delay-rounded",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="A delay is not a multiple of miimon",
    why="The kernel counts updelay and downdelay in polls of miimon and rounds down: what is "
    "configured is not what happens, and a delay shorter than miimon is no delay at all.",
    remedy="In the bond's configuration make the delay a multiple of miimon.",
    reference=f"{OPTIONS}: _bond_option_delay_set",
)
def delay_rounded(bond: BondView) -> Iterator[Deviation]:
    for manager, intent in (bond.maybe(bf.INTENT) or {}).items():
        # A manager that neither runs nor is enabled says nothing.
        settings = {} if intent.get("acts") is False else intent.get("settings") or {}
        for field in (bf.UPDELAY, bf.DOWNDELAY):
            delay = settings.get(field.path)
            if not isinstance(delay, int) or not delay:
                continue
            miimon = settings.get(bf.MIIMON.path)
            poll = miimon if isinstance(miimon, int) else bond.value(bf.MIIMON)
            if poll and delay % poll:
                told = f"{delay} ms by {manager}; the kernel makes it {delay - delay % poll} ms"
                yield Deviation(field.path, f"a multiple of miimon ({poll} ms)", told)


@rule(
    "downdelay-set",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="A failed link stays in use for a while",
    why="During downdelay bonding goes on sending on a link that has no carrier: those frames are "
    "lost. It helps only against carrier that blinks.",
    remedy="ip link set dev BOND type bond downdelay 0, unless the links are known to blink.",
    reference="drivers/net/bonding/bond_main.c: bond_miimon_inspect (BOND_LINK_FAIL)",
)
def downdelay_set(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.DOWNDELAY):
        yield Deviation("options.downdelay", "0 ms", f"{bond.value(bf.DOWNDELAY)} ms")


@rule(
    "use-carrier-off",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Links are polled the old way",
    why="With use_carrier 0 bonding asks each driver by MII ioctl instead of reading the carrier: "
    "slower, and wrong with drivers that do not implement it. Linux 7 no longer has the choice.",
    remedy="ip link set dev BOND type bond use_carrier 1, and in the bond's configuration.",
    reference="Documentation/networking/bonding.rst: use_carrier",
)
def use_carrier_off(bond: BondView) -> Iterator[Deviation]:
    if bond.maybe(bf.USE_CARRIER) == 0:
        yield Deviation("options.use_carrier", "1", "0")


@rule(
    "min-links-zero",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The bond keeps its carrier with a single link left",
    why="min_links 0, the default, works like 1. If one link cannot carry the load, a bond that "
    "takes its carrier down lets routing or the cluster move the traffic elsewhere.",
    remedy="If less than N links is as bad as none: ip link set dev BOND type bond min_links N. "
    "Else nothing.",
    reference="Documentation/networking/bonding.rst: min_links",
)
def min_links_zero(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.MIN_LINKS) == 0 and len(bond.members) > 1:
        yield Deviation("options.min_links", "1 or more, chosen on purpose", "0")


@rule(
    "min-links-over-members",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="min_links is more than there are members",
    why="The bond can never have carrier.",
    remedy="Add the missing members, or: ip link set dev BOND type bond min_links N.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_set_carrier",
)
def min_links_over_members(bond: BondView) -> Iterator[Deviation]:
    wanted, members = bond.value(bf.MIN_LINKS), len(bond.members)
    # A bond without members is told of for that (bond-without-members).
    if members and wanted > members:
        yield Deviation("options.min_links", f"{members} or less, the members", str(wanted))


@rule(
    "min-links-no-spare",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="min_links leaves no spare",
    why="It equals the number of members: the first link that fails takes the whole bond down. "
    "That may be meant.",
    remedy="If not: ip link set dev BOND type bond min_links N, with a smaller N.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_set_carrier",
)
def min_links_no_spare(bond: BondView) -> Iterator[Deviation]:
    wanted = bond.value(bf.MIN_LINKS)
    if wanted > 1 and wanted == len(bond.members):
        yield Deviation("options.min_links", "less than the members", f"{wanted}, all members")


@rule(
    "ad-select-not-stable",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The active aggregator may change while it works",
    why="With ad_select other than stable the bond moves to another aggregator whenever that one "
    "gets better: with one partner it changes nothing, with two each change interrupts traffic.",
    remedy="Nothing, if the bond has a second partner in reserve on purpose; else ad_select "
    "stable.",
    reference="Documentation/networking/bonding.rst: ad_select",
)
def ad_select_not_stable(bond: BondView) -> Iterator[Deviation]:
    chosen = bond.value(bf.AD_SELECT)
    if chosen != "stable":
        yield Deviation("options.ad_select", "stable", chosen)


@rule(
    "lacp-rate-slow",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="A silent partner is noticed after 90 s",
    why="With lacp_rate slow, the default, this host asks for a LACPDU every 30 s and waits for "
    "three. A link that keeps its carrier but loses frames is used for as long. Carrier loss is "
    "noticed by miimon all the same.",
    remedy="If the switch can do it: lacp_rate fast (the bond must be down for it: ip link set dev "
    "BOND type bond lacp_rate fast).",
    reference="802.1AX-2014 6.4.4 (Long_Timeout_Time)",
)
def lacp_rate_slow(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.LACP_RATE) == "slow":
        yield Deviation("options.lacp_rate", "fast, where 90 s are too long", "slow")


@rule(
    "lacp-rate-asymmetric",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The two ends ask for different LACPDU rates",
    why="It is legal: each end sends at the rate that the other asks for. It means that one end "
    "notices a loss in 3 s and the other in 90 s.",
    remedy="Nothing; to notice losses alike at both ends, set the same rate at both.",
    reference="802.1AX-2014 6.4.13 (Periodic Transmission machine)",
)
def lacp_rate_asymmetric(bond: BondView) -> Iterator[Deviation]:
    ours = bond.value(bf.LACP_RATE)
    theirs = {m.name: _rate(m.value(mf.PARTNER_STATE)) for m in bond.members if both_hear(m)}
    odd = [name for name, rate in theirs.items() if rate != ours]
    if odd:
        waits = {"fast": SHORT_TIMEOUT_S, "slow": LONG_TIMEOUT_S}
        told = f"we {ours} ({waits[ours]} s), partner of {', '.join(odd)} {theirs[odd[0]]}"
        yield Deviation("options.lacp_rate", "the same at both ends", told)


def _rate(state: int) -> str:
    return "fast" if state & TIMEOUT else "slow"


@rule(
    "lacp-passive",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="This host waits for its partner to speak first",
    why="With lacp_active off the bond negotiates only while the switch is active; if both ends "
    "are passive nothing ever starts.",
    remedy="ip link set dev BOND type bond lacp_active on (the bond must be down for it).",
    reference="Documentation/networking/bonding.rst: lacp_active",
)
def lacp_passive(bond: BondView) -> Iterator[Deviation]:
    if bond.maybe(bf.LACP_ACTIVE) == "off":
        yield Deviation("options.lacp_active", "on", "off")


@rule(
    "all-slaves-active",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Frames are accepted on members that do not collect",
    why="With all_slaves_active 1 a port that LACP keeps out still delivers what it receives: "
    "duplicates of broadcasts and multicasts, and MAC addresses that seem to move.",
    remedy="ip link set dev BOND type bond all_slaves_active 0, and in the bond's configuration.",
    reference="Documentation/networking/bonding.rst: all_slaves_active",
)
def all_slaves_active(bond: BondView) -> Iterator[Deviation]:
    if bond.value(bf.ALL_SLAVES_ACTIVE):
        yield Deviation("options.all_slaves_active", "0", str(bond.value(bf.ALL_SLAVES_ACTIVE)))


@rule(
    "coupled-control-off",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Collecting and distributing change separately",
    why="With coupled_control off a member sends only once its partner collects: safer, but a "
    "partner that never sets COLLECTING keeps the member idle.",
    remedy="Nothing.",
    reference="802.1AX-2014 6.4.15 (independent control Mux machine)",
)
def coupled_control_off(bond: BondView) -> Iterator[Deviation]:
    if bond.maybe(bf.COUPLED_CONTROL) == "off":
        yield Deviation("options.coupled_control", "on, the default", "off")


@rule(
    "lacp-strict-off",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The bond keeps its carrier without a partner",
    why="This kernel has lacp_strict, and it is off: the bond looks up, and sends, although no "
    "port collects and distributes.",
    remedy="ip link set dev BOND type bond lacp_strict on, where nothing boots over the bond "
    "before LACP runs.",
    reference="drivers/net/bonding/bond_3ad.c: bond_3ad_set_carrier (Linux 7.2)",
)
def lacp_strict_off(bond: BondView) -> Iterator[Deviation]:
    # Before Linux 7 there is no such option, and so nothing to report it.
    major = bond.host.known_or(hf.KERNEL_UPSTREAM, "7").partition(".")[0]
    if int(major) >= 7 and bond.maybe(bf.LACP_STRICT) == "off":
        yield Deviation("options.lacp_strict", "on", "off")


def _mac_is_foreign(bond: BondView) -> bool:
    """Whether udev made the bond's MAC: the policy says so, and no member brought it."""
    if bond.maybe(bf.MAC_ADDRESS_POLICY) != "persistent":
        return False
    mac = bond.value(bf.MAC)
    return all(member.value(mf.PERMANENT_MAC) != mac for member in bond.members)


@rule(
    "mac-policy-persistent",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="The bond's MAC is made from the machine id",
    why="udev's MACAddressPolicy=persistent gives the bond a MAC that no member has. LACP works "
    "with it, but a re-installed host comes back as another LACP system, and a cloned machine id "
    "makes two hosts the same one.",
    remedy="A .link file with [Match] Type=bond and [Link] MACAddressPolicy=none, before "
    "99-default.link (Debian's ifenslave ships one), or a MAC set in the configuration.",
    reference="systemd.link(5); systemd issues 15208 and 21783",
)
def mac_policy_persistent(bond: BondView) -> Iterator[Deviation]:
    if _mac_is_foreign(bond):
        yield Deviation("mac_address_policy", "none", f"persistent, MAC {bond.value(bf.MAC)}")


def _unheard(member: MemberView) -> bool:
    return hears(member) and bool((partner_state(member) or 0) & DEFAULTED)


@rule(
    "mac-policy-suspect",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="The partner does not hear a bond whose MAC udev made",
    why="A known picture: MACAddressPolicy=persistent changes the bond's MAC while its members "
    "join, and the partner goes on saying DEFAULTED (actor 7 or 15, partner 69 or 71).",
    remedy="A .link file with [Match] Type=bond and [Link] MACAddressPolicy=none; update-initramfs "
    "-u; make the bond anew. Until then: set the MAC of a member on the bond before members join.",
    reference="systemd issue 15208",
)
def mac_policy_suspect(bond: BondView) -> Iterator[Deviation]:
    if _mac_is_foreign(bond) and any(surely(_unheard, member) for member in bond.members):
        yield Deviation("mac_address_policy", "none", "persistent, and the partner is DEFAULTED")
