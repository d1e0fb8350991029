# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: listens to several bonds at once while their scenarios are played.

The collection, the lab's agent and far_end.py lie beside this file. plan.json: {"window": seconds,
"bonds": {bond: {"before": [step], "during": [step], "markers": second or null, "far_ends":
[switch]}}}; a step has "name", "at" (second of the window), "commands", "states" (of the lab's
agent, waited for), and "churned" (waited for, too). Written: before.txt and after.txt (packed
snapshots), BOND.json (what lacp_capture returns), BOND.ping.json, SWITCH.far.json, log.json, and
played.json: {"times": {bond: [[step, at second]]}, "late": [what did not come], "starved":
[[start, end]] in ns UTC, when this machine waited for its processor}.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._host import collect, live
from ansible_collections.bondproof.lacp.plugins.module_utils._host.kernel_log_past import past_lines
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import snapshot_pack
from ansible_collections.bondproof.lacp.plugins.module_utils._module import capture, ping
from lab.guest.agent import wait

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
READY_S = 150
CHURNED_S = 150
STARVED_NS = 1_500_000_000
# Lines of the minutes before are of interest, as a packet has them.
LOG_BEFORE_NS = 120 * 1_000_000_000


def look(name: str) -> None:
    """Keep what this host says now."""
    packed = snapshot_pack.pack(collect.collect(live.LiveSource()))
    (HERE / name).write_text(packed, encoding="ascii")


def beat(end: threading.Event) -> list[tuple[int, int]]:
    """Note each span in which ten ticks of 100 ms, as bonding has them, took half as long again."""
    beats: deque[int] = deque([time.time_ns()], maxlen=11)
    starved: list[tuple[int, int]] = []
    while not end.wait(0.1):
        beats.append(time.time_ns())
        if len(beats) == beats.maxlen and beats[-1] - beats[0] > STARVED_NS:
            starved.append((beats[0], beats[-1]))
    return starved


def run(step: dict[str, Any]) -> list[str]:
    """Do what the step says; what went wrong, if anything did."""
    for command in step["commands"]:
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return [f"{step['name']}: {command}: {done.stderr.strip()}"]
    return []


def prepare(bond: str, steps: list[dict[str, Any]]) -> list[str]:
    """Make what is to be there before anybody listens."""
    for step in steps:
        late = run(step) or wait({bond: step["states"]}, READY_S if step["states"] else 0)
        if step["churned"] and not late and not has_churned(bond):
            late = [f"{bond}: no member churned within {CHURNED_S} s"]
        if late:
            return late
    return []


def has_churned(bond: str) -> bool:
    """Wait until a churn machine says so; nothing announces it (bond_3ad.c, ad_churn_machine)."""
    tick = threading.Event()
    deadline = time.monotonic() + CHURNED_S
    while "Churn State: churned" not in Path(f"/proc/net/bonding/{bond}").read_text("ascii"):
        if time.monotonic() > deadline:
            return False
        tick.wait(0.5)
    return True


def play(
    bond: str, todo: dict[str, Any], start: float, window: float
) -> tuple[list[tuple[str, float]], list[str]]:
    """Go through the steps, each in its second; (what was done when, what did not follow)."""
    clock = threading.Event()
    times: list[tuple[str, float]] = []
    late: list[str] = []
    for step in todo["during"]:
        clock.wait(max(start + step["at"] - time.monotonic(), 0))
        times.append((step["name"], round(time.monotonic() - start, 3)))
        late += run(step)
        ends = [window, *(one["at"] for one in todo["during"] if one["at"] > step["at"])]
        patience = start + min(ends) - time.monotonic()
        if step["states"] and patience > 0:
            late += wait({bond: step["states"]}, patience)
    return times, late


def probe(bond: str, at: float, start: float) -> None:
    """Send markers in a second of the window, as lacp_ping does."""
    threading.Event().wait(max(start + at - time.monotonic(), 0))
    results: list[dict[str, Any]] = []
    params = {"bond": bond, "members": [], "count": 5, "interval": 0.5, "timeout": 1.0}

    def exit_json(**result: Any) -> None:
        results.append(result)

    def fail_json(msg: str) -> None:
        raise SystemExit(f"lacp_ping {bond}: {msg}")

    module = SimpleNamespace(
        params=params, check_mode=False, exit_json=exit_json, fail_json=fail_json
    )
    ping.run(module)  # type: ignore[arg-type]  # all that it uses of an AnsibleModule
    (HERE / f"{bond}.ping.json").write_text(json.dumps(results[0]), encoding="utf-8")


def listen(bond: str, window: float) -> None:
    """One capture, as the module makes it."""
    options = {name: spec.get("default") for name, spec in capture.ARGUMENTS.items()}
    options |= {"bond": bond, "duration": window, "progress": str(HERE / f"{bond}.fifo")}
    result = capture.listen(options, writes=True)
    (HERE / f"{bond}.json").write_text(json.dumps(result), encoding="utf-8")


def fork(bonds: list[str], window: float) -> dict[int, str]:
    """Start all captures; return once each of them listens."""
    waiting = {}
    for bond in bonds:
        path = HERE / f"{bond}.fifo"
        os.mkfifo(path, 0o600)
        waiting[os.open(path, os.O_RDONLY | os.O_NONBLOCK)] = bond
    children = {}
    for bond in bonds:
        child = os.fork()
        if not child:
            try:
                listen(bond, window)
            except BaseException as error:  # noqa: BLE001 - a child must not go on as its parent
                print(f"{bond}: {error!r}", file=sys.stderr)
                os._exit(1)
            os._exit(0)
        children[child] = bond
    deadline = time.monotonic() + READY_S
    while waiting:
        ready = select.select(list(waiting), [], [], max(deadline - time.monotonic(), 0))[0]
        if not ready:
            sys.exit(f"not listening after {READY_S} s: {', '.join(waiting.values())}")
        for file in ready:
            if os.read(file, 4096):
                os.close(file)
                del waiting[file]
    return children


def far_ends(names: set[str]) -> list[subprocess.Popen[bytes]]:
    """Begin to note what the switches see; each says so with a line."""
    found = []
    for name in sorted(names):
        command = ["ip", "netns", "exec", name, sys.executable, str(HERE / "far_end.py")]
        target = str(HERE / f"{name}.far.json")
        one = subprocess.Popen([*command, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        found.append(one)
    for one in found:
        if one.stdout is None or not one.stdout.readline():
            sys.exit("far_end.py ended before it began")
    return found


def log_lines(since_ns: int) -> Iterator[dict[str, object]]:
    for line in past_lines(since_ns):
        yield line.as_result()


def prepare_all(bonds: dict[str, Any]) -> list[str]:
    with ThreadPoolExecutor(max_workers=len(bonds)) as pool:
        going = [pool.submit(prepare, bond, todo["before"]) for bond, todo in bonds.items()]
        return [line for one in going for line in one.result()]


def play_all(bonds: dict[str, Any], window: float) -> dict[str, Any]:
    """Listen to all bonds, make what is to be made meanwhile, and say what was done."""
    # The children are forked while there are no threads.
    children = fork(list(bonds), window)
    start = time.monotonic()
    end = threading.Event()
    with ThreadPoolExecutor(max_workers=2 * len(bonds) + 1) as pool:
        beating = pool.submit(beat, end)
        playing = {
            bond: pool.submit(play, bond, todo, start, window) for bond, todo in bonds.items()
        }
        probes = [
            pool.submit(probe, bond, todo["markers"], start)
            for bond, todo in bonds.items()
            if todo["markers"] is not None
        ]
        failed = [bond for child, bond in children.items() if os.waitpid(child, 0)[1]]
        played = {bond: one.result() for bond, one in playing.items()}
        for one in probes:
            one.result()
        end.set()
    late = [line for _times, lines in played.values() for line in lines]
    return {
        "times": {bond: times for bond, (times, _late) in played.items()},
        "late": late + [f"{bond}: its capture failed" for bond in failed],
        "starved": beating.result(),
    }


def main() -> int:
    plan = json.loads((HERE / "plan.json").read_text(encoding="utf-8"))
    bonds = plan["bonds"]
    began_ns = time.time_ns()
    late = prepare_all(bonds)
    far = far_ends({name for todo in bonds.values() for name in todo["far_ends"]})
    look("before.txt")
    told = play_all(bonds, plan["window"])
    look("after.txt")
    for watcher in far:
        watcher.communicate()
    told["late"] = late + told["late"]
    lines = list(log_lines(began_ns - LOG_BEFORE_NS))
    (HERE / "log.json").write_text(json.dumps(lines), encoding="utf-8")
    (HERE / "played.json").write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
