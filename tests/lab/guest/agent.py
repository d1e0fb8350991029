# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: waits for bonds to reach a state, makes the faults, says READY."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, "/lab")
from states import holds  # beside this file inside the host

RTMGRP_LINK = 1


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def observe(wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, dict[str, int | str]]]:
    """Read the members that are waited for; aggregator 0 of the bond: none is active."""
    found: dict[str, dict[str, dict[str, int | str]]] = {}
    for bond, members in wanted.items():
        active = _number(_text(f"/sys/class/net/{bond}/bonding/ad_aggregator"))
        found[bond] = {}
        for member in members:
            folder = f"/sys/class/net/{member}/bonding_slave"
            found[bond][member] = {
                "actor": _number(_text(f"{folder}/ad_actor_oper_port_state")),
                "partner": _number(_text(f"{folder}/ad_partner_oper_port_state")),
                "aggregator": _number(_text(f"{folder}/ad_aggregator_id")),
                "active": active,
                "mii": _text(f"{folder}/mii_status"),
            }
    return found


def missing(wanted: dict[str, dict[str, str]]) -> list[str]:
    """Name the members that are not (yet) in the state wanted, with what they are in."""
    lines = []
    seen = observe(wanted)
    for bond, members in wanted.items():
        for member, state in members.items():
            facts = seen[bond][member]
            if not facts["mii"] or not holds(state, facts, int(facts["active"])):
                lines.append(f"{bond}/{member} is not {state}: {facts}")
    return lines


def wait(wanted: dict[str, dict[str, str]], seconds: float) -> list[str]:
    """Wait for every member; return what is missing at the deadline.

    Link events wake it. LACP state octets change without any event (bond_3ad.c notifies only
    when a port starts or stops to distribute), so it also looks five times a second; only at the
    bonds that are not there yet, and at all of them once more when none is left.
    """
    deadline = time.monotonic() + seconds
    waiting = wanted
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as events:
        events.bind((0, RTMGRP_LINK))
        events.setblocking(False)
        while True:
            left = missing(waiting)
            if not left and len(waiting) == len(wanted):
                return []
            if time.monotonic() > deadline:
                return missing(wanted)
            late = {line.partition("/")[0] for line in left}
            waiting = {bond: wanted[bond] for bond in late} or wanted
            if left and select.select([events], [], [], 0.2)[0]:
                drain(events)


def drain(events: socket.socket) -> None:
    """Throw away what woke us, or was lost on the way (ENOBUFS): we look ourselves."""
    with contextlib.suppress(OSError):
        while events.recv(65536):
            pass


def run(commands: list[str]) -> None:
    for command in commands:
        subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True, text=True)


def boot(plan: dict[str, list[dict[str, Any]]]) -> dict[str, object]:
    """Go through the stages: each has commands, then the states that must follow."""
    for stage in plan["stages"]:
        try:
            run(stage["commands"])
        except subprocess.CalledProcessError as error:
            return {"ready": False, "why": [f"{error.cmd[2]}: {error.stderr.strip()}"]}
        left = wait(stage["wanted"], stage["seconds"])
        if left:
            return {"ready": False, "why": [f"{stage['name']}: {line}" for line in left]}
    return {"ready": True, "uptime_s": float(_text("/proc/uptime").split()[0])}


def main(arguments: list[str]) -> int:
    """`boot` reads /lab/plan.json and reports on the serial line; `wait SECONDS` reads stdin."""
    if arguments[0] == "boot":
        answer = boot(json.loads(Path("/lab/plan.json").read_text(encoding="utf-8")))
        line = os.open("/dev/ttyS0", os.O_WRONLY | os.O_NOCTTY)
        os.write(line, (json.dumps(answer) + "\n").encode())
        os.close(line)
        return 0
    left = wait(json.load(sys.stdin), float(arguments[1]))
    print("\n".join(left))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
