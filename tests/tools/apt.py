# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Debian packages that a step needs, installed by the step itself where it may."""

from __future__ import annotations

import shutil
import subprocess

from . import root
from .paths import cache
from .say import Failure, say, step

_updated = False


def _prefix(packages: list[str]) -> list[str]:
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Failure(
            f"this machine lacks {names} and has no apt-get",
            cure=f"install what Debian calls {names} with your own package manager",
        )
    return root.prefix(f"installing {names}", f"apt-get install {names}")


def _apt(prefix: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    command = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", *words]
    environ = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    done = subprocess.run(
        [*prefix, *environ, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log = cache() / "log" / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as out:
        out.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    return done


def _why(output: str, packages: list[str]) -> Failure:
    names = " ".join(packages)
    if "Could not get lock" in output:
        return Failure(
            "another apt or dpkg held its lock for five minutes", cure="let it end, then run again"
        )
    if "No space left" in output:
        return Failure(
            f"disk full while installing {names}", cure="df -h; free some space; run again"
        )
    if "Unable to locate package" in output:
        return Failure(
            f"no apt source of this machine has {names}",
            cure="enable the distribution's full archive (Ubuntu: add-apt-repository universe)",
        )
    if "Temporary failure resolving" in output or "Could not connect" in output:
        return Failure(
            f"no network for apt while installing {names}", cure="check the network or apt's proxy"
        )
    tail = "\n".join(output.strip().splitlines()[-8:])
    return Failure(f"apt-get install {names} failed:\n{tail}", cure=f"apt-get install {names}")


def install(packages: list[str]) -> None:
    """Install packages; refresh the package lists at most once in a run."""
    global _updated  # noqa: PLW0603 - the lists are refreshed once per process
    if not packages:
        return
    prefix = _prefix(packages)
    with step(f"apt-get install {' '.join(packages)}"):
        if not _updated:
            say("    refreshing the package lists")
            _apt(prefix, "update")  # a broken third-party source must not stop us; install decides
            _updated = True
        done = _apt(prefix, "install", "--no-install-recommends", *packages)
        if done.returncode != 0:
            raise _why(done.stdout, packages)


def need(commands: dict[str, str]) -> None:
    """Install the packages of those commands that are missing: {command: package}."""
    install(sorted({pkg for cmd, pkg in commands.items() if shutil.which(cmd) is None}))
