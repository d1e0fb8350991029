# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where network managers keep their configuration, in which order, and which of it is of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Folders = Mapping[str, tuple[str, ...]]

# In order of precedence: systemd.network(5) and NetworkManager's keyfile plugin.
NETWORKD_FOLDERS = (
    "/etc/systemd/network",
    "/run/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
)
KEYFILE_FOLDERS = (
    "/etc/NetworkManager/system-connections",
    "/run/NetworkManager/system-connections",
    "/usr/lib/NetworkManager/system-connections",
)
NETPLAN_FOLDERS = ("/etc/netplan", "/run/netplan", "/usr/lib/netplan")
# ifcfg files of Red Hat's NetworkManager plugin, and of wicked: seen, but not read.
IFCFG_FOLDERS = ("/etc/sysconfig/network-scripts", "/etc/sysconfig/network")
INTERFACES = "/etc/network/interfaces"
# systemd keeps 'invocation:UNIT' here as long as a unit is active (src/core/unit.c).
ACTIVE_UNITS = "/run/systemd/units"
WANTS = (
    "/etc/systemd/system/multi-user.target.wants",
    "/etc/systemd/system/network-online.target.wants",
)
IFUPDOWN2_CODE = "/usr/share/ifupdown2"
FOLDERS = (
    *NETWORKD_FOLDERS,
    *KEYFILE_FOLDERS,
    *NETPLAN_FOLDERS,
    *IFCFG_FOLDERS,
    ACTIVE_UNITS,
    *WANTS,
    IFUPDOWN2_CODE,
)
LARGEST = 1 << 20  # of one file; no manager's own is near it


def uses_networkd(folders: Folders) -> bool:
    """Whether anything beside the files that systemd ships could be about a bond."""
    *own, shipped = NETWORKD_FOLDERS
    return any(
        name.endswith((".netdev", ".network")) for folder in own for name in folders.get(folder, ())
    ) or any(name.endswith(".netdev") for name in folders.get(shipped, ()))


def netplan_files(folders: Folders) -> list[str]:
    """The YAML files of netplan."""
    return [
        f"{folder}/{name}"
        for folder in NETPLAN_FOLDERS
        for name in folders.get(folder, ())
        if name.endswith(".yaml")
    ]
