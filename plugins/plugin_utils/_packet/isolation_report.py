# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of an isolation on the controller: read, written, and said in words."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp.isolation import Step, judge
from .moments import seconds_text
from .readable import code, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SCHEMA = "bondproof.lacp/isolation/1"
_KEYS = ("changed", "note", "start", "length_s", "errors", "flaps")


class JournalError(Exception):
    """The journal cannot be read or written; the text names the file and the cure."""


def read(path: Path, about: Mapping[str, str]) -> list[Step]:
    """The steps so far; none without a journal. about: host, bond, member. JournalError."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise JournalError(f"{path}: cannot be read ({error}); {_CURE}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise JournalError(f"{path}: is no journal of schema {SCHEMA}; {_CURE}")
    for key, value in about.items():
        if data.get(key) != value:
            raise JournalError(f"{path}: is about {key} {data.get(key)!r}, not {value!r}; {_CURE}")
    try:
        return [_step(entry) for entry in data["steps"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise JournalError(f"{path}: step is damaged ({error!r}); {_CURE}") from error


_CURE = "name another folder, or move it away and begin anew"


def _step(entry: Mapping[str, Any]) -> Step:
    length = float(entry["length_s"])
    if length <= 0:
        raise ValueError(f"length_s is {length:g}")
    errors = {str(name): int(growth) for name, growth in entry["errors"].items()}
    changed, note, start = (str(entry[key]) for key in ("changed", "note", "start"))
    return Step(changed, note, start, length, errors, int(entry["flaps"]))


def write(path: Path, about: Mapping[str, str], steps: Sequence[Step]) -> Path:
    """Write the journal and the report beside it; the report's path. JournalError."""
    journal = {
        "schema": SCHEMA,
        **about,
        "steps": [{key: getattr(step, key) for key in _KEYS} for step in steps],
    }
    report = path.with_suffix(".md")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _whole(path, json.dumps(journal, indent=1) + "\n")
        _whole(report, markdown(about, steps))
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be written ({error.strerror or error}): make {path.parent} writable "
            "or name another folder"
        ) from error
    return report


def _whole(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def markdown(about: Mapping[str, str], steps: Sequence[Step]) -> str:
    """The report for a ticket."""
    found = judge(steps)
    host, bond, member = (plain(about[key]) for key in ("host", "bond", "member"))
    head = f"# Isolation of {member} ({bond}) on {host}"
    return "".join([f"{head}\n\n**{plain(found['text'])}**\n\n", *_table(steps, found)])


def _table(steps: Sequence[Step], found: Mapping[str, Any]) -> Iterator[str]:
    yield "| Step | Changed | From | Measured | Errors | Carrier lost | Per minute | Outcome |\n"
    yield "|--:|---|---|--:|---|--:|--:|---|\n"
    rows = zip(steps, found["rates_per_minute"], found["outcomes"], strict=True)
    for number, (step, rate, outcome) in enumerate(rows, 1):
        mark = "**" if number == found["cured_by"] else ""
        errors = ", ".join(f"{code(name)} {growth}" for name, growth in sorted(step.errors.items()))
        words = plain(", ".join(filter(None, [step.changed, step.note])))
        yield (
            f"| {number} | {mark}{words}{mark} | {seconds_text(step.start)} "
            f"| {step.length_s:.0f} s | {errors or 'none'} | {step.flaps} | {rate:g} | "
            f"{mark}{outcome['kind']}{mark}: {plain(outcome['text'])} |\n"
        )


def lines(about: Mapping[str, str], steps: Sequence[Step]) -> list[str]:
    """The same for a terminal."""
    found = judge(steps)
    rows = zip(steps, found["rates_per_minute"], found["outcomes"], strict=True)
    told = [
        f"  {number}. {', '.join(filter(None, [step.changed, step.note]))}: {rate:g} per minute; "
        f"{outcome['kind']}: {outcome['text']}"
        for number, (step, rate, outcome) in enumerate(rows, 1)
    ]
    return [f"{about['host']} {about['bond']} {about['member']}: {found['text']}", *told]
