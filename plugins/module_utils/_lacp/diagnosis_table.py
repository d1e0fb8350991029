# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the rules of diagnosis, filled."""

from __future__ import annotations

from .diagnosis_rule import GROUPS, RULES, DiagnosisRule


def load() -> list[DiagnosisRule]:
    """All rules in order of precedence; the imports are static, so that Ansible ships the files."""
    from .diagnosis_rules import (  # noqa: F401, PLC0415  they fill the table
        configuration,
        identity,
        link,
        membership,
        one_way_receive,
        one_way_transmit,
        switch_port,
        team,
        timing,
        traffic,
        whole_fleet,
    )

    order = list(RULES)
    return sorted(RULES.values(), key=lambda one: (GROUPS.index(one.group), order.index(one.id)))
