# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The repair of a router without Python: a plan, and the script that carries it out there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import restore
from .journal import Device, Journal, PortBefore
from .plan import Refused, Step, command, link
from .restore_parts import LINKS
from .router_parts import ENGINE
from .shell import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = "/var/lib/bondproof-lacp"
# EXPIRED 3 s, a slow partner's next LACPDU 30 s, aggregate wait 2 s, and a margin; libteam before
# 1.31 answers a change of state on its own tick only (its commit 5ba661e).
WAIT_S = 40
OLD_WAIT_S = 70
_MARGIN_S = 60  # three commands, the seconds in which it must stay well, a busy router


class Router(NamedTuple):
    """What a router has. vyatta_bonding: path of that program, '' on an ordinary Linux host."""

    vyatta_bonding: str = ""
    libteam: str = ""

    @property
    def wait_s(self) -> int:
        """How long a member may take to come back."""
        numbers = [part for part in self.libteam.split(".")[:2] if part.isdigit()]
        known = len(numbers) == 2
        return WAIT_S if known and (int(numbers[0]), int(numbers[1])) >= (1, 31) else OLD_WAIT_S


class Port(NamedTuple):
    """A member as it is before; number: its ifindex."""

    name: str
    number: int
    mtu: int


class Repair(NamedTuple):
    """What is done, member by member.

    run: names this run; started: UTC; timeout_s: for each member to come back, 0 derives it.
    """

    run: str
    started: str
    bond: str
    bond_mac: str
    members: tuple[str, ...]
    ports: tuple[Port, ...]
    router: Router
    timeout_s: int = 0
    folder: str = FOLDER
    max_repairs: int = 3
    per_minutes: int = 60

    @property
    def here(self) -> str:
        """The folder of this bond on the router."""
        return f"{self.folder}/{self.bond}"

    @property
    def wait_s(self) -> int:
        """How long each member may take to come back."""
        return self.timeout_s or self.router.wait_s

    @property
    def path(self) -> str:
        """Where the script lies on the router."""
        return f"{self.here}/repair-{self.run}.sh"


def ports_of(facts: Mapping[str, object], chosen: Sequence[str]) -> tuple[Port, ...]:
    """The members to treat, from the facts of the bond; Refused if something is not known."""
    members = facts.get("members")
    found = []
    for name in chosen:
        port = members.get(name) if isinstance(members, dict) else None
        number, mtu = (port or {}).get("ifindex"), (port or {}).get("mtu")
        if not isinstance(number, int) or not isinstance(mtu, int):
            raise Refused(f"{name}: the router did not tell its number and MTU: nothing is done")
        found.append(Port(name, number, mtu))
    return tuple(found)


def plan(repair: Repair) -> list[Step]:
    """The steps in order: what check mode shows, and what the script does."""
    return [step for port in repair.ports for step in _steps(repair, port.name)]


def _steps(repair: Repair, name: str) -> Iterator[Step]:
    bond, program = repair.bond, repair.router.vyatta_bonding
    # Down before it leaves: a port that leaves while it negotiates may be disabled by the switch.
    down, up = link(name, "down"), link(name, "up")
    yield Step(
        "down", name, f"set {name} down", "a switch may disable a port that leaves", down, up
    )
    leave = [link(name, "nomaster")]
    join = [link(name, "down"), link(name, "master", bond), up]
    if program:
        leave = [command(program, f"--dev={bond}", f"--remove={name}")]
        join = [command(program, f"--dev={bond}", f"--add={name}")]
    text = f"take {name} out of {bond}"
    yield Step("release", name, text, "its transmit path starts anew", "; ".join(leave), join[0])
    yield Step("enslave", name, f"put {name} back into {bond}", "", " && ".join(join))
    why = "through EXPIRED, AGGREGATION and SYNCHRONIZATION to DISTRIBUTING"
    text = f"wait {repair.wait_s} s at the most until both ends of {name} carry traffic"
    yield Step("wait", name, text, why)


def longest_s(repair: Repair) -> int:
    """How long the whole repair may take, its dead-man included."""
    return len(repair.ports) * (repair.wait_s + 2 * _MARGIN_S)


def _journal(repair: Repair, number: int, port: Port) -> Journal:
    device = Device(port.name, port.number, True, port.mtu)
    return Journal(
        run=f"{repair.run}-{number}",
        module="remediate_router",
        what=f"cycle {port.name}",
        bond=repair.bond,
        bond_mac=repair.bond_mac,
        members=repair.members,
        ports=(PortBefore(device, repair.bond),),
        plan=tuple(_steps(repair, port.name)),
        started=repair.started,
        deadline_s=repair.wait_s + _MARGIN_S,
        kind="team",
    )


def _here(name: str, text: str) -> str:
    """A function of sh that prints a text."""
    return f"{name}() {{\n    cat <<'END-OF-TEXT'\n{text.rstrip()}\nEND-OF-TEXT\n}}\n"


def script(repair: Repair) -> str:
    """The whole repair as POSIX sh: `sh FILE begin 20`, then `sh FILE follow 20` until it ended."""
    values = {
        "run": repair.run,
        "bond": repair.bond,
        "bond_mac": repair.bond_mac,
        "here": repair.here,
        "wait_s": str(repair.wait_s),
        "max_repairs": str(repair.max_repairs),
        "per_minutes": str(repair.per_minutes),
    }
    parts = [
        "#!/bin/sh",
        "# Takes stuck members of a bond out and puts them back, one after the other.",
        *(f"{name}={quoted(value)}" for name, value in values.items()),
        LINKS,
    ]
    for number, port in enumerate(repair.ports, 1):
        journal = _journal(repair, number, port)
        parts.append(_here(f"journal_{number}", journal.dumps()))
        parts.append(_here(f"restore_{number}", restore.script(journal, repair.here)))
        doing = [f"step {_word(step.do)}" for step in _steps(repair, port.name) if step.do]
        parts.append(f"steps_{number}() {{\n    " + " &&\n        ".join(doing) + "\n}\n")
    cycles = "".join(f"    cycle {n} {quoted(p.name)}\n" for n, p in enumerate(repair.ports, 1))
    parts.append(f"plan() {{\n{cycles}}}\n")
    # The engine may look for vyatta's programs, which lie where PATH of LINKS does not lead.
    parts.append("PATH=$PATH:/opt/vyatta/bin:/opt/vyatta/sbin\n")
    parts.append(ENGINE)
    return "\n".join(parts)


def _word(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
