# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of this host, held against what the same kernel says by other ways."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.bondproof.lacp.plugins.module_utils._host.clock import (
    discipline,
    utc_text,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._host.host_reader import (
    HOST_FILES,
    host_values,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import host_facts, host_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import RecordBuilder
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot


def test_values_are_this_hosts() -> None:
    before = time.monotonic_ns()
    values = host_values()
    assert before <= int(values["monotonic_ns"] or 0) <= time.monotonic_ns()
    assert values["uname_release"] == Path("/proc/sys/kernel/osrelease").read_text().strip()
    assert values["uname_nodename"] == Path("/proc/sys/kernel/hostname").read_text().strip()
    assert values["euid"] == os.geteuid()
    assert values["byteorder"] == sys.byteorder


def test_utc_is_rfc_3339() -> None:
    before = datetime.now(UTC)
    found = datetime.fromisoformat(utc_text())
    # The text is cut to microseconds, as datetime is.
    assert before <= found <= datetime.now(UTC)


def test_the_kernels_opinion_of_its_clock() -> None:
    found = discipline()
    assert "clock_failure" not in found
    assert isinstance(found["clock_synchronised"], bool)
    error_us = found["clock_max_error_us"]
    assert isinstance(error_us, int)
    # include/linux/timex.h: NTP_PHASE_LIMIT, 16 s, is what an undisciplined clock ends at.
    assert 0 <= error_us <= 16_000_000


def test_the_files_of_this_host_are_understood() -> None:
    files = {path: Path(path).read_bytes() for path in HOST_FILES if Path(path).exists()}
    into = RecordBuilder()
    host_facts.host(Snapshot(files=files, facts=host_values()), into)
    record = into.build()
    assert record.unrecognised == ()
    assert record.fact(host_fields.CPUS) == Known(
        os.sysconf("SC_NPROCESSORS_ONLN"), "/sys/devices/system/cpu/online"
    )
    assert record.value(host_fields.UPTIME) > 0
    assert record.value(host_fields.SOFTNET_DROPPED) >= 0
    assert record.value(host_fields.TCP_SENT) >= 0
