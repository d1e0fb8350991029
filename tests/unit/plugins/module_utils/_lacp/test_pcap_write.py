# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pcapng files that we write open in our reader, in tcpdump and in tshark."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_write import (
    interface_block,
    packet_block,
    section_header,
)

from .wire import HOST, OURS, SWITCH, T0, THEIRS, Source, ethernet, lacpdu, octets

if TYPE_CHECKING:
    from pathlib import Path

SENT = ethernet(lacpdu(OURS, THEIRS), HOST)
RECEIVED = ethernet(lacpdu(THEIRS, OURS), SWITCH, tags=[(0x8100, 5)])
FRAMES = [
    (0, T0 + 123_456_789, SENT, "out"),
    (1, T0 + 10**9 + 1, RECEIVED, "in"),
    (0, T0 + 2 * 10**9, RECEIVED, ""),
]
FILE = b"".join(
    (
        section_header("bondproof.lacp"),
        interface_block("eno1", "member of bond0", octets(HOST)),
        interface_block("enp5s0f1"),
        *(packet_block(n, t, frame, direction=d) for n, t, frame, d in FRAMES),
        packet_block(1, T0 + 3 * 10**9, SENT[:60], direction="out", original=124),
    )
)


def test_our_reader_reads_it() -> None:
    capture = Capture(Source(FILE).read_into)
    found = [packet for packet, _envelope in capture.slow_frames()]
    assert [(p.interface, p.utc_ns, p.data, p.direction) for p in found[:3]] == FRAMES
    assert (len(found[3].data), found[3].original) == (60, 124)
    assert [i.name for i in capture.interfaces] == ["eno1", "enp5s0f1"]
    assert capture.notes == []


def run(path: Path, *command: str) -> list[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: apt-get install {command[0]}")
    path.write_bytes(FILE)
    done = subprocess.run([*command], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_tcpdump_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcapng"
    lines = run(path, "tcpdump", "--nano", "-tt", "-n", "-r", str(path))
    times = [line.split()[0] for line in lines if not line.startswith("\t")]
    assert times == [
        "1700000000.123456789",
        "1700000001.000000001",
        "1700000002.000000000",
        "1700000003.000000000",
    ]
    assert sum("LACPv1" in line for line in lines) == 4


def test_tshark_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcapng"
    fields = ["frame.interface_name", "frame.packet_flags_direction", "frame.time_epoch"]
    wanted = [word for name in (*fields, "lacp.actor.state") for word in ("-e", name)]
    lines = run(path, "tshark", "-r", str(path), "-Y", "lacp", "-T", "fields", *wanted)
    assert [line.split("\t") for line in lines] == [
        ["eno1", "0x00000002", "1700000000.123456789", "0x3f"],
        ["enp5s0f1", "0x00000001", "1700000001.000000001", "0x3f"],
        ["eno1", "", "1700000002.000000000", "0x3f"],
        ["enp5s0f1", "0x00000002", "1700000003.000000000", "0x3f"],
    ]
