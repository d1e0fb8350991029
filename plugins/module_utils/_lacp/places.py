# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a host keeps what is read: all that a collector must know of what parsers understand.

It stands apart from the parsers because a host compiles what it imports in each run. The parsers
take their paths from here; a test holds the lists of files against their tables.
"""

from __future__ import annotations

PROC_BONDING = "/proc/net/bonding"
DEV_MCAST = "/proc/net/dev_mcast"
NET = "/sys/class/net"
OPENVSWITCH = "/etc/openvswitch/conf.db"
# Not files: what the daemon of a team device answers on its socket, and the driver by netlink.
TEAM_SOCKETS = "/var/run/teamd/"
TEAM_STATE, TEAM_CONFIG, TEAM_OPTIONS = (
    TEAM_SOCKETS + "{}.sock:" + request for request in ("StateDump", "ConfigDumpActual", "options")
)
# Of a port, where teamnl said it in a word.
TEAM_ENABLED = TEAM_SOCKETS + "{}.sock:enabled/{}"
# The same of a router with a dataplane of its own: what `vplsh -l -c lag` prints.
DATAPLANE = "/opt/vyatta/bin/vplsh:lag"
# And the screens of `show interfaces`, by the number in which they were shown.
SCREENS = "/opt/vyatta/bin/show:"

# Of a bond, in /sys/class/net/<bond>/bonding.
BOND_FILES = (
    "slaves mode miimon updelay downdelay peer_notif_delay use_carrier arp_interval arp_ip_target "
    "arp_validate arp_all_targets arp_missed_max primary primary_reselect active_slave "
    "fail_over_mac xmit_hash_policy resend_igmp num_grat_arp all_slaves_active min_links "
    "lp_interval packets_per_slave tlb_dynamic_lb lacp_rate lacp_active ad_select mii_status "
    "ad_actor_sys_prio ad_user_port_key ad_actor_system ad_aggregator ad_num_ports ad_actor_key "
    "ad_partner_key ad_partner_mac"
).split()
# Of a member, in /sys/class/net/<member>/bonding_slave.
MEMBER_FILES = (
    "state mii_status link_failure_count perm_hwaddr queue_id ad_aggregator_id "
    "ad_actor_oper_port_state ad_partner_oper_port_state"
).split()

# Of the hardware behind a member; {} is its name.
DEVICE = NET + "/{}/device"
AER = ("correctable", "nonfatal", "fatal")
DEVICE_SYMLINKS = (DEVICE, DEVICE + "/physfn", DEVICE + "/driver", DEVICE + "/driver/module")
DEVICE_FILES = (
    DEVICE + "/vendor",
    DEVICE + "/device",
    DEVICE + "/sriov_numvfs",
    DEVICE + "/driver/module/version",
    *(DEVICE + "/aer_dev_" + kind for kind in AER),
)
