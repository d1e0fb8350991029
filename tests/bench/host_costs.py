# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_audit costs on a host: beside what any module costs, and as bonds grow."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from unit.plugins.module_utils._lacp.netlink_bytes import Kernel

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import save

from . import measure
from .measure import Measurement, at_most, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
ONCE = Path(__file__).with_name("audit_once.py")
SNAPSHOT = TOP / "tests/fixtures/snapshots/healthy-2.json"
TURNS = 15
# pyroute2's import took 130 ms on real hardware, where the audit may take 60: the same share here.
PYROUTE2_SHARE = 60 / 130


def payload(path: Path) -> Path:
    """A zip of our sources, as Ansible packs them."""
    base = Path("ansible_collections/bondproof/lacp/plugins/module_utils")
    parts = ("_lacp", "_lacp/rules", "_host", "_module")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for folder in [*reversed(base.parents[:-1]), base, *(base / part for part in parts)]:
            packed.writestr(f"{folder}/__init__.py", "")
        for part in parts:
            for source in sorted((TOP / "plugins/module_utils" / part).glob("[!_]*.py")):
                packed.write(source, base / part / source.name)
    return path


def _bulk(n: int) -> list[tuple[int, bytes]]:
    """IFLA_STATS64 and IFLA_AF_SPEC: most of the 1.3 KB that a kernel says of an interface."""
    return [(23, struct.pack("=25Q", *(n * n * at for at in range(25)))), (26, bytes(1000))]


def large(path: Path, members: int, vlans: int) -> Path:
    """A host with one healthy bond of so many members, and VLANs on it."""
    kernel = Kernel()
    port = [(1, (1, 0)), (2, (1, 0)), (3, 0), (6, (2, 1)), (7, (1, 63)), (8, (2, 61))]
    slave = kernel.info("veth", slave="bond", slave_data=port)
    active = (
        23,
        [(1, (2, 1)), (2, (2, members)), (3, (2, 15)), (4, (2, 15)), (5, bytes(5) + b"\1")],
    )
    bond = kernel.info("bond", [(1, (1, 4)), (3, 100), (21, (1, 1)), active])
    found = [kernel.link(7, "bond0", [(4, 1500), (33, (1, 1)), bond])]
    found += [
        kernel.link(100 + n, f"port{n}", [(10, 7), (4, 1500), (33, (1, 1)), slave, *_bulk(n)])
        for n in range(members)
    ]
    for n in range(1, vlans + 1):
        vlan = kernel.info("vlan", [(1, (2, n))])
        found.append(kernel.link(9000 + n, f"bond0.{n}", [(5, 7), (4, 1500), vlan, *_bulk(n)]))
    read = Snapshot(dumps={"links": b"".join(found)}, facts={"byteorder": "little"})
    path.write_text(save(read), encoding="utf-8")
    return path


def _python(*words: str | Path) -> str:
    return subprocess.run(
        [sys.executable, "-I", *map(str, words)], check=True, capture_output=True, text=True
    ).stdout


def _audits(packed: Path, snapshot: Path, turns: int = TURNS) -> dict[str, float]:
    """The least of each part over the turns: what disturbs a turn can only add to it."""
    found = [json.loads(_python(ONCE, packed, snapshot)) for _turn in range(turns)]
    return {part: min(turn[part] for turn in found) for part in found[0]}


def _pyroute2() -> float:
    code = "import time; s = time.process_time(); import pyroute2; print(time.process_time() - s)"
    return min(float(_python("-c", code)) for _turn in range(TURNS)) * 1e3


def _whole(work: Path, code: str) -> float:
    """Run an interpreter with some code; return its CPU milliseconds, start included."""
    command = [sys.executable, "-I", "-c", code]
    log = work / "whole.log"
    costs = [measure.run(command, env=os.environ, log=log) for _turn in range(TURNS)]
    return min(cost.cpu_s for cost in costs) * 1e3


def measurements(work: Path) -> Iterator[Measurement]:
    packed = payload(work / "payload.zip")
    two = _audits(packed, SNAPSHOT)
    added = two["import_ms"] + two["read_ms"] + two["members_ms"]
    other = _pyroute2()
    start = _whole(work, "pass")
    yield figure("interpreter start, CPU", start, "ms")
    any_module = _whole(work, "import ansible.module_utils.basic") - start
    yield figure("import what any module does (basic), CPU", any_module, "ms")
    yield figure("import pyroute2, CPU", other, "ms")
    yield at_most(
        "bond_audit adds, 2 members, CPU (a busy machine: see the ratio)", added, "ms", 60
    )
    yield figure("  of this: compile and import", two["import_ms"], "ms")
    yield figure("  of this: read this machine, pack", two["read_ms"], "ms")
    yield figure("  of this: two recorded members, pack", two["members_ms"], "ms")
    yield at_most("bond_audit / import pyroute2", added / other, "ratio", round(PYROUTE2_SHARE, 2))
    half = _audits(packed, large(work / "half.json", 32, 500), 5)
    whole = _audits(packed, large(work / "whole.json", 64, 1000), 5)
    yield figure("collect and pack 64 members and 1,000 VLANs, CPU", whole["members_ms"], "ms")
    yield figure("  its answer", whole["octets"] / 1024, "KiB")
    growth = whole["members_ms"] / half["members_ms"]
    yield at_most("  beside half of both (linear: 2)", growth, "ratio", 2.3)
