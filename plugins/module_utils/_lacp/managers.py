# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which network managers a host has, and whether they act: by files, without any command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import host_fields
from .config_places import ACTIVE_UNITS, IFUPDOWN2_CODE, LARGEST, WANTS, netplan_files
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .record import RecordBuilder
    from .snapshot import Snapshot

SOURCE = "configuration"
IFUPDOWN, IFUPDOWN2, NETPLAN = "ifupdown", "ifupdown2", "netplan"
NETWORKD, NETWORK_MANAGER = "systemd-networkd", "NetworkManager"

_UNITS = {
    IFUPDOWN: "networking.service",
    IFUPDOWN2: "networking.service",
    NETWORKD: "systemd-networkd.service",
    NETWORK_MANAGER: "NetworkManager.service",
}


class Hidden(Exception):
    """Configuration that may name a bond could not be read; the text says which, and why."""


def host(snapshot: Snapshot, into: RecordBuilder) -> None:
    """Add the managers that are active now or enabled at boot."""
    if ACTIVE_UNITS not in snapshot.folders:
        return
    states = {manager: acts(snapshot, manager) for manager in (*_UNITS, NETPLAN)}
    if None in states.values():
        into.unknown(host_fields.MANAGERS, f"{ACTIVE_UNITS} shows no unit: not run by systemd")
        return
    into.known(
        host_fields.MANAGERS, sorted(name for name, state in states.items() if state), SOURCE
    )


def acts(snapshot: Snapshot, manager: str) -> bool | None:
    """Whether a manager is active or enabled; None if it cannot be told."""
    if manager == NETPLAN:
        return bool(netplan_files(snapshot.folders))
    if manager in (IFUPDOWN, IFUPDOWN2) and manager != ifupdown_flavour(snapshot):
        return False
    unit = _UNITS[manager]
    if any(unit in snapshot.folders.get(wants, ()) for wants in WANTS):
        return True
    active = snapshot.folders.get(ACTIVE_UNITS, ())
    if not active:
        return None
    return f"invocation:{unit}" in active


def ifupdown_flavour(snapshot: Snapshot) -> str:
    """Which of the two reads /etc/network/interfaces: they cannot be installed together."""
    return IFUPDOWN2 if snapshot.folders.get(IFUPDOWN2_CODE) else IFUPDOWN


def interfaces(snapshot: Snapshot) -> list[str]:
    """All interfaces of the host; bonding keeps a control file among them."""
    return [
        shown(name)
        for name in snapshot.folders.get("/sys/class/net", ())
        if name != "bonding_masters"
    ]


def readable(snapshot: Snapshot, path: str) -> str | None:
    """The text of a configuration file, None if it is not there; Hidden if it cannot be read."""
    text = snapshot.text(path)
    if not isinstance(text, ReadFailure):
        if len(text) > LARGEST:
            raise Hidden(f"{shown(path)}: larger than {LARGEST} bytes: not read")
        return text
    if text.missing:
        return None
    cure = ": root can read it" if text.errno in ("EACCES", "EPERM") else ""
    raise Hidden(f"{shown(path)}: {text.text}{cure}")


def shown(name: str) -> str:
    """A name from a folder, whose bytes need not be UTF-8, as text that can be printed."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
