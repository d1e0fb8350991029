# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to drop LACPDUs on an interface with tc, beside whatever tc already does there.

Layouts: include/uapi/linux/{rtnetlink,pkt_sched}.h. A filter of lower preference sees a frame
first and may end its way, so ours has to be the very first.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from . import rtnl
from .failover_budget import BOTH, RECEIVED, SENT
from .journal import Drop
from .plan import Refused
from .shell import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ETH_P_SLOW = 0x8809
PREFERENCE = 1
CLSACT_HANDLE = 0xFFFF0000
CLSACT_PARENT = 0xFFFFFFF1
# TC_H_MIN_INGRESS and TC_H_MIN_EGRESS of clsact; a plain ingress qdisc answers to the first, too.
HOOKS = {RECEIVED: 0xFFFFFFF2, SENT: 0xFFFFFFF3}
WORDS = {RECEIVED: "ingress", SENT: "egress"}
_KIND = 1  # TCA_KIND
_HEADER = 20  # struct tcmsg


class Qdisc(NamedTuple):
    """A queueing discipline of an interface."""

    kind: str
    handle: int
    parent: int


class Filter(NamedTuple):
    """A filter at a hook; hook: 'sent' or 'received'. protocol: an ethertype."""

    hook: str
    preference: int
    protocol: int
    kind: str
    handle: int


class DropPlan(NamedTuple):
    """What is to be added: at which hooks, and whether a qdisc with hooks is there already."""

    member: str
    ifindex: int
    hooks: tuple[str, ...]
    had_clsact: bool

    def journal(self) -> tuple[Drop, ...]:
        """What the dead-man has to remove."""
        return tuple(
            Drop(self.member, WORDS[hook], PREFERENCE, self.had_clsact) for hook in self.hooks
        )


def qdiscs(data: bytes, order: str, ifindex: int) -> list[Qdisc]:
    """The qdiscs of an interface in a dump of all."""
    return [
        Qdisc(kind, handle, parent)
        for kind, handle, parent, _info in _messages(data, order, ifindex)
    ]


def filters(data: bytes, order: str, ifindex: int, hook: str) -> list[Filter]:
    """The filters in a dump of one hook of an interface."""
    return [
        Filter(hook, info >> 16, _swap(info & 0xFFFF, order), kind, handle)
        for kind, handle, _parent, info in _messages(data, order, ifindex)
    ]


def _swap(value: int, order: str) -> int:
    """The protocol is in network order within a number of the host's."""
    return value if order == ">" else value >> 8 | (value & 0xFF) << 8


def _messages(data: bytes, order: str, ifindex: int) -> Iterator[tuple[str, int, int, int]]:
    for _kind, _flags, (start, stop) in rtnl.messages(data, order):
        if stop - start < _HEADER:
            continue
        index, handle, parent, info = struct.unpack_from(order + "iIII", data, start + 4)
        if index == ifindex:
            found = rtnl.attributes(data, (start + _HEADER, stop), order, frozenset((_KIND,)))
            yield rtnl.text(found.get(_KIND, b"")), handle, parent, info


def plan(
    member: str, ifindex: int, direction: str, there: Sequence[Qdisc], known: Sequence[Filter]
) -> DropPlan:
    """What to add so that LACPDUs of a direction are lost; Refused if that cannot be."""
    hooks = (SENT, RECEIVED) if direction == BOTH else (direction,)
    kinds = {qdisc.kind for qdisc in there if qdisc.handle == CLSACT_HANDLE}
    if "ingress" in kinds and SENT in hooks:
        raise Refused(
            f"{member} has an ingress qdisc, which leaves no room for clsact and its egress hook: "
            "test with direction: received, or remove it (tc qdisc del dev "
            f"{member} ingress)"
        )
    for one in known:
        if one.hook in hooks and one.preference <= PREFERENCE:
            raise Refused(
                f"{member} has a tc filter of preference {one.preference} at {WORDS[one.hook]} "
                f"({one.kind}): it would see LACPDUs before one that drops them. Give it a higher "
                "preference, or test with fault: carrier"
            )
    return DropPlan(member, ifindex, hooks, bool(kinds & {"clsact", "ingress"}))


def commands(drop: DropPlan) -> tuple[str, str]:
    """The same in words of tc(8), to make and to undo it, each one line."""
    match = f"pref {PREFERENCE} protocol {ETH_P_SLOW:#06x} matchall"
    device = quoted(drop.member)
    make, undo = [], []
    if not drop.had_clsact:
        make.append(f"tc qdisc add dev {device} clsact")
    for hook in drop.hooks:
        make.append(f"tc filter add dev {device} {WORDS[hook]} {match} skip_hw action drop")
        undo.append(f"tc filter del dev {device} {WORDS[hook]} {match}")
    if not drop.had_clsact:
        undo = [f"tc qdisc del dev {device} clsact"]
    return " && ".join(make), " && ".join(undo)
