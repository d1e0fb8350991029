# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration files of systemd's network tools: which win, and what they match.

systemd.network(5), systemd.netdev(5), systemd.link(5): of files of one name the folder of higher
precedence wins; files are tried in the order of their names; drop-ins are read after their file.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from . import bond_fields
from .config_places import NETWORKD_FOLDERS
from .intent_ini import Line, every, last, lines
from .managers import SOURCE, Hidden, readable, shown

if TYPE_CHECKING:
    from .record import RecordBuilder
    from .snapshot import Snapshot

_POLICIES = ("persistent", "random", "none")


class Unit(NamedTuple):
    """A file with its drop-ins."""

    path: str
    lines: tuple[Line, ...]


def units(snapshot: Snapshot, suffix: str, pattern: str = "") -> list[Unit]:
    """The files of one kind ('.network') that count, in the order in which they are tried.

    pattern: files without a match of it are left out unread: those of a thousand VLANs.
    """
    chosen: dict[str, str] = {}
    for folder in NETWORKD_FOLDERS:
        for name in snapshot.folders.get(folder, ()):
            if name.endswith(suffix):
                chosen.setdefault(name, f"{folder}/{name}")
    found = []
    for name, path in sorted(chosen.items()):
        text = readable(snapshot, path)
        if not text:  # an empty file, or a link to /dev/null, masks its namesakes
            continue
        texts = [text, *_drop_ins(snapshot, name)]
        if any(re.search(pattern, part) for part in texts):
            found.append(Unit(shown(path), tuple(line for part in texts for line in lines(part))))
    return found


def _drop_ins(snapshot: Snapshot, name: str) -> list[str]:
    chosen: dict[str, str] = {}
    for folder in NETWORKD_FOLDERS:
        for part in snapshot.folders.get(f"{folder}/{name}.d", ()):
            if part.endswith(".conf"):
                chosen.setdefault(part, f"{folder}/{name}.d/{part}")
    return [readable(snapshot, path) or "" for _part, path in sorted(chosen.items())]


def matches(unit: Unit, known: dict[str, str]) -> bool | None:
    """Whether a file applies to an interface; None if that hangs on what is not known.

    known: values by key of [Match] ('Name', 'Kind'); '' where the interface has none.
    """
    keys = dict.fromkeys(line.key for line in unit.lines if line.section == "Match")
    verdict: bool | None = True
    for key in keys:
        patterns = " ".join(every(unit.lines, "Match", key)).split()
        if not patterns:
            continue
        if key not in known:
            verdict = None
        elif not _fits(known[key], patterns):
            return False
    return verdict


def _fits(value: str, patterns: list[str]) -> bool:
    """Shell patterns, any of which will do; with a leading ! none of them may fit."""
    inverted = patterns[0].startswith("!")
    plain = [patterns[0].lstrip("!"), *patterns[1:]]
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in plain) != inverted


def policy(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add MACAddressPolicy= of the first .link file that udev applies to a bond."""
    target = bond_fields.MAC_ADDRESS_POLICY
    # A new bond has no path, no permanent address and no properties of hardware.
    known = {
        "OriginalName": name,
        "Type": "bond",
        "Kind": "bond",
        "Driver": "bonding",
        "Path": "",
        "PermanentMACAddress": "",
        "MACAddress": "",
        "Property": "",
    }
    try:
        candidates = units(snapshot, ".link")
    except Hidden as reason:
        into.unknown(target, str(reason))
        return
    for unit in candidates:
        applies = matches(unit, known)
        if applies is None:
            into.unknown(target, f"whether {unit.path} applies to {name} cannot be told")
            return
        if applies:
            value = last(unit.lines, "Link", "MACAddressPolicy")
            if value in _POLICIES:
                into.known(target, value, SOURCE)
                return
            if value:
                into.unrecognised(unit.path, f"MACAddressPolicy={value}")
            break
    into.absent(target, SOURCE)
