# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A thousand hosts: memory and work grow with the fleet, and no faster."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from unit import factory
from unit.plugins.plugin_utils._report import made_up

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.build import Wanted
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.outputs import (
    FORMATS,
    report_run,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.rules import FleetRules

HOSTS = 1000
SAMPLE = 100
LIMIT_KB = 50  # of memory a host


def fill(folder: Path, number: int) -> Path:
    """A run folder in which every tenth host is broken in some way."""
    kinds = (made_up.asymmetric(), made_up.silent_partner(), *[factory.healthy_host()] * 18)
    plain = [json.dumps(made_up.document("x", facts)) for facts in kinds]
    hosts = folder / "hosts"
    hosts.mkdir(parents=True)
    for index in range(number):
        text = plain[index % len(plain)].replace('"host": "x"', f'"host": "h{index}"', 1)
        text = text.replace('"system": "00:1c:73', f'"system": "00:1c:{index % 99:02d}')
        (hosts / f"h{index}.json").write_text(text)
    return folder


def measure(folder: Path) -> dict[str, float]:
    """CPU seconds and peak memory of one report, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, folder],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def test_a_thousand_hosts_cost_ten_times_a_hundred(tmp_path: Path) -> None:
    few = measure(fill(tmp_path / "few", SAMPLE))
    many = measure(fill(tmp_path / "many", HOSTS))
    assert (few["hosts"], many["hosts"]) == (SAMPLE, HOSTS)
    assert (many["peak_kb"] - few["peak_kb"]) / (HOSTS - SAMPLE) < LIMIT_KB
    assert many["cpu_s"] / HOSTS < 2 * few["cpu_s"] / SAMPLE
    sizes = [(tmp_path / name / "report.html").stat().st_size for name in ("few", "many")]
    assert sizes[1] / HOSTS < 2 * sizes[0] / SAMPLE


def main(folder: Path) -> None:
    start = time.process_time()
    done = report_run(Wanted(folder, "error", "t"), FleetRules(), list(FORMATS), dry=False)
    print(
        json.dumps(
            {
                "hosts": len(done.report.hosts),
                "cpu_s": time.process_time() - start,
                "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
