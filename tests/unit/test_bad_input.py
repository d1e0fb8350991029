# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One audit of recorded hosts, all but one of them with something bad: nothing else is lost."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

TOP = Path(__file__).resolve().parents[2]
RECORDED = TOP / "tests/fixtures/snapshots/linux-6.12-root.json"
TEN_MB = 10_000_000
UNTIL = "2026-01-31"


def waiver(**keys: str) -> dict[str, Any]:
    return {"waivers": [{"rule": "member-down", "reason": "spare", "until": UNTIL, **keys}]}


# A policy that cannot be understood, and what is said of it: the place and the cure.
POLICIES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "unknown_section": ({"expects": {}}, ("expects", "did you mean 'expect'")),
    "unknown_key": ({"expect": {"mtuu": 9000}}, ("policy.expect", "unknown key 'mtuu'", "'mtu'")),
    "unknown_key_of_a_bond": (
        {"bonds": {"bond0": {"lacp": 1}}},
        ("policy.bonds.bond0", "unknown key 'lacp'", "'lacp_rate'"),
    ),
    "wrong_type": ({"expect": {"mtu": "large"}}, ("expect.mtu", "large", "number")),
    "wrong_choice": ({"expect": {"lacp_rate": "quick"}}, ("expect.lacp_rate", "slow", "fast")),
    "unknown_rule": ({"rules": {"member-dwn": "off"}}, ("member-dwn", "member-down")),
    "unknown_severity": (
        {"rules": {"member-down": "fatal"}},
        ("rules.member-down", "fatal", "warning"),
    ),
    "waiver_of_an_unknown_rule": (waiver(rule="no-such-rule"), ("waivers[0].rule", "no-such-rule")),
    "waiver_without_a_date": ({"waivers": [{"rule": "member-down", "reason": "x"}]}, ("until",)),
    "waiver_with_a_bad_date": (waiver(until="soon"), ("waivers[0].until", "soon")),
    "no_dictionary": ([1], ("dict",)),
}


def garbage(snapshot: dict[str, Any]) -> None:
    files = snapshot["files"]
    noise = b64encode(random.Random(1).randbytes(TEN_MB)).decode()  # noqa: S311 - noise is all
    files["/proc/net/bonding/bond0"] = {"base64": noise}
    files["/proc/net/bonding/bond1"] = {"ascii": "nonsense: 1\n" * (TEN_MB // 12)}
    files["/proc/net/bonding/bond2"] = {"ascii": "x" * TEN_MB}


def unreadable(snapshot: dict[str, Any]) -> None:
    for path in procfs(snapshot):
        snapshot["files"][path] = {"errno": "EACCES", "text": "Permission denied"}


def half_written(snapshot: dict[str, Any]) -> None:
    for path in procfs(snapshot):
        text = snapshot["files"][path]["ascii"]
        snapshot["files"][path] = {"ascii": text[: len(text) // 2]}


def procfs(snapshot: dict[str, Any]) -> list[str]:
    return [path for path in snapshot["files"] if path.startswith("/proc/net/bonding/")]


READINGS: dict[str, Callable[[dict[str, Any]], None]] = {
    "garbage": garbage,
    "unreadable": unreadable,
    "half_written": half_written,
}
# A file that is no snapshot, and what is said of it.
NO_SNAPSHOTS: dict[str, tuple[str | None, str]] = {
    "no_snapshot": ("hello", "not a snapshot"),
    "other_schema": ('{"schema": "x/2"}', "schema is 'x/2'"),
    "cut_snapshot": (RECORDED.read_text(encoding="utf-8")[:5000], "not a snapshot"),
    "missing_snapshot": (None, "No such file or directory"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run."""
    folder = tmp_path_factory.mktemp("audit")
    recorded = json.loads(RECORDED.read_bytes())
    for name, spoil in READINGS.items():
        spoiled = copy.deepcopy(recorded)
        spoil(spoiled)
        (folder / f"{name}.json").write_text(json.dumps(spoiled), encoding="utf-8")
    for name, (text, _said) in NO_SNAPSHOTS.items():
        if text is not None:
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    own = {**READINGS, **NO_SNAPSHOTS}
    hosts: dict[str, Any] = {
        name: {"bond_audit_snapshot": str(folder / f"{name}.json")} for name in own
    }
    hosts |= {name: {"bond_audit_policy": policy} for name, (policy, _said) in POLICIES.items()}
    hosts |= {"fine": {}, "expired": {"bond_audit_policy": waiver()}}
    audit(folder, hosts)
    return folder / "reports" / "latest"


def audit(folder: Path, hosts: dict[str, Any]) -> None:
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "bond_audit_report_dir": str(folder / "reports"),
        "bond_audit_snapshot": str(RECORDED),
    }
    inventory = folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"vars": variables, "hosts": hosts}}))
    words = ["-m", "ansible", "playbook", "-i", str(inventory), "playbooks/audit-bonds.yml"]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(TOP / "ansible.cfg")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=TOP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    failed = f"{len(POLICIES) + len(NO_SNAPSHOTS)} hosts not audited"
    assert failed in done.stdout


def document(run: Path, host: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((run / "hosts" / f"{host}.json").read_bytes())
    return told


def counting(told: dict[str, Any]) -> set[tuple[str, str]]:
    found = told["findings"]
    return {(f["subject"], f["rule"]) for f in found if f["severity"] != "info"}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_is_not_understood_is_named_with_its_place(run: Path, name: str) -> None:
    told = document(run, name)
    assert told["status"] == "failed"
    for words in POLICIES[name][1]:
        assert words in told["message"]


@pytest.mark.parametrize("name", NO_SNAPSHOTS)
def test_what_is_no_snapshot_is_named(run: Path, name: str) -> None:
    told = document(run, name)
    assert told["status"] == "failed"
    assert f"{name}.json" in told["message"]
    assert NO_SNAPSHOTS[name][1] in told["message"]


def test_an_expired_waiver_waives_nothing(run: Path) -> None:
    told = document(run, "expired")
    assert told["summary"]["waived"] == 0
    assert counting(told) == counting(document(run, "fine")) | {("", "waiver-expired")}
    (finding,) = [f for f in told["findings"] if f["rule"] == "waiver-expired"]
    assert UNTIL in finding["expected"] + finding["observed"]


@pytest.mark.parametrize("name", READINGS)
def test_what_other_sources_tell_is_not_lost(run: Path, name: str) -> None:
    told = document(run, name)
    assert told["bugs"] == []
    # That two partners differ is told by procfs only, that the aggregators do by netlink, too.
    cause, effect = ("bond2", "partner-system-differs"), ("bond2", "split-aggregators")
    wanted = counting(document(run, "fine"))
    assert cause in wanted
    assert counting(told) in (wanted, wanted - {cause} | {effect})


def test_garbage_is_told_and_not_kept(run: Path) -> None:
    told = document(run, "garbage")
    assert (run / "hosts" / "garbage.json").stat().st_size < 1_000_000
    assert told["facts"]["bonds"]["bond1"]["unrecognised"]
    assert len(told["facts"]["bonds"]["bond1"]["unrecognised"]) == 1


def test_what_could_not_be_read_is_told_with_its_place(run: Path) -> None:
    problems = document(run, "unreadable")["facts"]["problems"]
    told = {problem["place"]: problem["text"] for problem in problems}
    assert told["/proc/net/bonding/bond0"] == "EACCES: Permission denied"


def test_the_report_has_all_hosts(run: Path) -> None:
    fleet = json.loads((run / "fleet.json").read_bytes())
    told = {name: host["status"] for name, host in fleet["hosts"].items()}
    failed = {*POLICIES, *NO_SNAPSHOTS}
    healthy = {"fine", "expired", *READINGS}
    assert told == dict.fromkeys(failed, "failed") | dict.fromkeys(healthy, "ok")
