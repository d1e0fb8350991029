# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection runs with Debian 13's own packages: no pip, nothing from elsewhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from lab import debian

pytestmark = [pytest.mark.lab, pytest.mark.root]
TOP = Path(__file__).resolve().parents[2]
SNAPSHOTS = TOP / "tests" / "fixtures" / "snapshots"
RECORDED = ("linux-6.12-root", "linux-6.1-auditor")


@pytest.fixture(scope="module")
def place() -> Path:
    return debian.root()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with an inventory of recorded hosts."""
    hosts = {}
    for name in RECORDED:
        shutil.copy(SNAPSHOTS / f"{name}.json", tmp_path)
        hosts[name] = {"bond_audit_snapshot": f"/{debian.WORK}/{name}.json"}
    variables = {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}
    inventory = {"all": {"vars": variables, "hosts": hosts}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    return tmp_path


def test_nothing_comes_from_pip(place: Path, work: Path) -> None:
    script = "import importlib.util, ansible.release as r; print(r.__version__, r.__file__)"
    done = debian.run(place, TOP, work, f'python3 -c "{script}" && ! python3 -m pip --version')
    assert done.returncode == 0, done.stdout + done.stderr
    version, path = done.stdout.split()
    assert version.startswith("2.19.")
    assert path.startswith("/usr/lib/python3/dist-packages/")


def test_the_audit_runs(place: Path, work: Path) -> None:
    command = "ansible-playbook -i hosts.yml bondproof.lacp.audit_bonds"
    done = debian.run(place, TOP, work, command)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "LACP bond audit: 2 of 2 hosts audited, 8 LACP bonds" in done.stdout
    latest = work / "bond-reports" / "latest"
    files = sorted(path.name for path in latest.iterdir())
    assert files == ["fleet.json", "hosts", "junit.xml", "report.html", "summary.md"]
    for name in RECORDED:
        host = json.loads((latest / "hosts" / f"{name}.json").read_bytes())
        assert (host["status"], host["bugs"]) == ("ok", [])
        found = {finding["rule"] for finding in host["findings"]}
        assert {"partner-silent", "member-down", "vlan-on-member"} <= found


def test_the_filters_find_their_libraries(place: Path, work: Path) -> None:
    terms = [
        "'2C6B.F501.0203' | bondproof.lacp.partner_vendor",
        "'2C6B.F501.0203' | bondproof.lacp.mac_normalise",
        "[{'a': 1}] | bondproof.lacp.select_findings('[].a')",
    ]
    task = {"ansible.builtin.debug": {"msg": f"{{{{ [{', '.join(terms)}] | to_json }}}}"}}
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]
    (work / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    done = debian.run(place, TOP, work, "ansible-playbook play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Juniper Networks" in done.stdout
    assert "2c:6b:f5:01:02:03" in done.stdout
    assert "[1]" in done.stdout.replace("\\", "")
