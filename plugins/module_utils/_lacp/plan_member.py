# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_member is going to do to one member: a ladder of rungs, each an ordered list of steps.

drivers/net/bonding: what a release loses is put back (bond_main.c, __bond_release_one; the IPv6
addresses of a device, and all routes through it, go when it is set down).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .budget import FIRST_CHOICE_S
from .plan import Refused, Step, command, link
from .shell import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .budget import Timers
    from .journal import Device, PortBefore
    from .stuck import Stand

PRESENT, ABSENT, CYCLED = "present", "absent", "cycled"
AUTO, POKE, BOUNCE, REENSLAVE = "auto", "poke", "bounce", "reenslave"
DISTRIBUTING, CARRIER, NONE = "distributing", "carrier", "none"
LADDER = (POKE, BOUNCE, REENSLAVE)
DEFAULT_PORT_PRIORITY = 255


class Wish(NamedTuple):
    """What was asked for. timeout_s: None derives it from the timers."""

    bond: str
    state: str
    method: str = AUTO
    wait_for: str = DISTRIBUTING
    timeout_s: float | None = None
    allow_isolation: bool = False


class Rung(NamedTuple):
    """One remedy: its steps, and how long its waits may take in all."""

    name: str
    steps: tuple[Step, ...]
    wait_s: float


class Plan(NamedTuple):
    """Of one member. nothing: why there is nothing to do, '' if there are rungs."""

    member: str
    rungs: tuple[Rung, ...] = ()
    nothing: str = ""

    def steps(self) -> list[Step]:
        """All steps, in order."""
        return [step for rung in self.rungs for step in rung.steps]

    def actions(self) -> list[str]:
        """What it does to the link."""
        return [step.action for step in self.steps()]

    @property
    def changes(self) -> bool:
        """Whether it does more than to wait."""
        return any(not action.startswith("wait") for action in self.actions())


class Planner(NamedTuple):
    """Plans for the members of one bond. left_out: rungs that cannot be used, and why."""

    wish: Wish
    timers: Timers
    bond_mac: str
    bond_mtu: int
    left_out: Mapping[str, str]

    def plan(self, before: PortBefore, stand: Stand) -> Plan:
        """The plan for a member as it is; Refused if no rung is left."""
        name = before.device.name
        if self.wish.state == ABSENT:
            return self._absent(before)
        if self.wish.state == PRESENT:
            return self._present(before, stand)
        if self.wish.method == AUTO and stand.well(name):
            return Plan(name, nothing=f"{name} works at both ends: there is nothing to cure")
        names = LADDER if self.wish.method == AUTO else (self.wish.method,)
        usable = [one for one in names if one not in self.left_out]
        if not usable:
            raise Refused("; ".join(self.left_out[one] for one in names))
        rungs: list[Rung] = []
        for one in usable:
            when = f"{name} is not well after {rungs[-1].name}" if rungs else ""
            rungs.append(self._rung(one, before, stand, when))
        return Plan(name, tuple(rungs))

    def _rung(self, name: str, before: PortBefore, stand: Stand, when: str) -> Rung:
        wait_s = self.answer_s if name == POKE else self.converge_s
        port = before.device.name
        is_last = stand.members() == [port]
        if is_last and name == REENSLAVE and self.wish.timeout_s is None:
            wait_s += FIRST_CHOICE_S
        if name == POKE:
            steps = [self._poke(port)]
        elif name == BOUNCE:
            steps = [*self._bounce(before)]
        else:
            steps = [*self._reenslave(before, is_last=is_last)]
        steps += self._wait(port, wait_s)
        return Rung(name, tuple(step._replace(when=when) for step in steps), wait_s)

    @property
    def converge_s(self) -> float:
        """How long a member may take to come back."""
        return self.timers.converge_s if self.wish.timeout_s is None else self.wish.timeout_s

    @property
    def answer_s(self) -> float:
        """How long the partner may take to react to a LACPDU."""
        return min(self.timers.answer_s, self.converge_s)

    def _absent(self, before: PortBefore) -> Plan:
        name = before.device.name
        if before.master != self.wish.bond:
            return Plan(name, nothing=f"{name} is no member of {self.wish.bond}")
        steps = (*self._out(before), self._stays_out(name))
        return Plan(name, (Rung(ABSENT, steps, self.timers.answer_s),))

    def _present(self, before: PortBefore, stand: Stand) -> Plan:
        name = before.device.name
        steps: list[Step] = []
        if before.master != self.wish.bond:
            steps = [self._enslave(before)]
        elif not before.device.admin_up:
            steps = [self._up(name, "a member that is down carries nothing")]
        elif self.wish.wait_for != DISTRIBUTING or stand.well(name):
            return Plan(name, nothing=f"{name} is a member of {self.wish.bond} already")
        steps += self._wait(name, self.converge_s)
        return Plan(name, (Rung(PRESENT, tuple(steps), self.converge_s),))

    def _out(self, before: PortBefore) -> Iterator[Step]:
        name = before.device.name
        yield self._down(
            name,
            "some switches disable a port whose LACPDUs suddenly deny aggregation; a port that is "
            "down sends none",
        )
        yield Step(
            "release",
            name,
            f"take {name} out of {self.wish.bond}",
            "the port forgets all that it had negotiated, and the NIC is closed",
            link(name, "nomaster"),
            link(name, "master", self.wish.bond),
        )

    def _down(self, name: str, why: str) -> Step:
        return Step("down", name, f"set {name} down", why, link(name, "down"), link(name, "up"))

    def _up(self, name: str, why: str) -> Step:
        return Step("up", name, f"set {name} up", why, link(name, "up"), link(name, "down"))

    def _enslave(self, before: PortBefore) -> Step:
        name = before.device.name
        return Step(
            "enslave",
            name,
            f"put {name} into {self.wish.bond}",
            "the bond opens it, gives it its MAC and MTU, and LACP begins anew",
            link(name, "master", self.wish.bond),
            link(name, "nomaster") if before.master != self.wish.bond else "",
        )

    def _poke(self, name: str) -> Step:
        path = quoted(f"/sys/class/net/{self.wish.bond}/bonding/ad_actor_sys_prio")
        return Step(
            "poke",
            name,
            "make every member send a LACPDU at once",
            "a partner that missed one needs nothing else; no state of this host changes",
            f"echo $(cat {path}) > {path}",
        )

    def _bounce(self, before: PortBefore) -> Iterator[Step]:
        name = before.device.name
        yield self._down(name, "the port starts anew, and the driver with it")
        yield Step(
            "wait_down",
            name,
            f"wait until bonding has noticed that {name} is down",
            f"it looks every {self.timers.miimon_ms} ms; what it does not see resets nothing",
        )
        yield self._up(name, "the port goes through negotiation from its beginning")
        yield from self._lost(before)

    def _reenslave(self, before: PortBefore, *, is_last: bool) -> Iterator[Step]:
        yield from self._out(before)
        if is_last:
            yield Step(
                "bond_mac",
                self.wish.bond,
                f"give {self.wish.bond} its MAC {self.bond_mac} again",
                "a bond without members takes a random one, and its partner would see a stranger",
                link(self.wish.bond, "address", self.bond_mac),
            )
        yield self._enslave(before)
        yield from self._forgotten(before)
        yield from self._lost(before)

    def _forgotten(self, before: PortBefore) -> Iterator[Step]:
        """Settings of bonding's port, which a release resets."""
        name = before.device.name
        for action, value, usual in (
            ("queue_id", before.queue_id, 0),
            ("prio", before.prio, 0),
            ("actor_port_prio", before.port_priority, DEFAULT_PORT_PRIORITY),
        ):
            if value not in (None, usual):
                yield Step(
                    action,
                    name,
                    f"give {name} its {action} {value} again",
                    "a release forgets it",
                    link(name, "type", "bond_slave", action, str(value)),
                )
        if before.device.mtu != self.bond_mtu:
            yield _mtu(before.device, "being added sets it to the bond's")

    def _lost(self, before: PortBefore) -> Iterator[Step]:
        """What goes when a device is set down, of the member and of what lies on it."""
        for upper in before.uppers:
            if not upper.admin_up:  # 8021q sets all VLANs up with their lower device
                yield self._down(upper.name, f"setting {before.device.name} up set it up, too")
        for device in (before.device, *before.uppers):
            yield from _addresses(device)

    def _wait(self, name: str, timeout_s: float) -> Iterator[Step]:
        for_what = {
            DISTRIBUTING: "both ends collect and distribute",
            CARRIER: "bonding calls its link up",
        }
        if self.wish.wait_for in for_what:
            yield Step(
                "wait",
                name,
                f"wait until {for_what[self.wish.wait_for]} on {name}, {timeout_s:.1f} s at most",
                "only a member that works may be followed by the next",
            )

    def _stays_out(self, name: str) -> Step:
        return Step(
            "wait_out",
            name,
            f"see that {name} stays out and that the other members still work",
            "NetworkManager puts a released port back by itself within half a second",
        )


def _mtu(device: Device, why: str) -> Step:
    text = f"give {device.name} its MTU {device.mtu} again"
    return Step("mtu", device.name, text, why, link(device.name, "mtu", str(device.mtu)))


def _addresses(device: Device) -> Iterator[Step]:
    for address in device.addresses:
        if ":" in address:
            yield Step(
                "address",
                device.name,
                f"give {device.name} its address {address} again",
                "IPv6 addresses go when a device is set down",
                command("ip", "-6", "addr", "add", address, "dev", device.name, "nodad"),
            )
    for family, *words in device.routes:
        yield Step(
            "route",
            device.name,
            f"give {device.name} its route {words[0]} again",
            "routes go when a device is set down",
            command("ip", family, "route", "replace", *words, "dev", device.name),
        )


def differences(before: Sequence[PortBefore], now: Sequence[PortBefore]) -> list[str]:
    """What is not as it was, for the reader: 'eno2: queue_id is 0, was 3'."""
    found: list[str] = []
    after = {port.device.name: port for port in now}
    for port in before:
        name = port.device.name
        if name not in after:
            found.append(f"{name} is gone")
            continue
        other = after[name]
        for field in ("master", "queue_id", "prio", "port_priority"):
            found += _differs(name, field, getattr(port, field), getattr(other, field))
        found += _device_differs(port.device, other.device)
        uppers = {upper.name: upper for upper in other.uppers}
        for upper in port.uppers:
            if upper.name in uppers:
                found += _device_differs(upper, uppers[upper.name])
            else:
                found.append(f"{upper.name} is gone")
    return found


def _differs(name: str, field: str, was: object, is_: object) -> list[str]:
    return [] if was == is_ else [f"{name}: {field} is {is_ or 'none'}, was {was or 'none'}"]


def _device_differs(before: Device, now: Device) -> list[str]:
    found = []
    for field in ("admin_up", "mtu"):
        found += _differs(before.name, field, getattr(before, field), getattr(now, field))
    lost = sorted(set(before.addresses) - set(now.addresses))
    gone = sorted(" ".join(route) for route in set(before.routes) - set(now.routes))
    found += [f"{before.name}: address {address} is missing" for address in lost]
    found += [f"{before.name}: route {route} is missing" for route in gone]
    return found
