# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run against an earlier one: what appeared, disappeared, changed, moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import fleet_json

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.compare import (
        Comparison,
    )

HEALTHY = made_up.document("h1", factory.healthy_host())
SILENT = made_up.document("h1", made_up.silent_partner())


def compared(folder: Path, before: list[Any], now: list[Any], *, file: bool = False) -> Comparison:
    """The comparison of two runs, by folder or by fleet.json alone."""
    earlier = folder / "1"
    report = built(earlier, before).report
    if file:
        earlier = folder / "only.json"
        earlier.write_text(text(fleet_json.render, report), encoding="utf-8")
    found = built(folder / "2", now, baseline=earlier)
    assert found.baseline_error == ""
    assert found.report.comparison is not None
    return found.report.comparison


@pytest.fixture(params=[False, True], ids=["folder", "fleet.json"])
def file(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_the_same_run_is_quiet(tmp_path: Path, *, file: bool) -> None:
    found = compared(tmp_path, [HEALTHY], [HEALTHY], file=file)
    assert found.quiet
    assert found.baseline_utc == "2026-11-20T12:00:00Z"


def test_a_finding_appears_and_facts_move(tmp_path: Path, *, file: bool) -> None:
    found = compared(tmp_path, [HEALTHY], [SILENT], file=file)
    assert [change.what for change in found.appeared] == ["partner-silent: actor.port_state"]
    moved = {(change.subject, change.what): (change.before, change.now) for change in found.moved}
    assert moved["bond0/eno2", "partner.system"] == (factory.PARTNER, "none")
    assert moved["bond0/eno2", "aggregator_id"] == ("1", "2")
    assert not found.disappeared


def test_a_finding_disappears(tmp_path: Path, *, file: bool) -> None:
    found = compared(tmp_path, [SILENT], [HEALTHY], file=file)
    assert [change.what for change in found.disappeared] == ["partner-silent: actor.port_state"]
    assert not found.appeared


def test_a_finding_changes(tmp_path: Path, *, file: bool) -> None:
    before, now = (
        made_up.document("h1", factory.known(factory.healthy_host(), "bond0/eno2", mf.MTU, mtu))
        for mtu in (1500, 1400)
    )
    found = compared(tmp_path, [before], [now], file=file)
    changed = {change.what: change for change in found.changed}
    assert changed
    for change in changed.values():
        assert "1500" in change.before
        assert "1400" in change.now


def test_hosts_come_and_go(tmp_path: Path, *, file: bool) -> None:
    healthy = factory.healthy_host()
    hosts = {name: made_up.document(name, healthy) for name in ("h1", "h2", "h10")}
    before = [hosts["h1"], hosts["h2"], made_up.lost("h9")]
    now = [hosts["h10"], hosts["h2"], made_up.document("h9", healthy)]
    found = compared(tmp_path, before, now, file=file)
    assert (found.hosts_new, found.hosts_gone, found.not_compared) == (["h10"], ["h1"], ["h9"])


@pytest.mark.parametrize(
    ("subject", "field", "value", "told"),
    [
        ("bond0/eno1", mf.PARTNER_KEY, 99, ("11", "99")),
        ("bond0/eno1", mf.FIRMWARE, "5.0", ("4.80 0x8002053c 1.3805.0", "5.0")),
        ("bond0", bf.MIIMON, 200, ("100", "200")),
        ("bond0", bf.LACP_RATE, "slow", ("fast", "slow")),
        (
            "bond0/eno1",
            mf.FEATURES,
            {"rx-gro": True, "tx-tcp-segmentation": False},
            ("on: rx-checksumming, rx-gro, tx-tcp-segmentation", "on: rx-gro"),
        ),
        ("", hf.KERNEL_RELEASE, "7.2", ("6.12.107+deb13-amd64", "7.2")),
    ],
)
def test_facts_that_move(
    tmp_path: Path, subject: str, field: Any, value: object, told: tuple[str, str]
) -> None:
    now = made_up.document("h1", factory.known(factory.healthy_host(), subject, field, value))
    moved = {change.what: change for change in compared(tmp_path, [HEALTHY], [now]).moved}
    assert (moved[field.path].before, moved[field.path].now) == told
    assert moved[field.path].subject == (subject or "host")


def test_what_moves_by_nature_or_is_not_known_says_nothing(tmp_path: Path) -> None:
    facts = factory.known(factory.healthy_host(), "bond0/eno1", mf.LACPDU_RX, 99999)
    facts = factory.known(facts, "bond0/eno1", mf.IFINDEX, 77)
    facts = factory.unknown(facts, "bond0/eno1", mf.PARTNER_KEY)
    assert compared(tmp_path, [HEALTHY], [made_up.document("h1", facts)]).moved == []


def test_a_member_that_is_gone_is_one_change(tmp_path: Path) -> None:
    now = made_up.document(
        "h1", factory.healthy_host(factory.healthy_bond(members=[factory.member("eno1", 1)]))
    )
    moved = compared(tmp_path, [HEALTHY], [now]).moved
    gone = [change for change in moved if change.subject == "bond0/eno2"]
    assert [(c.what, c.before, c.now) for c in gone] == [("presence", "there", "")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"schema": "bondproof.lacp/fleet/9", "hosts": {}}', "a newer version"),
        ('{"schema": "bondproof.lacp/fleet/1"}', "has no hosts"),
        ('{"schema": "bondproof.lacp/fleet/1", "hosts": {"h1": 3}}', "hosts.h1 has no findings"),
        ('{"schema": "bondproof.lacp/fl', "is not whole JSON"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_baseline_is_named_and_costs_nothing(
    tmp_path: Path, content: str | None, words: str
) -> None:
    baseline = tmp_path / "old.json"
    if content is not None:
        baseline.write_text(content)
    found = built(tmp_path / "2", [HEALTHY], baseline=baseline)
    assert words in found.baseline_error
    assert str(baseline) in found.baseline_error
    assert "leave the baseline out" in found.baseline_error
    assert found.report.comparison is None
    assert [host.name for host in found.report.hosts] == ["h1"]


def test_a_broken_document_of_the_baseline_is_named(tmp_path: Path) -> None:
    earlier = made_up.save(tmp_path / "1", {"h1": HEALTHY})
    (earlier / "hosts" / "h1.json").write_text("{")
    found = built(tmp_path / "2", [HEALTHY], baseline=earlier)
    assert "h1.json" in found.baseline_error


def test_a_run_is_not_its_own_baseline(tmp_path: Path) -> None:
    made_up.save(tmp_path / "1", {"h1": HEALTHY})
    (tmp_path / "latest").symlink_to("1")
    found = built(tmp_path / "1", [], baseline=tmp_path / "latest")
    assert "is the run itself" in found.baseline_error


def test_findings_of_the_fleet_are_compared(tmp_path: Path) -> None:
    one = made_up.document("h1", factory.healthy_host())
    twin = {**made_up.document("h1", factory.healthy_host()), "host": "h2"}
    earlier = tmp_path / "1"
    report = built(earlier, [one]).report
    (earlier / "fleet.json").write_text(text(fleet_json.render, report))
    found = built(tmp_path / "2", [one, twin], baseline=earlier).report.comparison
    assert found is not None
    assert any(change.what.startswith("fleet-host-twice") for change in found.appeared)


def test_the_comparison_is_plain_data(tmp_path: Path) -> None:
    found = compared(tmp_path, [HEALTHY], [SILENT])
    assert json.loads(json.dumps(found.as_result()))["appeared"][0]["host"] == "h1"
