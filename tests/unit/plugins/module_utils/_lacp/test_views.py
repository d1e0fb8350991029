# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Views: what a rule sees, what it leaves behind as evidence, and growth between readings."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    member_fields,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Fact,
    Known,
    NotEvaluable,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import (
    Bond,
    HostFacts,
    Member,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import Record
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.views import (
    Context,
    Earlier,
    Growth,
    HostView,
    MemberView,
    lacp_refusal,
)

FAILURES = member_fields.LINK_FAILURE_COUNT


def host(kind: str = "bond", mode: Any = "802.3ad") -> HostFacts:
    mode_fact: Fact = Unknown("half-written") if mode is None else Known(mode, "rtnetlink")
    member = Member(
        "eno1",
        Record(
            {
                FAILURES.path: Known(7, "rtnetlink"),
                member_fields.ERRORS.path: Known({"crc": 3}, "ethtool"),
                member_fields.PARTNER_SYSTEM.path: Absent("procfs"),
                member_fields.MTU.path: Unknown("no right to"),
            }
        ),
    )
    bond = Bond(
        "bond0",
        Record({bond_fields.KIND.path: Known(kind, "rtnetlink"), bond_fields.MODE.path: mode_fact}),
        (member,),
    )
    return HostFacts(Record({host_fields.BOOT_ID.path: Known("now", "procfs")}), (bond,))


def member_view(earlier: Earlier | None = None) -> MemberView:
    context = Context({}, earlier, now_utc_s=100.0)
    return HostView(host(), context, {}).bonds[0].members[0]


def test_reads_are_remembered_with_their_source_and_unknown_ones_are_not() -> None:
    view = member_view()
    view.value(FAILURES)
    view.maybe(member_fields.PARTNER_SYSTEM)
    with pytest.raises(NotEvaluable, match="bond0/eno1 mtu: no right to"):
        view.value(member_fields.MTU)
    assert list(view.reads) == [
        "bond0/eno1 link_failure_count (rtnetlink)",
        "bond0/eno1 partner.system (procfs)",
    ]


def test_growth_since_the_earlier_reading() -> None:
    counters = {"bond0/eno1": {"link_failure_count": 5, "errors.crc": 3}}
    view = member_view(Earlier("now", 40.0, counters))
    assert view.growth(FAILURES) == Growth(2, 60.0)
    assert view.growth(member_fields.ERRORS, "crc") == Growth(0, 60.0)


@pytest.mark.parametrize(
    ("earlier", "reason"),
    [
        (None, "no earlier reading"),
        (Earlier("before", 0.0, {}), "rebooted"),
        (Earlier("now", 0.0, {}), "does not have it"),
        (Earlier("now", 0.0, {"bond0/eno1": {"link_failure_count": 9}}), "reset"),
    ],
)
def test_growth_is_not_invented(earlier: Earlier | None, reason: str) -> None:
    with pytest.raises(NotEvaluable, match=reason):
        member_view(earlier).growth(FAILURES)


@pytest.mark.parametrize(
    ("kind", "mode", "reason"),
    [
        ("bond", "802.3ad", None),
        ("bond", "active-backup", "not an 802.3ad bond"),
        ("team", "802.3ad", None),
        ("team", "active-backup", "not an 802.3ad bond"),
        ("team", None, "half-written"),
        ("openvswitch", "802.3ad", "not an 802.3ad bond"),
        ("bond", None, "half-written"),
    ],
)
def test_only_bonds_of_mode_802_3ad_are_judged(
    kind: str, mode: str | None, reason: str | None
) -> None:
    facts = host(kind, mode)
    refusal = lacp_refusal(facts.bonds[0])
    assert (refusal is None) == (reason is None)
    assert reason is None or reason in str(refusal)
    assert len(HostView(facts, Context({}), {}).bonds) == (1 if reason is None else 0)
