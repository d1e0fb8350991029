# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports of made-up fleets, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unit.plugins.plugin_utils._report import made_up

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.build import (
    Built,
    Wanted,
    build,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.rules import FleetRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.fleet import FleetReport


def built(
    folder: Path,
    documents: Sequence[dict[str, Any]],
    *,
    fail_on: str = "error",
    baseline: Path | None = None,
) -> Built:
    """Save documents into a folder, beside those that are there, and report on it."""
    made_up.save(folder, {entry["host"]: entry for entry in documents})
    return build(Wanted(folder, fail_on, "LACP bond audit", baseline), FleetRules())


def text(render: Callable[[FleetReport], Iterable[str]], report: FleetReport) -> str:
    """The whole of an output."""
    return "".join(render(report))
