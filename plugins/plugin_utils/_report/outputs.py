# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report, and what a run of bond_report does with them."""

from __future__ import annotations

from dataclasses import dataclass, field as attribute, replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import fleet_json, junit, markdown, page
from .build import Wanted, build
from .write import differs, point_latest, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .fleet import FleetReport
    from .rules import FleetRules

# Format -> file name and what renders it. fleet.json is what later runs compare with.
FORMATS: Mapping[str, tuple[str, Callable[[FleetReport], Iterable[str]]]] = {
    "json": ("fleet.json", fleet_json.render),
    "html": ("report.html", page.render),
    "junit": ("junit.xml", junit.render),
    "markdown": ("summary.md", markdown.render),
}


@dataclass
class Reported:
    """What was done: files by format, those of them whose content is new, warnings."""

    report: FleetReport
    folder: Path
    baseline_error: str
    files: dict[str, Path] = attribute(default_factory=dict)
    changed: list[str] = attribute(default_factory=list)
    warnings: list[str] = attribute(default_factory=list)


def report_run(wanted: Wanted, rules: FleetRules, formats: Sequence[str], *, dry: bool) -> Reported:
    """Build the report of a run folder and write its files; dry: only say which would change.

    Raises DocumentError where there is no run, WriteError where a file cannot be written.
    """
    folder = wanted.source.resolve()
    built = build(replace(wanted, source=folder), rules)
    done = Reported(built.report, folder, built.baseline_error)
    for name in FORMATS:
        if name not in formats:
            continue
        file, render = FORMATS[name]
        path = folder / file
        change = differs if dry else write_whole
        if change(path, render(built.report)):
            done.changed.append(name)
        done.files[name] = path
    if not dry:
        complaint = point_latest(folder)
        if complaint:
            done.warnings.append(complaint)
    return done


def shown_path(path: Path) -> str:
    """The path from here, if it lies below; a short path is one that people open."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
