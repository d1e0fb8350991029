# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetworkManager: what its profiles (nm-settings-keyfile(5)) want of a bond."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .config_places import KEYFILE_FOLDERS
from .intent_ini import Line, last, lines
from .intent_options import Intent, boolean, mac, nothing, number, option
from .managers import readable, shown

if TYPE_CHECKING:
    from .snapshot import Snapshot

_GENERATED = "netplan-"
_ADDRESSES = ("address", "addresses")


class Profile(NamedTuple):
    """A connection profile."""

    path: str
    lines: tuple[Line, ...]

    def get(self, *keys: str) -> str:
        """A value of [connection]."""
        return last(self.lines, "connection", *keys)

    @property
    def generated(self) -> bool:
        """Whether netplan wrote it."""
        return self.path.rpartition("/")[2].startswith(_GENERATED)


def intents(snapshot: Snapshot, name: str) -> dict[str, Intent]:
    """What the profiles want of a bond, by origin: 'NetworkManager' and 'netplan'.

    Hidden if a profile cannot be read: it may name the bond.
    """
    every = _profiles(snapshot)
    bonds = [
        profile
        for profile in every
        if profile.get("interface-name") == name and profile.get("type") == "bond"
    ]
    masters = {name, *(profile.get("uuid") for profile in bonds)} - {""}
    ports = [profile for profile in every if profile.get("controller", "master") in masters]
    found = {}
    for origin, generated in (("NetworkManager", False), ("netplan", True)):
        mine, theirs = (
            [profile for profile in some if profile.generated == generated]
            for some in (bonds, ports)
        )
        if mine or theirs:
            found[origin] = _intent(mine, theirs)
    return found


def _profiles(snapshot: Snapshot) -> list[Profile]:
    """All profiles, the one of highest precedence for each UUID.

    NetworkManager writes a profile of its own, marked as generated, for a device that somebody
    else set up: that is nobody's intent.
    """
    found: dict[str, Profile] = {}
    for folder in KEYFILE_FOLDERS:
        for file in snapshot.folders.get(folder, ()):
            path = f"{folder}/{file}"
            if file.startswith(".") or file.endswith(("~", ".bak", ".swp", ".nmmeta")):
                continue
            profile = Profile(shown(path), lines(readable(snapshot, path) or ""))
            if boolean(last(profile.lines, ".nmmeta", "nm-generated")):
                continue
            found.setdefault(profile.get("uuid") or path, profile)
    return list(found.values())


def _intent(bonds: list[Profile], ports: list[Profile]) -> Intent:
    found = nothing()
    wanted: list[dict[str, object]] = []
    for profile in bonds:
        wanted.append({})
        _settings(profile, wanted[-1], found)
    for path in {path: None for settings in wanted for path in settings}:
        values = [settings.get(path) for settings in wanted]
        if all(value == values[0] for value in values):
            found.settings[path] = values[0]
        else:
            found.unrecognised.append(
                f"the profiles differ on {path}: which applies is not written"
            )
    for profile in ports:
        port = profile.get("interface-name")
        if not port:
            found.unrecognised.append(f"{profile.path} names no interface")
        elif port not in found.members:
            found.members.append(port)
    found.files.extend(profile.path for profile in (*bonds, *ports))
    return found._replace(at_boot=any(_lasts(profile) for profile in bonds or ports))


def _lasts(profile: Profile) -> bool:
    """Whether a profile is there, and activated, after a reboot."""
    if profile.path.startswith("/run/") and not profile.generated:
        return False
    return boolean(profile.get("autoconnect")) is not False


def _settings(profile: Profile, settings: dict[str, object], found: Intent) -> None:
    for line in profile.lines:
        if line.section == "bond" and line.key != "interface-name":
            understood = option(line.key, line.value)
            if understood:
                settings[understood[0]] = understood[1]
            else:
                found.unrecognised.append(f"{line.key}={line.value}")
        elif line.section in ("ethernet", "802-3-ethernet"):
            if line.key == "mtu" and number(line.value):
                settings["mtu"] = number(line.value)
            elif line.key == "cloned-mac-address" and mac(line.value):
                settings["mac"] = mac(line.value)
        elif line.section in ("ipv4", "ipv6") and line.key.rstrip("0123456789") in _ADDRESSES:
            address = line.value.replace(";", ",").partition(",")[0].strip()
            if address and address not in found.addresses:
                found.addresses.append(address)
