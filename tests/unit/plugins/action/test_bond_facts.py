# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts as its users run it: facts in later tasks, register, check mode, errors by name."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load

TOP = Path(__file__).resolve().parents[4]
RECORDED = TOP / "tests/fixtures/snapshots/linux-6.12-root.json"


def facts(**options: Any) -> dict[str, Any]:
    return {"bondproof.lacp.bond_facts": options}


def ignored(name: str, **options: Any) -> dict[str, Any]:
    return {**facts(**options), "register": name, "ignore_errors": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("facts")


def tasks(folder: Path) -> list[dict[str, Any]]:
    """Return the tasks of a play; its last one keeps what they found."""
    kept = ("found", "missing", "rubbish", "nowhere", "unwritable")
    everything = ["'facts': ansible_facts", *(f"'{name}': {name}" for name in kept)]
    keep = {
        "content": f"{{{{ {{{', '.join(everything)}}} | to_json }}}}",
        "dest": f"{folder}/seen.json",
        "mode": "0600",
    }
    return [
        {**facts(snapshot=str(RECORDED)), "register": "found"},
        {**facts(snapshot=str(RECORDED), save_snapshot=f"{folder}/dry"), "check_mode": True},
        facts(save_snapshot=f"{folder}/live"),
        facts(snapshot="$BONDPROOF_OF_THE_HOST/copy", save_snapshot=f"{folder}/again"),
        facts(snapshot=str(RECORDED), bonds="bond1"),
        ignored("missing", snapshot=str(RECORDED), bonds=["bond9"]),
        ignored("rubbish", snapshot=f"{folder}/rubbish"),
        ignored("nowhere", snapshot=f"{folder}/none"),
        ignored("unwritable", save_snapshot=f"{folder}/none/x"),
        {"ansible.builtin.copy": keep},
    ]


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    """Return what later tasks of one play saw."""
    (folder / "rubbish").write_text("hello", encoding="utf-8")
    (folder / "copy").write_bytes(RECORDED.read_bytes())
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": local,
        "environment": {"BONDPROOF_OF_THE_HOST": str(folder)},
        "tasks": tasks(folder),
    }
    (folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", str(folder / "play.yml")],
        cwd=TOP,
        env={**os.environ, "ANSIBLE_CONFIG": str(TOP / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads((folder / "seen.json").read_bytes())
    return told


def test_what_is_registered_is_what_the_snapshot_says(seen: dict[str, Any]) -> None:
    expected = facts_from(load(RECORDED.read_bytes())).as_result()
    found = seen["found"]["ansible_facts"]
    assert found == {
        "bonds": expected["bonds"],
        "bonds_host": expected["host"],
        "bonds_problems": expected["problems"],
        "bonds_schema": expected["schema"],
    }
    assert seen["found"]["changed"] is False
    assert "reading" not in seen["found"]


def test_later_tasks_see_the_facts_of_the_last_run(seen: dict[str, Any]) -> None:
    assert set(seen["facts"]["bonds"]) == {"bond1"}
    assert seen["facts"]["bonds_schema"] == "bondproof.lacp/facts/1"


def test_what_was_read_is_kept_for_its_owner(seen: dict[str, Any], folder: Path) -> None:
    assert seen
    live = folder / "live"
    assert stat.S_IMODE(live.stat().st_mode) == 0o600
    assert load(live.read_bytes()).facts["uname_nodename"] == os.uname().nodename
    assert (folder / "again").read_bytes() == RECORDED.read_bytes()


@pytest.mark.usefixtures("seen")
def test_check_mode_writes_nothing(folder: Path) -> None:
    assert not (folder / "dry").exists()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("missing", "bonds: this host has no bond 'bond9'; it has: bond0, bond1"),
        ("rubbish", "/rubbish: not a snapshot: JSONDecodeError"),
        ("nowhere", "/none: No such file or directory"),
        ("unwritable", "/none/x cannot be written: No such file or directory"),
    ],
)
def test_an_error_names_the_thing_and_the_place(
    seen: dict[str, Any], name: str, complaint: str
) -> None:
    assert seen[name]["failed"] is True
    assert complaint in seen[name]["msg"]
