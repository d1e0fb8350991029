# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can be known of a bond, by name."""

from __future__ import annotations

from typing import Any

from .fact import Field

KIND: Field[str] = Field("kind", "str", "Who implements the aggregation: bond, team or openvswitch")
IFINDEX: Field[int] = Field("ifindex", "int", "Kernel interface index")
MODE: Field[str] = Field("mode", "str", "Bonding mode by its option name, such as 802.3ad")
MAC: Field[str] = Field("mac", "mac", "Current MAC address of the bond")
MTU: Field[int] = Field("mtu", "int", "MTU of the bond", "bytes")
ADMIN_UP: Field[bool] = Field("admin_up", "bool", "Whether the bond is administratively up")
OPERSTATE: Field[str] = Field("operstate", "str", "RFC 2863 operational state")
CARRIER: Field[bool] = Field("carrier", "bool", "Carrier of the bond; says nothing of LACP sync")
CARRIER_CHANGES: Field[int] = Field(
    "carrier_changes", "int", "Carrier transitions since the device exists", "", True
)
CARRIER_UP_COUNT: Field[int] = Field("carrier_up_count", "int", "Carrier gains", "", True)
CARRIER_DOWN_COUNT: Field[int] = Field("carrier_down_count", "int", "Carrier losses", "", True)
MII_STATUS: Field[str] = Field("mii_status", "str", "MII status as bonding prints it")
MEMBERS: Field[list[str]] = Field("member_names", "list", "Members in enslave order")

# Effective options, by the kernel's option names; enum options by their name, not their number.
MIIMON: Field[int] = Field("options.miimon", "int", "MII polling interval", "ms")
UPDELAY: Field[int] = Field("options.updelay", "int", "Delay before a link counts as up", "ms")
DOWNDELAY: Field[int] = Field(
    "options.downdelay", "int", "Delay before a link counts as down", "ms"
)
PEER_NOTIF_DELAY: Field[int] = Field(
    "options.peer_notif_delay", "int", "Delay between peer notifications", "ms"
)
USE_CARRIER: Field[int] = Field(
    "options.use_carrier", "int", "1 where carrier is used, not MII ioctls"
)
ARP_INTERVAL: Field[int] = Field("options.arp_interval", "int", "ARP monitoring interval", "ms")
ARP_IP_TARGET: Field[list[str]] = Field("options.arp_ip_target", "list", "ARP monitoring targets")
ARP_VALIDATE: Field[str] = Field("options.arp_validate", "str", "Validation of ARP probes")
ARP_ALL_TARGETS: Field[str] = Field("options.arp_all_targets", "str", "any or all targets needed")
ARP_MISSED_MAX: Field[int] = Field("options.arp_missed_max", "int", "Missed ARP probes tolerated")
NS_IP6_TARGET: Field[list[str]] = Field(
    "options.ns_ip6_target", "list", "IPv6 NS monitoring targets"
)
PRIMARY: Field[str] = Field("options.primary", "str", "Preferred member")
PRIMARY_RESELECT: Field[str] = Field(
    "options.primary_reselect", "str", "When primary is taken again"
)
ACTIVE_SLAVE: Field[str] = Field("options.active_slave", "str", "Member that carries traffic")
FAIL_OVER_MAC: Field[str] = Field("options.fail_over_mac", "str", "MAC handling at failover")
XMIT_HASH_POLICY: Field[str] = Field("options.xmit_hash_policy", "str", "Transmit hash policy")
RESEND_IGMP: Field[int] = Field("options.resend_igmp", "int", "IGMP reports after failover")
NUM_PEER_NOTIF: Field[int] = Field(
    "options.num_peer_notif", "int", "Peer notifications after failover"
)
ALL_SLAVES_ACTIVE: Field[int] = Field(
    "options.all_slaves_active", "int", "1 where inactive members deliver received frames"
)
MIN_LINKS: Field[int] = Field("options.min_links", "int", "Links needed for carrier")
LP_INTERVAL: Field[int] = Field("options.lp_interval", "int", "Learning packet interval", "s")
PACKETS_PER_SLAVE: Field[int] = Field("options.packets_per_slave", "int", "Round-robin packets")
TLB_DYNAMIC_LB: Field[int] = Field("options.tlb_dynamic_lb", "int", "Dynamic balancing of mode 5")
LACP_RATE: Field[str] = Field(
    "options.lacp_rate", "str", "slow or fast: the rate this host asks its partner for"
)
LACP_ACTIVE: Field[str] = Field("options.lacp_active", "str", "on: active LACP; off: passive")
AD_SELECT: Field[str] = Field("options.ad_select", "str", "Aggregator selection policy")
AD_ACTOR_SYS_PRIO: Field[int] = Field("options.ad_actor_sys_prio", "int", "Actor system priority")
AD_ACTOR_SYSTEM: Field[str] = Field(
    "options.ad_actor_system", "mac", "Actor system set by hand; absent: taken from the bond MAC"
)
AD_USER_PORT_KEY: Field[int] = Field("options.ad_user_port_key", "int", "Upper ten bits of the key")
COUPLED_CONTROL: Field[str] = Field(
    "options.coupled_control", "str", "on: collecting and distributing change together"
)
BROADCAST_NEIGHBOR: Field[str] = Field(
    "options.broadcast_neighbor", "str", "on: ARP and ND sent on every member"
)
LACP_STRICT: Field[str] = Field(
    "options.lacp_strict", "str", "on: carrier needs collecting and distributing ports"
)

AGGREGATOR_ID: Field[int] = Field("active_aggregator.id", "int", "Active aggregator; absent: none")
AGGREGATOR_PORTS: Field[int] = Field(
    "active_aggregator.ports", "int", "Link-up ports bound to it, forwarding or not"
)
ACTOR_KEY: Field[int] = Field("active_aggregator.actor_key", "int", "Actor oper key")
PARTNER_KEY: Field[int] = Field("active_aggregator.partner_key", "int", "Partner oper key")
PARTNER_SYSTEM: Field[str] = Field(
    "active_aggregator.partner_system", "mac", "Partner system; absent: no partner (zero MAC)"
)
SYSTEM_MAC: Field[str] = Field("system.mac", "mac", "Actor system really in use")
SYSTEM_PRIORITY: Field[int] = Field("system.priority", "int", "Actor system priority in use")

TEAM_ANSWERS: Field[bool] = Field(
    "team.answers", "bool", "Whether the daemon of a team device answers; absent: no team device"
)

VLANS: Field[list[dict[str, Any]]] = Field(
    "vlans", "list", "VLAN devices on top: name, id, mtu (bytes), admin_up"
)
ADDRESSES: Field[list[str]] = Field("addresses", "list", "IP addresses with prefix length")
GATEWAYS: Field[list[str]] = Field(
    "gateways",
    "list",
    "Next hops of the main table's routes through the bond and all that lies on it",
)
QDISC: Field[str] = Field("qdisc", "str", "Root queue discipline")
BRIDGE: Field[str] = Field("bridge.name", "str", "Bridge or other upper master; absent: none")
BRIDGE_KIND: Field[str] = Field("bridge.kind", "str", "Kind of that master: bridge, vrf, ...")
GROUP_FWD_MASK: Field[int] = Field(
    "bridge.group_fwd_mask", "int", "Link-local groups that the bridge forwards, as a bit mask"
)
STATISTICS: Field[dict[str, int]] = Field(
    "statistics", "map", "rtnl_link_stats64 by the kernel's names", "", True
)

MANAGERS: Field[list[str]] = Field(
    "managers",
    "list",
    "Managers whose configuration names the bond, but for those known neither to run nor to be "
    "enabled: ifupdown, ifupdown2, systemd-networkd, NetworkManager, netplan",
)
INTENT: Field[dict[str, Any]] = Field(
    "intent",
    "map",
    "By manager: files, settings (by this collection's field paths, such as options.miimon or "
    "mtu), members and addresses (lists), at_boot (bool), acts (bool: the manager runs or is "
    "enabled; null: unknown), unrecognised (lines kept as they stand)",
)
MAC_ADDRESS_POLICY: Field[str] = Field(
    "mac_address_policy", "str", "MACAddressPolicy of the .link file that udev applies to the bond"
)

ALL: tuple[Field[Any], ...] = tuple(f for f in list(globals().values()) if isinstance(f, Field))
