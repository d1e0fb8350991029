# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host, in a switch's namespace: notes what the switch team would send back.

Says a line once it has begun, ends at the end of its standard input, and writes to the file named:
{"first": snapshot, "last": snapshot (packed), "samples": [{"at": RFC 3339, "ports": {port: [in,
out]}}]}: slow-protocol frames that reached the port from the wire, and that left it. These are a
packet tap's: ahead of what the switch's tc drops on the way in, behind what it drops on the way
out.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ansible_collections.bondproof.lacp.plugins.module_utils._host import collect, live
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import snapshot_pack
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import utc_text

ETH_P_ALL = 3  # a tap; one of a single protocol would stand behind tc
ETH_P_SLOW = 0x8809
PACKET_OUTGOING = 4


def sample(seen: Counter[tuple[str, bool]]) -> dict[str, Any]:
    """The counters of all ports now."""
    ports = {name: [seen[name, False], seen[name, True]] for _index, name in socket.if_nameindex()}
    return {"at": utc_text(time.time_ns()), "ports": ports}


def snapshot() -> str:
    return snapshot_pack.pack(collect.collect(live.LiveSource()))


def main(target: str) -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as tap:
        told: dict[str, Any] = {"first": snapshot()}
        tap.setblocking(False)
        told["samples"] = [sample(seen)]
        print("begun", flush=True)
        while True:
            ready = select.select([tap, sys.stdin], [], [])[0]
            if tap in ready:
                address = tap.recvfrom(256)[1]
                if address[1] == ETH_P_SLOW:
                    seen[address[0], address[2] == PACKET_OUTGOING] += 1
            elif sys.stdin in ready:
                break
        told["samples"].append(sample(seen))
        told["last"] = snapshot()
    Path(target).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
