# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: outages as bond_failover_test measures them, and as a ping of the far end.

The arguments are a bond and how often to try; what was measured goes to standard output as JSON.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys

from integration_lab.failover_guest import Run
from integration_lab.member_child import Seen, sh

HOST, SWITCH = "10.99.0.1", "10.99.0.254"
RECORD = "/run/ping.pcap"
TRIALS: tuple[Seen, ...] = (
    {"fault": ["carrier"]},
    {"fault": ["lacp_loss"], "direction": "received"},
)


class Ping:
    """A ping of the far end, timed by the kernel there; `with` it around what is measured.

    ping itself sends only every 10 ms while answers are missing (MININTERVAL), so what it says of
    an outage is two bounds.
    """

    def __enter__(self) -> Ping:
        inside = "ip netns exec sw"
        heard = f"icmp and host {HOST} and host {SWITCH}"
        self._tcpdump = subprocess.Popen(
            f"{inside} tcpdump -n -U -i po1 -w {RECORD} {heard}".split(),
            stderr=subprocess.PIPE,
            text=True,
        )
        while (
            self._tcpdump.stderr is not None and "listening" not in self._tcpdump.stderr.readline()
        ):
            pass
        self._ping = subprocess.Popen(
            f"{inside} ping -q -n -i 0.002 {HOST}".split(), stdout=subprocess.DEVNULL
        )
        return self

    def __exit__(self, *_error: object) -> None:
        for one in (self._ping, self._tcpdump):
            one.send_signal(signal.SIGINT)
            one.wait()

    def longest(self) -> tuple[float, float, int]:
        """(least ms, most ms, lost) of the longest run of requests without an answer."""
        sent: dict[int, float] = {}
        answered = set()
        for line in sh(f"tcpdump -tt -n -r {RECORD} 2>/dev/null").splitlines():
            words = line.replace(",", "").split()
            if f"{SWITCH} > {HOST}:" in line and "request" in words:
                sent[_number(words)] = float(words[0])
            elif f"{HOST} > {SWITCH}:" in line and "reply" in words:
                answered.add(_number(words))
        best = (0.0, 0.0, 0)
        run: list[float] = []
        good = 0.0
        for number, at in sorted(sent.items()):
            if number not in answered:
                run.append(at)
                continue
            if run:
                best = max(best, ((run[-1] - run[0]) * 1000, (at - good) * 1000, len(run)))
            run, good = [], at
        return best


def _number(words: list[str]) -> int:
    return int(words[words.index("seq") + 1])


def trial(bond: str, member: str, options: Seen) -> Seen:
    """One fault, measured by both."""
    with Ping() as other:
        result = Run(bond, members=[member], probe=SWITCH, **options).result()
    least, most, lost = other.longest()
    (one,) = result["members"]
    spans = [one["probe"]["at_failover"], one["probe"]["at_return"]]
    ours = max(spans, key=lambda span: float(span["outage_ms"] or 0))
    module = float(ours["outage_ms"] or 0)
    return {
        "member": member,
        "fault": one["fault"],
        "outcome": one["outcome"],
        "reasons": one["reasons"],
        "module_ms": module,
        "module_lost": ours["lost"],
        "off_by_ms": ours["off_by_ms"],
        "ping_ms": [round(least, 1), round(most, 1)],
        "ping_lost": lost,
        "apart_ms": round(max(least - module, module - most, 0.0), 1),
    }


def main(bond: str, rounds: int) -> None:
    import pyroute2  # noqa: F401, PLC0415 - once, not in each child

    sh(f"ip -n sw address replace {SWITCH}/24 dev po1")
    members = sh(f"cat /sys/class/net/{bond}/bonding/slaves").split()
    found = [
        trial(bond, member, options)
        for _turn in range(rounds)
        for options in TRIALS
        for member in members
    ]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
