# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments in the cache: keyed by what they hold, verified, reused."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import apt, pythons
from .paths import TOP, cache
from .say import Failure, say, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Venv:
    """A finished environment."""

    python: pythons.Python
    path: Path

    @property
    def bin(self) -> Path:
        return self.path / "bin"

    @property
    def exe(self) -> Path:
        return self.bin / "python"


def _key(requirements: Path, python: pythons.Python) -> str:
    digest = hashlib.sha256(f"{python.version} {python.path}\n".encode())
    digest.update(requirements.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"    another run is at {path.stem}: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _distributions(path: Path) -> str:
    return "\n".join(sorted(p.name for p in path.glob("lib/python*/site-packages/*.dist-info")))


def _complete(path: Path) -> bool:
    """Tell whether a finished environment still is what its stamp says, and its Python runs."""
    stamp = path / "complete"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != _distributions(path):
        return False
    done = subprocess.run([path / "bin/python", "-c", ""], capture_output=True, check=False)
    return done.returncode == 0


def _why(output: str, name: str, log: Path) -> Failure:
    if "No space left" in output:
        return Failure(f"disk full while making {name}", cure="df -h; free some space; run again")
    if any(s in output for s in ("name resolution", "NewConnectionError", "ConnectTimeout")):
        return Failure(
            f"pip cannot reach its package index while making {name} (log: {log})",
            cure="check the network and `pip config list` (proxy, index-url)",
        )
    if "(from versions: none)" in output:
        return Failure(
            f"pip's package index does not answer, or lacks what {name} needs (log: {log})",
            cure="check the network and `pip config list` (proxy, index-url)",
        )
    tail = "\n".join(output.strip().splitlines()[-8:])
    return Failure(f"pip could not make {name}:\n{tail}", cure=f"read {log}, then run again")


def _build(path: Path, python: pythons.Python, requirements: Path, name: str) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if not python.can_venv:
        apt.install([f"python{python.series}-venv"])
    log = cache() / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    pip = [path / "bin/python", "-m", "pip", "install", "--no-input", "-r", requirements]
    say("    downloading and installing; about half a minute on a good line")
    for command in ([python.path, "-m", "venv", path], pip):
        done = subprocess.run(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=TOP,
        )
        log.write_text(done.stdout, encoding="utf-8")
        if done.returncode != 0:
            raise _why(done.stdout, name, log)
    (path / "complete").write_text(_distributions(path), encoding="utf-8")


def ensure(name: str, file: str, *, python: pythons.Python | None = None) -> Venv:
    """Return the environment that holds what a requirement file pins, making it when needed."""
    python = python or pythons.choose()
    requirements = TOP / file
    key = _key(requirements, python)
    path = cache() / "venv" / f"{name}-{python.series}-{key}"
    try:
        with locked(cache() / "venv" / f"{name}-{python.series}.lock"):
            if not _complete(path):
                with step(f"Python environment '{name}' on Python {python.version} in {path}"):
                    _build(path, python, requirements, name)
    except PermissionError as exc:
        raise Failure(
            f"cannot write the cache: {exc}",
            cure="set BONDPROOF_CACHE to a folder that you may write",
        ) from exc
    return Venv(python, path)


def main() -> Venv:
    """Return the environment for everything but sanity on other cores and galaxy-importer."""
    return ensure("main", "tests/requirements.txt")
