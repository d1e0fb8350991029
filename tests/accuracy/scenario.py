# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scenario: what is done to a bond, and the verdict that an honest reviewer expects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from lab import faults, reader
from lab.errors import LabError
from lab.topology import FaultUse

from .lined import Place, ScenarioError, parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.topology import Bond, Host

FAULTS = ("host", "switch", "physical", "not_lacp", "healthy", "insufficient")
DIRECTIONS = ("transmit", "receive", "both", "none")
CONFIDENCES = ("conclusive", "likely", "hint")
BOND = "bond0"
HOST = "host"
LONGEST_S = 600
WINDOW_S = 40.0
# What is made later than that before the end could not show any more.
LEAST_AFTER_S = 5
BEFORE, CHURNED = "before", "churned"
_KEYS = (
    "title", "why", "tags", "bond", "switches", "window", "faults", "markers", "switch_evidence",
    "alone", "expect", "packet", "set",
)  # fmt: skip
_EXPECT = (
    "fault", "members", "direction", "confidence", "rules", "not_accused", "also", "window_reason",
)  # fmt: skip
_FAULT = ("fault", "with", "at", "until")


@dataclass(frozen=True)
class Injection:
    """A fault; at: second of the window, or None: before it; until: second, CHURNED, or None."""

    use: FaultUse
    at: float | None
    until: float | str | None


@dataclass(frozen=True)
class Expected:
    """The right verdict. An empty tuple stands for 'whatever it says'.

    also: members by fault, of parties that are at fault besides.
    """

    fault: str
    members: tuple[str, ...]
    directions: tuple[str, ...] = ()
    confidences: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    not_accused: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    window_reason: str = ""


@dataclass(frozen=True)
class Scenario:
    """One file. packet is '' for those that run on the lab; edits change a recorded packet."""

    name: str
    title: str
    expected: Expected
    host: Host | None = None
    window_s: float = WINDOW_S
    injections: tuple[Injection, ...] = ()
    markers_at: float | None = None
    wants_evidence: bool = False
    alone: bool = False
    tags: tuple[str, ...] = ()
    source: str = ""
    packet: str = ""
    edits: Mapping[str, object] = field(default_factory=dict)

    @property
    def bond(self) -> Bond:
        """Its bond, in the words of the file."""
        if self.host is None:
            raise ScenarioError(f"{self.name}: a recorded packet has no bond on the lab")
        return self.host.bonds[BOND]


def read_all(folder: Path) -> tuple[list[Scenario], list[str]]:
    """The scenarios of a folder, by name, and what is wrong with those that are left out."""
    scenarios, problems = [], []
    try:
        files = sorted(folder.glob("*.yml"))
    except OSError as error:
        return [], [f"{folder}: {error.strerror}. Cure: name a folder of scenarios"]
    if not files:
        return [], [f"{folder}: there is no scenario in it (*.yml). Cure: see docs/scenarios.md"]
    for file in files:
        try:
            scenarios.append(read(file))
        except ScenarioError as error:
            problems.append(str(error))
    return scenarios, problems


def read(file: Path) -> Scenario:
    """One scenario; ScenarioError says file, line, cause and cure."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file}:1: it cannot be read: {error}. Cure: a text file") from error
    top = parse(text, str(file))
    keys = top.mapping(_KEYS, ("title", "expect"))
    common = {
        "name": file.stem,
        "title": keys["title"].text(),
        "tags": keys["tags"].texts() if "tags" in keys else (),
        "source": str(file),
    }
    if "packet" in keys:
        return _recorded(file, keys, common)
    if "bond" not in keys:
        top.fail("neither bond nor packet is there", "add bond: {members: [eno1, eno2]}")
    return _on_the_lab(keys, common)


def _recorded(file: Path, keys: dict[str, Place], common: Mapping[str, Any]) -> Scenario:
    packet = file.parent / keys["packet"].text()
    if not packet.is_file():
        keys["packet"].fail(f"{packet} is not there", "a file, named from this folder")
    for key in ("bond", "switches", "window", "faults", "markers", "switch_evidence", "alone"):
        if key in keys:
            keys[key].fail("a recorded packet needs no lab", f"leave out {key}, or packet")
    edits: dict[str, object] = {}
    if "set" in keys:
        if not isinstance(keys["set"].value, dict):
            keys["set"].fail("a mapping is wanted", "/pointer/to/a/value: value")
        edits = {str(path): value for path, value in keys["set"].value.items()}
        for path in edits:
            if not path.startswith("/"):
                keys["set"].at(path, None).fail("no JSON pointer", "begin it with /")
    return Scenario(
        **common,
        expected=_expected(keys["expect"], None),
        packet=str(packet),
        edits=edits,
    )


def _on_the_lab(keys: dict[str, Place], common: Mapping[str, Any]) -> Scenario:
    if "set" in keys:
        keys["set"].fail("only a recorded packet can be edited", "leave it out, or add packet:")
    host = _host(keys)
    window = keys["window"].number(5, LONGEST_S) if "window" in keys else WINDOW_S
    injections = tuple(
        _injection(place, host, window)
        for place in (keys["faults"].each() if "faults" in keys else ())
    )
    return Scenario(
        **common,
        expected=_expected(keys["expect"], host.bonds[BOND]),
        host=host,
        window_s=window,
        injections=injections,
        markers_at=keys["markers"].number(0, window) if "markers" in keys else None,
        wants_evidence="switch_evidence" in keys and keys["switch_evidence"].truth(),
        alone="alone" in keys and keys["alone"].truth(),
    )


def _host(keys: dict[str, Place]) -> Host:
    """The lab's reader knows bonds and switches; where it complains, we add the line."""
    part: dict[str, object] = {"bonds": {BOND: keys["bond"].value}}
    if "switches" in keys:
        part["switches"] = keys["switches"].value
    bond = keys["bond"].value
    if isinstance(bond, dict) and "faults" in bond:
        keys["bond"].at("faults", None).fail("faults do not stand here", "faults: beside bond:")
    try:
        host = reader.parse(yaml.safe_dump({"hosts": {HOST: part}}), "scenario", "").hosts[HOST]
    except LabError as error:
        words = str(error).removeprefix(f".hosts.{HOST}.")
        path, _colon, _rest = words.partition(": ")
        steps = path.removeprefix(f"bonds.{BOND}").strip(".").split(".")
        place = keys["switches" if path.startswith("switches") and "switches" in keys else "bond"]
        for step in steps:
            place = place.at(step, None)
        raise ScenarioError(f"{place.file}:{place.line}: {words}") from error
    if not host.bonds[BOND].speaks_lacp:
        keys["bond"].fail("only a bond of mode 802.3ad can be judged", "leave out kind and mode")
    return host


def _injection(place: Place, host: Host, window: float) -> Injection:
    keys = place.mapping(_FAULT, ("fault", "at"))
    parameters = keys["with"].value if "with" in keys else {}
    if not isinstance(parameters, dict):
        keys["with"].fail("a mapping is wanted", "{member: eno2}")
    use = FaultUse(keys["fault"].text(), {str(key): value for key, value in parameters.items()})
    try:
        change = faults.change_for(use, faults.Site(host, host.bonds[BOND]))
    except LabError as error:
        raise ScenarioError(f"{place.file}:{place.line}: {error}") from error
    at = _moment(keys["at"], window, BEFORE)
    until: float | str | None = None
    if "until" in keys:
        until = _moment(keys["until"], window, CHURNED) or CHURNED
        if not change.clear:
            keys["until"].fail(f"{use.name} ends by itself", "leave out until")
        if (at is None) != (until == CHURNED) and at is not None:
            keys["until"].fail("churned is for faults at: before", "a second of the window")
        if at is not None and not isinstance(until, str) and until <= at:
            keys["until"].fail("it ends before it begins", f"more than {at:g}")
    return Injection(use, at, until)


def _moment(place: Place, window: float, word: str) -> float | None:
    if place.value == word:
        return None
    if isinstance(place.value, str):
        place.fail(f"{place.value!r:.40} is no moment", f"a second of the window, or {word}")
    return place.number(0, max(window - LEAST_AFTER_S, 0))


def _members(place: Place, bond: Bond | None) -> tuple[str, ...]:
    members = place.texts()
    for member in members:
        if bond is not None and member not in bond.members:
            place.fail(f"{member} is no member", f"of {', '.join(bond.members)}")
    return members


def _also(place: Place, bond: Bond | None) -> dict[str, tuple[str, ...]]:
    return {fault: _members(inner, bond) for fault, inner in place.mapping(FAULTS).items()}


def _expected(place: Place, bond: Bond | None) -> Expected:
    keys = place.mapping(_EXPECT, ("fault", "members"))

    def words(key: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
        if key not in keys:
            return ()
        given = keys[key]
        places = list(given.each()) if isinstance(given.value, list) else [given]
        return tuple(one.one_of(allowed) if allowed else one.text() for one in places)

    return Expected(
        fault=keys["fault"].one_of(FAULTS),
        members=_members(keys["members"], bond),
        directions=words("direction", DIRECTIONS),
        confidences=words("confidence", CONFIDENCES),
        rules=words("rules"),
        not_accused=_members(keys["not_accused"], bond) if "not_accused" in keys else (),
        also=_also(keys["also"], bond) if "also" in keys else {},
        window_reason=keys["window_reason"].text() if "window_reason" in keys else "",
    )
