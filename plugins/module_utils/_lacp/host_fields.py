# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can be known of a host, by name."""

from __future__ import annotations

from typing import Any

from .fact import Field

HOSTNAME: Field[str] = Field("hostname", "str", "Node name of the kernel")
KERNEL_RELEASE: Field[str] = Field(
    "kernel.release", "str", "uname -r: the ABI name, not the version"
)
KERNEL_VERSION: Field[str] = Field("kernel.version", "str", "uname -v, with the package version")
KERNEL_UPSTREAM: Field[str] = Field(
    "kernel.upstream", "str", "Upstream version, such as 6.12.101: what fixes are compared with"
)
OS_ID: Field[str] = Field("os.id", "str", "ID of os-release")
OS_VERSION: Field[str] = Field("os.version_id", "str", "VERSION_ID of os-release")
MODULES: Field[dict[str, str]] = Field(
    "modules", "map", "Aggregation and NIC driver modules: version, or '' where they name none"
)
EUID: Field[int] = Field("euid", "int", "Effective user id while reading")
CAPABILITIES: Field[list[str]] = Field(
    "capabilities", "list", "Of net_admin and net_raw, those held while reading"
)
SOFTNET_DROPPED: Field[int] = Field("softnet.dropped", "int", "Backlog drops, all CPUs", "", True)
SOFTNET_SQUEEZED: Field[int] = Field(
    "softnet.time_squeezed", "int", "Times net_rx_action ran out of budget", "", True
)
TCP_RETRANSMITTED: Field[int] = Field(
    "tcp.retransmitted_segments", "int", "RetransSegs of /proc/net/snmp", "", True
)
TCP_SENT: Field[int] = Field("tcp.sent_segments", "int", "OutSegs of /proc/net/snmp", "", True)
CPU_PRESSURE: Field[float] = Field(
    "cpu.pressure_avg60", "float", "Share of time in which some task waited for CPU", "%", True
)
CPUS: Field[int] = Field("cpu.count", "int", "Online processors")
CLOCK_SYNCHRONISED: Field[bool] = Field(
    "clock.synchronised", "bool", "Whether the kernel says that the clock is disciplined"
)
CLOCK_ERROR: Field[float] = Field("clock.max_error_ms", "float", "Maximum error", "ms", True)
BOOT_ID: Field[str] = Field("boot_id", "str", "Random id of this boot")
UTC: Field[str] = Field("time.utc", "str", "Start of reading, RFC 3339 with Z", "", True)
MONOTONIC: Field[int] = Field("time.monotonic_ns", "int", "Start of reading", "ns", True)
UPTIME: Field[float] = Field("time.uptime_s", "float", "Since boot", "s", True)
READ_SECONDS: Field[float] = Field(
    "time.read_seconds", "float", "How long the reading took", "s", True
)
MANAGERS: Field[list[str]] = Field(
    "managers", "list", "Network managers that are installed and active or enabled"
)

ALL: tuple[Field[Any], ...] = tuple(f for f in list(globals().values()) if isinstance(f, Field))
