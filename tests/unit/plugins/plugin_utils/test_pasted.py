# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switch evidence as people hand it in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.plugin_utils._pasted import PastedError, records

RECORD: dict[str, Any] = {"schema": "switch_evidence/v1", "actor": {"key": 11}}
TEXT = """
schema: switch_evidence/v1
actor: {key: 11}
"""


@pytest.mark.parametrize(
    "given",
    [
        [RECORD],
        RECORD,
        {"switch_evidence": [RECORD]},
        TEXT,
        json.dumps([RECORD]),
        "switch_evidence:\n- schema: switch_evidence/v1\n  actor: {key: 11}\n",
    ],
    ids=["list", "one", "named", "yaml", "json", "yaml list"],
)
def test_every_form_gives_the_records(given: object) -> None:
    assert records(given) == [RECORD]


def test_nothing_is_no_record() -> None:
    assert records("") == records(None) == []


def test_times_are_text() -> None:
    assert records("captured_at: 2026-11-20T23:00:00Z") == [
        {"captured_at": "2026-11-20 23:00:00+00:00"}
    ]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("actor: {key: 11", "line 1, column"),
        ("show lacp neighbor", "of type str"),
        (7, "of type int"),
        ("a: !!python/object:os.system {}", "line 1"),
    ],
)
def test_what_is_none_is_refused(given: object, complaint: str) -> None:
    with pytest.raises(PastedError, match=complaint):
        records(given)
