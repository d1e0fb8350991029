# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to read of a host as a whole; _lacp/host_facts.py understands it."""

from __future__ import annotations

import os
import sys
import time

from .clock import discipline, utc_text

HOST_FILES: tuple[str, ...] = (
    "/etc/os-release",
    "/proc/self/status",
    "/proc/net/softnet_stat",
    "/proc/net/snmp",
    "/proc/pressure/cpu",
    "/proc/sys/kernel/random/boot_id",
    "/proc/uptime",
    "/sys/devices/system/cpu/online",
    "/sys/module/bonding/version",
    "/sys/module/team/version",
    "/sys/module/openvswitch/version",
)
HOST_FOLDERS: tuple[str, ...] = ("/sys/module", "/sys/class/net")


def host_values() -> dict[str, str | int | float | bool | None]:
    """Values for Snapshot.facts that no file holds, read now."""
    kernel = os.uname()
    return {
        "uname_nodename": kernel.nodename,
        "uname_release": kernel.release,
        "uname_version": kernel.version,
        "uname_machine": kernel.machine,
        "byteorder": sys.byteorder,
        "euid": os.geteuid(),
        "utc": utc_text(),
        "monotonic_ns": time.monotonic_ns(),
        **discipline(),
    }
