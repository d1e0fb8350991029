# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_report and its role, run by ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit import factory
from unit.plugins.plugin_utils._report import made_up

from ansible_collections.bondproof.lacp.plugins.action import bond_report as action
from ansible_collections.bondproof.lacp.plugins.modules import bond_report as module

TOP = Path(__file__).resolve().parents[4]
RUN = "20261120T230000Z"


def play(
    folder: Path, *tasks: dict[str, Any], check: bool = False, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run tasks on localhost in a folder."""
    book = folder / "play.yml"
    hosts = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
    book.write_text(yaml.safe_dump([hosts]), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", book, *(["--check"] if check else [])],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(TOP / "build/collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def reported(path: str = f"bond-reports/{RUN}", **options: Any) -> dict[str, Any]:
    """A task."""
    return {"bondproof.lacp.bond_report": {"source": path, **options}, "register": "told"}


SAVE = {"ansible.builtin.copy": {"dest": "told.json", "content": "{{ told | to_json }}"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_up.save(tmp_path / "bond-reports" / RUN, made_up.fleet())
    return tmp_path


def test_a_gate_that_stops_ends_with_status_2(folder: Path) -> None:
    done = play(folder, reported())
    assert done.returncode == 2, done.stdout + done.stderr
    assert "HOST" in done.stdout
    assert f"The report is bond-reports/{RUN}/report.html" in done.stdout
    assert "Gate: stopped with status 2 (fail_on: error): 7 errors on 5 hosts" in done.stdout
    files = sorted(path.name for path in (folder / "bond-reports" / RUN).iterdir())
    assert files == ["fleet.json", "hosts", "junit.xml", "report.html", "summary.md"]
    assert (folder / "bond-reports" / "latest").resolve().name == RUN


def test_never_stops_nothing_and_says_what_it_would_have(folder: Path) -> None:
    done = play(folder, reported(fail_on="never"), SAVE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "would be stopped with status 2" in done.stdout
    told = json.loads((folder / "told.json").read_text())
    documented = yaml.safe_load(module.RETURN)
    assert set(told) - {"failed", "changed"} <= set(documented)
    assert told["summary"].keys() == documented["summary"]["sample"].keys()
    assert told["gate"].keys() == documented["gate"]["sample"].keys()
    assert told["changed"] is True
    assert told["summary"]["hosts"] == 10


def test_check_then_real_then_again(folder: Path) -> None:
    quiet = reported(fail_on="never", table=False)
    check = play(folder, quiet, check=True)
    assert "changed=1" in check.stdout
    assert not (folder / "bond-reports" / "latest").exists()
    assert "changed=1" in play(folder, quiet).stdout
    again = play(folder, quiet)
    assert "changed=0" in again.stdout
    assert "HOST " not in again.stdout


def test_check_mode_of_a_run_that_wrote_nothing(folder: Path) -> None:
    done = play(folder, reported("bond-reports/none"), check=True)
    assert done.returncode == 0
    assert "ok=1" in done.stdout


def test_a_folder_that_is_no_run_is_named(folder: Path) -> None:
    done = play(folder, reported("bond-reports/none"))
    assert done.returncode == 2
    assert "bond-reports/none/hosts: cannot be listed" in done.stdout + done.stderr


def test_a_bad_baseline_fails_after_the_report_was_written(folder: Path) -> None:
    done = play(folder, reported(baseline="nothing.json", fail_on="never"))
    assert done.returncode == 2
    assert "nothing.json: cannot be read" in done.stdout + done.stderr
    assert (folder / "bond-reports" / RUN / "report.html").is_file()


def test_a_policy_that_cannot_be_understood_is_named(folder: Path) -> None:
    policy = {"rules": {"fleet-nonsense": "off"}}
    done = play(folder, reported(policy=policy))
    assert "there is no rule fleet-nonsense" in done.stdout + done.stderr


def test_the_role_reports_the_latest_run(folder: Path) -> None:
    play(folder, reported(fail_on="never"))
    (folder / "bond-reports" / RUN / "report.html").unlink()
    role = {
        "ansible.builtin.include_role": {"name": "bondproof.lacp.report"},
        "vars": {"bond_audit_fail_on": "never", "bond_audit_title": "Rack 7"},
    }
    done = play(folder, role)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Rack 7: 9 of 10 hosts audited" in done.stdout
    assert (folder / "bond-reports" / RUN / "report.html").is_file()


def test_the_examples_run(folder: Path) -> None:
    earlier = {"h1": made_up.document("h1", factory.healthy_host())}
    made_up.save(folder / "bond-reports" / "20261119T230000Z", earlier)
    tasks = yaml.safe_load(module.EXAMPLES)
    done = play(folder, *({**task, "ignore_errors": True} for task in tasks))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ok={len(tasks)}" in done.stdout
    assert "new errors on" in done.stdout


def test_options_are_documented_as_they_are() -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert documented.keys() == action.ARGUMENTS.keys()
    for name, spec in action.ARGUMENTS.items():
        told = {key: value for key, value in documented[name].items() if key != "description"}
        assert told == spec
