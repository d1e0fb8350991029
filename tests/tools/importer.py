# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""galaxy-importer: what Galaxy itself would say of the built collection."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from . import paths, venvs
from .proc import environment
from .sanity import copy_tree
from .say import Failure, say

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """[galaxy-importer]
CHECK_REQUIRED_TAGS = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
RUN_ANSIBLE_TEST = False
LOG_LEVEL_MAIN = INFO
"""


def build(venv: venvs.Venv, folder: Path) -> Path:
    """Build the collection from what a commit would hold; return the archive."""
    shutil.rmtree(folder, ignore_errors=True)
    source = copy_tree(folder / "source")
    done = subprocess.run(
        ["ansible-galaxy", "collection", "build", "--output-path", str(folder), str(source)],
        env=environment(venv),
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("bondproof-lacp-*.tar.gz"))
    if done.returncode != 0 or len(archives) != 1:
        raise Failure(f"ansible-galaxy collection build:\n{done.stderr}", cure="mend galaxy.yml")
    return archives[0]


def check() -> int:
    """Import the archive; every error and every warning counts."""
    venv = venvs.ensure("importer", "tests/requirements-importer.txt")
    folder = paths.BUILD / "importer"
    archive = build(venv, folder)
    config = folder / "importer.cfg"
    config.write_text(CONFIG, encoding="utf-8")
    done = subprocess.run(
        [str(venv.exe), "-m", "galaxy_importer.main", str(archive)],
        env={**environment(venv), "GALAXY_IMPORTER_CONFIG": str(config)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=folder,
    )
    (folder / "log.txt").write_text(done.stdout, encoding="utf-8")
    complaints = [line for line in done.stdout.splitlines() if line.startswith(("ERROR", "WARN"))]
    for line in complaints:
        say(f"    {line}")
    if done.returncode != 0 and not complaints:
        say(done.stdout)
    return int(done.returncode != 0 or bool(complaints))


if __name__ == "__main__":
    sys.exit(check())
