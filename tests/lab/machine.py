# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this machine must have for the lab, and the command that cures what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.say import say, step

# A file or command that shows a package is there -> the package.
PACKAGES = {
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "dpkg-deb": "dpkg",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}


@dataclass(frozen=True)
class Missing:
    """Something the lab needs and this machine lacks."""

    what: str
    cure: str


def _absent_packages() -> list[str]:
    absent = []
    for thing, package in PACKAGES.items():
        there = Path(thing).exists() if thing.startswith("/") else shutil.which(thing)
        if not there and package not in absent:
            absent.append(package)
    return absent


def missing() -> list[Missing]:
    """Return all that is missing, packages included."""
    found = cannot_be_installed()
    absent = _absent_packages()
    if absent:
        cure = f"apt-get install {' '.join(absent)}   (make setup does it)"
        found.append(Missing(f"packages {', '.join(absent)}", cure))
    return found


def cannot_be_installed() -> list[Missing]:
    """Return what no package brings."""
    found = []
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        found.append(
            Missing(
                f"x86-64 Linux (this is {platform.system()} {platform.machine()})",
                "use such a machine: Debian packages User-Mode Linux for it only",
            )
        )
    if os.geteuid() != 0:
        found.append(Missing("root (for taps, namespaces and chroot)", "run it with sudo"))
    if not Path("/dev/net/tun").exists():
        found.append(
            Missing(
                "/dev/net/tun",
                "modprobe tun; in a container: pass the device in (--device /dev/net/tun)",
            )
        )
    if not shutil.which("apt-get"):
        found.append(Missing("apt-get", "use Debian or Ubuntu"))
    return found


def install_packages() -> None:
    """Install the apt packages that are absent; LabError names what cannot be cured here."""
    rest = cannot_be_installed()
    if rest:
        raise LabError("; ".join(f"missing: {item.what}. Cure: {item.cure}" for item in rest))
    absent = _absent_packages()
    if not absent:
        return
    with step(f"apt packages {' '.join(absent)}"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *absent]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            say("apt-get install failed, refreshing the package lists first")
            subprocess.run(["apt-get", "update", "-q"], env=environment, check=False)
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise LabError(
                f"apt-get install {' '.join(absent)} failed: {done.stderr.strip()[-400:]}. "
                "Cure: run it by hand and mend what it names",
            )
