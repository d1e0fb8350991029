# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Captures on disk, plain and compressed, whole and damaged."""

from __future__ import annotations

import gzip
import lzma
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host.capture_file import (
    CaptureFile,
    CaptureFileError,
)

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"".join(i.to_bytes(4, "little") for i in range(300_000))
PACKED = {
    "plain": (CONTENT, ""),
    "gzip": (gzip.compress(CONTENT), "gzip"),
    "several gzip members": (gzip.compress(CONTENT[:999]) + gzip.compress(CONTENT[999:]), "gzip"),
    "xz": (lzma.compress(CONTENT), "xz"),
    "several xz streams": (lzma.compress(CONTENT[:999]) + lzma.compress(CONTENT[999:]), "xz"),
    "gzip with padding": (gzip.compress(CONTENT) + bytes(512), "gzip"),
}


def read(file: CaptureFile) -> bytes:
    parts = []
    view = memoryview(bytearray(50_000))
    while count := file.read_into(view):
        parts.append(bytes(view[:count]))
    return b"".join(parts)


@pytest.mark.parametrize("name", PACKED)
def test_whole_files(tmp_path: Path, name: str) -> None:
    data, compression = PACKED[name]
    path = tmp_path / "file"
    path.write_bytes(data)
    with CaptureFile(str(path)) as file:
        assert (file.compression, read(file), file.damage) == (compression, CONTENT, "")


@pytest.mark.parametrize("name", ["gzip", "xz"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cut_files_give_what_is_whole(tmp_path: Path, name: str, share: float) -> None:
    data = PACKED[name][0]
    path = tmp_path / "file"
    path.write_bytes(data[: int(len(data) * share)])
    with CaptureFile(str(path)) as file:
        found = read(file)
        assert CONTENT.startswith(found)
        assert len(found) > len(CONTENT) * share / 2
        assert file.damage == "the compressed data end too early"


@pytest.mark.parametrize("name", ["gzip", "xz"])
def test_damaged_files_give_what_came_before(tmp_path: Path, name: str) -> None:
    data = bytearray(PACKED[name][0])
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    path = tmp_path / "file"
    path.write_bytes(bytes(data))
    with CaptureFile(str(path)) as file:
        found = read(file)
        assert 0 < len(found) <= len(CONTENT)
        assert file.damage.startswith("the compressed data are damaged: ")


def test_a_bomb_is_unpacked_in_small_pieces(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(lzma.compress(bytes(50_000_000)))
    view = memoryview(bytearray(1000))
    with CaptureFile(str(path)) as file:
        assert [file.read_into(view) for _turn in range(5)] == [1000] * 5


@pytest.mark.parametrize(("size", "damaged"), [(1.0, False), (0.5, True)])
def test_zstd(tmp_path: Path, size: float, damaged: bool) -> None:  # noqa: FBT001 - a table
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not installed: apt-get install zstd")
    path, target = tmp_path / "file.zst", tmp_path / "unpacked"
    packed = subprocess.run(["zstd", "-c"], input=CONTENT, capture_output=True, check=True).stdout
    path.write_bytes(packed[: int(len(packed) * size)])

    def unpack(packed: str) -> tuple[str, str]:
        with target.open("wb") as out:
            done = subprocess.run(["zstd", "-dcq", packed], stdout=out, check=False)
        return str(target), "it is damaged" if done.returncode else ""

    with CaptureFile(str(path), unpack) as file:
        found = read(file)
        assert file.compression == "zstd"
        assert CONTENT.startswith(found)
        assert (len(found) < len(CONTENT)) == damaged
        assert bool(file.damage) == damaged


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CaptureFileError, match=r"none cannot be opened: No such file"):
        CaptureFile(str(tmp_path / "none"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CaptureFileError, match=r"cannot be opened: Is a directory"):
        CaptureFile(str(tmp_path))


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with CaptureFile(str(path)) as file:
        assert read(file) == b""
