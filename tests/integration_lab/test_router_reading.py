# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role vyatta on a real team device: healthy, transmit stuck, teamd killed; by raw alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.root, pytest.mark.moments]
REPOSITORY = Path(__file__).resolve().parents[2]
TOPOLOGY = Path(__file__).with_name("router_reading.yml")
# Long enough for what the far end sends until it has given us up; it is slow from then on.
LISTEN_S = 12


class Router:
    """The lab host, and what the role says of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "LAB_STATE": str(folder / "lab"),
            "PYTHONPATH": str(REPOSITORY / "tests"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build/collections"),
        }

    def lab(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "lab", *words],
            env=self._environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ssh(self, command: str) -> str:
        return self.lab("ssh", "r1", command)

    def read(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run the role; return the verdict on the bond, and the document of the audit."""
        run = self._folder / "run"
        role = {
            "role": "bondproof.lacp.vyatta",
            "vyatta_listen": LISTEN_S,
            "vyatta_show": "",
            "vyatta_fail_on": "never",
            "vyatta_run_dir": str(run),
        }
        play = [{"hosts": "all", "gather_facts": False, "roles": [role]}]
        (self._folder / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
        inventory = str(self._folder / "lab" / "inventory.yml")
        words = ("ansible-playbook", "-i", inventory, str(self._folder / "play.yml"))
        self.lab("run", "--", *words)
        verdicts = json.loads((run / "routers" / "r1.verdicts.json").read_text(encoding="utf-8"))
        return verdicts["team0"], json.loads(
            (run / "hosts" / "r1.json").read_text(encoding="utf-8")
        )


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    found = Router(tmp_path_factory.mktemp("router"))
    found.lab("setup")
    found.lab("up", str(TOPOLOGY))
    yield found
    found.lab("down")


def rules(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["rule"], one["subject"]) for one in document["findings"]}


def test_healthy_then_stuck_then_without_teamd(router: Router) -> None:
    verdict, document = router.read()
    assert (verdict["fault"], verdict["rule"]) == ("healthy", "H00"), verdict["headline"]
    assert document["summary"]["error"] == 0

    router.ssh("tc qdisc add dev ens2 clsact; tc filter add dev ens2 egress matchall action drop")
    verdict, document = router.read()
    assert (verdict["fault"], verdict["members"], verdict["direction"]) == (
        "host",
        ["ens2"],
        "transmit",
    ), verdict["headline"]
    assert verdict["confidence"] == "conclusive"
    assert {subject for _rule, subject in rules(document)} >= {"team0/ens2"}

    router.ssh("kill -9 $(cat /run/teamd/team0.pid)")
    verdict, document = router.read()
    assert (verdict["fault"], verdict["rule"]) == ("host", "R29"), verdict["headline"]
    assert ("teamd-silent", "team0") in rules(document)

    assert router.ssh("ls -d /tmp/tmp.* 2>/dev/null; true").strip() == ""
