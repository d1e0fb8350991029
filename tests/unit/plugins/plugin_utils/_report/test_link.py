# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a link does, and what each end hears of the other."""

from __future__ import annotations

from typing import Any

import pytest
from unit import factory

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import member_fields as mf
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Unknown
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.link import Link, link_of

NOBODY = Unknown("needs CAP_NET_ADMIN")


def link(**changes: Any) -> Link:
    """A healthy member with changes, as a report sees it."""
    made = factory.member("eno1", 1, **changes)
    return link_of("eno1", made.record.as_result(mf.ALL))


@pytest.mark.parametrize(
    ("changes", "tone", "words", "hears", "heard"),
    [
        pytest.param({}, "good", "forwarding", True, True, id="forwarding"),
        pytest.param({"PARTNER_STATE": 61}, "good", "forwarding", True, True, id="slow partner"),
        pytest.param({"MII_STATUS": "down"}, "bad", "link down", False, None, id="link down"),
        pytest.param({"MII_STATUS": "going back"}, "bad", "link down", False, None, id="updelay"),
        pytest.param({"ADMIN_UP": False}, "bad", "set down", True, True, id="set down"),
        pytest.param(
            {"PARTNER_SYSTEM": factory.ABSENT, "ACTOR_STATE": 69, "PARTNER_STATE": 0},
            "bad",
            "partner silent",
            False,
            None,
            id="silent",
        ),
        pytest.param(
            {"PARTNER_SYSTEM": factory.ABSENT, "ACTOR_STATE": 79, "PARTNER_STATE": 0},
            "bad",
            "partner silent",
            False,
            None,
            id="lone port without partner",
        ),
        pytest.param({"ACTOR_STATE": 143}, "bad", "partner gone quiet", False, None, id="expired"),
        pytest.param({"ACTOR_STATE": 71}, "bad", "partner not heard", False, None, id="defaulted"),
        pytest.param({"PARTNER_STATE": 69}, "bad", "partner deaf to us", True, False, id="unheard"),
        pytest.param({"ACTOR_STATE": 7}, "waiting", "we are not in sync", True, True, id="no sync"),
        pytest.param(
            {"PARTNER_STATE": 7}, "waiting", "partner not in sync", True, True, id="their sync"
        ),
        pytest.param({"ACTOR_STATE": 15}, "waiting", "not forwarding", True, True, id="attached"),
        pytest.param({"PARTNER_STATE": 59}, "waiting", "individual", True, True, id="individual"),
        pytest.param({"ACTOR_STATE": NOBODY}, "unknown", "unknown", None, None, id="ours unknown"),
        pytest.param({"PARTNER_STATE": NOBODY}, "unknown", "unknown", True, None, id="theirs"),
        pytest.param(
            {"MII_STATUS": NOBODY, "CARRIER": NOBODY}, "unknown", "unknown", True, True, id="link?"
        ),
    ],
)
def test_condition(
    changes: dict[str, Any], tone: str, words: str, hears: object, heard: object
) -> None:
    made = link(**changes)
    assert tuple(made.condition) == (tone, words)
    assert (made.hears, made.heard) == (hears, heard)


def test_unknown_is_never_good() -> None:
    """Nothing that forwarding rests on may be missing."""
    for name in ("ACTOR_STATE", "PARTNER_STATE"):
        assert link(**{name: NOBODY}).condition.tone == "unknown"
