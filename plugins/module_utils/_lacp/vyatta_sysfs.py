# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/sys/class/net of a bond and its members, where rtnetlink could not be read: over a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import bond_fields as b, member_fields as m, rtnl_dumps, sources as s
from .places import NET
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from types import ModuleType

    from .fact import Field
    from .record import RecordBuilder
    from .snapshot import Snapshot

_STATISTICS = "/statistics/"
_LOWER = "lower_"


def members(snapshot: Snapshot, name: str) -> list[str] | None:
    """Members by the links in a bond's folder; None where nobody listed it."""
    listed = snapshot.folders.get(f"{NET}/{name}")
    if listed is None:
        return None
    return [entry[len(_LOWER) :] for entry in listed if entry.startswith(_LOWER)]


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what the files of a bond say."""
    if rtnl_dumps.network(snapshot) is None:
        _device(snapshot, name, b, into)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:  # noqa: ARG001 - contributors share one signature
    """Add what the files of a member say."""
    if rtnl_dumps.network(snapshot) is not None:
        return
    _device(snapshot, name, m, into)
    speed = _number(snapshot, name, "speed")
    if speed and speed > 0:
        into.known(m.SPEED, speed, s.SYSFS)
    duplex = _text(snapshot, name, "duplex")
    if duplex in ("full", "half"):
        into.known(m.DUPLEX, duplex, s.SYSFS)


def _device(snapshot: Snapshot, name: str, fields: ModuleType, into: RecordBuilder) -> None:
    """What every interface has; fields: the module with the fields of a bond or of a member."""
    numbers = {
        "ifindex": fields.IFINDEX,
        "mtu": fields.MTU,
        "carrier_changes": fields.CARRIER_CHANGES,
        "carrier_up_count": fields.CARRIER_UP_COUNT,
        "carrier_down_count": fields.CARRIER_DOWN_COUNT,
    }
    for file, field in numbers.items():
        _add(field, _number(snapshot, name, file), into)
    flags = _text(snapshot, name, "flags") or ""
    if flags.startswith("0x") and len(flags) < 20:
        try:
            into.known(fields.ADMIN_UP, bool(int(flags, 16) & 1), s.SYSFS)
        except ValueError:
            into.unrecognised(s.SYSFS, f"{NET}/{name}/flags: {flags[:80]}")
    _add(fields.CARRIER, {"0": False, "1": True}.get(_text(snapshot, name, "carrier") or ""), into)
    operstate = _text(snapshot, name, "operstate")
    _add(fields.OPERSTATE, operstate if operstate in s.OPERSTATES else None, into)
    address = (_text(snapshot, name, "address") or "").lower()
    _add(fields.MAC, address if len(address) == 17 else None, into)
    _add(fields.STATISTICS, _statistics(snapshot, name) or None, into)


def _statistics(snapshot: Snapshot, name: str) -> dict[str, int]:
    start = f"{NET}/{name}{_STATISTICS}"
    found = {}
    for path in sorted(snapshot.files):
        if path.startswith(start):
            count = _number(snapshot, name, path[len(f"{NET}/{name}/") :])
            if count is not None:
                found[path[len(start) :]] = count
    return found


def _add(field: Field[Any], value: object, into: RecordBuilder) -> None:
    if value is not None:
        into.known(field, value, s.SYSFS)


def _text(snapshot: Snapshot, name: str, file: str) -> str | None:
    content = snapshot.text(f"{NET}/{name}/{file}")
    return None if isinstance(content, ReadFailure) else content.strip()


def _number(snapshot: Snapshot, name: str, file: str) -> int | None:
    text = _text(snapshot, name, file) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 21 else None
