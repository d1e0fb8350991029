# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Captures of all bonds of capture.yml at once, while faults are made on some of them."""

from __future__ import annotations

import calendar
import io
import json
import subprocess
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab import faults, reader
from lab.state import REPOSITORY
from lab.topology import FaultUse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.topology import Bond, Host

    from .test_lab import Commands

HERE = Path(__file__).parent
TOPOLOGY = HERE / "capture.yml"
IN_COLLECTION = "ansible_collections/bondproof/lacp/plugins/module_utils"
DURATION_S = 38.0
OTHER_SYSTEM = "02:5c:00:00:00:99"
# A burst every so often: longer than a period and a half, shorter than the receiver waits.
SLOT_MS = 1500
# bonding's 100 ms ticks stretch, and more so in a User-Mode Linux on a busy machine: a PDU that is
# late by less than a period says nothing about what was done to the bond.
STRETCH = 2.0
NS = 1_000_000_000


@dataclass(frozen=True)
class Captured:
    """What was heard of each bond, and when each fault was made (UTC ns, before and after)."""

    results: Mapping[str, Mapping[str, Any]]
    times: Mapping[str, Mapping[str, tuple[int, int]]]
    evidence: Path


def _step(host: Host, bond: Bond, name: str, use: FaultUse, *, clear: bool) -> dict[str, Any]:
    change = faults.change_for(use, faults.Site(host, bond))
    states = dict.fromkeys(change.states, "converged") if clear else dict(change.states)
    return {
        "name": name,
        "commands": change.clear if clear else change.apply,
        "states": states,
    }


def _fault(host: Host, bond_name: str, name: str, times: int = 1, **settings: str) -> list[Any]:
    bond = host.bond(bond_name)
    use = FaultUse(name, settings)
    steps = []
    for number in range(times):
        steps.append(_step(host, bond, f"apply {number}", use, clear=False))
        steps.append(_step(host, bond, f"clear {number}", use, clear=True))
    return steps


def plan(host: Host) -> dict[str, list[Any]]:
    """Say what is done to which bond; those that are not in it are left alone."""
    slot = f"slot {SLOT_MS}ms {SLOT_MS}ms"
    holes = host.bond("holes").members["ho2"]
    flip = next(iter(host.bond("flip").lags))
    set_system = f"ip -n {flip[0]} link set dev {flip[1]} type bond ad_actor_system"
    usual = host.switches[flip[0]].system
    flap = _fault(host, "flap", "carrier_down", times=2, member="fl2")
    for step in flap[1::2]:
        # In Linux 6.1 the state of a port without a carrier says all is well until 100 ms after.
        step["leaves"] = "fl2"
    return {
        "deaf": _fault(host, "deaf", "silent_partner", member="de2", direction="to_host"),
        "mute": _fault(host, "mute", "silent_partner", member="mu2", direction="from_host"),
        "flap": flap,
        "flip": [
            {
                "name": "there",
                "commands": [f"{set_system} {OTHER_SYSTEM}"],
                "partner": OTHER_SYSTEM,
            },
            {"name": "back", "commands": [f"{set_system} {usual}"], "partner": usual},
        ],
        "holes": [
            {
                "name": "apply",
                "commands": [
                    f"tc -n {holes.switch.name} qdisc replace dev {holes.name} root netem {slot}"
                ],
            }
        ],
    }


def capture_all(commands: Commands, evidence: Path, duration_s: float = DURATION_S) -> Captured:
    """Listen to each bond, make the faults once all listen, bring home what was heard."""
    host = reader.load(str(TOPOLOGY)).host("c1")
    return run_plan(commands, evidence, list(host.bonds), plan(host), duration_s)


def run_plan(
    commands: Commands,
    evidence: Path,
    bonds: list[str],
    steps: Mapping[str, list[Any]],
    duration_s: float,
) -> Captured:
    """Listen to bonds, go through the steps once all are heard, bring home what was heard."""
    work = {"duration": duration_s, "listen": bonds, "steps": steps}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(HERE / "capture_guest.py", "capture_guest.py")
        tar.add(REPOSITORY / "plugins/module_utils", IN_COLLECTION)
        tar.add(REPOSITORY / "tests/lab/guest/agent.py", "lab/guest/agent.py")
        info = tarfile.TarInfo("plan.json")
        body = json.dumps(work).encode()
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    folder = "/run/captured"
    script = (
        f"rm -rf {folder}; mkdir {folder}; tar -x -C {folder} -f - && "
        f"python3 {folder}/capture_guest.py >&2 && tar -c -C {folder} -f - "
        "--exclude=ansible_collections --exclude=lab ."
    )
    done = subprocess.run(
        commands.argv("ssh", "c1", script),
        env=commands.environment,
        input=packed.getvalue(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(evidence, filter="data")
    results = {bond: json.loads((evidence / f"{bond}.json").read_text()) for bond in bonds}
    starved = json.loads((evidence / "starved.json").read_text())
    for result in results.values():
        result["starved"] = starved
    return Captured(results, json.loads((evidence / "times.json").read_text()), evidence)


def utc_ns(text: str) -> int:
    seconds, _dot, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * NS + int(fraction)


def lane(result: Mapping[str, Any], member: str, direction: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        one for one in result["lanes"] if (one["member"], one["direction"]) == (member, direction)
    )
    return found


def gaps(result: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Give the gaps, without those that the machine itself accounts for."""
    return [
        (one["member"], one["direction"], gap)
        for one in result["lanes"]
        for gap in one["gaps"]
        if gap["periods"] > STRETCH and not _is_starved(result, gap)
    ]


def _is_starved(result: Mapping[str, Any], gap: Mapping[str, Any]) -> bool:
    """Tell whether a late, not lost, LACPDU has to do with ticks that were late in the guest."""
    start, end = utc_ns(gap["start"]) - NS // 2, utc_ns(gap["end"]) + NS // 2
    return gap["grade"] == "late" and starved_between(result, start, end)


def starved_between(result: Mapping[str, Any], start: int, end: int) -> bool:
    """Tell whether the guest waited for its processor at any time from start to end."""
    return any(since < end and until > start for since, until in result["starved"])


def events(result: Mapping[str, Any], *kinds: str) -> list[Mapping[str, Any]]:
    return [
        event
        for event in result["events"]
        if event["kind"] != "late" and (not kinds or event["kind"] in kinds)
    ]


def where(found: list[Mapping[str, Any]]) -> set[str]:
    return {str(event["member"]) for event in found}


def remarks(result: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    return [(remark["kind"], remark["members"]) for remark in result["remarks"]]
