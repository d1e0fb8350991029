# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How LACPDUs are dropped beside what tc does already."""

from __future__ import annotations

import struct

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import failover_tc as tc
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.journal import Drop
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused

from .netlink_bytes import Kernel

CLSACT = tc.Qdisc("clsact", tc.CLSACT_HANDLE, tc.CLSACT_PARENT)
NOQUEUE = tc.Qdisc("noqueue", 0, 0xFFFFFFFF)
OTHERS = tc.Filter("received", 49152, 0x0300, "bpf", 1)


def message(kernel: Kernel, index: int, qdisc: tc.Qdisc, info: int = 0) -> bytes:
    head = struct.pack(kernel.order + "BxHiIII", 0, 0, index, qdisc.handle, qdisc.parent, info)
    return kernel.message(36, head + kernel.payload([(1, qdisc.kind)]))


@pytest.mark.parametrize("order", ["<", ">"])
def test_qdiscs_and_filters_are_read(order: str) -> None:
    kernel = Kernel(order)
    data = message(kernel, 3, NOQUEUE) + message(kernel, 4, CLSACT) + message(kernel, 3, CLSACT)
    assert tc.qdiscs(data, order, 3) == [NOQUEUE, CLSACT]
    protocol = 0x0988 if order == "<" else 0x8809  # in network order within the host's number
    dump = message(kernel, 3, tc.Qdisc("matchall", 1, 0xFFFFFFF2), 1 << 16 | protocol)
    assert tc.filters(dump, order, 3, "received") == [
        tc.Filter("received", 1, 0x8809, "matchall", 1)
    ]
    assert tc.filters(dump[:30], order, 3, "received") == []


def test_a_drop_is_planned_beside_what_is_there() -> None:
    fresh = tc.plan("eno2", 3, "both", [NOQUEUE], [])
    assert fresh == tc.DropPlan("eno2", 3, ("sent", "received"), had_clsact=False)
    assert fresh.journal() == (
        Drop("eno2", "egress", 1, had_clsact=False),
        Drop("eno2", "ingress", 1, had_clsact=False),
    )
    beside = tc.plan("eno2", 3, "received", [NOQUEUE, CLSACT], [OTHERS])
    assert beside == tc.DropPlan("eno2", 3, ("received",), had_clsact=True)
    make, undo = tc.commands(beside)
    match = "dev eno2 ingress pref 1 protocol 0x8809 matchall"
    assert (make, undo) == (
        f"tc filter add {match} skip_hw action drop",
        f"tc filter del {match}",
    )
    assert tc.commands(fresh)[1] == "tc qdisc del dev eno2 clsact"


def test_a_drop_that_would_not_come_first_or_has_no_place_is_refused() -> None:
    ingress = tc.Qdisc("ingress", tc.CLSACT_HANDLE, tc.CLSACT_PARENT)
    with pytest.raises(Refused, match="no room for clsact and its egress hook"):
        tc.plan("eno2", 3, "both", [ingress], [])
    assert tc.plan("eno2", 3, "received", [ingress], []).had_clsact
    first = OTHERS._replace(preference=1)
    with pytest.raises(Refused, match="has a tc filter of preference 1 at ingress"):
        tc.plan("eno2", 3, "both", [CLSACT], [first])
    assert tc.plan("eno2", 3, "sent", [CLSACT], [first]).hooks == ("sent",)
