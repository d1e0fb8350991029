# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a report: written whole, only where they change, and found under 'latest'."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.test_documents import PATHS, VALUES, WHOLE

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.build import Wanted
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.documents import (
    DocumentError,
    read_host,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.outputs import (
    FORMATS,
    Reported,
    report_run,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.rules import (
    FleetRules,
    fleet_rules_of,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.write import (
    WriteError,
    write_whole,
)

if TYPE_CHECKING:
    from pathlib import Path

ALL = list(FORMATS)


def run(folder: Path, *, dry: bool = False, **more: Any) -> Reported:
    """Report on a folder."""
    wanted = Wanted(folder, "error", "LACP bond audit", more.get("baseline"))
    return report_run(wanted, FleetRules(), more.get("formats", ALL), dry=dry)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_up.save(tmp_path / "20261120T120000Z", made_up.fleet())


def test_check_mode_tells_and_writes_nothing(folder: Path) -> None:
    before = sorted(path.name for path in folder.parent.rglob("*"))
    predicted = run(folder, dry=True)
    assert sorted(path.name for path in folder.parent.rglob("*")) == before
    real = run(folder)
    assert predicted.changed == real.changed == ALL
    assert predicted.files == real.files
    assert run(folder, dry=True).changed == run(folder).changed == []


def test_only_what_is_wanted_is_written(folder: Path) -> None:
    done = run(folder, formats=["junit"])
    assert sorted(path.name for path in folder.iterdir()) == ["hosts", "junit.xml"]
    assert list(done.files) == ["junit"]


def test_a_changed_host_changes_the_files(folder: Path) -> None:
    run(folder)
    made_up.save(folder, {"h1": made_up.document("h1", made_up.silent_partner())})
    assert run(folder, dry=True).changed == ALL
    assert run(folder).changed == ALL


def test_latest_points_to_the_newest_run(tmp_path: Path) -> None:
    runs = [
        made_up.save(tmp_path / name, {"h1": made_up.document("h1", factory.healthy_host())})
        for name in ("20261120T120000Z", "20261121T120000Z")
    ]
    latest = tmp_path / "latest"
    run(runs[0])
    assert latest.resolve() == runs[0]
    assert str(latest.readlink()) == "20261120T120000Z"
    run(runs[1])
    assert latest.resolve() == runs[1]
    run(runs[0])
    assert latest.resolve() == runs[1]
    assert run(latest).folder == runs[1]


def test_latest_that_is_no_link_is_left_alone(folder: Path) -> None:
    (folder.parent / "latest").mkdir()
    assert "is not a symlink" in run(folder).warnings[0]
    assert (folder.parent / "latest").is_dir()


def test_a_latest_that_leads_nowhere_is_mended(folder: Path) -> None:
    (folder.parent / "latest").symlink_to("99999999T000000Z")
    run(folder)
    assert (folder.parent / "latest").resolve() == folder


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as error:
        write_whole(tmp_path / "gone" / "report.html", ["x"])
    assert str(tmp_path / "gone" / "report.html") in str(error.value)
    assert "writable" in str(error.value)


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("before")

    def breaks() -> Any:
        yield "half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_whole(path, breaks())
    assert path.read_text() == "before"
    assert [item.name for item in tmp_path.iterdir()] == ["f"]


def test_slices_merge_and_the_newer_document_of_a_host_holds(folder: Path) -> None:
    newer = made_up.document("h1", made_up.silent_partner(), collected_utc="2026-11-20T13:00:00Z")
    (folder / "hosts" / "slice2-h1.json").write_text(json.dumps(newer))
    report = run(folder).report
    h1 = next(host for host in report.hosts if host.name == "h1")
    assert h1.collected_utc == "2026-11-20T13:00:00Z"
    assert [problem.place for problem in report.problems] == ["hosts/h1.json"]
    assert "slice2-h1.json was taken" in report.problems[0].text


def test_a_policy_speaks_to_the_rules_of_the_fleet(tmp_path: Path) -> None:
    twins = {
        name: {**made_up.document("h1", factory.healthy_host()), "host": name}
        for name in ("h1", "h2")
    }
    folder = made_up.save(tmp_path / "1", twins)

    def found(policy: dict[str, Any]) -> dict[str, str]:
        wanted = Wanted(folder, "error", "t")
        report = report_run(wanted, fleet_rules_of(policy), ["json"], dry=True).report
        return {f.rule: f.severity if f.waiver is None else f.waiver for f in report.fleet_findings}

    assert "fleet-host-twice" in found({})
    assert found({"rules": {"fleet-host-twice": "error"}})["fleet-host-twice"] == "error"
    assert "fleet-host-twice" not in found({"rules": {"fleet-host-twice": "off"}})
    waiver = {"rule": "fleet-host-twice", "reason": "a test", "until": "2030-01-01"}
    assert found({"waivers": [waiver]})["fleet-host-twice"] == "a test (until 2030-01-01)"


def test_a_rule_of_the_fleet_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="there is no rule fleet-nonsense; rules of the fleet are"):
        fleet_rules_of({"rules": {"fleet-nonsense": "off"}})


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(PATHS), value=VALUES)
def test_whatever_was_accepted_can_be_reported(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[Any, ...], value: Any
) -> None:
    document = copy.deepcopy(WHOLE)
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    folder = tmp_path_factory.mktemp("fuzz")
    made_up.save(folder, {"good": made_up.document("good", factory.healthy_host())})
    (folder / "hosts" / "fuzzed.json").write_text(json.dumps(document))
    report = run(folder, dry=True).report
    names = [host.name for host in report.hosts]
    assert "good" in names
    try:
        accepted = read_host(folder / "hosts" / "fuzzed.json").host
    except DocumentError:
        assert [problem.place for problem in report.problems] == ["hosts/fuzzed.json"]
    else:
        assert accepted in names
