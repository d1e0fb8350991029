# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private network of a lab: one namespace with a bridge and a tap for each host."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.state import Lab
    from lab.topology import Topology

CONTROLLER = "10.213.0.1/24"


def tap(host: str) -> str:
    return f"t-{host}"


def ip(*words: str) -> str:
    """Run iproute2's ip; LabError with its own words when it fails."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(
            f"ip {' '.join(words)}: {done.stderr.strip()}. "
            "Cure: make lab-down, then again; the lab needs root and /dev/net/tun",
        )
    return done.stdout


def create(lab: Lab, topology: Topology) -> None:
    """Make the namespace; no address of the lab exists outside of it."""
    ns = lab.netns
    ip("netns", "add", ns)
    ip("-n", ns, "link", "set", "lo", "up")
    ip("-n", ns, "link", "add", "lab0", "type", "bridge")
    ip("-n", ns, "address", "add", CONTROLLER, "dev", "lab0")
    ip("-n", ns, "link", "set", "lab0", "up")
    for host in topology.hosts:
        ip("-n", ns, "tuntap", "add", tap(host), "mode", "tap")
        ip("-n", ns, "link", "set", tap(host), "master", "lab0", "up")


def namespaces() -> list[str]:
    return [line.split()[0] for line in ip("netns", "list").splitlines() if line.strip()]
