# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded packets at once; the others on a lab, many at a time; a starved one a second time."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from lab import boot, image, teardown
from lab.errors import LabError
from lab.say import say
from lab.state import this_lab
from lab.topology import KERNELS

from . import berths, packets, visit
from .judge import BROKEN, RIGHT, Case, judge, matrix, spoken
from .lined import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from lab.state import Lab
    from lab.topology import Topology

    from .berths import Berth, Ward
    from .scenario import Scenario

# At a time: the machine has few processors, and a bond whose ticks are late is no fair case.
HOSTS_AT_WORK = 3
UP_S = 300


def run_all(scenarios: list[Scenario], evidence: Path) -> list[Case]:
    """How each scenario went, in their order."""
    found = {one.name: _recorded(one, evidence) for one in scenarios if one.packet}
    on_lab = [one for one in scenarios if not one.packet]
    if on_lab:
        found |= _on_lab(on_lab, evidence)
        again = [case.scenario for case in found.values() if case.starved and case.outcome != RIGHT]
        if again:
            names = ", ".join(one.name for one in again)
            say(f"the lab was starved of processor time, once more: {names}")
            for name, case in _on_lab(again, evidence).items():
                note = f"played twice: the lab was starved, the verdict was {found[name].outcome}"
                found[name] = judge_again(case, note)
    return [found[one.name] for one in scenarios]


def judge_again(case: Case, note: str) -> Case:
    """The same case with a note."""
    return Case(
        case.scenario,
        case.outcome,
        case.verdict,
        case.aliases,
        case.complaints,
        (*case.notes, note),
        case.starved,
    )


def replayed(scenarios: list[Scenario], evidence: Path) -> list[Case]:
    """Judge again what an earlier run kept, with the engine of today: no lab."""
    return [
        _recorded(one, evidence) if one.packet else _replayed(one, evidence / one.name)
        for one in scenarios
    ]


def _replayed(scenario: Scenario, folder: Path) -> Case:
    try:
        packet = json.loads((folder / "packet.json").read_text(encoding="utf-8"))
        played = json.loads((folder / "played.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        text = f"{error.filename} is not there. Cure: play it first, without --replay"
        return Case(scenario, BROKEN, complaints=(text,))
    return judge(scenario, _judged(packet, folder), played["aliases"], notes=played["late"])


def _recorded(scenario: Scenario, evidence: Path) -> Case:
    try:
        packet = packets.recorded(scenario)
    except ScenarioError as error:
        return Case(scenario, BROKEN, complaints=(str(error),))
    return judge(scenario, _judged(packet, evidence / scenario.name), {})


def _judged(packet: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The verdict; packet and verdict are kept for a look."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "packet.json").write_text(json.dumps(packet, indent=1), encoding="utf-8")
    verdict: dict[str, Any] = diagnose(packet)
    (folder / "verdict.json").write_text(json.dumps(verdict, indent=1), encoding="utf-8")
    return verdict


def _on_lab(scenarios: list[Scenario], evidence: Path) -> dict[str, Case]:
    wards = berths.assign(scenarios)
    text = yaml.safe_dump(berths.topology(wards), sort_keys=False)
    lab = this_lab()
    with lab.locked():
        if lab.state_file.exists():
            raise LabError(f"a lab is up already ({lab.folder}). Cure: make lab-down")
        up = berths.check(wards, text)
        built = image.require()
        teardown.down(lab)
        (lab.folder / "topology.yml").write_text(text, encoding="utf-8")
        say(f"{len(scenarios)} scenarios on {len(wards)} hosts")
        try:
            boot.up(lab, up, built, KERNELS[0], UP_S)
            with ThreadPoolExecutor(max_workers=HOSTS_AT_WORK) as pool:
                going = [pool.submit(_ward, lab, ward, up, evidence) for ward in wards]
                return {name: case for one in going for name, case in one.result().items()}
        finally:
            teardown.down(lab)


def _ward(lab: Lab, ward: Ward, up: Topology, evidence: Path) -> dict[str, Case]:
    say(f"{ward.host}: {', '.join(berth.scenario.name for berth in ward.berths)}")
    folder = evidence / f"host-{ward.host}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        played, offset_s = visit.play(lab, ward, up, folder)
    except visit.VisitError as error:
        say(str(error))
        return {
            berth.scenario.name: Case(
                berth.scenario, BROKEN, complaints=(str(error),), starved=True
            )
            for berth in ward.berths
        }
    starved = bool(played["starved"])
    say(f"{ward.host}: done{', but its ticks were late' if starved else ''}")
    cases = {}
    for berth in ward.berths:
        late = [line for line in played["late"] if berth.bond in line]
        cases[berth.scenario.name] = _case(berth, folder, evidence, offset_s, late, starved=starved)
    return cases


def _case(  # what a case is made of
    berth: Berth, folder: Path, evidence: Path, offset_s: float, late: list[str], *, starved: bool
) -> Case:
    scenario = berth.scenario
    try:
        packet = packets.from_lab(berth, folder, offset_s)
    except FileNotFoundError as error:
        return Case(scenario, BROKEN, complaints=(*late, f"{error.filename}"), starved=True)
    verdict = _judged(packet, evidence / scenario.name)
    played = {"aliases": berth.aliases, "late": late, "starved": starved}
    (evidence / scenario.name / "played.json").write_text(json.dumps(played), encoding="utf-8")
    # A fault that did not take is the lab's failure; the verdict is told all the same.
    return judge(scenario, verdict, berth.aliases, notes=late, starved=starved or bool(late))


def told(cases: list[Case], result: Mapping[str, Any], problems: Iterable[str]) -> Iterator[str]:
    """What a person reads at the end."""
    width = max((len(case.scenario.name) for case in cases), default=1)
    for case in sorted(cases, key=lambda one: (one.outcome == RIGHT, one.scenario.name)):
        words = f"{case.fault}, {case.verdict.get('rule', '-')}, {case.verdict.get('confidence')}"
        yield f"{case.outcome:16} {case.scenario.name:{width}}  {words}"
        for line in (*case.complaints, *case.notes):
            yield f"{'':16} {'':{width}}  - {spoken(line, case.aliases)}"
        if case.outcome != RIGHT and case.verdict:
            headline = spoken(str(case.verdict.get("headline")), case.aliases)
            yield f"{'':16} {'':{width}}  said: {headline}"
    yield ""
    yield from matrix(cases)
    yield ""
    for problem in problems:
        yield f"bad scenario: {problem}"
    share = result["right"] / result["scenarios"] if result["scenarios"] else 0
    yield (
        f"{result['scenarios']} scenarios: {result['right']} right ({share:.0%}), "
        f"{result['wrong_accusations']} wrong accusations, {result['insufficient']} insufficient, "
        f"{result['wrong']} otherwise wrong, {result['not_run']} not run"
    )
