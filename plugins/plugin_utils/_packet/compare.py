# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two readings of a host side by side: what moved, and which counters of trouble grew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.facts import facts_from
from ...module_utils._lacp.snapshot_json import SnapshotError, load
from .._report.stable import stable_facts
from .derive import deltas
from .layout import plain_name, raw_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ...module_utils._lacp.model import HostFacts

SUFFIX = ".snapshot.json"
UNKNOWN = "unknown"
NOT_THERE = "not there"
# Counters that only grow when something is wrong; traffic grows by itself.
_TROUBLE = (
    "errors.",
    "errors_raw.",
    "aer.",
    "churn.",
    "carrier_",
    "link_failure_count",
    "lacpdu.unknown_rx",
    "lacpdu.illegal_rx",
    "softnet.dropped",
    "tcp.retransmitted",
)
# They move by themselves: one at each boot, the others a minute after each change.
_RESTLESS = ("boot_id", "churn.actor_state", "churn.partner_state")
_TROUBLED = ("_errors", "_dropped")


class CompareError(Exception):
    """There is no reading to compare with; the text names the place and the cure."""


def find(path: Path, host: str) -> Path:
    """The file of a reading: itself, of a host in a folder of snapshots, or of a packet's end."""
    if not path.is_dir():
        return path
    places = [path / f"{plain_name(host)}{SUFFIX}"]
    places += [path / raw_snapshot(name) for name in ("after", "before")]
    for place in places:
        if place.is_file():
            return place
    raise CompareError(
        f"{path}: has neither {places[0].name} nor {raw_snapshot('after')}; give a file that "
        "bond_snapshot wrote, its folder, or the folder of a packet"
    )


def facts_at(path: Path) -> HostFacts:
    """The facts of a saved reading; CompareError."""
    try:
        return facts_from(load(path.read_bytes()))
    except OSError as error:
        raise CompareError(f"{path}: cannot be read ({error.strerror or error})") from error
    except SnapshotError as error:
        raise CompareError(f"{path}: {error}; give a file that bond_snapshot wrote") from error


def compare(before: HostFacts, after: HostFacts) -> dict[str, Any]:
    """What moved and grew, and when each was read.

    moved: settings and identities, [{subject, what, before, after}], values as words: 'unknown'
    where one reading could not tell, 'not there' for a bond or member that came or went.
    """
    growth = deltas(before, after)
    return {
        "from": growth["from"],
        "to": growth["to"],
        "reboot": growth["reboot"],
        "moved": list(_moved(stable_facts(before.as_result()), stable_facts(after.as_result()))),
        "grown": list(_grown(growth["counters"])),
    }


def _moved(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, str]]:
    for subject in sorted({*before, *after}):
        if subject not in before or subject not in after:
            there = {True: "there", False: NOT_THERE}
            yield _row(subject, "itself", there[subject in before], there[subject in after])
            continue
        was, now = before[subject], after[subject]
        for what in sorted({*was, *now}):
            if what not in _RESTLESS and was.get(what) != now.get(what):
                yield _row(subject, what, was.get(what, UNKNOWN), now.get(what, UNKNOWN))


def _row(subject: str, what: str, before: str, after: str) -> dict[str, str]:
    return {"subject": subject, "what": what, "before": before, "after": after}


def _grown(counters: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for subject, paths in sorted(counters.items()):
        for path, delta in sorted(paths.items()):
            tells = path.startswith(_TROUBLE) or path.endswith(_TROUBLED)
            if tells and delta["growth"] != 0:
                yield {"subject": subject or "host", "counter": path, **delta}


def lines(host: str, found: Mapping[str, Any]) -> list[str]:
    """The comparison for a terminal."""
    head = f"{host}: {found['from']} to {found['to']}"
    if found["reboot"]:
        head += ", started anew in between: counters began again"
    told = [
        f"  {row['subject']} {row['what']}: {row['before']} -> {row['after']}"
        for row in found["moved"]
    ]
    for row in found["grown"]:
        growth = "began again" if row["growth"] is None else f"{row['growth']:+d}"
        told.append(
            f"  {row['subject']} {row['counter']}: {row['before']} -> {row['after']} ({growth})"
        )
    return [head, *(told or ["  nothing moved, and no counter of trouble grew"])]
