# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from unit.factory import ABSENT, healthy_bond, healthy_host, known, member, unknown
from unit.rule_case import Case, blind, fires, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    member_fields as mf,
)

KERNEL = healthy_host()
TEAM = healthy_host(
    healthy_bond(
        "team0",
        [
            member("eno1", 1, TEAM_ENABLED=True, TEAM_STATE="current", TEAM_SELECTED=True),
            member("eno2", 2, TEAM_ENABLED=True, TEAM_STATE="current", TEAM_SELECTED=True),
        ],
        KIND="team",
        TEAM_ANSWERS=True,
        INTENT=ABSENT,
    )
)
ENO2 = "team0/eno2"
OUT_OF_SYNC = known(TEAM, ENO2, mf.PARTNER_STATE, 5)
ROUTER = known(TEAM, ENO2, mf.DATAPLANE_ACTIVE, value=True)

CASES = [
    fires(
        "teamd-silent",
        "killed",
        known(TEAM, "team0", bf.TEAM_ANSWERS, value=False),
        "team0 team.answers: nobody answers",
    ),
    silent("teamd-silent", "answers", TEAM),
    silent("teamd-silent", "a bond of the kernel", KERNEL),
    blind("teamd-silent", "hidden", unknown(TEAM, "team0", bf.TEAM_ANSWERS), "team.answers"),
    fires(
        "team-enabled-without-sync",
        "partner out of sync",
        OUT_OF_SYNC,
        f"{ENO2} team.enabled: 5 (activity aggregation)",
    ),
    silent("team-enabled-without-sync", "in sync", TEAM),
    silent("team-enabled-without-sync", "a bond of the kernel", KERNEL),
    silent(
        "team-enabled-without-sync",
        "not enabled",
        known(OUT_OF_SYNC, ENO2, mf.TEAM_ENABLED, value=False),
    ),
    blind(
        "team-enabled-without-sync", "hidden", unknown(TEAM, ENO2, mf.TEAM_ENABLED), "team.enabled"
    ),
    fires(
        "team-not-enabled",
        "negotiated",
        known(TEAM, ENO2, mf.TEAM_ENABLED, value=False),
        f"{ENO2} team.enabled: no",
    ),
    silent("team-not-enabled", "enabled", TEAM),
    silent("team-not-enabled", "a bond of the kernel", KERNEL),
    blind("team-not-enabled", "hidden", unknown(TEAM, ENO2, mf.TEAM_ENABLED), "team.enabled"),
    fires(
        "dataplane-disagrees",
        "teamd distributes alone",
        known(TEAM, ENO2, mf.DATAPLANE_ACTIVE, value=False),
        f"{ENO2} dataplane.active: the dataplane does not use the port",
    ),
    fires(
        "dataplane-disagrees",
        "the dataplane sends alone",
        known(ROUTER, ENO2, mf.ACTOR_STATE, 13),
        f"{ENO2} dataplane.active: the dataplane uses the port",
    ),
    silent("dataplane-disagrees", "both", ROUTER),
    silent("dataplane-disagrees", "no dataplane", KERNEL),
    blind(
        "dataplane-disagrees",
        "hidden",
        unknown(TEAM, ENO2, mf.DATAPLANE_ACTIVE),
        "dataplane.active",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    prove(case)
