# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counters that a later run compares with: taken from facts, saved as JSON, read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import bond_fields, host_fields, member_fields
from .fact import Field, Known
from .views import Earlier

if TYPE_CHECKING:
    from .model import HostFacts
    from .record import Record

SCHEMA = "bondproof.lacp/counters/1"


class EarlierError(ValueError):
    """Saved counters that cannot be used; the text names the part and the cure."""


def counters_of(facts: HostFacts) -> dict[str, Any]:
    """Plain data: schema, boot_id, utc, and counters by subject ('', 'bond0', 'bond0/eno1')."""
    counters = {"": _counters(facts.record, host_fields.ALL)}
    for bond in facts.bonds:
        counters[bond.name] = _counters(bond.record, bond_fields.ALL)
        for member in bond.members:
            counters[f"{bond.name}/{member.name}"] = _counters(member.record, member_fields.ALL)
    known = (host_fields.BOOT_ID, host_fields.UTC)
    boot_id, utc = (getattr(facts.record.fact(field), "value", None) for field in known)
    return {"schema": SCHEMA, "boot_id": boot_id, "utc": utc, "counters": counters}


def earlier_from(data: object) -> Earlier:
    """The inverse of counters_of(); EarlierError if it is not that, or does not say when."""
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
        raise EarlierError(f"earlier counters: expected schema {SCHEMA}, found {found!r}; {_CURE}")
    boot_id, utc, counters = (data.get(key) for key in ("boot_id", "utc", "counters"))
    if not isinstance(boot_id, str) or not isinstance(utc, str):
        raise EarlierError(f"earlier counters: boot_id or utc is missing; {_CURE}")
    if not isinstance(counters, Mapping):
        raise EarlierError(f"earlier counters: 'counters' is not a map of subjects; {_CURE}")
    for subject, paths in counters.items():
        if not isinstance(paths, Mapping) or not all(map(_is_number, paths.values())):
            raise EarlierError(f"earlier counters: {subject!r} does not hold numbers; {_CURE}")
    return Earlier(boot_id, utc_seconds(utc), counters)


_CURE = "drop the saved file and audit twice to compare"


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def utc_seconds(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 time in UTC ('...Z'); EarlierError if it is none."""
    from datetime import datetime, timezone  # noqa: PLC0415  first runs have nothing to compare

    whole, _dot, fraction = text.rstrip("Zz").partition(".")
    try:
        when = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
        return when.timestamp() + float(f"0.{fraction or 0}")
    except ValueError:
        raise EarlierError(f"{text!r} is not a time such as 2026-11-20T12:00:00Z") from None


def _counters(record: Record, fields: Iterable[Field[Any]]) -> dict[str, int]:
    return {
        path: count
        for field in fields
        # Times move, but they do not count anything.
        if field.volatile and not field.path.startswith("time.")
        for path, count in _parts(record, field)
    }


def _parts(record: Record, field: Field[Any]) -> Iterator[tuple[str, int]]:
    found = record.fact(field)
    if not isinstance(found, Known):
        return
    if field.kind == "int":
        yield field.path, found.value
    elif field.kind == "map":
        for key, count in found.value.items():
            yield f"{field.path}.{key}", count
