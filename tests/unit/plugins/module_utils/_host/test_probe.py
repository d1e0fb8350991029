# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes of this host's loopback, where raw sockets are allowed."""

from __future__ import annotations

import os
import select
import time

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host import probe


def raw_sockets() -> bool:
    try:
        probe.open_socket("127.0.0.1").close()
    except PermissionError:
        return False
    return True


needs_raw = pytest.mark.skipif(not raw_sockets(), reason="raw sockets need CAP_NET_RAW")


def test_a_request_is_as_rfc_792_has_it() -> None:
    found = probe.request(0x1234, 0x1_0007)
    assert found[0] == 8
    assert found[4:8] == bytes.fromhex("12340007")
    # The sum over the whole message, its checksum included, is all ones.
    total = sum(int.from_bytes(found[at : at + 2], "big") for at in range(0, len(found), 2))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    assert total == 0xFFFF


@needs_raw
def test_probes_are_answered_and_counted() -> None:
    flow = probe.first_flow()
    prober = probe.Prober("127.0.0.1", 2.0, [flow, flow + 1])
    own = probe.open_socket("127.0.0.1")
    poll = select.poll()
    poll.register(own, select.POLLIN)
    heard = 0
    end = time.monotonic() + 20
    while heard < 20 and time.monotonic() < end:
        poll.poll(1000)
        heard += sum(found == flow for found, _number, _at in probe.answers(own))
    own.close()
    found = prober.stop()
    assert found.sent >= 40
    assert found.lost == 0
    assert found.gaps == ()
    assert 0 < found.slowest_ms < 1000


@needs_raw
def test_a_prober_that_is_not_asked_leaves_no_process() -> None:
    prober = probe.Prober("127.0.0.1", 5.0, [probe.first_flow()])
    pid = prober.pid
    prober.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)
