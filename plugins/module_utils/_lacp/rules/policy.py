# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's expectations (bond_audit_policy): the rule of a key is 'policy-' and the key.

A rule whose key the policy does not have is switched off by the audit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import bond_fields as bf, member_fields as mf
from ..ports import link_down
from ..rule import BOND, ERROR, HOST, MEMBER, WARNING, Deviation, rule
from ..spread import word
from ..waiver import fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..fact import Field
    from ..rule import Check
    from ..views import BondView, HostView, MemberView

FAMILY = "policy"
WHY = "The policy of this inventory (bond_audit_policy) expects otherwise."
REFERENCE = "bond_audit_policy"
LIVE = "ip link set dev BOND type bond {} VALUE, and in the bond's configuration."
DOWN = "While the bond is down: " + LIVE


def _option(key: str, field: Field[Any], remedy: str, otherwise: object = None) -> None:
    """Enter the rule of a key that names one value of the bond; otherwise: what absence means."""

    @rule(
        f"policy-{key.replace('_', '-')}",
        family=FAMILY,
        scope=BOND,
        severity=ERROR,
        title=f"{key} is not what the policy expects",
        why=WHY,
        remedy=remedy.format(key),
        reference=f"{REFERENCE}: {key}",
    )
    def check(bond: BondView) -> Iterator[Deviation]:
        wanted = bond.expected.get(key)
        if wanted is not None:
            found = bond.maybe(field)
            found = otherwise if found is None else found
            if found != wanted:
                yield Deviation(field.path, word(wanted), word(found))


_option("mtu", bf.MTU, "ip link set dev BOND mtu VALUE, and in the bond's configuration.")
_option("lacp_rate", bf.LACP_RATE, DOWN)
# Kernels without the option are always active.
_option("lacp_active", bf.LACP_ACTIVE, DOWN, otherwise="on")
_option("xmit_hash_policy", bf.XMIT_HASH_POLICY, LIVE)
_option("miimon", bf.MIIMON, LIVE)
_option("updelay", bf.UPDELAY, LIVE)
_option("downdelay", bf.DOWNDELAY, LIVE)
_option("min_links", bf.MIN_LINKS, LIVE)
_option("ad_select", bf.AD_SELECT, DOWN)


def _expectation(key: str, scope: str, title: str, remedy: str) -> Callable[[Check], Check]:
    return rule(
        f"policy-{key.replace('_', '-')}",
        family=FAMILY,
        scope=scope,
        severity=ERROR,
        title=title,
        why=WHY,
        remedy=remedy,
        reference=f"{REFERENCE}: {key}",
    )


def _several(words: list[Any]) -> str:
    return ", ".join(map(str, words)) or "none"


@_expectation(
    "members",
    BOND,
    "The members are not those that the policy expects",
    "ip link set dev MEMBER down; ip link set dev MEMBER master BOND; and in the configuration.",
)
def members(bond: BondView) -> Iterator[Deviation]:
    wanted = bond.expected.get("members")
    names = [member.name for member in bond.members]
    if isinstance(wanted, int) and len(names) != wanted:
        yield Deviation("member_names", str(wanted), f"{len(names)}: {_several(names)}")
    elif isinstance(wanted, list) and set(names) != set(wanted):
        yield Deviation("member_names", _several(wanted), _several(names))


@_expectation(
    "partner_systems",
    BOND,
    "The partner is not one that the policy expects",
    "Check the cabling: the host may be in another rack than inventory says.",
)
def partner_systems(bond: BondView) -> Iterator[Deviation]:
    yield from _partner(bond, "partner_systems", bf.PARTNER_SYSTEM)


@_expectation(
    "partner_keys",
    BOND,
    "The partner's key is not one that the policy expects",
    "Check on the switch which group (port-channel, MLAG id) the ports belong to.",
)
def partner_keys(bond: BondView) -> Iterator[Deviation]:
    yield from _partner(bond, "partner_keys", bf.PARTNER_KEY)


def _partner(bond: BondView, key: str, field: Field[Any]) -> Iterator[Deviation]:
    wanted = bond.expected.get(key)
    # Without a partner the kernel shows a key of its own making.
    if wanted is not None and bond.maybe(bf.PARTNER_SYSTEM) is not None:
        found = bond.value(field)
        if found not in wanted:
            yield Deviation(field.path, " or ".join(map(str, wanted)), str(found))


@_expectation(
    "vlans",
    BOND,
    "The VLANs on the bond are not those that the policy expects",
    "ip link add link BOND name BOND.ID type vlan id ID for a missing one; ip link del for "
    "another; and in the configuration.",
)
def vlans(bond: BondView) -> Iterator[Deviation]:
    wanted = bond.expected.get("vlans")
    if wanted is None:
        return
    found = sorted({vlan["id"] for vlan in bond.maybe(bf.VLANS) or ()})
    if found != sorted(set(wanted)):
        missing = [n for n in wanted if n not in found]
        extra = [n for n in found if n not in wanted]
        parts = (("missing", missing), ("not expected", extra))
        told = "; ".join(f"{name}: {_several(ids)}" for name, ids in parts if ids)
        yield Deviation("vlans", _several(wanted), f"{_several(found)} ({told})")


@_expectation(
    "speed_mbps",
    MEMBER,
    "The member's speed is not what the policy expects",
    "ethtool MEMBER; check the module, the cable and the switch port's speed.",
)
def speed_mbps(member: MemberView) -> Iterator[Deviation]:
    yield from _link(member, "speed_mbps", mf.SPEED)


@_expectation(
    "duplex",
    MEMBER,
    "The member's duplex is not what the policy expects",
    "ethtool MEMBER; autonegotiation on at both ends.",
)
def duplex(member: MemberView) -> Iterator[Deviation]:
    yield from _link(member, "duplex", mf.DUPLEX)


def _link(member: MemberView, key: str, field: Field[Any]) -> Iterator[Deviation]:
    wanted = member.bond.expected.get(key)
    # Without a link there is no speed to judge (member-down).
    if wanted is not None and not link_down(member):
        found = member.maybe(field)
        if found != wanted:
            yield Deviation(field.path, word(wanted), word(found))


@_expectation(
    "features",
    MEMBER,
    "An offload feature is not what the policy expects",
    "ethtool -K MEMBER FEATURE on|off, and in the configuration.",
)
def features(member: MemberView) -> Iterator[Deviation]:
    wanted = member.bond.expected.get("features")
    if wanted:
        found = member.value(mf.FEATURES)
        for name, state in sorted(wanted.items()):
            if found.get(name) is not state:
                told = word(found[name]) if name in found else "the driver has no such feature"
                yield Deviation(f"features.{name}", word(state), told)


@_expectation(
    "drivers",
    MEMBER,
    "The driver is not one that the policy allows",
    "ethtool -i MEMBER; use a NIC of the kind that was agreed on.",
)
def drivers(member: MemberView) -> Iterator[Deviation]:
    wanted = member.bond.expected.get("drivers")
    if wanted:
        found = member.maybe(mf.DRIVER)
        if found not in wanted:
            yield Deviation("driver", " or ".join(wanted), word(found))


@_expectation(
    "firmware",
    MEMBER,
    "The firmware is not one that the policy allows",
    "Update the firmware with the vendor's tool, one member at a time.",
)
def firmware(member: MemberView) -> Iterator[Deviation]:
    by_driver = member.bond.expected.get("firmware")
    wanted = by_driver.get(member.maybe(mf.DRIVER)) if by_driver else None
    if wanted:
        found = member.maybe(mf.FIRMWARE)
        if found is None or not any(fits(found, glob) for glob in wanted):
            yield Deviation("firmware", " or ".join(wanted), word(found))


@rule(
    "waiver-expired",
    family=FAMILY,
    scope=HOST,
    severity=WARNING,
    title="A waiver is past its date",
    why="It covers a finding of this host, but no longer: the finding counts again.",
    remedy="Mend what was waived, or extend the waiver's 'until' in bond_audit_policy.",
    reference=f"{REFERENCE}: waivers",
)
def waiver_expired(host: HostView) -> Iterator[Deviation]:
    for covered, waiver in host.context.lapsed:
        yield Deviation(f"waivers: {covered}", "a waiver that holds", waiver)
