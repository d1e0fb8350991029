# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML -> Topology. Whatever is not known is an error that names file, place and cure."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import yaml

from lab.errors import LabError
from lab.topology import (
    HIDEABLE,
    KINDS,
    MANAGERS,
    OPTIONS,
    Bond,
    FaultUse,
    Host,
    Port,
    Switch,
    Topology,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path(__file__).resolve().parent / "topologies"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}\Z")
_HOST_KEYS = ("memory_mb", "hide", "switches", "bonds", "management", "vyatta")
_BOND_KEYS = (
    "kind", "mode", "manager", "members", "options", "lag", "mtu", "address", "vlans", "bridge",
    "cards", "faults", "expect",
)  # fmt: skip
_MODES = ("802.3ad", "active-backup", "balance-rr", "balance-xor", "broadcast")


class _Place:
    """A value and the way to it, for error texts."""

    def __init__(self, value: object, path: str) -> None:
        self.value = value
        self.path = path

    def fail(self, what: str, cure: str) -> NoReturn:
        raise LabError(f"{self.path}: {what}. Cure: {cure}")

    def mapping(self, allowed: Iterable[str] | None = None) -> dict[str, _Place]:
        value = {} if self.value is None else self.value
        if not isinstance(value, dict):
            self.fail(f"a mapping is wanted, not {self.value!r}", "write key: value lines")
        found = {str(key): _Place(inner, f"{self.path}.{key}") for key, inner in value.items()}
        if allowed is not None:
            known = list(allowed)
            for key in found:
                if key not in known:
                    self.fail(f"unknown key {key!r}", f"one of {', '.join(known)}")
        return found

    def names(self) -> list[str]:
        value = [] if self.value is None else self.value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(f"a list of names is wanted, not {self.value!r}", "write [a, b]")
        return [str(item) for item in value]

    def one_of(self, allowed: Iterable[str]) -> str:
        known = list(allowed)
        text = str(self.value)
        if text not in known:
            self.fail(f"{text!r} is not known", f"one of {', '.join(known)}")
        return text

    def whole(self, low: int, high: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail(f"a whole number is wanted, not {self.value!r}", f"{low} to {high}")
        if not low <= self.value <= high:
            self.fail(f"{self.value} is out of range", f"{low} to {high}")
        return self.value

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail(f"{self.value!r} is neither true nor false", "true or false")
        return self.value

    def name(self) -> str:
        if not isinstance(self.value, str) or not _NAME.match(self.value):
            self.fail(f"{self.value!r} is no interface name", "at most 15 letters, digits, _.-")
        return self.value


def load(name: str) -> Topology:
    """Read a topology by the name of a shipped one, or by the path of a file."""
    path = Path(name) if name.endswith(".yml") else FOLDER / f"{name}.yml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        shipped = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yml")))
        raise LabError(
            f"topology {name!r}: {error.strerror}. Cure: one of {shipped}, or FILE.yml",
        ) from error
    return parse(text, path.stem, path.name)


def parse(text: str, name: str, file_name: str) -> Topology:
    """Make a topology of YAML text; `file_name` stands in the errors."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raise LabError(f"{file_name}: {words}. Cure: mend the YAML") from error
    top = _Place(data, file_name).mapping(("description", "hosts"))
    if "hosts" not in top:
        _Place(data, file_name).fail("no hosts", "add hosts: with at least one host")
    hosts = {
        key: _host(key, index, place)
        for index, (key, place) in enumerate(top["hosts"].mapping().items(), start=1)
    }
    if not 1 <= len(hosts) <= 40:
        top["hosts"].fail(f"{len(hosts)} hosts", "1 to 40 of them")
    description = str(top["description"].value) if "description" in top else ""
    return Topology(name=name, description=description, hosts=hosts)


def _host(name: str, index: int, place: _Place) -> Host:
    keys = place.mapping(_HOST_KEYS)
    if not re.match(r"[a-z][a-z0-9-]{0,11}\Z", name):
        place.fail(f"{name!r} is no host name", "a letter, then at most 11 letters, digits, -")
    switches = _switches(index, keys.get("switches", _Place(None, f"{place.path}.switches")))
    if "bonds" not in keys:
        place.fail("no bonds", "add bonds: with at least one bond")
    bonds: dict[str, Bond] = {}
    count = 0
    for number, (key, inner) in enumerate(keys["bonds"].mapping().items(), start=1):
        bonds[key] = _bond(key, number, count, switches, inner)
        count += len(bonds[key].members)
    members = [member for bond in bonds.values() for member in bond.members]
    for member in members:
        if members.count(member) > 1 or member in bonds:
            keys["bonds"].fail(f"{member!r} is used twice", "give each interface its own name")
    hide = keys["hide"].names() if "hide" in keys else []
    for item in hide:
        _Place(item, f"{place.path}.hide").one_of(HIDEABLE)
    memory = keys["memory_mb"].whole(192, 4096) if "memory_mb" in keys else 384
    vyatta = "vyatta" in keys and keys["vyatta"].truth()
    host = Host(name, index, bonds, switches, memory, tuple(hide), vyatta=vyatta)
    return _managed_over(host, keys["management"]) if "management" in keys else host


def _managed_over(host: Host, place: _Place) -> Host:
    """Move the host's only address onto a bond: ssh then runs over what is tested."""
    bond = host.bonds[place.one_of(host.bonds)]
    if len(bond.lags) != 1 or bond.kind != "bond" or bond.address:
        place.fail(
            f"{bond.name} cannot carry the management address",
            "a bond of one LAG, of kind bond, without an address of its own",
        )
    carrier = replace(bond, address=f"{host.address}/24")
    return replace(host, bonds={**host.bonds, bond.name: carrier}, management=bond.name)


def _switches(host_index: int, place: _Place) -> dict[str, Switch]:
    found = {}
    for number, (name, inner) in enumerate(place.mapping().items() or [("sw", None)], start=1):
        keys = {} if inner is None else inner.mapping(("system", "first_port"))
        system = f"02:5c:00:00:{host_index:02x}:{number:02x}"
        if "system" in keys:
            system = str(keys["system"].value).lower()
            if not re.match(r"([0-9a-f]{2}:){5}[0-9a-f]{2}\Z", system):
                keys["system"].fail(f"{system!r} is no MAC address", "quote it: '02:5c:..'")
        first = keys["first_port"].whole(1, 64) if "first_port" in keys else 1
        found[name] = Switch(name, system, first)
    return found


def _bond(
    name: str, number: int, ports_before: int, switches: Mapping[str, Switch], place: _Place
) -> Bond:
    keys = place.mapping(_BOND_KEYS)
    _Place(name, place.path).name()
    if "members" not in keys:
        place.fail("no members", "members: [eno1, eno2]")
    bond = Bond(
        name=name,
        members=_members(number, ports_before, switches, keys["members"]),
        kind=keys["kind"].one_of(KINDS) if "kind" in keys else "bond",
        mode=keys["mode"].one_of(_MODES) if "mode" in keys else "802.3ad",
        manager=keys["manager"].one_of(MANAGERS) if "manager" in keys else "none",
        options=_options(keys["options"]) if "options" in keys else {},
        lag_options=_options(keys["lag"]) if "lag" in keys else {},
        mtu=keys["mtu"].whole(1280, 65535) if "mtu" in keys else 1500,
        address=str(keys["address"].value) if "address" in keys else "",
        vlans=_vlans(keys["vlans"]) if "vlans" in keys else {},
        bridge=keys["bridge"].name() if "bridge" in keys else "",
        cards="cards" in keys and keys["cards"].truth(),
        faults=_faults(keys["faults"]) if "faults" in keys else (),
        expect=_expect(keys["expect"]) if "expect" in keys else {},
    )
    if bond.kind != "bond" and bond.manager != "none":
        place.fail(f"kind {bond.kind} has manager {bond.manager}", "manager: none for this kind")
    return bond


def _members(
    number: int, before: int, switches: Mapping[str, Switch], place: _Place
) -> dict[str, Port]:
    if isinstance(place.value, list):
        wiring = {member: _Place(None, place.path) for member in place.names()}
    else:
        wiring = place.mapping()
    found = {}
    first = next(iter(switches))
    for index, (member, inner) in enumerate(wiring.items(), start=before + 1):
        _Place(member, place.path).name()
        keys = inner.mapping(("switch", "lag"))
        switch = keys["switch"].one_of(switches) if "switch" in keys else first
        lag = keys["lag"].name() if "lag" in keys else f"po{number}"
        found[member] = Port(f"swp{index}", switches[switch], lag)
    if not found:
        place.fail("no members", "members: [eno1, eno2]")
    return found


def _options(place: _Place) -> dict[str, str]:
    found = {}
    for name, inner in place.mapping(OPTIONS).items():
        if isinstance(inner.value, bool):  # YAML 1.1 reads on and off as booleans
            found[name] = "on" if inner.value else "off"
        else:
            found[name] = str(inner.value)
    return found


def _vlans(place: _Place) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    for number, inner in place.mapping().items():
        if not number.isdigit() or not 1 <= int(number) <= 4094:
            place.fail(f"{number!r} is no VLAN", "1 to 4094")
        keys = inner.mapping(("mtu", "address"))
        found[int(number)] = {key: value.value for key, value in keys.items()}
    return found


def _faults(place: _Place) -> tuple[FaultUse, ...]:
    if not isinstance(place.value, list):
        place.fail("a list is wanted", "faults: [name, {name: {parameter: value}}]")
    uses = []
    for index, item in enumerate(place.value):
        where = _Place(item, f"{place.path}[{index}]")
        if isinstance(item, str):
            uses.append(FaultUse(item, {}))
            continue
        keys = where.mapping()
        if len(keys) != 1:
            where.fail("one fault an entry", "- name: {parameter: value}")
        name, inner = next(iter(keys.items()))
        uses.append(FaultUse(name, {key: value.value for key, value in inner.mapping().items()}))
    return tuple(uses)


def _expect(place: _Place) -> dict[str, str]:
    from lab.states import STATES  # noqa: PLC0415 - shared with the agent inside the hosts

    return {member: inner.one_of(STATES) for member, inner in place.mapping().items()}
