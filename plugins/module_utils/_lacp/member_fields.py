# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can be known of a member, by name."""

from __future__ import annotations

from typing import Any

from .fact import Field

IFINDEX: Field[int] = Field("ifindex", "int", "Kernel interface index")
ADMIN_UP: Field[bool] = Field("admin_up", "bool", "Whether the member is administratively up")
CARRIER: Field[bool] = Field("carrier", "bool", "Carrier as the driver reports it")
OPERSTATE: Field[str] = Field("operstate", "str", "RFC 2863 operational state")
MTU: Field[int] = Field("mtu", "int", "MTU of the member", "bytes")
MAC: Field[str] = Field("mac", "mac", "Current MAC address")
PERMANENT_MAC: Field[str] = Field(
    "permanent_mac", "mac", "Permanent MAC address: the source of this member's LACPDUs"
)
CARRIER_CHANGES: Field[int] = Field(
    "carrier_changes", "int", "Carrier transitions since the device exists", "", True
)
CARRIER_UP_COUNT: Field[int] = Field("carrier_up_count", "int", "Carrier gains", "", True)
CARRIER_DOWN_COUNT: Field[int] = Field("carrier_down_count", "int", "Carrier losses", "", True)

# As bonding sees the member.
MII_STATUS: Field[str] = Field(
    "mii_status", "str", "Bonding's own link state: up, going down, down, going back"
)
STATE: Field[str] = Field("state", "str", "active: bonding distributes on it; backup: it does not")
LINK_FAILURE_COUNT: Field[int] = Field("link_failure_count", "int", "Link failures seen", "", True)
QUEUE_ID: Field[int] = Field("queue_id", "int", "Transmit queue of the bond tied to the member")
PRIO: Field[int] = Field("prio", "int", "Failover priority")
BONDING_SPEED: Field[int] = Field(
    "bonding_speed_mbps", "int", "Speed as bonding last read it; absent: unknown to it", "Mbit/s"
)
BONDING_DUPLEX: Field[str] = Field(
    "bonding_duplex", "str", "Duplex as bonding last read it; absent: unknown to it"
)

AGGREGATOR_ID: Field[int] = Field("aggregator_id", "int", "Aggregator the port sits in")
ACTOR_SYSTEM: Field[str] = Field("actor.system", "mac", "Actor system")
ACTOR_SYSTEM_PRIORITY: Field[int] = Field("actor.system_priority", "int", "Actor system priority")
ACTOR_KEY: Field[int] = Field("actor.key", "int", "Actor oper key; 0 while the link is down")
ACTOR_PORT_PRIORITY: Field[int] = Field("actor.port_priority", "int", "Actor port priority")
ACTOR_PORT: Field[int] = Field("actor.port", "int", "Actor port number")
ACTOR_STATE: Field[int] = Field("actor.port_state", "int", "Actor oper port state octet")
PARTNER_SYSTEM: Field[str] = Field(
    "partner.system", "mac", "Partner system; absent: the partner is silent (zero MAC)"
)
PARTNER_SYSTEM_PRIORITY: Field[int] = Field(
    "partner.system_priority", "int", "Partner system priority"
)
PARTNER_KEY: Field[int] = Field("partner.key", "int", "Partner oper key")
PARTNER_PORT_PRIORITY: Field[int] = Field("partner.port_priority", "int", "Partner port priority")
PARTNER_PORT: Field[int] = Field("partner.port", "int", "Partner port number")
PARTNER_STATE: Field[int] = Field(
    "partner.port_state", "int", "Partner oper port state octet, SYNC masked unless it matched us"
)
CHURN_ACTOR: Field[str] = Field("churn.actor_state", "str", "monitoring, churned or none")
CHURN_PARTNER: Field[str] = Field("churn.partner_state", "str", "monitoring, churned or none")
CHURN_ACTOR_COUNT: Field[int] = Field(
    "churn.actor_count", "int", "Times the actor churned", "", True
)
CHURN_PARTNER_COUNT: Field[int] = Field(
    "churn.partner_count", "int", "Times the partner churned", "", True
)

# RTM_GETSTATS, IFLA_STATS_LINK_XSTATS_SLAVE > BOND_XSTATS_3AD. lacpdu.tx counts attempts.
LACPDU_RX: Field[int] = Field("lacpdu.rx", "int", "LACPDUs that bonding received", "", True)
LACPDU_TX: Field[int] = Field("lacpdu.tx", "int", "LACPDUs that bonding tried to send", "", True)
LACPDU_UNKNOWN_RX: Field[int] = Field("lacpdu.unknown_rx", "int", "Of unknown subtype", "", True)
LACPDU_ILLEGAL_RX: Field[int] = Field("lacpdu.illegal_rx", "int", "Too short", "", True)
MARKER_RX: Field[int] = Field("marker.rx", "int", "Marker PDUs received", "", True)
MARKER_TX: Field[int] = Field("marker.tx", "int", "Marker PDUs sent", "", True)
MARKER_RESPONSE_RX: Field[int] = Field("marker.response_rx", "int", "Responses received", "", True)
MARKER_RESPONSE_TX: Field[int] = Field("marker.response_tx", "int", "Responses sent", "", True)
MARKER_UNKNOWN_RX: Field[int] = Field("marker.unknown_rx", "int", "Unknown markers", "", True)

# The hardware, by ethtool.
SPEED: Field[int] = Field("speed_mbps", "int", "Link speed; absent: the driver has none", "Mbit/s")
DUPLEX: Field[str] = Field("duplex", "str", "full or half; absent: the driver has none")
AUTONEG: Field[bool] = Field("autonegotiation", "bool", "Whether autonegotiation is on")
PORT_TYPE: Field[str] = Field("port_type", "str", "Connector: tp, fibre, da, none, ...")
FEATURES: Field[dict[str, bool]] = Field(
    "features", "map", "Offload features, on or off; one that is off and cannot be set is left out"
)
RINGS: Field[dict[str, int]] = Field("rings", "map", "rx, tx, rx_max, tx_max", "descriptors")
CHANNELS: Field[dict[str, int]] = Field("channels", "map", "rx, tx, other, combined")
PAUSE: Field[dict[str, bool]] = Field("pause", "map", "autoneg, rx, tx")
FEC: Field[str] = Field("fec", "str", "Active forward error correction; absent: not supported")
DRIVER: Field[str] = Field("driver", "str", "Kernel driver")
DRIVER_VERSION: Field[str] = Field(
    "driver_version", "str", "Driver version; of in-tree ones the kernel's"
)
FIRMWARE: Field[str] = Field("firmware", "str", "Firmware version; absent: the device has none")
BUS: Field[str] = Field("bus", "str", "Bus address, such as 0000:3b:00.0; absent: virtual")
PCI_ID: Field[str] = Field("pci_id", "str", "vendor:device, four hex digits each")
PRIVATE_FLAGS: Field[dict[str, bool]] = Field("private_flags", "map", "Driver flags, on or off")
ERRORS: Field[dict[str, int]] = Field(
    "errors",
    "map",
    "Normalised counters of the port: crc, symbol, fec_corrected, fec_uncorrected, discard, missed "
    "and pause of what is received, discard_tx, pause_tx and timeout of what is sent; a key is "
    "there only if the driver counts it",
    "",
    True,
)
RAW_ERRORS: Field[dict[str, int]] = Field(
    "errors_raw", "map", "The driver's own counters behind errors, by their own names", "", True
)
STATISTICS: Field[dict[str, int]] = Field(
    "statistics", "map", "rtnl_link_stats64 by the kernel's names", "", True
)

# Of a team device; absent for ports of other aggregations.
TEAM_STATE: Field[str] = Field(
    "team.state", "str", "The runner's state of the port: current, expired, defaulted or disabled"
)
TEAM_SELECTED: Field[bool] = Field(
    "team.selected", "bool", "Whether teamd put the port into an aggregator; not that it forwards"
)
TEAM_ENABLED: Field[bool] = Field(
    "team.enabled", "bool", "The driver's option enabled: the port carries traffic"
)
DATAPLANE_ACTIVE: Field[bool] = Field(
    "dataplane.active",
    "bool",
    "Whether a router's own dataplane uses the port; absent: the kernel forwards",
)

MULTICAST: Field[list[str]] = Field(
    "multicast", "list", "Multicast addresses the device listens to"
)
VLANS: Field[list[dict[str, Any]]] = Field(
    "vlans", "list", "VLAN devices wrongly on the member: name, id, mtu (bytes), admin_up"
)
ADDRESSES: Field[list[str]] = Field("addresses", "list", "IP addresses on the member itself")
QDISC: Field[str] = Field("qdisc", "str", "Root queue discipline")
INGRESS_QDISC: Field[str] = Field("ingress_qdisc", "str", "clsact or ingress; absent: none")
SRIOV_ROLE: Field[str] = Field("sriov.role", "str", "pf, vf or none")
SRIOV_VFS: Field[int] = Field("sriov.vfs", "int", "Virtual functions enabled")
AER: Field[dict[str, int]] = Field(
    "aer", "map", "PCIe errors: correctable, nonfatal, fatal; absent: no AER", "", True
)
NETNS_LINK: Field[bool] = Field(
    "veth_peer_elsewhere", "bool", "Whether the link's other end is in another namespace"
)

ALL: tuple[Field[Any], ...] = tuple(f for f in list(globals().values()) if isinstance(f, Field))
