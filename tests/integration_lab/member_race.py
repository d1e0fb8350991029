# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: bond_member beside three bare `ip link set` commands, in turns.

Both wait in the same way until both ends of the member distribute. Arguments: bond, member, rounds;
seconds of all turns go to standard output as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from integration_lab.member_child import Run, settled

from ansible_collections.bondproof.lacp.plugins.module_utils._host.links import Links

WAIT_S = 60.0


def bare(bond: str, member: str, links: Links) -> float:
    """What an operator types, and the wait for what must follow."""
    start = time.monotonic()
    for words in (["nomaster"], ["down"], ["master", bond]):
        subprocess.run(["ip", "link", "set", "dev", member, *words], check=True)
    if not links.until(lambda stand: stand.well(member), WAIT_S).reached:
        sys.exit(f"{member} did not come back")
    return time.monotonic() - start


def main(bond: str, member: str, rounds: int) -> None:
    import pyroute2  # noqa: F401, PLC0415 - once, not in each child

    found: dict[str, list[float]] = {"bare": [], "cycle": [], "run": []}
    links = Links(bond, [member])
    for _round in range(rounds):
        settled(bond)
        found["bare"].append(bare(bond, member, links))
        settled(bond)
        start = time.monotonic()
        result = Run(bond, member, "cycled", method="reenslave").result()
        found["run"].append(time.monotonic() - start)
        found["cycle"].append(result["members"][0]["seconds"])
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
