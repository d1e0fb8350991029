# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of CONTRIBUTING.md are run, not believed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    member_fields,
    rule as rules,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known, Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import RecordBuilder
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)

from .factory import healthy_host, known, unknown
from .rule_case import blind, fires, prove, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
PACKAGE = rules.__package__


def example(word: str) -> str:
    """Return the one Python block that has a word in it."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if word in block]
    return str(found)


@pytest.fixture
def with_example_rule() -> Iterator[None]:
    names: dict[str, Any] = {
        **vars(rules),
        "mf": member_fields,
        "__name__": "example",
        "__annotations__": {},
    }
    exec("from __future__ import annotations\n" + example("def queue_id_set"), names)  # noqa: S102
    yield
    del rules.CATALOGUE["queue-id-set"]


@pytest.mark.usefixtures("with_example_rule")
def test_the_example_rule_does_what_its_cases_say() -> None:
    names: dict[str, Any] = {
        "fires": fires,
        "silent": silent,
        "blind": blind,
        "known": known,
        "unknown": unknown,
        "mf": member_fields,
        "HOST": healthy_host(),
    }
    exec(example("CASES = ["), names)  # noqa: S102
    assert [case.outcome for case in names["CASES"]] == ["failed", "passed", "not_evaluable"]
    for case in names["CASES"]:
        prove(case)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"DE\n", Known("DE", "sysfs")),
        (
            ReadFailure("EACCES", "Permission denied"),
            Unknown("/sys/class/net/eno1/regdomain: Permission denied"),
        ),
    ],
)
def test_the_example_source_tells_what_it_knows(
    content: bytes | ReadFailure, expected: object
) -> None:
    names: dict[str, Any] = {"__name__": f"{PACKAGE}.example", "__package__": PACKAGE}
    exec(example("REGDOMAIN"), names)  # noqa: S102
    into = RecordBuilder()
    snapshot = Snapshot(files={"/sys/class/net/eno1/regdomain": content})
    names["member"](snapshot, "bond0", "eno1", into)
    assert into.build().fact(names["REGDOMAIN"]) == expected
