# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host said becomes facts: one run of the module, a second where sources differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_pack import pack
from ansible_collections.bondproof.lacp.plugins.plugin_utils._judge import judge
from ansible_collections.bondproof.lacp.plugins.plugin_utils._reading import (
    ReadingError,
    read_host,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[3] / "fixtures/snapshots"
RECORDED = sorted(path.stem for path in FOLDER.glob("*.json"))


def recorded(name: str) -> Snapshot:
    return load((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


class Host:
    """Runs the module as ActionBase does: one answer after the other."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, *, module_name: str, module_args: dict[str, Any]) -> dict[str, Any]:
        assert module_name == "bondproof.lacp.bond_facts"
        self.asked.append(module_args)
        return dict(self._answers.pop(0))


def answer(snapshot: Snapshot, **more: Any) -> dict[str, Any]:
    return {"changed": False, "reading": pack(snapshot), **more}


def moving(snapshot: Snapshot) -> Snapshot:
    """Return what was read while somebody set another LACP rate."""
    path = "/proc/net/bonding/bond0"
    content = snapshot.file(path)
    assert isinstance(content, bytes)
    changed = content.replace(b"LACP rate: fast", b"LACP rate: slow")
    assert changed != content
    return snapshot._replace(files={**snapshot.files, path: changed})


@pytest.mark.parametrize("name", RECORDED)
def test_the_facts_are_those_of_the_snapshot(name: str) -> None:
    saved = recorded(name)
    host = Host(answer(saved, warnings=["w"], invocation={"module_args": {}}))
    result, facts = read_host(host, {"bonds": [], "snapshot": None, "policy": {}})
    assert facts == facts_from(saved)
    assert result == {"changed": False, "warnings": ["w"], "invocation": {"module_args": {}}}
    assert host.asked == [{"bonds": []}]


@pytest.mark.parametrize("name", RECORDED)
def test_facts_that_went_through_json_are_judged_alike(name: str) -> None:
    facts = facts_from(recorded(name))
    plain = facts.as_result()
    text = json.dumps(plain)
    assert plain == json.loads(text)

    def judged(of: HostFacts) -> dict[str, Any]:
        return judge(of, {}, counters={}, host="h1", now_utc_s=0.0)

    assert judged(facts) == judged(HostFacts.from_result(json.loads(text)))


@pytest.mark.parametrize("forever", [False, True])
def test_sources_that_differ_are_read_once_more(*, forever: bool) -> None:
    saved = recorded("linux-6.12-root")
    host = Host(answer(moving(saved)), answer(moving(saved) if forever else saved))
    _result, facts = read_host(host, {"bonds": ["bond0"], "save_snapshot": "/x"})
    assert host.asked == [{"bonds": ["bond0"], "save_snapshot": "/x"}] * 2
    assert facts is not None
    (bond,) = facts.bonds
    assert [item.path for item in bond.record.disagreements] == ["options.lacp_rate"] * forever


def test_a_saved_snapshot_is_read_once() -> None:
    host = Host(answer(moving(recorded("linux-6.12-root"))))
    _result, facts = read_host(host, {"snapshot": "/x"})
    assert facts is not None
    assert len(host.asked) == 1


BROKEN: list[dict[str, Any]] = [
    {"failed": True, "msg": "save_snapshot: /x cannot be written: Is a directory"},
    {"unreachable": True, "msg": "no route to host", "changed": False},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one["msg"])
def test_a_failure_is_passed_on_as_it_stands(broken: dict[str, Any]) -> None:
    assert read_host(Host(broken), {}) == (broken, None)
    differing = answer(moving(recorded("linux-6.12-root")))
    assert read_host(Host(differing, broken), {}) == (broken, None)


@pytest.mark.parametrize(
    ("args", "answered", "complaint"),
    [
        (
            {"bonds": ["bond0", "bond9"]},
            answer(recorded("healthy-2")),
            "bonds: this host has no bond 'bond9'; it has: bond0",
        ),
        ({"bonds": ["b"]}, answer(Snapshot()), "this host has no bond 'b'; it has: none"),
        (
            {"snapshot": "/x"},
            {"reading": "hello"},
            "snapshot: /x: not a packed snapshot: ",
        ),
        ({}, {"changed": False}, "bondproof.lacp.bond_facts: not a packed snapshot: "),
    ],
    ids=["missing bond", "no bond", "rubbish", "another module's answer"],
)
def test_what_cannot_be_understood_is_named(
    args: dict[str, Any], answered: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ReadingError) as refused:
        read_host(Host(answered), args)
    assert complaint in str(refused.value)
