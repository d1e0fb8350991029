# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging readings of many sources into one record, and the way to plain data and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields,
    host_fields,
    member_fields,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Field,
    Known,
    NotEvaluable,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import (
    NO_SOURCE,
    RESERVED,
    Record,
    RecordBuilder,
)

MTU = member_fields.MTU
PARTNER = member_fields.PARTNER_SYSTEM
FAILURES = member_fields.LINK_FAILURE_COUNT


def test_the_first_source_that_knows_wins() -> None:
    builder = RecordBuilder()
    builder.unknown(MTU, "needs CAP_NET_ADMIN")
    builder.known(MTU, 1500, "rtnetlink")
    builder.known(MTU, 1500, "sysfs")
    record = builder.build()
    assert record.fact(MTU) == Known(1500, "rtnetlink")
    assert record.disagreements == ()


def test_sources_that_differ_are_a_disagreement() -> None:
    builder = RecordBuilder()
    builder.known(MTU, 1500, "rtnetlink")
    builder.known(MTU, 9000, "sysfs")
    (found,) = builder.build().disagreements
    assert found.as_result() == {"field": "mtu", "readings": {"rtnetlink": 1500, "sysfs": 9000}}


def test_a_source_that_says_there_is_none_disagrees_with_one_that_has_a_value() -> None:
    builder = RecordBuilder()
    builder.absent(PARTNER, "procfs")
    builder.known(PARTNER, "02:00:00:00:00:01", "rtnetlink")
    record = builder.build()
    assert record.value(PARTNER) == "02:00:00:00:00:01"
    assert record.disagreements[0].readings == (
        ("procfs", None),
        ("rtnetlink", "02:00:00:00:00:01"),
    )


def test_a_volatile_field_that_moves_while_it_is_read_is_no_disagreement() -> None:
    builder = RecordBuilder()
    builder.known(FAILURES, 1, "rtnetlink")
    builder.known(FAILURES, 2, "sysfs")
    assert builder.build().disagreements == ()


def test_unknown_keeps_each_reason_once() -> None:
    builder = RecordBuilder()
    builder.unknown(MTU, "a")
    builder.unknown(MTU, "b")
    builder.unknown(MTU, "a")
    assert builder.build().fact(MTU) == Unknown("a; b")


def test_unknown_and_absent_never_pass_for_a_value() -> None:
    record = Record({MTU.path: Unknown("no right to"), PARTNER.path: Absent("procfs")})
    with pytest.raises(NotEvaluable, match="mtu: no right to"):
        record.maybe(MTU)
    assert record.maybe(PARTNER) is None
    with pytest.raises(NotEvaluable, match=r"partner\.system: there is none"):
        record.value(PARTNER)
    with pytest.raises(NotEvaluable, match=NO_SOURCE):
        record.value(member_fields.SPEED)


def test_result_leaves_unknown_out_and_says_why() -> None:
    record = Record(
        {
            MTU.path: Unknown("no right to"),
            PARTNER.path: Absent("procfs"),
            member_fields.PARTNER_STATE.path: Known(69, "sysfs"),
        },
        unrecognised=(("procfs", "Moon phase: full"),),
    )
    result = record.as_result([MTU, PARTNER, member_fields.PARTNER_STATE, member_fields.SPEED])
    assert result == {
        "partner": {"system": None, "port_state": 69},
        "unknown": {"no right to": ["mtu"], NO_SOURCE: ["speed_mbps"]},
        "sources": {"procfs": ["partner.system"], "sysfs": ["partner.port_state"]},
        "disagreements": [],
        "unrecognised": [{"source": "procfs", "text": "Moon phase: full"}],
    }


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(),
    "str": st.text(),
    "mac": st.just("02:00:00:00:00:01"),
    "bool": st.booleans(),
    "float": st.floats(allow_nan=False),
    "list": st.lists(st.text()),
    "map": st.dictionaries(st.text(), st.integers()),
}


def facts_of(field: Field[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Known, VALUES[field.kind], st.sampled_from(["rtnetlink", "procfs"])),
        st.builds(Absent, st.just("sysfs")),
        st.builds(Unknown, st.text(min_size=1)),
    )


@given(st.fixed_dictionaries({field.path: facts_of(field) for field in member_fields.ALL}))
def test_plain_data_gives_the_same_record_back(facts: dict[str, Any]) -> None:
    record = Record(facts)
    travelled = json.loads(json.dumps(record.as_result(member_fields.ALL)))
    assert Record.from_result(travelled, member_fields.ALL) == record


@pytest.mark.parametrize("fields", [bond_fields.ALL, host_fields.ALL, member_fields.ALL])
def test_the_catalogue_is_sound(fields: tuple[Field[Any], ...]) -> None:
    paths = [field.path for field in fields]
    assert len(set(paths)) == len(paths)
    for field in fields:
        assert field.kind in VALUES, field
        assert field.meaning
        assert field.path.split(".")[0] not in (*RESERVED, "members", "items", "keys", "values")
    parents = {path.rsplit(".", 1)[0] for path in paths if "." in path}
    assert not parents & set(paths), "a field cannot be both a value and a group"
