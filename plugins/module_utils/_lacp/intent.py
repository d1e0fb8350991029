# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What configuration files want of a bond, by manager; parsers are loaded where there are files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import bond_fields, managers, teamd
from .config_places import (
    ACTIVE_UNITS,
    FOLDERS,
    IFCFG_FOLDERS,
    INTERFACES,
    KEYFILE_FOLDERS,
    NETWORKD_FOLDERS,
    netplan_files,
    uses_networkd,
)
from .managers import SOURCE, Hidden
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .intent_options import Intent
    from .record import RecordBuilder
    from .snapshot import Snapshot


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add who configures a bond and what they want; nothing if configuration was not read."""
    if ACTIVE_UNITS not in snapshot.folders:
        return
    if teamd.is_team(snapshot, name):
        for field in (bond_fields.MANAGERS, bond_fields.INTENT):
            into.unknown(field, "what configures a team device is not read")
        _policy(snapshot, name, into)
        return
    found: dict[str, Intent] = {}
    hidden: list[str] = []
    for reader in (_ifupdown, _networkd, _keyfile):
        try:
            found.update(
                (manager, _joined(found.get(manager), wanted))
                for manager, wanted in reader(snapshot, name).items()
            )
        except Hidden as reason:  # noqa: PERF203 - three turns
            hidden.append(str(reason))
    hidden.extend(_unreadable_folders(snapshot))
    hidden.extend(
        f"{folder}/ifcfg-{name}: files of this kind are not understood"
        for folder in IFCFG_FOLDERS
        if f"ifcfg-{name}" in snapshot.folders.get(folder, ())
    )
    if managers.NETPLAN not in found:
        hidden.extend(_unrendered(snapshot, name))
    _add(snapshot, found, hidden, into)
    _policy(snapshot, name, into)


def _add(
    snapshot: Snapshot, found: dict[str, Intent], hidden: list[str], into: RecordBuilder
) -> None:
    acting = {manager: managers.acts(snapshot, manager) for manager in found}
    if found:
        wanted = {
            manager: _plain(intent, acts=acting[manager])
            for manager, intent in sorted(found.items())
        }
        into.known(bond_fields.INTENT, wanted, SOURCE)
    elif hidden:
        into.unknown(bond_fields.INTENT, "; ".join(hidden))
    else:
        into.absent(bond_fields.INTENT, SOURCE)
    if hidden:
        into.unknown(bond_fields.MANAGERS, "; ".join(hidden))
    else:
        # What a manager that is neither running nor enabled left behind configures nothing.
        names = sorted(manager for manager in found if acting[manager] is not False)
        into.known(bond_fields.MANAGERS, names, SOURCE)


def _plain(intent: Intent, *, acts: bool | None) -> dict[str, Any]:
    return {
        **intent._asdict(),
        "files": [managers.shown(path) for path in intent.files],
        "at_boot": intent.at_boot and acts is not False,
        "acts": acts,
    }


def _joined(first: Intent | None, second: Intent) -> Intent:
    """One manager's intent from two sources: netplan renders to two back ends."""
    if first is None:
        return second
    return second._replace(
        files=first.files + second.files,
        settings={**first.settings, **second.settings},
        members=first.members + second.members,
        addresses=first.addresses + second.addresses,
        at_boot=first.at_boot or second.at_boot,
        unrecognised=first.unrecognised + second.unrecognised,
    )


def _ifupdown(snapshot: Snapshot, name: str) -> dict[str, Intent]:
    if managers.readable(snapshot, INTERFACES) is None:
        return {}
    from . import intent_ifupdown  # noqa: PLC0415 - few hosts have all of them

    wanted = intent_ifupdown.intent(snapshot, name)
    return {managers.ifupdown_flavour(snapshot): wanted} if wanted else {}


def _networkd(snapshot: Snapshot, name: str) -> dict[str, Intent]:
    if not uses_networkd(snapshot.folders):
        return {}
    from . import intent_networkd  # noqa: PLC0415 - few hosts have all of them

    return intent_networkd.intents(snapshot, name)


def _keyfile(snapshot: Snapshot, name: str) -> dict[str, Intent]:
    if not any(snapshot.folders.get(folder) for folder in KEYFILE_FOLDERS):
        return {}
    from . import intent_keyfile  # noqa: PLC0415 - few hosts have all of them

    return intent_keyfile.intents(snapshot, name)


def _policy(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    files = (file for folder in NETWORKD_FOLDERS for file in snapshot.folders.get(folder, ()))
    if not any(file.endswith(".link") for file in files):
        into.absent(bond_fields.MAC_ADDRESS_POLICY, SOURCE)
        return
    from . import intent_link  # noqa: PLC0415 - few hosts have all of them

    intent_link.policy(snapshot, name, into)


def _unreadable_folders(snapshot: Snapshot) -> list[str]:
    """Folders that are there, but could not be listed."""
    return [
        f"{folder}: {failure.text}"
        for folder in FOLDERS
        for failure in [snapshot.file(folder)]
        if isinstance(failure, ReadFailure) and failure.errno in ("EACCES", "EPERM", "E2BIG")
    ]


def _unrendered(snapshot: Snapshot, name: str) -> list[str]:
    """YAML files of netplan that name a bond, or may, though nothing was generated from them."""
    reasons = []
    for path in netplan_files(snapshot.folders):
        try:
            text = managers.readable(snapshot, path) or ""
        except Hidden as reason:
            reasons.append(str(reason))
            continue
        for sign in "[]{},:'\"":
            text = text.replace(sign, " ")
        if name in text.split():
            reasons.append(f"{path} names {name}, but netplan has generated nothing from it")
    return reasons
