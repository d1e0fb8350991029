# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: bond_failover_test on several bonds at once, some runs killed.

The names of the scenarios to go through are the arguments; what they saw goes to standard output
as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from integration_lab.member_child import (
    STATE,
    Ended,
    Module,
    Seen,
    left,
    looks,
    settled,
    sh,
    until,
)

from ansible_collections.bondproof.lacp.plugins.module_utils._module import failover

if TYPE_CHECKING:
    from collections.abc import Callable

SWITCH, OTHER_SWITCH = "10.99.0.254", "10.98.0.254"


class Run:
    """A run of the module as a child of this process."""

    def __init__(
        self,
        bond: str,
        *,
        check: bool = False,
        before: Callable[[], None] | None = None,
        **options: object,
    ) -> None:
        params = {name: spec.get("default") for name, spec in failover.ARGUMENTS.items()}
        params |= {"bond": bond, **options}
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(read)
            if before is not None:
                before()
            self._child(Module(params, check_mode=check), write)
        os.close(write)
        self._read = read

    @staticmethod
    def _child(module: Module, write: int) -> None:
        try:
            failover.run(cast("Any", module))
        except Ended as ended:
            os.write(write, json.dumps(ended.args[0]).encode())
        except BaseException as error:
            os.write(write, json.dumps({"crash": repr(error)}).encode())
            raise
        finally:
            os._exit(0)

    def result(self) -> Seen:
        """Wait for its end; {} if it was killed."""
        with os.fdopen(self._read, "rb") as file:
            text = file.read()
        os.waitpid(self.pid, 0)
        found: Seen = json.loads(text) if text else {}
        return found


def both_hooks(bond: str) -> Seen:
    """How a bond looks, both hooks of tc included."""
    found = looks(bond)
    names = found["members"]
    found["ingress"] = [sh(f"tc filter show dev {name} ingress") for name in names]
    found["up"] = [sh(f"cat /sys/class/net/{name}/operstate") for name in names]
    return found


def well() -> Seen:
    """Both faults with a probe; a plan first, which must be what is done."""
    sh(f"ip -n sw address replace {SWITCH}/24 dev $(ip -n sw -br link | awk '/^po1/ {{print $1}}')")
    options: Seen = {"members": ["we2"], "fault": ["carrier", "lacp_loss"], "probe": SWITCH}
    options["timeout"] = 20.0  # a starved machine is late, and is to be measured all the same
    before = both_hooks("well")
    planned = Run("well", check=True, **options).result()
    untouched = both_hooks("well") == before
    done = Run("well", **options).result()
    return {
        "planned": planned,
        "untouched": untouched,
        "done": done,
        "before": before,
        "after": both_hooks("well"),
        "left": left("well"),
    }


def beside() -> Seen:
    """What somebody else has on the member stays: filters, addresses that a down takes along."""
    sh("tc qdisc add dev be2 clsact")
    sh("tc filter add dev be2 ingress pref 10 protocol ip matchall action ok")
    sh("ip -6 addr add fd98::1/64 dev be2 nodad; ip -6 route add fd96::/64 via fd98::2")
    before = both_hooks("beside")
    done = Run("beside", members=["be2"], fault=["carrier", "lacp_loss"]).result()
    return {"done": done, "before": before, "after": both_hooks("beside"), "left": left("beside")}


def slow() -> Seen:
    """A budget that 90 s of waiting cannot keep."""
    options: Seen = {"members": ["sl2"], "fault": ["lacp_loss"], "max_failover_ms": 1000.0}
    before = both_hooks("slow")
    done = Run("slow", timeout=3.0, **options).result()
    return {"done": done, "before": before, "after": both_hooks("slow"), "left": left("slow")}


def _progress(bond: str, step: int) -> bool:
    path = STATE / bond / "progress"
    return path.exists() and path.read_text().startswith(f"{step} ")


def kills() -> list[Seen]:
    """SIGKILL while a member is deaf, while it is down, and while it comes back."""
    sh(f"ip -n sw address replace {OTHER_SWITCH}/24 dev po2")
    return [
        _killed(fault, step)
        for fault, step in (
            ("lacp_loss", 3),
            ("carrier", 4),
            ("carrier", 6),
        )
    ]


def _killed(fault: str, step: int) -> Seen:
    before = both_hooks("kills")
    sh(f"rm -f {STATE}/kills/progress")
    hold = 30.0 if step < 6 else 0.5
    run = Run("kills", members=["ki2"], fault=[fault], probe=OTHER_SWITCH, hold=hold)
    reached = until(lambda: _progress("kills", step))
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    during = both_hooks("kills")
    os.kill(run.pid, signal.SIGKILL)
    run.result()
    is_settled = settled("kills")
    return {
        "fault": fault,
        "step": step,
        "reached": reached,
        "changed": during != before,
        "settled": is_settled,
        "before": before,
        "after": both_hooks("kills"),
        "left": left("kills"),
        "had_child": bool(children),
        "children_ended": until(lambda: not any(Path(f"/proc/{one}").exists() for one in children)),
    }


def refused() -> dict[str, str]:
    """Everything that must be refused, with nothing touched."""
    sh("ip link add link well name well.100 type vlan id 100")
    sh("tc qdisc add dev sh2 ingress; tc qdisc add dev sh1 clsact")
    sh("tc filter add dev sh1 egress pref 1 protocol all matchall action ok")
    runs = {
        "no bond": Run("bond9"),
        "a VLAN as a bond": Run("well.100"),
        "a member as a bond": Run("we1"),
        "mode": Run("backup"),
        "a VLAN": Run("well", members=["well.100"]),
        "loopback": Run("well", members=["lo"]),
        "elsewhere": Run("well", members=["sl1"]),
        "last": Run("single"),
        "min_links": Run("short"),
        "ill": Run("ill"),
        "filter": Run("short", members=["sh1"], fault=["lacp_loss"], allow_isolation=True),
        "ingress": Run("short", members=["sh2"], fault=["lacp_loss"], allow_isolation=True),
        "no privilege": Run("slow", before=lambda: os.setuid(65534)),
        "address": Run("well", probe="fd00::1"),
        "not over the bond": Run("well", probe="127.0.0.1"),
        "no answer": Run("well", probe="10.99.0.77"),
        "interval": Run("well", probe_interval=0.5),
        "budget": Run("well", max_failover_ms=0.0),
        "no fault": Run("well", fault=[]),
    }
    found = {}
    for name, run in runs.items():
        result = run.result()
        found[name] = result.get("msg", "") if not result.get("members") else str(result)
    sh("ip link del well.100; tc qdisc del dev sh2 ingress; tc qdisc del dev sh1 clsact")
    return found


SCENARIOS: dict[str, Callable[[], Any]] = {
    one.__name__: one for one in (well, beside, slow, kills, refused)
}


def main(names: list[str]) -> None:
    import pyroute2  # noqa: F401, PLC0415 - once, not in each child

    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        going = {name: pool.submit(SCENARIOS[name]) for name in names}
        print(json.dumps({name: one.result() for name, one in going.items()}))


if __name__ == "__main__":
    main(sys.argv[1:])
