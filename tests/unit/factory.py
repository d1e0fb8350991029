# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Healthy facts to start from, and small changes to them: what the tests of rules are made of.

A subject is named as findings name it: '' the host, 'bond0' a bond, 'bond0/eno1' a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Fact,
    Field,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import (
    Bond,
    HostFacts,
    Member,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")

NOW = 1795176000.0  # 2026-11-20T12:00:00Z
SYSTEM = "02:00:00:00:01:01"
PARTNER = "00:1c:73:aa:bb:cc"
BOOT_ID = "7d0c2f0e-6a3c-4d0e-9b57-3b0f7b3f5a10"
# Absent on a healthy host: there is none, and the source is able to tell.
ABSENT = Absent("test")
NO_PRIVILEGE = "needs CAP_NET_ADMIN"

STATISTICS = {
    "rx_packets": 1000,
    "tx_packets": 1000,
    "rx_bytes": 100000,
    "tx_bytes": 100000,
    "rx_errors": 0,
    "tx_errors": 0,
    "rx_dropped": 0,
    "tx_dropped": 0,
    "rx_crc_errors": 0,
    "multicast": 10,
}


def record(values: Mapping[Field[Any], Any]) -> Record:
    """A record in which every given value is known; a Fact is taken as it is."""
    return Record({field.path: _fact(value) for field, value in values.items()})


def _fact(value: Any) -> Fact:
    return value if isinstance(value, Known | Absent | Unknown) else Known(value, "test")


def member(name: str = "eno1", number: int = 1, **changes: Any) -> Member:
    """A member that forwards; changes name constants of member_fields (MTU=1500)."""
    values: dict[Field[Any], Any] = {
        **_member_link(number),
        **_member_lacp(number),
        **_member_hardware(number),
        **_named(mf, changes),
    }
    return Member(name, record(values))


def _member_link(number: int) -> dict[Field[Any], Any]:
    return {
        mf.IFINDEX: 1 + number,
        mf.ADMIN_UP: True,
        mf.CARRIER: True,
        mf.OPERSTATE: "up",
        mf.MTU: 9000,
        mf.MAC: SYSTEM,
        mf.PERMANENT_MAC: f"02:00:00:00:01:{number:02x}",
        mf.CARRIER_CHANGES: 1,
        mf.CARRIER_UP_COUNT: 1,
        mf.CARRIER_DOWN_COUNT: 0,
        mf.MII_STATUS: "up",
        mf.STATE: "active",
        mf.LINK_FAILURE_COUNT: 0,
        mf.QUEUE_ID: 0,
        mf.PRIO: 0,
        mf.BONDING_SPEED: 25000,
        mf.BONDING_DUPLEX: "full",
        mf.MULTICAST: ["01:00:5e:00:00:01", "01:80:c2:00:00:02", "33:33:00:00:00:01"],
        mf.VLANS: [],
        mf.ADDRESSES: [],
        mf.QDISC: "mq",
        mf.INGRESS_QDISC: ABSENT,
        mf.TEAM_STATE: ABSENT,
        mf.TEAM_SELECTED: ABSENT,
        mf.TEAM_ENABLED: ABSENT,
        mf.DATAPLANE_ACTIVE: ABSENT,
    }


def _member_lacp(number: int) -> dict[Field[Any], Any]:
    return {
        mf.AGGREGATOR_ID: 1,
        mf.ACTOR_SYSTEM: SYSTEM,
        mf.ACTOR_SYSTEM_PRIORITY: 65535,
        mf.ACTOR_KEY: 21,
        mf.ACTOR_PORT_PRIORITY: 255,
        mf.ACTOR_PORT: number,
        mf.ACTOR_STATE: 63,
        mf.PARTNER_SYSTEM: PARTNER,
        mf.PARTNER_SYSTEM_PRIORITY: 32768,
        mf.PARTNER_KEY: 11,
        mf.PARTNER_PORT_PRIORITY: 32768,
        mf.PARTNER_PORT: 16 + number,
        mf.PARTNER_STATE: 63,
        mf.CHURN_ACTOR: "none",
        mf.CHURN_PARTNER: "none",
        mf.CHURN_ACTOR_COUNT: 0,
        mf.CHURN_PARTNER_COUNT: 0,
        mf.LACPDU_RX: 5000,
        mf.LACPDU_TX: 5000,
        mf.LACPDU_UNKNOWN_RX: 0,
        mf.LACPDU_ILLEGAL_RX: 0,
        mf.MARKER_RX: 0,
        mf.MARKER_TX: 0,
        mf.MARKER_RESPONSE_RX: 0,
        mf.MARKER_RESPONSE_TX: 0,
        mf.MARKER_UNKNOWN_RX: 0,
    }


def _member_hardware(number: int) -> dict[Field[Any], Any]:
    return {
        mf.SPEED: 25000,
        mf.DUPLEX: "full",
        mf.AUTONEG: True,
        mf.PORT_TYPE: "fibre",
        mf.FEATURES: {"rx-checksumming": True, "tx-tcp-segmentation": True, "rx-gro": True},
        mf.RINGS: {"rx": 2048, "tx": 2048, "rx_max": 8160, "tx_max": 8160},
        mf.CHANNELS: {"rx": 0, "tx": 0, "other": 1, "combined": 8},
        mf.PAUSE: {"autoneg": False, "rx": False, "tx": False},
        mf.FEC: "rs",
        mf.DRIVER: "ice",
        mf.DRIVER_VERSION: "6.12.107",
        mf.FIRMWARE: "4.80 0x8002053c 1.3805.0",
        mf.BUS: f"0000:{0x3A + number:02x}:00.0",
        mf.PCI_ID: "8086:159b",
        mf.PRIVATE_FLAGS: {"link-down-on-close": True},
        mf.ERRORS: {"crc": 0, "discard": 0, "fec_uncorrected": 0, "timeout": 0},
        mf.RAW_ERRORS: {"rx_crc_errors.nic": 0, "rx_dropped.nic": 0, "tx_timeout.nic": 0},
        mf.STATISTICS: dict(STATISTICS),
        mf.SRIOV_ROLE: "pf",
        mf.SRIOV_VFS: 0,
        mf.AER: {"correctable": 0, "nonfatal": 0, "fatal": 0},
        mf.NETNS_LINK: False,
    }


def healthy_bond(
    name: str = "bond0", members: Iterable[Member] | None = None, **changes: Any
) -> Bond:
    """A bond whose members all forward; changes name constants of bond_fields (MTU=1500)."""
    ports = (member("eno1", 1), member("eno2", 2)) if members is None else tuple(members)
    values: dict[Field[Any], Any] = {
        **_bond_state([port.name for port in ports]),
        **_bond_around([port.name for port in ports]),
        **_bond_options(),
        **_named(bf, changes),
    }
    return Bond(name, record(values), ports)


def _bond_state(ports: list[str]) -> dict[Field[Any], Any]:
    return {
        bf.KIND: "bond",
        bf.IFINDEX: 10,
        bf.MODE: "802.3ad",
        bf.MAC: SYSTEM,
        bf.MTU: 9000,
        bf.ADMIN_UP: True,
        bf.OPERSTATE: "up",
        bf.CARRIER: True,
        bf.CARRIER_CHANGES: 1,
        bf.CARRIER_UP_COUNT: 1,
        bf.CARRIER_DOWN_COUNT: 0,
        bf.MII_STATUS: "up",
        bf.MEMBERS: ports,
        bf.AGGREGATOR_ID: 1,
        bf.AGGREGATOR_PORTS: len(ports),
        bf.ACTOR_KEY: 21,
        bf.PARTNER_KEY: 11,
        bf.PARTNER_SYSTEM: PARTNER,
        bf.SYSTEM_MAC: SYSTEM,
        bf.SYSTEM_PRIORITY: 65535,
    }


def _bond_around(ports: list[str]) -> dict[Field[Any], Any]:
    return {
        bf.VLANS: [{"name": "bond0.10", "id": 10, "mtu": 9000, "admin_up": True}],
        bf.ADDRESSES: ["192.0.2.10/24"],
        bf.GATEWAYS: ["192.0.2.1"],
        bf.QDISC: "noqueue",
        bf.BRIDGE: ABSENT,
        bf.BRIDGE_KIND: ABSENT,
        bf.GROUP_FWD_MASK: ABSENT,
        bf.TEAM_ANSWERS: ABSENT,
        bf.STATISTICS: dict(STATISTICS),
        bf.MANAGERS: ["systemd-networkd"],
        bf.INTENT: {
            "systemd-networkd": {
                "files": ["/etc/systemd/network/20-bond0.netdev"],
                "settings": {
                    "mode": "802.3ad",
                    "mtu": 9000,
                    "options.miimon": 100,
                    "options.lacp_rate": "fast",
                    "options.xmit_hash_policy": "layer2+3",
                    "options.min_links": 1,
                },
                "members": ports,
                "at_boot": True,
            }
        },
        bf.MAC_ADDRESS_POLICY: "none",
    }


def _bond_options() -> dict[Field[Any], Any]:
    return {
        bf.MIIMON: 100,
        bf.UPDELAY: 0,
        bf.DOWNDELAY: 0,
        bf.PEER_NOTIF_DELAY: 0,
        bf.USE_CARRIER: 1,
        bf.ARP_INTERVAL: 0,
        bf.ARP_IP_TARGET: [],
        bf.ARP_VALIDATE: "none",
        bf.ARP_ALL_TARGETS: "any",
        bf.ARP_MISSED_MAX: 2,
        bf.NS_IP6_TARGET: [],
        bf.PRIMARY: ABSENT,
        bf.PRIMARY_RESELECT: "always",
        bf.ACTIVE_SLAVE: ABSENT,
        bf.FAIL_OVER_MAC: "none",
        bf.XMIT_HASH_POLICY: "layer2+3",
        bf.RESEND_IGMP: 1,
        bf.NUM_PEER_NOTIF: 1,
        bf.ALL_SLAVES_ACTIVE: 0,
        bf.MIN_LINKS: 1,
        bf.LP_INTERVAL: 1,
        bf.PACKETS_PER_SLAVE: 1,
        bf.TLB_DYNAMIC_LB: 1,
        bf.LACP_RATE: "fast",
        bf.LACP_ACTIVE: "on",
        bf.AD_SELECT: "stable",
        bf.AD_ACTOR_SYS_PRIO: 65535,
        bf.AD_ACTOR_SYSTEM: ABSENT,
        bf.AD_USER_PORT_KEY: 0,
        bf.COUPLED_CONTROL: "on",
        bf.BROADCAST_NEIGHBOR: ABSENT,
        bf.LACP_STRICT: ABSENT,
    }


def healthy_host(*bonds: Bond, **changes: Any) -> HostFacts:
    """A host with healthy bonds, one if none is given; changes name constants of host_fields."""
    values: dict[Field[Any], Any] = {
        hf.HOSTNAME: "h1",
        hf.KERNEL_RELEASE: "6.12.107+deb13-amd64",
        hf.KERNEL_VERSION: "#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1 (2026-10-01)",
        hf.KERNEL_UPSTREAM: "6.12.107",
        hf.OS_ID: "debian",
        hf.OS_VERSION: "13",
        hf.MODULES: {"bonding": "", "ice": ""},
        hf.EUID: 0,
        hf.CAPABILITIES: ["net_admin", "net_raw"],
        hf.SOFTNET_DROPPED: 0,
        hf.SOFTNET_SQUEEZED: 0,
        hf.TCP_RETRANSMITTED: 0,
        hf.TCP_SENT: 100000,
        hf.CPU_PRESSURE: 0.0,
        hf.CPUS: 16,
        hf.CLOCK_SYNCHRONISED: True,
        hf.CLOCK_ERROR: 1.5,
        hf.BOOT_ID: BOOT_ID,
        hf.UTC: "2026-11-20T12:00:00Z",
        hf.MONOTONIC: 90000000000000,
        hf.UPTIME: 90000.0,
        hf.READ_SECONDS: 0.01,
        hf.MANAGERS: ["systemd-networkd"],
        **_named(hf, changes),
    }
    return HostFacts(record(values), bonds or (healthy_bond(),))


def three_members(**changes: Any) -> HostFacts:
    """A host whose bond0 has eno1, eno2 and eno3, all healthy."""
    ports = [member(f"eno{number}", number) for number in (1, 2, 3)]
    return healthy_host(healthy_bond(members=ports, **changes))


def mlag_host() -> HostFacts:
    """A healthy host on an MLAG pair: one system and key, port numbers of the legs 0x8000 apart."""
    ports = [member("eno1", 1, PARTNER_PORT=3), member("eno2", 2, PARTNER_PORT=0x8003)]
    return healthy_host(healthy_bond(members=ports))


def mixed_rate_host() -> HostFacts:
    """A healthy host that asks for fast LACPDUs while its partner asks for slow ones (63/61)."""
    return healthy_host(
        healthy_bond(members=[member(f"eno{n}", n, PARTNER_STATE=61) for n in (1, 2)])
    )


def known(facts: HostFacts, subject: str, field: Field[T], value: T) -> HostFacts:
    """The facts with one value changed."""
    return _changed(facts, subject, field, Known(value, "test"))


def absent(facts: HostFacts, subject: str, field: Field[Any]) -> HostFacts:
    """The facts with one value known not to exist."""
    return _changed(facts, subject, field, ABSENT)


def unknown(
    facts: HostFacts, subject: str, *fields: Field[Any], reason: str = NO_PRIVILEGE
) -> HostFacts:
    """The facts with values that could not be learnt."""
    for field in fields:
        facts = _changed(facts, subject, field, Unknown(reason))
    return facts


def _changed(facts: HostFacts, subject: str, field: Field[Any], value: Fact) -> HostFacts:
    bond_name, _slash, port = subject.partition("/")
    if not bond_name:
        return facts._replace(record=_with(facts.record, field, value))
    assert bond_name in {bond.name for bond in facts.bonds}, f"no bond {bond_name}"
    return facts._replace(
        bonds=tuple(
            _changed_bond(bond, port, field, value) if bond.name == bond_name else bond
            for bond in facts.bonds
        ),
    )


def _changed_bond(bond: Bond, port: str, field: Field[Any], value: Fact) -> Bond:
    if not port:
        return bond._replace(record=_with(bond.record, field, value))
    assert port in {item.name for item in bond.members}, f"{bond.name} has no member {port}"
    return bond._replace(
        members=tuple(
            item._replace(record=_with(item.record, field, value)) if item.name == port else item
            for item in bond.members
        ),
    )


def _with(old: Record, field: Field[Any], value: Fact) -> Record:
    return old._replace(facts={**old.facts, field.path: value})


def _named(fields: Any, changes: Mapping[str, Any]) -> dict[Field[Any], Any]:
    return {getattr(fields, name): value for name, value in changes.items()}
