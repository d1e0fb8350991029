# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plain Debian 13 as controller: what its own packages can do, without pip."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from lab import image, recipe
from lab.aptsources import debian_mirror
from lab.say import say, step

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("ansible-core", "python3-jmespath", "python3-netaddr")
COLLECTION = "usr/share/ansible/collections/ansible_collections/bondproof/lacp"
WORK = "work"
# Runs in a mount namespace of its own, so that no mount outlives it.
_ENTER = """
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind "$2" "$1/$3"
mount -o remount,bind,ro "$1/$3"
mount --bind "$4" "$1/$5"
cd /
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 \\
    chroot "$1" sh -c "cd /$5 && $6"
"""


def stamp() -> str:
    """Name what the root is made of."""
    text = repr((recipe.SUITE, PACKAGES, recipe.NOT_UNPACKED))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def root() -> Path:
    """Return the root file system, built when it is not there; a broken build is done again."""
    cache = image.cache_folder().parent / "debian"
    cache.mkdir(parents=True, exist_ok=True)
    final, part = cache / stamp(), cache / f"{stamp()}.part"
    with image.builder_lock(cache):
        if final.is_dir():
            say(f"Debian's own ansible-core: reused ({final.name})")
            return final
        shutil.rmtree(part, ignore_errors=True)
        mirror = debian_mirror(image.apt_sources(), os.environ)
        with step("Debian 13 with its own ansible-core (about 30 s and 190 MB)"):
            image.bootstrap(part, mirror, cache / "mmdebstrap.log", PACKAGES)
        for folder in (COLLECTION, WORK):
            (part / folder).mkdir(parents=True)
        part.rename(final)
    return final


def run(
    place: Path, collection: Path, work: Path, command: str
) -> subprocess.CompletedProcess[str]:
    """Run a shell command in the root, in the folder `work`, with the collection installed."""
    enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh"]
    given = [str(place), str(collection), COLLECTION, str(work), WORK, command]
    return subprocess.run(
        [*enter, *given], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
