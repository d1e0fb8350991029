# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make test-sanity [ARGS='--test NAME FILE...']`: ansible-test sanity on each supported core."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import apt, paths, pythons, venvs
from .proc import run_logged
from .say import Failure, say, seconds, step

TARGETS = ("3.9", "3.10", "3.11", "3.12", "3.13")
GET_PIPS = ("get_pip_24_2.py", "get_pip_25_2.py")  # where ansible-test 2.19 and later look for them
SHOWN = ("Running sanity", "ERROR", "FATAL", "WARNING: Skip", "The test", "See ", "NOTICE")


@dataclass(frozen=True)
class Core:
    """A supported ansible-core and the Pythons its controller runs on."""

    series: str
    controllers: tuple[str, ...]


CORES = (
    Core("2.21", ("3.13", "3.12", "3.14")),
    Core("2.20", ("3.13", "3.12", "3.14")),
    Core("2.19", ("3.13", "3.12", "3.11")),
)


def _tracked() -> list[str]:
    """Files of the tree as a commit would have them: tracked, or new and not ignored."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=paths.TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"git ls-files: {done.stderr.strip()}", cure="run from a git checkout")
    return sorted(name for name in done.stdout.split("\0") if name and (paths.TOP / name).is_file())


def copy_tree(target: Path) -> Path:
    """Copy the tree to .../ansible_collections/bondproof/lacp under target.

    ansible-test resolves links, refuses any other folder, and lists files with git.
    """
    collection = target / "ansible_collections" / "bondproof" / "lacp"
    shutil.rmtree(collection, ignore_errors=True)
    for name in _tracked():
        copy = collection / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(paths.TOP / name, copy, follow_symlinks=False)
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=collection, check=True, capture_output=True)
    return collection


def _pip_conf(venv: venvs.Venv) -> str:
    """Return this user's pip settings as a file, because ansible-test passes no PIP_* on."""
    done = subprocess.run(
        [venv.exe, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    settings = {}
    for line in done.stdout.splitlines():
        name, value = line.split("=", 1)
        settings[name.rpartition(".")[2]] = ast.literal_eval(value)
    lines = [f"{name} = {value}".replace("\n", "\n    ") for name, value in settings.items()]
    return "\n".join(["[global]", *lines, ""])


def _home(venv: venvs.Venv) -> Path:
    """Make the home folder that ansible-test sees: its environments and pip live in the cache."""
    home = paths.cache() / "ansible-test"
    conf = home / ".config/pip/pip.conf"
    pip_cache = home / ".ansible/test/cache"
    pip_cache.mkdir(parents=True, exist_ok=True)
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.touch(mode=0o600)  # an index address may hold a password
    conf.write_text(_pip_conf(venv), encoding="utf-8")
    for name in GET_PIPS:
        shutil.copyfile(Path(__file__).with_name("get_pip.py"), pip_cache / name)
    return home


def _interpreters() -> tuple[list[str], list[str]]:
    """Return the folders of the real interpreters, and the versions that are missing."""
    found = {series: pythons.find(series) for series in TARGETS}
    missing = [series for series, python in found.items() if python is None]
    folders = [str(p.path.parent) for p in found.values() if p is not None]
    return list(dict.fromkeys(folders)), missing


def _controller(core: Core) -> pythons.Python | None:
    found = [p for p in map(pythons.find, core.controllers) if p is not None]
    return next((p for p in found if p.can_venv), found[0] if found else None)


def _check(core: Core, controller: pythons.Python, words: list[str]) -> int:
    venv = venvs.ensure(
        f"core-{core.series}", f"tests/requirements-core-{core.series}.txt", python=controller
    )
    folders, _missing = _interpreters()
    collection = copy_tree(paths.BUILD / "sanity" / core.series)
    env = {
        "HOME": str(_home(venv)),
        "PATH": os.pathsep.join([str(venv.bin), *folders, *pythons.honest_path()]),
        "PYTHONPATH": "",
    }
    lock = paths.cache() / "ansible-test" / "sanity.lock"
    # Two runs at once would make the same environments.
    with venvs.locked(lock), step(f"ansible-test sanity, ansible-core {core.series}"):
        log = paths.BUILD / "sanity" / f"{core.series}.log"
        words = ["ansible-test", "sanity", "--color", "no", *words]
        return run_logged(venv, *words, env=env, cwd=collection, log=log, show=SHOWN)


def main(words: list[str]) -> int:
    start = time.monotonic()
    apt.need({"git": "git", "shellcheck": "shellcheck"})
    _folders, missing = _interpreters()
    results = {}
    for core in CORES:
        controller = _controller(core)
        if controller is None:
            results[core.series] = f"left out: needs Python {' or '.join(core.controllers)}"
        else:
            failed = _check(core, controller, words) != 0
            results[core.series] = (
                "FAILED" if failed else f"passed (controller {controller.version})"
            )
    say(f"sanity in {seconds(start)}:")
    for series, result in results.items():
        say(f"    ansible-core {series}: {result}")
    have = [series for series in TARGETS if series not in missing]
    say(f"    Pythons compiled and imported with: {', '.join(have)}")
    if missing:
        say(f"    Pythons that this machine does not have: {', '.join(missing)}")
    return int("FAILED" in results.values())
