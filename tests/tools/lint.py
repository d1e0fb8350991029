# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-lint [ARGS=NAME...]`: every check that reads the tree without running it."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from . import apt, importer, paths, venvs
from .docs import PAGES
from .proc import run
from .say import Failure, say, seconds, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from .venvs import Venv


def _ruff(venv: Venv) -> int:
    return run(venv, "ruff", "check", "--output-format", "concise") | run(
        venv, "ruff", "format", "--check", "--output-format", "concise"
    )


def _mypy(venv: Venv) -> int:
    # Through the link: there a plugin has the name that Ansible imports it by.
    plugins = paths.COLLECTION.relative_to(paths.TOP) / "plugins"
    return run(venv, "mypy", plugins, "tests")


def _yamllint(venv: Venv) -> int:
    return run(venv, "yamllint", "--strict", ".")


def _ansible_lint(venv: Venv) -> int:
    return run(venv, "ansible-lint", "--offline", "--nocolor")


def _changelog(venv: Venv) -> int:
    return run(venv, "antsibull-changelog", "lint")


def _docs(venv: Venv) -> int:
    words = ("lint-collection-docs", "--plugin-docs", "--skip-rstcheck")
    status = run(venv, "antsibull-docs", *words, paths.COLLECTION)
    for page in PAGES:
        status |= run(venv, venv.exe, "-m", page, "--check")
    return status


def _shellcheck(venv: Venv) -> int:
    apt.need({"shellcheck": "shellcheck"})
    return run(venv, "shellcheck", *_shell_scripts())


def _shell_scripts() -> list[str]:
    """Files whose first line names a shell; ansible-test looks at *.sh only."""
    done = subprocess.run(
        ["git", "grep", "-lI", "--untracked", "-E", r"^#!.*[/ ](ba|da)?sh\b"],
        cwd=paths.TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    names = done.stdout.splitlines()
    return [name for name in names if (paths.TOP / name).read_bytes().startswith(b"#!")]


def _importer(_venv: Venv) -> int:
    return importer.check()


CHECKS: dict[str, Callable[[Venv], int]] = {
    "ruff": _ruff,
    "mypy": _mypy,
    "yamllint": _yamllint,
    "ansible-lint": _ansible_lint,
    "changelog": _changelog,
    "docs": _docs,
    "shellcheck": _shellcheck,
    "galaxy-importer": _importer,
}


def main(words: list[str]) -> int:
    unknown = [word for word in words if word not in CHECKS]
    if unknown:
        raise Failure(f"unknown check {unknown[0]!r}", cure=f"one of: {', '.join(CHECKS)}")
    venv = venvs.main()
    paths.link_collection()
    start = time.monotonic()
    failed = []
    for name in words or list(CHECKS):
        with step(name):
            if CHECKS[name](venv) != 0:
                failed.append(name)
    say(f"lint in {seconds(start)}: {'FAILED: ' + ', '.join(failed) if failed else 'all passed'}")
    return int(bool(failed))
