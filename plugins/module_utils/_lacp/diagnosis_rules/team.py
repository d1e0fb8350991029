# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rule of team devices: whether anybody speaks LACP for them (R29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnosis_rule import BOTH, CONCLUSIVE, THE_BOND, THE_HOST, Match, diagnosis_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..diagnosis_case import Case


@diagnosis_rule(
    "R29",
    group="configuration of the host",
    scope=THE_BOND,
    title="No teamd answers for the team device",
    remedy="Start teamd with the configuration that it had, and --take-over",
)
def teamd_gone(case: Case) -> Iterator[Match]:
    """teamd alone speaks LACP for a team device; a bond of the kernel has none (null)."""
    if case.fact("team.answers") is False:
        name = case.evidence.bond_name()
        text = f"no teamd answers for {name}: nobody on this host speaks LACP for it"
        yield Match(THE_HOST, BOTH, CONCLUSIVE, text, tuple(case.names))
