# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traffic through a bond, whole or with losses that have nothing to do with LACP."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from lab.faults.registry import Change, fault

if TYPE_CHECKING:
    from lab.faults.registry import Site

_PORT = 5001
# One line each, as a command has to be; iter(int, 1) never ends.
_SINK = (
    'import socket; stream = socket.create_server(("{address}", {port})).accept()[0]; '
    "any(not stream.recv(65536) for _ in iter(int, 1))"
)
# 400 kB/s: enough to be seen, and little enough for a User-Mode Linux.
_SOURCE = (
    "import socket, threading; tick = threading.Event(); "
    'stream = socket.create_connection(("{address}", {port}), timeout=60); '
    "any(stream.sendall(bytes(20000)) or tick.wait(0.05) for _ in iter(int, 1))"
)


@fault
def traffic(site: Site, *, lost_every: int = 0) -> Change:
    """TCP runs from the host to the switch, which drops one IP packet in so many (0: none)."""
    (switch, lag), _ports = next(iter(site.bond.lags.items()))
    number = next(iter(site.bond.members.values())).name.removeprefix("swp")
    ours, theirs = f"10.98.{number}.1", f"10.98.{number}.2"
    units = [f"lab-{end}-{site.bond.name}" for end in ("sink", "source")]
    sink = shlex.quote(_SINK.format(address=theirs, port=_PORT))
    source = shlex.quote(_SOURCE.format(address=theirs, port=_PORT))
    start = "systemd-run --quiet --collect --property=Restart=on-failure --property=RestartSec=1"
    apply = [
        f"ip address add {ours}/30 dev {site.bond.name}",
        f"ip -n {switch} address add {theirs}/30 dev {lag}",
        f"{start} --unit={units[0]} ip netns exec {switch} python3 -c {sink}",
        f"{start} --unit={units[1]} python3 -c {source}",
    ]
    clear = [
        f"systemctl stop {' '.join(units)} || true",
        f"ip address delete {ours}/30 dev {site.bond.name}",
        f"ip -n {switch} address delete {theirs}/30 dev {lag}",
    ]
    if lost_every:
        at = f"tc -n {switch}"
        drop = f"action ok random determ drop {lost_every}"
        for port in site.bond.members.values():
            apply.append(f"{at} qdisc add dev {port.name} clsact")
            apply.append(f"{at} filter add dev {port.name} ingress protocol ip matchall {drop}")
            clear.append(f"{at} qdisc delete dev {port.name} clsact")
    return Change(apply, clear, site.every("converged"))
