# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet on disk: filled in a folder that says it is not complete, then sealed and renamed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .layout import ARCHIVE, INCOMPLETE, MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 20


class StoreError(Exception):
    """A packet cannot be written; the text names the place and the cure."""


class Store:
    """A packet that is being filled; what is in it survives even if nobody seals it."""

    def __init__(self, target: Path) -> None:
        """Begin the folder beside its final place; StoreError."""
        self.target = target
        self.folder = target.with_name(target.name + INCOMPLETE)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # What a collection left that died here is moved aside, never lost.
            _move_aside(self.folder)
            self.folder.mkdir(mode=0o700)
        except OSError as error:
            raise StoreError(_complaint(self.folder, error)) from error

    @classmethod
    def reopened(cls, target: Path) -> Store:
        """A copy of a sealed packet, to be changed and sealed in its place; StoreError."""
        store = cls(target)
        try:
            shutil.copytree(target, store.folder, dirs_exist_ok=True, symlinks=True)
        except (OSError, shutil.Error) as error:
            raise StoreError(f"{target}: cannot be copied: {error}") from error
        return store

    def put(self, name: str, content: bytes | str) -> None:
        """Add a file, whole or not at all; StoreError."""
        path = self.folder / name
        temporary = path.with_name(f".{path.name}.part")
        data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_bytes(data)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(_complaint(path, error)) from error

    def put_json(self, name: str, value: object) -> None:
        """Add plain data, laid out to be read by people."""
        self.put(name, json.dumps(value, indent=1, ensure_ascii=True) + "\n")

    def take(self, name: str, source: Path) -> None:
        """Move a file into the packet; StoreError."""
        try:
            shutil.move(source, self.folder / name)
        except (OSError, shutil.Error) as error:
            raise StoreError(f"{self.folder / name}: cannot be written: {error}") from error

    def drop(self, name: str) -> None:
        """Take a file out again, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def seal(self, mtime: int) -> Path:
        """Write the manifest, move the folder to its place, pack it; the path of the archive.

        mtime: seconds since 1970 for all that is in the archive, so that it follows from its
        content alone. StoreError.
        """
        archive = self.target.with_name(self.target.name + ARCHIVE)
        try:
            (self.folder / MANIFEST).write_text(manifest_of(self.folder), encoding="utf-8")
            former = self.target.with_name(f".{self.target.name}.former")
            shutil.rmtree(former, ignore_errors=True)
            if self.target.exists():
                self.target.rename(former)
            self.folder.rename(self.target)
            shutil.rmtree(former, ignore_errors=True)
            _pack(self.target, archive, mtime)
        except OSError as error:
            raise StoreError(_complaint(self.target, error)) from error
        return archive


def manifest_of(folder: Path) -> str:
    """Lines that sha256sum -c understands, one for each file but the manifest."""
    return "".join(f"{checksum(folder / name)}  {name}\n" for name in files_of(folder))


def files_of(folder: Path) -> list[str]:
    """The regular files below a folder, without the manifest; links are not followed."""
    found = []
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            if not path.is_symlink() and path.is_file() and relative != MANIFEST:
                found.append(relative)
    return sorted(found)


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pack(folder: Path, archive: Path, mtime: int) -> None:
    temporary = archive.with_name(f".{archive.name}.part")
    try:
        with (
            temporary.open("wb") as stream,
            gzip.GzipFile("", "wb", 6, stream, mtime=mtime) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            for name, info in _entries(folder, mtime):
                with (folder / name).open("rb") as content:
                    tar.addfile(info, content)
        temporary.replace(archive)
    finally:
        temporary.unlink(missing_ok=True)


def _entries(folder: Path, mtime: int) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Of nobody's account: whose it was on the controller concerns no reader."""
    for name in [*files_of(folder), MANIFEST]:
        info = tarfile.TarInfo(f"{folder.name}/{name}")
        info.size = (folder / name).stat().st_size
        info.mtime, info.mode = mtime, 0o600
        yield name, info


def _move_aside(folder: Path) -> None:
    if not folder.exists():
        return
    number = 1
    while (aside := folder.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    folder.rename(aside)


def _complaint(path: Path, error: OSError) -> str:
    return (
        f"{path}: cannot be written ({error.strerror or error}): make {path.parent} writable, "
        "free space there, or name another folder"
    )


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Plain data of a file; OSError, ValueError."""
    return json.loads(path.read_bytes())
