# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a live capture: pcapng that is always whole, and the FIFO that shows progress."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host.capture_bond import (
    CaptureRefused,
    find_bond,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._host.capture_writer import (
    CaptureWriter,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._host.packet_socket import Heard
from ansible_collections.bondproof.lacp.plugins.module_utils._host.progress import Progress
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture
from ansible_collections.bondproof.lacp.plugins.module_utils._module.capture import (
    ARGUMENTS,
    listen,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FRAME = bytes.fromhex("0180c20000020200000000018809") + bytes([1, 1]) + bytes(108)
MAC = "02:00:00:00:00:01"


def read(path: Path) -> tuple[Capture, list[str]]:
    capture = Capture(io.BytesIO(path.read_bytes()).readinto)
    frames = [
        f"{capture.interfaces[packet.interface].name} {packet.direction} {packet.utc_ns}"
        for packet, _envelope in capture.slow_frames()
    ]
    return capture, frames


@contextmanager
def no_file_larger_than(octets: int) -> Iterator[None]:
    """Let the kernel refuse to write on (EFBIG), as a full disk would (ENOSPC)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    writer = CaptureWriter(str(path), "test")
    writer.interface("eno1", MAC)
    writer.add("eno2", MAC, Heard(1_800_000_000_123_456_789, True, FRAME))
    writer.add("eno1", MAC, Heard(1_800_000_001_000_000_001, False, FRAME))
    writer.close()
    capture, frames = read(path)
    assert frames == ["eno2 out 1800000000123456789", "eno1 in 1800000001000000001"]
    assert (capture.notes, writer.note, writer.frames) == ([], "", 2)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_reaches_its_limit_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    writer = CaptureWriter(str(path), "test", largest=1000)
    for at in range(50):
        writer.add("eno1", MAC, Heard(at, True, FRAME))
    writer.close()
    capture, frames = read(path)
    assert capture.notes == []
    assert 0 < len(frames) == writer.frames < 50
    assert path.stat().st_size <= 1000
    assert "1000 octets, the most it may have" in writer.note


def test_a_disk_that_is_full_leaves_whole_blocks(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    writer = CaptureWriter(str(path), "test")
    with no_file_larger_than(1500):
        for at in range(50):
            writer.add("eno1", MAC, Heard(at, True, FRAME))
            if at % 3 == 0:
                writer.flush()
    writer.close()
    capture, frames = read(path)
    assert capture.notes == []
    assert 0 < len(frames) == writer.frames < 50
    assert "could not be written on: File too large" in writer.note


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    (tmp_path / "x").symlink_to(tmp_path / "there")
    with pytest.raises(OSError, match="symbolic link"):
        CaptureWriter(str(tmp_path / "x"), "test")
    assert (tmp_path / "there").read_text() == "precious"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        CaptureWriter(str(tmp_path / "none" / "x"), "test")


def test_progress_goes_to_whoever_reads(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    progress = Progress(str(fifo))
    progress.tell({"nobody": "reads"})
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    progress.tell({"elapsed_s": 2.0})
    assert json.loads(os.read(reader, 4096)) == {"elapsed_s": 2.0}
    progress.end()
    assert json.loads(os.read(reader, 4096)) == {"done": True}
    os.close(reader)


@pytest.mark.parametrize("kind", ["", "missing", "file"])
def test_progress_writes_into_fifos_only(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    if kind == "file":
        path.write_text("precious")
    progress = Progress(str(path) if kind else "")
    progress.tell({"elapsed_s": 2.0})
    progress.end()
    assert path.exists() == (kind == "file")
    assert kind != "file" or path.read_text() == "precious"


@pytest.mark.parametrize("name", ["bond9x", "../etc", "", ".", "a/b"])
def test_a_bond_that_is_not_there(name: str) -> None:
    with pytest.raises(CaptureRefused, match="this host has no bond"):
        find_bond(name)


def test_an_interface_that_is_no_bond() -> None:
    with pytest.raises(CaptureRefused, match="'lo' is not a bond"):
        find_bond("lo")


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("duration", 0.0, "duration is 0: give 0.1 to 86400"),
        ("duration", 1e6, "duration is 1e\\+06"),
        ("interval", 0.01, "interval is 0.01: give 0.1 to 60"),
        ("count", -1, "count is -1: give 0 to"),
    ],
)
def test_options_out_of_range_are_named(option: str, value: float, text: str) -> None:
    options = {name: spec.get("default") for name, spec in ARGUMENTS.items()}
    with pytest.raises(CaptureRefused, match=text):
        listen({**options, "bond": "bond0", option: value}, writes=False)
