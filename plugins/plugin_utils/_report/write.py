# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files written whole or not at all, and only where their content changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CHUNK = 1 << 16


class WriteError(Exception):
    """A file of the report could not be written; the text names it and the cure."""


def differs(path: Path, chunks: Iterable[str]) -> bool:
    """Whether writing the chunks would change the file."""
    try:
        with path.open("rb") as stream:
            for chunk in chunks:
                data = chunk.encode()
                if stream.read(len(data)) != data:
                    return True
            return stream.read(1) != b""
    except OSError:
        return True


def write_whole(path: Path, chunks: Iterable[str]) -> bool:
    """Write the file beside its place, then move it there; False if it already was the same."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb", _CHUNK) as stream:
            stream.writelines(chunk.encode() for chunk in chunks)
        if _same(temporary, path):
            return False
        temporary.replace(path)
    except OSError as error:
        raise WriteError(_complaint(path, error)) from error
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _same(one: Path, other: Path) -> bool:
    try:
        if one.stat().st_size != other.stat().st_size:
            return False
        with one.open("rb") as left, other.open("rb") as right:
            while chunk := left.read(_CHUNK):
                if right.read(_CHUNK) != chunk:
                    return False
    except FileNotFoundError:
        return False
    return True


def _complaint(path: Path, error: OSError) -> str:
    return (
        f"{path}: cannot be written ({error.strerror}): make {path.parent} writable "
        "or name another report folder"
    )


def point_latest(folder: Path) -> str | None:
    """Let 'latest' beside a run folder point to it; returns why not, if it could not.

    Run folders are named by UTC, so an older run that is reported again does not take it over.
    """
    link = folder.parent / "latest"
    if link.is_symlink():
        now = str(link.readlink())
        if now == folder.name or (now > folder.name and (folder.parent / now).is_dir()):
            return None
    elif link.exists():
        return f"{link} is not a symlink, so it was left alone: move it away"
    temporary = folder.parent / f".latest.{os.getpid()}"
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(folder.name)
        temporary.replace(link)
    except OSError as error:
        return f"{link} could not be set ({error.strerror})"
    return None
