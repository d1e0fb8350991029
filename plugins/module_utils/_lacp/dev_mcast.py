# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/proc/net/dev_mcast: the multicast addresses that a device listens to (dev_mc_seq_show())."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from . import member_fields, rtnl, rtnl_dumps
from .places import DEV_MCAST as PATH
from .snapshot import ReadFailure
from .sources import PROCFS

if TYPE_CHECKING:
    from .record import RecordBuilder
    from .snapshot import Snapshot


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:  # noqa: ARG001 - contributors share one signature
    """Add the multicast list of a member, sorted."""
    content = snapshot.file(PATH)
    if isinstance(content, ReadFailure):
        if PATH in snapshot.files:
            into.unknown(member_fields.MULTICAST, f"{PATH}: {content.text}")
        return
    network = rtnl_dumps.network(snapshot)
    if network is None or name not in network.names:
        into.unknown(member_fields.MULTICAST, "the interface index is not known")
        return
    index = b"%d" % network.names[name].ifindex
    found = sorted(rtnl.mac(address) for address in _by_index(content).get(index, ()))
    into.known(member_fields.MULTICAST, found, PROCFS)


@lru_cache(maxsize=2)
def _by_index(content: bytes) -> dict[bytes, list[bytes]]:
    """Addresses by interface index; the line is: index name references global address."""
    found: dict[bytes, list[bytes]] = {}
    for line in content.split(b"\n"):
        parts = line.split()
        if len(parts) < 5 or len(parts[-1]) != 12:
            continue
        try:
            address = bytes.fromhex(parts[-1].decode("ascii"))
        except ValueError:
            continue
        found.setdefault(parts[0], []).append(address)
    return found
