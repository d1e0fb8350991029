# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside the host: everything that a run must leave as it was, as JSON.

`look.py` prints it at once, `look.py wait SECONDS` when nobody works on the bond any more and all
its members are well at both ends, or at the deadline. Reads sysfs and iproute2, none of our code.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BOND = "bond0"
NET = Path("/sys/class/net")
STATE = Path("/var/lib/bondproof-lacp") / BOND
WELL = 0x3C  # aggregation, synchronization, collecting, distributing
# What the kernel says of the moment, not what somebody set.
MOMENTARY = (
    "slaves", "active_slave", "mii_status", "ad_aggregator", "ad_num_ports", "ad_actor_key",
    "ad_partner_key", "ad_partner_mac", "queue_id",
)  # fmt: skip


def text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def said(*words: str) -> Any:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return json.loads(done.stdout or "[]")


def links() -> dict[str, Any]:
    """Addresses, MTU, MAC, VLANs and masters by interface."""
    found = {}
    for link in said("ip", "-d", "-j", "address", "show"):
        name = link["ifname"]
        addresses = [
            f"{one['local']}/{one['prefixlen']}"
            for one in link.get("addr_info", [])
            if one.get("scope") != "link"
        ]
        found[name] = {
            "mtu": link.get("mtu"),
            "mac": link.get("address"),
            "master": link.get("master", ""),
            "up": "UP" in link["flags"],
            "addresses": sorted(addresses),
            "queue_id": text(NET / name / "bonding_slave" / "queue_id"),
            "kind": link.get("linkinfo", {}).get("info_kind", ""),
        }
    return found


def routes() -> list[str]:
    found = said("ip", "-j", "route", "show", "table", "all")
    found += said("ip", "-6", "-j", "route", "show", "table", "all")
    return sorted(
        f"{one['dst']} {one.get('gateway', '')} {one['dev']}"
        for one in found
        if one.get("dst") and "dev" in one and not one["dst"].startswith(("ff00", "fe80"))
    )


def filters(members: list[str]) -> list[str]:
    found = []
    for member in members:
        for words in (["qdisc", "show", "dev", member], ["filter", "show", "dev", member, "egress"],
                      ["filter", "show", "dev", member, "ingress"]):  # fmt: skip
            done = subprocess.run(["tc", *words], capture_output=True, text=True, check=False)
            found += [f"{member}: {line}" for line in done.stdout.splitlines() if line.strip()]
    return found


def processes() -> list[str]:
    """Whatever may be left of a run, but for us and those who called us."""
    own, found = family(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in own:
            words = text(entry / "cmdline").replace("\0", " ").strip()
            if any(part in words for part in ("python3", "restore.sh", "flock", "ip monitor")):
                found.append(words[:120])
    return sorted(found)


def family() -> set[int]:
    found, pid = set(), os.getpid()
    while pid > 1:
        found.add(pid)
        status = text(Path(f"/proc/{pid}/status"))
        pid = int(status.split("PPid:")[1].split()[0]) if "PPid:" in status else 0
    return found


def is_locked() -> bool:
    try:
        with (STATE / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def unfinished() -> list[str]:
    names = sorted(path.name for path in STATE.glob("*.json"))
    return [name for name in names if name.startswith(("journal-", "restoring-"))]


def look() -> dict[str, Any]:
    folder = NET / BOND / "bonding"
    members = sorted(text(folder / "slaves").split())
    return {
        "members": members,
        "options": {
            path.name: text(path) for path in sorted(folder.iterdir()) if path.name not in MOMENTARY
        },
        "links": links(),
        "routes": routes(),
        "filters": filters(members),
        "processes": processes(),
        "unfinished": unfinished(),
    }


def missing(names: list[str]) -> list[str]:
    """What is not yet as it must become, by itself."""
    found = ["somebody holds the lock"] if is_locked() else []
    found += [f"{name} is unfinished" for name in unfinished()]
    found += [f"still running: {one}" for one in processes()]
    active = text(NET / BOND / "bonding" / "ad_aggregator")
    for name in names:
        folder = NET / name / "bonding_slave"
        states = [text(folder / f"ad_{end}_oper_port_state") for end in ("actor", "partner")]
        is_well = all(one.isdigit() and int(one) & WELL == WELL for one in states)
        if not is_well or text(folder / "ad_aggregator_id") != active:
            found.append(f"{name} is not well: {states}")
    return found


def wait(names: list[str], seconds: float) -> list[str]:
    """Link events wake it; LACP states change without one, so it also looks four times a second."""
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as events:
        events.bind((0, 1))
        events.setblocking(False)
        while True:
            left = missing(names)
            if not left or time.monotonic() > deadline:
                return left
            if select.select([events], [], [], 0.25)[0]:
                events.recv(1 << 16)


def main(words: list[str]) -> int:
    left = wait(words[2:], float(words[1])) if words else []
    print(json.dumps({**look(), "missing": left}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
