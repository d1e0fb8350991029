# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop of lacp_capture on this machine's own CPU and kernel: eight members that speak fast.

A User-Mode Linux is too slow to tell, and this kernel need not have bonding: the members are veth
links in a network namespace of their own, and what bonding would say is said into them. So the
look at /proc/net/bonding, a file that is read once a second, is missing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import measure
from .capture_costs import host_python
from .measure import Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
SECONDS = 60
MEMBERS = 8

LISTENER = """
import json, sys, time
from ansible_collections.bondproof.lacp.plugins.module_utils._host import capture, capture_bond
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import capture_report
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import analyse
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import Window

def of(name, field):
    return open(f"/sys/class/net/{name}/{field}").read().strip()

names = sys.argv[2:]
ports = [capture_bond.Port(name, int(of(name, "ifindex")), of(name, "address")) for name in names]
ours = int(of("bond", "ifindex")), of("bond", "address")
bond = capture_bond.Bond("bond", *ours, tuple(ports), ())
heard = capture.Capture(bond, capture.Limits(float(sys.argv[1])))
before = time.process_time()
result = capture_report.capture_result(analyse(Window(heard.records(), members=tuple(names))))
print(json.dumps({
    "cpu_s": time.process_time() - before,
    "whole_s": time.process_time(),
    "count": sum(lane["count"] for lane in result["lanes"]),
    "gaps": sum(lane["gaps_total"] for lane in result["lanes"]),
}))
"""

SPEAKER = """
import select, socket, sys, time
from bench.capture_costs import lacpdu

channels = []
for name in sys.argv[1:]:
    channels.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    channels[-1].bind((name, 0))
at = time.monotonic()
while True:
    for number, channel in enumerate(channels):
        channel.send(lacpdu(number))
    at += 1
    select.select([], [], [], max(0, at - time.monotonic()))
"""


def _links(space: str, names: list[str]) -> None:
    """A pair of links for each name; the far end of NAME is NAME-."""
    for name in names:
        pair = ["link", "add", name, "type", "veth", "peer", "name", f"{name}-"]
        subprocess.run(["ip", "-n", space, *pair], check=True)
        for end in (name, f"{name}-"):
            subprocess.run(["ip", "-n", space, "link", "set", end, "up"], check=True)


def measurements(work: Path) -> Iterator[Measurement]:
    space = f"bondproof-{os.getpid()}"
    names = [f"eno{number}" for number in range(1, MEMBERS + 1)]
    inside = ["/usr/bin/env", "ip", "netns", "exec", space]
    path = f"{TOP / 'build/collections'}:{TOP / 'tests'}"
    env = {**os.environ, "PYTHONPATH": path}
    subprocess.run(["ip", "netns", "add", space], check=True)
    try:
        _links(space, [*names, "bond"])
        ends = [end for name in names for end in (name, f"{name}-")]
        with subprocess.Popen([*inside, sys.executable, "-c", SPEAKER, *ends], env=env) as speaker:
            log = work / "listen.log"
            command = [*inside, host_python(), "-c", LISTENER, str(SECONDS), *names]
            measure.run(command, env=env, log=log)
            speaker.terminate()
    finally:
        subprocess.run(["ip", "netns", "delete", space], check=True)
    found = json.loads(log.read_text())
    if found["count"] < 2 * MEMBERS * (SECONDS - 2) or found["gaps"]:
        raise RuntimeError(f"the capture did not hear what was said: {found}")
    share, whole = (100 * found[name] / SECONDS for name in ("cpu_s", "whole_s"))
    yield at_most(f"lacp_capture, {SECONDS} s on {MEMBERS} members", share, "% of a CPU", 1)
    yield figure("lacp_capture with the start of Python", whole, "% of a CPU")
