# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m bench [PART...]`: measure, print a table, write build/bench.json."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from pathlib import Path

from . import measure

TOP = Path(__file__).resolve().parents[2]
# Each is a module here with measurements(work); together they take about ten minutes.
PARTS = (
    "host_costs",
    "play_costs",
    "lab_costs",
    "capture_costs",
    "listen_costs",
    "member_costs",
    "failover_costs",
)


def main(words: list[str]) -> int:
    unknown = sorted(set(words) - set(PARTS))
    if unknown:
        print(f"bench: no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 2
    found: list[measure.Measurement] = []
    for part in words or PARTS:
        start = time.monotonic()
        print(f"bench: {part} ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="bondproof-bench-") as work:
            found += importlib.import_module(f"bench.{part}").measurements(Path(work))
        print(f"bench: {part} took {time.monotonic() - start:.0f} s", flush=True)
    measure.save(TOP / "build/bench.json", found)
    print(f"\n{measure.table(found)}\n\nwritten: build/bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
