# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots of a host in a folder, one file each in the order in which they were taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.earlier import EarlierError, counters_of, earlier_from
from ...module_utils._lacp.isolation import Taken, as_result, intervals
from .._report.compare import Comparison, compare_facts
from .._report.stable import stable_facts
from .layout import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .looking import Look

SCHEMA = "bondproof.lacp/snapshot/1"


class SnapshotsError(Exception):
    """Snapshots cannot be kept or compared; the text names the place and the cure."""


def keep(folder: Path, host: str, label: str, changed: str, taken: Look) -> Path:
    """Write a snapshot behind those that are there; its path. SnapshotsError."""
    place = folder / plain_name(host)
    document = {
        "schema": SCHEMA,
        "host": host,
        "label": label,
        "changed": changed,
        "facts": taken.facts.as_result(),
        "counters": counters_of(taken.facts),
    }
    try:
        place.mkdir(parents=True, exist_ok=True)
        number = len(list(place.glob("*.json"))) + 1
        path = place / f"{number:03d}-{plain_name(label)}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise SnapshotsError(
            f"{place}: cannot be written ({error.strerror}): make it writable, or name another dest"
        ) from error
    return path


def of_host(folder: Path, host: str) -> list[dict[str, Any]]:
    """All snapshots of a host, in their order; SnapshotsError names the file that is none."""
    found = []
    for path in sorted((folder / plain_name(host)).glob("*.json")):
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise SnapshotsError(f"{path}: not a snapshot ({error}): remove it") from error
        schema = document.get("schema") if isinstance(document, dict) else None
        if schema != SCHEMA:
            raise SnapshotsError(f"{path}: its schema is {schema!r:.60}, not {SCHEMA}: remove it")
        found.append(document)
    return found


def compared(found: Sequence[dict[str, Any]], before: str, after: str) -> dict[str, Any]:
    """What moved between two snapshots, and what each change in between did; SnapshotsError.

    before, after: labels; '' is the first, or the last.
    """
    first, last = _place(found, before, 0), _place(found, after, -1)
    if first >= last:
        raise SnapshotsError(
            f"{found[first]['label']} was not taken before {found[last]['label']}: "
            "give the earlier one as before"
        )
    moved = Comparison(found[first]["label"], str(found[first]["counters"].get("utc")))
    host = str(found[last]["host"])
    compare_facts(
        moved, host, stable_facts(found[first]["facts"]), stable_facts(found[last]["facts"])
    )
    moved.settle()
    spans = intervals([_taken(one) for one in found[first : last + 1]])
    return {
        "before": {"label": found[first]["label"], "utc": found[first]["counters"]["utc"]},
        "after": {"label": found[last]["label"], "utc": found[last]["counters"]["utc"]},
        "moved": [change.as_result() for change in moved.moved],
        "counters": _grown(found[first], found[last]),
        "isolation": as_result(spans),
    }


def _place(found: Sequence[dict[str, Any]], label: str, otherwise: int) -> int:
    if len(found) < 2:
        raise SnapshotsError(
            f"there are {len(found)} snapshots of this host, and two are needed: "
            "take one before the change and one after it"
        )
    if not label:
        return otherwise % len(found)
    places = [number for number, one in enumerate(found) if one["label"] == label]
    if not places:
        known = ", ".join(str(one["label"]) for one in found)
        raise SnapshotsError(f"no snapshot has the label {label}: there are {known}")
    return places[-1]


def _taken(one: dict[str, Any]) -> Taken:
    try:
        earlier_from(one["counters"])
    except (EarlierError, KeyError) as error:
        raise SnapshotsError(f"snapshot {one['label']}: {error}") from error
    counters = one["counters"]
    return Taken(
        str(one["label"]),
        str(one["changed"]),
        counters["utc"],
        counters["boot_id"],
        counters["counters"],
    )


def _grown(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Counters that grew, or fell: that is a reset, and said."""
    earlier, later = before["counters"]["counters"], after["counters"]["counters"]
    return [
        {
            "subject": subject or "host",
            "counter": path,
            "before": earlier[subject][path],
            "after": now,
            "growth": now - earlier[subject][path] if now >= earlier[subject][path] else None,
        }
        for subject, counters in later.items()
        for path, now in counters.items()
        if path in earlier.get(subject, {}) and earlier[subject][path] != now
    ]
