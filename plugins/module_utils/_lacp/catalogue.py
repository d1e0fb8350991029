# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue of the rules that run on a host, filled."""

from __future__ import annotations

from .rule import CATALOGUE, Rule


def load() -> dict[str, Rule]:
    """All rules of a host by id; the imports are static, so that Ansible ships the files."""
    from .rules import (  # noqa: F401, PLC0415  they fill the catalogue
        intent,
        known_bad,
        negotiation,
        negotiation_bond,
        negotiation_partner,
        negotiation_pdus,
        options,
        options_hash,
        physical,
        physical_host,
        policy,
        symmetry,
        symmetry_attached,
        symmetry_hardware,
        team,
    )

    return CATALOGUE
