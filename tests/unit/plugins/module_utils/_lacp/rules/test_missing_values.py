# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One value of a healthy host is missing: no rule breaks, and unknown accuses nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit import factory
from unit.rule_case import hour_before

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    member_fields,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import INFO

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Field

HEALTHY = factory.three_members()
EARLIER = hour_before(HEALTHY)
FIELDS = [
    pytest.param(subject, field, id=f"{subject or 'host'} {field.path}")
    for subject, fields in (
        ("", host_fields.ALL),
        ("bond0", bond_fields.ALL),
        ("bond0/eno2", member_fields.ALL),
    )
    for field in fields
]


@pytest.mark.parametrize(("subject", "field"), FIELDS)
@pytest.mark.parametrize("earlier", [None, EARLIER], ids=["one reading", "two readings"])
def test_an_unknown_value_breaks_no_rule_and_accuses_nobody(
    subject: str, field: Field[Any], earlier: Any
) -> None:
    facts = factory.unknown(HEALTHY, subject, field)
    result = audit(facts, NO_POLICY, earlier=earlier, now_utc_s=factory.NOW)
    assert result.bugs == ()
    assert [f for f in result.findings if f.severity != INFO] == []


@pytest.mark.parametrize(("subject", "field"), FIELDS)
@pytest.mark.parametrize("earlier", [None, EARLIER], ids=["one reading", "two readings"])
def test_a_value_that_is_known_not_to_be_there_breaks_no_rule(
    subject: str, field: Field[Any], earlier: Any
) -> None:
    facts = factory.absent(HEALTHY, subject, field)
    assert audit(facts, NO_POLICY, earlier=earlier, now_utc_s=factory.NOW).bugs == ()
