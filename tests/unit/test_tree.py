# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What no file of the tree may hold, and what each must."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
HEADER = (
    "# Copyright (c) 2026, The bondproof authors\n"
    "# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)\n"
    "# SPDX-License-Identifier: GPL-3.0-or-later\n"
)
# Spelled in pieces, so that this file does not find itself.
REGISTRIES = (
    "py" + "pi.org",
    "files.python" + "hosted",
    "deb." + "debian.org",
    "archive.ub" + "untu",
)
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")
BY_THE_CLOCK = ("time." + "sleep(", "ansible.builtin." + "pause")
HOMES = re.compile(r"(?<![\w.~$})])/(?:(?:home|Users)/[a-z]\w*|ro" + r"ot)/")
# A checkout may lie in one of these, and a file may speak of them.
COMMON = ("/", "/builds/", "/home/", "/mnt/", "/opt/", "/srv/", "/tmp/", "/usr/src/", "/var/tmp/")  # noqa: S108


def tracked() -> list[Path]:
    """Files that a commit would hold, without binary ones and the licence's own text."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [TOP / name for name in done.stdout.split("\0") if name]
    return [p for p in paths if p.is_file() and p.parent.name != "LICENSES"]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found[str(path.relative_to(TOP))] = data.decode("utf-8", errors="replace")
    return found


TEXTS = texts()


def lines_with(words: tuple[str, ...]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in TEXTS.items()
        for number, line in enumerate(text.splitlines(), 1)
        if any(word in line for word in words)
    ]


def test_no_registry_is_named() -> None:
    assert lines_with(REGISTRIES) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(UNFINISHED) == []


def test_nothing_waits_by_the_clock() -> None:
    assert lines_with(BY_THE_CLOCK) == []


def test_no_path_of_one_machine() -> None:
    parent = f"{TOP.parent}/".replace("//", "/")
    words = () if parent in COMMON else (parent,)
    homes = [f"{name}: {m.group()}" for name, text in TEXTS.items() for m in HOMES.finditer(text)]
    assert lines_with(words) + homes == []


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith(".py")])
def test_python_files_carry_the_licence(name: str) -> None:
    text = TEXTS[name]
    body = text.split("\n", 1)[1] if text.startswith("#!") else text
    body = body.removeprefix("# -*- coding: utf-8 -*-\n")
    assert body.startswith(HEADER)
    assert not text.rstrip() or "from __future__ import annotations" in text


def test_the_action_group_lists_every_module() -> None:
    runtime = yaml.safe_load((TOP / "meta/runtime.yml").read_text(encoding="utf-8"))
    modules = sorted(path.stem for path in (TOP / "plugins/modules").glob("*.py"))
    assert runtime["action_groups"]["lacp"] == modules


def test_no_sanity_ignores() -> None:
    ignores = [p for p in (TOP / "tests/sanity").glob("ignore-*.txt") if p.read_text().strip()]
    assert ignores == []


@pytest.mark.parametrize("suffix", [".yaml"])
def test_yaml_files_end_in_yml(suffix: str) -> None:
    theirs = {"changelogs/changelog.yaml", "changelogs/config.yaml"}  # antsibull's own names
    assert [n for n in TEXTS if n.endswith(suffix) and n not in theirs] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd /ho" + "me/ann/x", True),
        ("'/ro" + "ot/work'", True),
        ("~/.cache", False),
        ("~root/x", False),
        ("/home/", False),
        ("$HOME/x", False),
    ],
)
def test_homes_are_recognised(text: str, found: bool) -> None:  # noqa: FBT001
    assert bool(HOMES.search(text)) is found
