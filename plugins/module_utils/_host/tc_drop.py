# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what tc does on an interface; requests that let it drop LACPDUs there, and pass again."""

from __future__ import annotations

import socket
import struct
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from .._lacp import failover_tc as tc
from .._lacp.failover_budget import SENT
from .._lacp.snapshot import ReadFailure
from . import netlink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._lacp.snapshot import Reading

_ORDER = ">" if sys.byteorder == "big" else "<"
_GETFILTER = 46
_SKIP_HW = 1  # TCA_CLS_FLAGS_SKIP_HW: a NIC that takes over filters may know no ethertype
_LIMIT = 1 << 22


class Request(NamedTuple):
    """A call of pyroute2's IPRoute.tc()."""

    command: str
    kind: str
    ifindex: int
    options: dict[str, Any]

    def words(self) -> tuple[str, str, int]:
        """Its positional arguments."""
        return self.command, self.kind, self.ifindex


def qdiscs(ifindex: int) -> list[tc.Qdisc]:
    """The qdiscs of an interface; OSError."""
    return tc.qdiscs(_bytes(netlink.dump("qdiscs")), _ORDER, ifindex)


def filters(ifindex: int, there: list[tc.Qdisc]) -> list[tc.Filter]:
    """The filters at the hooks of clsact; none where there is no clsact. OSError."""
    found: list[tc.Filter] = []
    kinds = {one.kind for one in there if one.handle == tc.CLSACT_HANDLE}
    for hook, parent in tc.HOOKS.items():
        if not kinds or ("ingress" in kinds and hook == SENT):
            continue
        payload = struct.pack("=BxHiIII", 0, 0, ifindex, 0, parent, 0)
        answer = _bytes(netlink.ask(_GETFILTER, payload, _LIMIT))
        found += tc.filters(answer, _ORDER, ifindex, hook)
    return found


def state(ifindex: int) -> tuple[list[tc.Qdisc], list[tc.Filter]]:
    """Qdiscs and filters, to compare with later; OSError."""
    there = qdiscs(ifindex)
    return there, filters(ifindex, there)


def _bytes(found: Reading) -> bytes:
    if isinstance(found, ReadFailure):
        raise OSError(f"tc cannot be read: {found.errno}: {found.text}")
    return found


def make(drop: tc.DropPlan) -> Iterator[Request]:
    """What makes LACPDUs be dropped."""
    if not drop.had_clsact:
        yield Request("add", "clsact", drop.ifindex, {})
    for hook in drop.hooks:
        # pyroute2 takes a number of the host's order for one of the network's.
        flags = {"action": "drop", "flags": socket.htonl(_SKIP_HW)}
        yield Request("add-filter", "matchall", drop.ifindex, {**_where(hook), **flags})


def undo(drop: tc.DropPlan) -> Iterator[Request]:
    """What removes all that make() made, as far as it is there; OSError."""
    there, known = state(drop.ifindex)
    ours = [one for one in known if one.hook in drop.hooks and _is_ours(one)]
    has_clsact = any(one.kind == "clsact" for one in there)
    if not drop.had_clsact and has_clsact and len(ours) == len(known):
        yield Request("del", "clsact", drop.ifindex, {})
        return
    # A dump has two messages for a filter: one of its preference as a whole (cls_api.c).
    for hook in sorted({one.hook for one in ours}):
        yield Request("del-filter", "matchall", drop.ifindex, _where(hook))


def _where(hook: str) -> dict[str, Any]:
    return {"parent": tc.HOOKS[hook], "prio": tc.PREFERENCE, "protocol": tc.ETH_P_SLOW}


def _is_ours(one: tc.Filter) -> bool:
    found = (one.preference, one.protocol, one.kind)
    return found == (tc.PREFERENCE, tc.ETH_P_SLOW, "matchall")
