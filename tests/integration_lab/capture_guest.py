# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: listens to several bonds at once, makes faults, reports when and what.

The collection and the lab's agent lie beside this file. plan.json: {"duration": seconds, "listen":
[bond, ...], "steps": {bond: [step, ...]}}; a step has "name", "commands", and what to wait for
afterwards: "partner", then "leaves" (a member that must stop to deliver), then "states" (of the
lab's agent). What each bond's capture returns goes to BOND.json, the times of the steps to
times.json, and when this machine was starved of processor time to starved.json.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._module.capture import (
    ARGUMENTS,
    listen,
)
from lab.guest.agent import RTMGRP_LINK, drain, missing, wait

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
DEADLINE_S = 60
STARVED_NS = 1_500_000_000
FOUR_FRAMES = 1000  # octets, with the headers of the file


def until(is_so: Callable[[], object], what: str) -> None:
    """Look whenever a link event comes, and five times a second where none announces it."""
    deadline = time.monotonic() + DEADLINE_S
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as events:
        events.bind((0, RTMGRP_LINK))
        events.setblocking(False)
        while not is_so():
            if time.monotonic() > deadline:
                sys.exit(f"{what}: not within {DEADLINE_S} s")
            if select.select([events], [], [], 0.2)[0]:
                drain(events)


def beat(end: threading.Event) -> list[tuple[int, int]]:
    """Note each span in which ten ticks of 100 ms, as bonding has them, took half as long again.

    The host of a User-Mode Linux may let it wait; then its LACPDUs are late, and rightly so.
    """
    beats: deque[int] = deque([time.time_ns()], maxlen=11)
    starved: list[tuple[int, int]] = []
    while not end.wait(0.1):
        beats.append(time.time_ns())
        if len(beats) == beats.maxlen and beats[-1] - beats[0] > STARVED_NS:
            starved.append((beats[0], beats[-1]))
    return starved


def has_heard(bond: str) -> bool:
    """Tell whether frames of both ends of two members are in the file, which grows every second."""
    path = HERE / f"{bond}.pcapng"
    return path.exists() and path.stat().st_size > FOUR_FRAMES


def knows(bond: str, partner: str) -> bool:
    text = Path(f"/proc/net/bonding/{bond}").read_text(encoding="ascii")
    found = [line.split()[-1] for line in text.splitlines() if "system mac address" in line]
    return all(one == partner for one in found[1::2])


def go_through(bond: str, steps: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    times = {}
    for step in steps:
        before = time.time_ns()
        for command in step["commands"]:
            subprocess.run(["/bin/sh", "-c", command], check=True)
        times[step["name"]] = (before, time.time_ns())
        if "partner" in step:
            until(partial(knows, bond, step["partner"]), f"{bond} {step['name']}")
        if "leaves" in step:
            until(partial(missing, {bond: {step["leaves"]: "converged"}}), f"{bond} leaves")
        if "states" in step:
            late = wait({bond: step["states"]}, DEADLINE_S)
            if late:
                sys.exit("; ".join(late))
    return times


def capture(bond: str, duration: float) -> None:
    options = {name: spec.get("default") for name, spec in ARGUMENTS.items()}
    options |= {"bond": bond, "duration": duration, "pcapng": str(HERE / f"{bond}.pcapng")}
    options["timeline"] = str(HERE / f"{bond}.svg")
    result = listen(options, writes=True)
    (HERE / f"{bond}.json").write_text(json.dumps(result), encoding="utf-8")


def main() -> int:
    plan = json.loads((HERE / "plan.json").read_text(encoding="utf-8"))
    children = {}
    for bond in plan["listen"]:
        child = os.fork()
        if not child:
            capture(bond, plan["duration"])
            os._exit(0)
        children[child] = bond
    end = threading.Event()
    with ThreadPoolExecutor(max_workers=len(plan["steps"]) + 1) as pool:
        beating = pool.submit(beat, end)
        try:
            until(lambda: all(has_heard(bond) for bond in plan["steps"]), "captures")
            todo = plan["steps"].items()
            going = {bond: pool.submit(go_through, bond, steps) for bond, steps in todo}
            times = {bond: one.result() for bond, one in going.items()}
            failed = [bond for child, bond in children.items() if os.waitpid(child, 0)[1]]
        finally:
            end.set()
    (HERE / "times.json").write_text(json.dumps(times), encoding="utf-8")
    (HERE / "starved.json").write_text(json.dumps(beating.result()), encoding="utf-8")
    if failed:
        sys.exit(f"captures failed: {failed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
