# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root file system and the kernels: built once, verified, reused."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab import recipe
from lab.aptsources import debian_mirror
from lab.errors import LabError
from lab.say import say, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UNUSED_SECONDS = 30 * 24 * 3600
_KEY_FILES = (
    "usr/bin/linux.uml", "usr/bin/python3.13", "usr/lib/systemd/systemd", "usr/sbin/sshd",
    "etc/passwd", "root/.ssh/authorized_keys",
)  # fmt: skip


def cache_folder() -> Path:
    """Return where downloads and builds live, outside any work tree."""
    named = os.environ.get("BONDPROOF_CACHE")
    if named:
        return Path(named) / "lab"
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "bondproof-lacp" / "lab"


@dataclass(frozen=True)
class Image:
    """A built image: folder root/, key, key.pub, manifest.json."""

    folder: Path
    kernels: dict[str, str]

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def aside(self) -> Path:
        """Packages unpacked beside the root, for hosts that want them (recipe.ASIDE)."""
        return self.folder / "aside"

    @property
    def key(self) -> Path:
        return self.folder / "key"

    def kernel(self, version: str) -> str:
        """Return the path of a kernel's binary inside the root."""
        if version in self.kernels:
            return self.kernels[version]
        raise LabError(
            f"no kernel {version} in the lab's image (it has {', '.join(self.kernels)}). "
            f"Cure: python -m lab setup --kernel {version}",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified() -> Image | None:
    """Return the image of today's recipe, None when there is none or it is not whole."""
    folder = cache_folder() / recipe.stamp()
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for path, digest in manifest["sha256"].items():
            if _digest(folder / path) != digest:
                say(f"{folder / path} is not what was built")
                return None
        os.utime(folder / "manifest.json")
        return Image(folder, dict(manifest["kernels"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def require() -> Image:
    """Return the image, or say how to get one."""
    image = verified()
    if image is None:
        raise LabError("the lab's root file system is not built. Cure: python -m lab setup")
    return image


def build(kernel: str = "") -> Image:
    """Return the image, building it when it is not there; `kernel` must be in it."""
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with builder_lock(cache):
        image = verified()
        if image is None or (kernel and kernel not in image.kernels):
            image = _build(cache)
        else:
            say(f"root file system: verified, reused ({image.folder.name})")
    if kernel:
        image.kernel(kernel)
    return image


@contextmanager
def builder_lock(cache: Path) -> Iterator[None]:
    """Let one build at a time run; a second one waits and then finds the image ready."""
    with (cache / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build is running: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(cache: Path) -> Image:
    final = cache / recipe.stamp()
    part = cache / f"{recipe.stamp()}.part"
    for leftover in (*cache.glob("*.part"), final):
        if leftover.exists():
            shutil.rmtree(leftover)
    part.mkdir()
    mirror = debian_mirror(apt_sources(), os.environ)
    say(f"Debian archive: {mirror}")
    _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(part / "key")])
    with step("root file system (Debian 13, about 30 s and 450 MB)"):
        bootstrap(part / "root", mirror, part / "mmdebstrap.log")
    kernels = {"6.12": "/usr/bin/linux.uml"}
    with step("kernel 6.1 and packages that lie aside"):
        _other_kernel(part, mirror, "6.1", kernels)
        for package in recipe.ASIDE:
            deb = _download(part, mirror, recipe.SUITE, package)
            aside = part / "aside" / package
            aside.mkdir(parents=True)
            _run(["dpkg-deb", "-x", str(deb), str(aside)])
            (aside / recipe.MADE_EXECUTABLE[package]).chmod(0o755)
    _finish_root(part / "root", (part / "key.pub").read_text(encoding="utf-8"))
    shutil.rmtree(part / "apt", ignore_errors=True)
    paths = [f"root/{path}" for path in _KEY_FILES] + ["key", "key.pub"]
    paths += [f"root{path}" for path in kernels.values()]
    manifest: dict[str, Any] = {
        "recipe": recipe.stamp(),
        "kernels": kernels,
        "sha256": {path: _digest(part / path) for path in sorted(set(paths))},
    }
    (part / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    part.rename(final)
    _drop_unused(cache)
    return Image(final, kernels)


def _drop_unused(cache: Path) -> None:
    """Delete images of other recipes that nobody has used for a month."""
    for manifest in cache.glob("*/manifest.json"):
        if time.time() - manifest.stat().st_mtime > _UNUSED_SECONDS:
            say(f"deleting the image {manifest.parent.name}, unused for a month")
            shutil.rmtree(manifest.parent)


def apt_sources() -> dict[str, str]:
    folder = Path("/etc/apt/sources.list.d")
    paths = [Path("/etc/apt/sources.list"), *folder.glob("*.list"), *folder.glob("*.sources")]
    return {str(path): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def _run(command: list[str], log: Path | None = None, cwd: Path | None = None) -> str:
    """Run a command; its failure is a LabError with the end of what it said."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        env=environment,
        cwd=cwd,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if log:
        log.write_text(done.stdout, encoding="utf-8")
    if done.returncode:
        raise LabError(
            f"{' '.join(command)[:120]} failed ({done.returncode}):\n{done.stdout[-1500:]}\n"
            "Cure: mend what it names, then run setup again",
        )
    return done.stdout


def _proxies() -> list[str]:
    """Return the machine's own apt proxies as options: the chroot's apt knows nothing of them."""
    lines = _run(["apt-config", "dump"]).splitlines()
    return [line for line in lines if line.startswith("Acquire::") and "proxy" in line.lower()]


def bootstrap(
    root: Path, mirror: str, log: Path, packages: Iterable[str] = recipe.PACKAGES
) -> None:
    """Unpack Debian 13 with some packages into a folder that is not there yet."""
    # A setup that is killed takes all of this with it: no orphan writes into the next build.
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"]
    command += ["--pid", "--mount-proc", "--fork", "--kill-child", "mmdebstrap", "--mode=root"]
    command += ["--variant=minbase", f"--include={','.join(packages)}"]
    command += ["--aptopt=APT::Install-Recommends false"]
    command += [f"--aptopt={line}" for line in _proxies()]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in recipe.NOT_UNPACKED]
    command += [
        recipe.SUITE,
        str(root),
        f"deb [signed-by={recipe.KEYRING}] {mirror} {recipe.SUITE} main",
    ]
    _run(command, log)


def _download(part: Path, mirror: str, suite: str, package: str) -> Path:
    """Fetch one package of a suite with an apt state of its own; return the .deb."""
    work = part / "apt" / suite
    for folder in ("lists/partial", "cache/archives/partial", package):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "sources.list").write_text(
        f"deb [signed-by={recipe.KEYRING}] {mirror} {suite} main\n", encoding="utf-8"
    )
    options = [
        f"Dir::State::Lists={work}/lists",
        f"Dir::Cache={work}/cache",
        f"Dir::Etc::sourcelist={work}/sources.list",
        "Dir::Etc::sourceparts=-",
        "APT::Architecture=amd64",
        "APT::Sandbox::User=root",
        "APT::Get::List-Cleanup=false",
    ]
    apt = ["apt-get", "-q", *(word for option in options for word in ("-o", option))]
    if not any((work / "lists").glob("*Packages*")):
        _run([*apt, "update"])
    _run([*apt, "download", package], cwd=work / package)
    return next((work / package).glob("*.deb"))


def _other_kernel(part: Path, mirror: str, version: str, kernels: dict[str, str]) -> None:
    """Lay kernel and modules of another suite's package into the root."""
    try:
        deb = _download(part, mirror, recipe.KERNEL_SUITES[version], "user-mode-linux")
    except LabError as error:
        say(f"no kernel {version}, the lab works without it: {error}")
        return
    unpacked = part / "apt" / "uml"
    _run(["dpkg-deb", "-x", str(deb), str(unpacked)])
    place = part / "root" / "usr/lib/uml"
    for release in (unpacked / "usr/lib/uml/modules").iterdir():
        release.rename(place / "modules" / release.name)
    (place / version).mkdir()
    (unpacked / "usr/bin/linux.uml").rename(place / version / "linux.uml")
    kernels[version] = f"/usr/lib/uml/{version}/linux.uml"


def _finish_root(root: Path, public_key: str) -> None:
    """Make the unpacked root bootable as any host of the lab."""
    (root / "lab").mkdir()
    (root / "usr/lib/modules").mkdir(exist_ok=True)
    for release in (root / "usr/lib/uml/modules").iterdir():
        (root / "usr/lib/modules" / release.name).symlink_to(f"../uml/modules/{release.name}")
        if not (release / "modules.dep").exists():
            _run(["chroot", str(root), "depmod", release.name])
    for path, text in recipe.FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text(text, encoding="utf-8")
    for path, destination in recipe.LINKS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(destination)
    units = root / "etc/systemd/system"
    # iterdir, not glob: seen from here these links lead nowhere, and glob would pass them over.
    for folder in [entry for entry in units.iterdir() if entry.is_dir()]:
        for link in folder.iterdir():
            if link.name in recipe.DISABLED:
                link.unlink()
    for name in recipe.MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")
    _run(["chroot", str(root), "useradd", "-m", "-s", "/bin/bash", recipe.USER])
    for home, owner in (("root", "root"), (f"home/{recipe.USER}", recipe.USER)):
        folder = root / home / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "authorized_keys").write_text(public_key, encoding="utf-8")
        _run(["chroot", str(root), "chown", "-R", f"{owner}:", f"/{home}/.ssh"])
