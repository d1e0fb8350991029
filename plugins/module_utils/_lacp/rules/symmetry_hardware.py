# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Symmetry of the hardware: drivers, firmware and settings that ethtool shows.

Two NICs of different make in one bond are a choice, often a wise one, and differ in whatever
their drivers offer. So settings are compared among members of one driver and one PCI device id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import member_fields as m
from ..fact import NotEvaluable
from ..rule import BOND, INFO, WARNING, Deviation, rule
from ..spread import SAME, differences, map_differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "symmetry"
# Offloads that change what is on the wire or what it costs; the rest of the features are notes.
OFFLOADS = ("checksum", "segmentation", "scatter-gather", "gro", "lro", "vlan-hw")


def same_hardware(member: MemberView) -> tuple[Any, ...]:
    """Driver and PCI device id: members that agree in both can be expected to be set alike."""
    return member.value(m.DRIVER), member.maybe(m.PCI_ID)


def _linked(member: MemberView) -> bool:
    return member.value(m.CARRIER)


def _linked_alike(member: MemberView) -> tuple[Any, ...]:
    return (*same_hardware(member), member.maybe(m.SPEED))


# Features that ethtool -K switches together by a short name.
TOGETHER = (("tso", "tx-tcp"), ("tx", "tx-checksum-"), ("sg", "tx-scatter-gather"))


def _is_offload(feature: str) -> bool:
    return any(part in feature for part in OFFLOADS)


@rule(
    "driver-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Members have different drivers",
    why="It is legal and protects against a driver fault, but offloads, rings and timing differ "
    "and a fault may follow one driver.",
    remedy="Nothing, if it is meant. Else replace the odd NIC.",
    reference="ETHTOOL_GDRVINFO",
)
def driver_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(bond.members, "driver", lambda member: member.maybe(m.DRIVER))


@rule(
    "driver-version-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Members of one driver report different versions of it",
    why="One driver has one version on a host: a device still runs on code that was replaced.",
    remedy="ethtool -i MEMBER on each; reload the driver or reboot the host.",
    reference="ETHTOOL_GDRVINFO",
)
def driver_version_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members,
        "driver_version",
        lambda member: member.maybe(m.DRIVER_VERSION),
        like=lambda member: member.value(m.DRIVER),
    )


@rule(
    "firmware-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Members of the same kind run different firmware",
    why="Firmware decides about link training, filters and LLDP agents: a fault that only one of "
    "two like NICs shows is often this.",
    remedy="ethtool -i MEMBER on each; bring both to the newer version with the vendor's tool.",
    reference="ETHTOOL_GDRVINFO fw_version; its first word is compared, the rest names the OEM "
    "image",
)
def firmware_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(bond.members, "firmware", _firmware, like=same_hardware)


def _firmware(member: MemberView) -> str:
    """The first word with a digit: '4.80' of '4.80 0x8002053c 1.3805.0', '8.59' of 'mfw 8.59'."""
    words = (member.maybe(m.FIRMWARE) or "").replace(",", " ").split()
    return next((part for part in words if any(map(str.isdigit, part))), "none")


@rule(
    "autonegotiation-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Autonegotiation differs between members of the same kind",
    why="A port that does not negotiate against one that does ends at half duplex, at the lower "
    "speed or without FEC after the next link event.",
    remedy="ethtool MEMBER on each; ethtool -s MEMBER autoneg on (or off), as the switch port has "
    "it.",
    reference="802.3 clauses 28 and 73; compared among members of one driver, device, port type "
    "and speed",
)
def autonegotiation_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members,
        "autonegotiation",
        lambda member: member.maybe(m.AUTONEG),
        like=lambda member: (*_linked_alike(member), member.maybe(m.PORT_TYPE)),
        where=_linked,
    )


@rule(
    "port-type-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Members have different kinds of connector",
    why="It is legal; copper, direct attach and fibre fail in different ways and report different "
    "errors.",
    remedy="Nothing, if it is meant.",
    reference="ETHTOOL_GLINKSETTINGS",
)
def port_type_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members, "port_type", lambda member: member.maybe(m.PORT_TYPE), where=_linked
    )


@rule(
    "fec-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Links of the same speed use different forward error correction",
    why="The cable or the switch port of one member is not like the other's; the weaker code "
    "lets more errors through.",
    remedy="ethtool --show-fec MEMBER on each; make cables and switch ports alike.",
    reference="ETHTOOL_GFECPARAM; 802.3 clauses 74, 91 and 108",
)
def fec_differs(bond: BondView) -> Iterator[Deviation]:
    yield from differences(
        bond.members, "fec", lambda member: member.maybe(m.FEC), like=_linked_alike, where=_linked
    )


@rule(
    "offload-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="An offload differs between members of the same kind",
    why="The bond offers what all members offer, so one member switches the offload off for all; "
    "or it sends other frames than its twin, and a fault follows the hash.",
    remedy="ethtool -k MEMBER on each; ethtool -K MEMBER FEATURE on (or off) on the odd one, and "
    "in the configuration of all of them.",
    reference="drivers/net/bonding/bond_main.c: bond_compute_features",
)
def offload_differs(bond: BondView) -> Iterator[Deviation]:
    apart: dict[tuple[str, str], list[str]] = {}
    gap = None
    try:
        for found in map_differences(bond.members, m.FEATURES, _is_offload, like=same_hardware):
            feature = found.parameter.partition(".")[2]
            short = next((name for name, part in TOGETHER if feature.startswith(part)), feature)
            apart.setdefault((short, found.observed), []).append(feature)
    except NotEvaluable as reason:
        gap = reason
    for (short, observed), features in apart.items():
        if len(features) == 1:
            yield Deviation(f"features.{features[0]}", SAME, observed)
        else:
            yield Deviation(f"features.{short}", SAME, f"{observed} ({', '.join(features)})")
    if gap:
        raise gap


@rule(
    "feature-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="A NIC feature differs between members of the same kind",
    why="It is legal, and seldom meant.",
    remedy="ethtool -k MEMBER on each; ethtool -K MEMBER FEATURE on (or off) on the odd one.",
    reference="ETHTOOL_GFEATURES; offloads have a rule of their own",
)
def feature_differs(bond: BondView) -> Iterator[Deviation]:
    yield from map_differences(
        bond.members, m.FEATURES, lambda name: not _is_offload(name), like=same_hardware
    )


@rule(
    "private-flag-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="A driver flag differs between members of the same kind",
    why="Such flags decide about the firmware's LLDP agent, the link on admin-down and the like: "
    "the members then behave differently when it matters.",
    remedy="ethtool --show-priv-flags MEMBER on each; ethtool --set-priv-flags MEMBER FLAG on (or "
    "off) on the odd one.",
    reference="i40e: disable-fw-lldp, link-down-on-close; ice: fw-lldp-agent",
)
def private_flag_differs(bond: BondView) -> Iterator[Deviation]:
    yield from map_differences(bond.members, m.PRIVATE_FLAGS, bool, like=same_hardware)


@rule(
    "rings-differ",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Members of the same kind have descriptor rings of different size",
    why="A driver gives its devices the same rings, so one was changed. Under bursts the smaller "
    "one drops what the other takes.",
    remedy="ethtool -g MEMBER on each; ethtool -G MEMBER rx N tx N on the odd one, and in the "
    "configuration of all of them.",
    reference="ETHTOOL_GRINGPARAM",
)
def rings_differ(bond: BondView) -> Iterator[Deviation]:
    yield from map_differences(bond.members, m.RINGS, ("rx", "tx").__contains__, like=same_hardware)


@rule(
    "channels-differ",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Members of the same kind have different numbers of queues",
    why="The member with fewer queues spreads its load over fewer processors. A driver that ran "
    "out of interrupt vectors does this by itself.",
    remedy="ethtool -l MEMBER on each; ethtool -L MEMBER combined N on the odd one.",
    reference="ETHTOOL_GCHANNELS",
)
def channels_differ(bond: BondView) -> Iterator[Deviation]:
    keys = ("rx", "tx", "combined")
    yield from map_differences(bond.members, m.CHANNELS, keys.__contains__, like=same_hardware)


@rule(
    "pause-differs",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="Members of the same kind have different flow control",
    why="Under congestion one member is stopped by its switch port and the other drops. It may "
    "come from the switch ports, with which it is negotiated.",
    remedy="ethtool -a MEMBER on each; ethtool -A MEMBER rx off tx off (or on) on the odd one, or "
    "make the switch ports alike.",
    reference="ETHTOOL_GPAUSEPARAM; 802.3 annex 31B",
)
def pause_differs(bond: BondView) -> Iterator[Deviation]:
    yield from map_differences(bond.members, m.PAUSE, bool, like=same_hardware, where=_linked)


@rule(
    "members-on-one-device",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="All members are ports of one NIC",
    why="The bond survives a cable, a module or a switch, but not the NIC, its slot or its "
    "firmware.",
    remedy="Where that matters, take the members from two NICs.",
    reference="PCI functions of one device share slot, power and firmware",
)
def members_on_one_device(bond: BondView) -> Iterator[Deviation]:
    buses = [member.maybe(m.BUS) or "" for member in bond.members]
    devices = {bus.rpartition(".")[0] for bus in buses}
    # PCI only, as 0000:3b:00.0: other buses tell nothing about shared hardware.
    if len(buses) > 1 and len(devices) == 1 and all(bus.count(":") == 2 for bus in buses):
        yield Deviation("bus", "members on two NICs", f"all on {devices.pop()}")
