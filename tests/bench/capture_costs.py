# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_pcap_info beside tcpdump, dpkt and tshark, on a large capture with few LACPDUs.

Each figure is CPU time, the least of several turns that the programs take one after the other:
what the machine does besides can only lengthen a turn.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import measure
from .measure import Cost, Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOP = Path(__file__).resolve().parents[2]
REQUIREMENTS = TOP / "tests/requirements-bench.txt"
LARGE = 1_000_000_000
SMALL = 250_000_000
TINY = 50_000_000  # for tshark
ROUNDS = 7
EVERY = 1000  # one frame in so many is a LACPDU
# Frame sizes without FCS in the proportions of the 'simple IMIX': 7 small, 4 medium, 1 large.
IMIX = (60,) * 7 + (594,) * 4 + (1514,)
OTHER_SIZES = {
    "any size": tuple(range(60, 1515)),
    "60 to 100 octets": tuple(range(60, 101)),
    "60 octets": (60,),
}

OURS = """
import json, sys
from ansible_collections.bondproof.lacp.plugins.module_utils._host.capture_file import CaptureFile
from ansible_collections.bondproof.lacp.plugins.module_utils._module.pcap_info import read
with CaptureFile(sys.argv[1]) as file:
    print(json.dumps(read(file, [])[0]))
"""
DPKT = """
import sys, dpkt
with open(sys.argv[1], "rb") as file:
    print(sum(dpkt.ethernet.Ethernet(frame).type == 0x8809 for _, frame in dpkt.pcap.Reader(file)))
"""
DPKT_RECORDS = """
import sys, dpkt
with open(sys.argv[1], "rb") as file:
    print(sum(frame[12:14] == bytes((0x88, 9)) for _, frame in dpkt.pcap.Reader(file)))
"""


def lacpdu(number: int) -> bytes:
    """Two ends in turn, fast and healthy."""
    ends = [
        struct.pack("!H6sHHHB3x", 32768, bytes((2, 0, 0, 0, 0, n)), 15, 255, n, 63) for n in (1, 2)
    ]
    if number % 2:
        ends.reverse()
    pdu = b"\x01\x01\x01\x14" + ends[0] + b"\x02\x14" + ends[1] + b"\x03\x10"
    source = bytes((0, 0x1B, 0x21, 0, 0, 1 + number % 2))
    return b"\x01\x80\xc2\x00\x00\x02" + source + b"\x88\x09" + pdu.ljust(110, b"\0")


class Traffic:
    """TCP and UDP segments of many flows, with sequence numbers that go on."""

    FLOWS = 64
    _IP = struct.Struct("!BBHHHBBH4s4s")

    def __init__(self, choice: random.Random) -> None:
        self._payload = choice.randbytes(4096)
        self._next = [choice.getrandbits(30) for _flow in range(self.FLOWS)]

    def frame(self, flow: int, size: int) -> bytes:
        """An Ethernet frame of that size."""
        is_tcp = flow % 4 > 0
        data = size - (54 if is_tcp else 42)
        ends = bytes((10, 0, 0, flow)), bytes((10, 0, 1, flow))
        ip = self._IP.pack(0x45, 0, size - 14, flow, 0x4000, 64, 6 if is_tcp else 17, 0, *ends)
        sequence = self._next[flow]
        self._next[flow] = sequence + data & 0xFFFFFFFF
        if is_tcp:
            segment = struct.pack("!HHIIBBHHH", 5001, 40000 + flow, sequence, 1, 80, 16, 500, 0, 0)
        else:
            segment = struct.pack("!HHHH", 40000, 50000 + flow, size - 34, 0)
        start = sequence % 2048
        head = b"\x00\x1b\x21\xaa\xbb\xcc\x52\x54\x00\x11\x22\x33\x08\x00"
        return head + ip + segment + self._payload[start : start + data]


def write_capture(path: Path, octets: int, sizes: Sequence[int]) -> int:
    """A capture of that size; how many LACPDUs are in it. The same each time."""
    choice = random.Random(octets)  # noqa: S311 - not for secrets
    traffic = Traffic(choice)
    done, count, written = 0, 0, 24
    with path.open("wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        while written < octets:
            done += 1
            if done % EVERY:
                size = sizes[int(choice.random() * len(sizes))]
                frame = traffic.frame(int(choice.random() * traffic.FLOWS), size)
            else:
                frame = lacpdu(count)
                count += 1
            second, rest = divmod(done * 500, 1_000_000)
            size = len(frame)
            file.write(struct.pack("<IIII", 1_700_000_000 + second, rest, size, size) + frame)
            written += 16 + size
    return count


def host_python() -> str:
    """What Ansible runs modules with on a host: the distribution's Python, if it is new enough."""
    system = "/usr/bin/python3"
    check = "import sys; sys.exit(sys.version_info < (3, 9))"
    if Path(system).exists() and subprocess.run([system, "-c", check], check=False).returncode == 0:
        return system
    return sys.executable


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is not installed: apt-get install {name}")
    return path


def _dpkt(work: Path) -> Path:
    """A folder with dpkt in it, and with nothing else that could change the other programs."""
    target = work / "dpkt"
    if not target.is_dir():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "-t", str(target)]
        subprocess.run([*command, "-r", str(REQUIREMENTS)], check=True)
    return target


def commands() -> dict[str, list[str]]:
    """Each of them reads the capture that is its last word."""
    return {
        "lacp_pcap_info": [host_python(), "-c", OURS],
        "tcpdump": [_tool("tcpdump"), "-Z", "root", "-w", "-", "ether", "proto", "0x8809", "-r"],
        "dpkt": [host_python(), "-c", DPKT],
        "dpkt, records only": [host_python(), "-c", DPKT_RECORDS],
        "tshark": [_tool("tshark"), "-Y", "lacp", "-r"],
    }


def _run(name: str, command: Sequence[str], capture: Path, work: Path) -> Cost:
    env = {**os.environ, "PYTHONPATH": f"{TOP / 'build/collections'}:{_dpkt(work)}"}
    return measure.run([*command, str(capture)], env=env, log=work / f"capture-{name}.log")


def best(work: Path, capture: Path, names: Sequence[str], rounds: int) -> dict[str, float]:
    """CPU seconds of each program on a capture: the best of its turns."""
    found: dict[str, float] = {}
    every = commands()
    for _turn in range(rounds):
        for name in names:
            seconds = _run(name, every[name], capture, work).cpu_s
            found[name] = min(seconds, found.get(name, seconds))
    return found


def _counted(work: Path) -> int:
    """LACPDUs that lacp_pcap_info saw in its last run."""

    result = json.loads((work / "capture-lacp_pcap_info.log").read_text())
    return sum(int(lane["count"]) for lane in result["lanes"])


def measurements(work: Path) -> Iterator[Measurement]:
    large, small = work / "large.pcap", work / "small.pcap"
    try:
        yield from _against_others(work, large, small)
        for name, sizes in OTHER_SIZES.items():
            write_capture(large, LARGE, sizes)
            found = best(work, large, ("lacp_pcap_info", "tcpdump"), ROUNDS)
            ratio = found["lacp_pcap_info"] / found["tcpdump"]
            yield figure(f"lacp_pcap_info / tcpdump, frames of {name}", ratio, "ratio")
    finally:
        large.unlink(missing_ok=True)
        small.unlink(missing_ok=True)


def _against_others(work: Path, large: Path, small: Path) -> Iterator[Measurement]:
    expected = write_capture(large, LARGE, IMIX)
    write_capture(small, SMALL, IMIX)
    found = best(work, large, ("lacp_pcap_info", "tcpdump"), ROUNDS)
    if _counted(work) != expected:
        raise RuntimeError(f"lacp_pcap_info saw {_counted(work)} LACPDUs, not {expected}")
    ours = found["lacp_pcap_info"]
    yield figure("lacp_pcap_info, 1 GB capture", ours, "s")
    yield figure("tcpdump -w, 1 GB capture", found["tcpdump"], "s")
    yield at_most("lacp_pcap_info / tcpdump, 1 GB", ours / found["tcpdump"], "ratio", 1.5)
    peak = _run("lacp_pcap_info", commands()["lacp_pcap_info"], large, work).peak_kib
    yield at_most("lacp_pcap_info, peak memory", peak / 1024, "MiB", 95)
    quarter = best(work, small, ("lacp_pcap_info",), ROUNDS)["lacp_pcap_info"]
    yield at_most("lacp_pcap_info, 1 GB / 250 MB", ours / quarter, "ratio", 4.4)
    slow = best(work, small, ("dpkt", "dpkt, records only"), 1)
    yield at_most("lacp_pcap_info / dpkt, 250 MB", quarter / slow["dpkt"], "ratio", 1 / 10)
    records = quarter / slow["dpkt, records only"]
    yield figure("lacp_pcap_info / dpkt without decoding, 250 MB", records, "ratio")
    write_capture(small, TINY, IMIX)
    found = best(work, small, ("lacp_pcap_info", "tshark"), 2)
    ratio = found["lacp_pcap_info"] / found["tshark"]
    yield at_most("lacp_pcap_info / tshark, 50 MB", ratio, "ratio", 1 / 40)
