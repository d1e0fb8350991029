# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bond and its members, watched: what the kernel announces, and what has to be asked for.

The kernel announces a member's carrier, master and that it starts or stops to distribute. Partner
bits, EXPIRED, churn and aggregators change in silence (bond_3ad.c), so they are asked for.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from .._lacp import watch
from .._lacp.analysis_ties import PRESSURE, STALL
from .._lacp.snapshot import ReadFailure
from .._lacp.window import LinkEvent, Sample
from . import files
from .nic_counters import NicCounters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._lacp.window import Record
    from .capture_bond import Bond
    from .link_events import LinkEvents
    from .team_bond import TeamWatch

ORDER = ">" if sys.byteorder == "big" else "<"
# Drivers may take milliseconds for their counters, so those are read at every fifth look only.
NIC_EVERY = 5
_NARROW_NS = 20_000
_TRIES = 5


class Moment(NamedTuple):
    """One instant on both clocks."""

    utc_ns: int
    mono_ns: int


def now() -> Moment:
    """This instant; read again where something came between the readings of the two clocks."""
    best, narrowest = Moment(0, 0), _NARROW_NS << 32
    for _attempt in range(_TRIES):
        before = time.monotonic_ns()
        utc = time.time_ns()
        width = time.monotonic_ns() - before
        if width < narrowest:
            best, narrowest = Moment(utc, before + width // 2), width
        if width < _NARROW_NS:
            break
    return best


class Watch:
    """Turns announcements and answers into records; remembers how everything was before."""

    def __init__(self, bond: Bond, links: LinkEvents) -> None:
        self.bond = bond
        self.names = {bond.ifindex: bond.name, **{port.ifindex: port.name for port in bond.ports}}
        self.seen: dict[int, watch.Look] = {}
        self.first: dict[int, watch.Look] = {}
        self.proc: dict[str, dict[str, str]] = {}
        self.proc_first: dict[str, dict[str, str]] = {}
        self.flapped = False
        self.joined: list[tuple[str, int]] = []
        self.gone: list[str] = []
        self.bond_gone = False
        self.late_ns = 0  # by how much the look that comes is late
        self._links = links
        self._raw = b""
        self._slow: dict[int, dict[str, int]] = {}
        self._nics: dict[int, NicCounters] = {}
        self._nic_values: dict[int, dict[str, int]] = {}
        self._pressure: tuple[int, int] | None = None
        self._ticks = 0
        self._team: TeamWatch | None = None
        if bond.is_team:
            from .team_bond import TeamWatch  # noqa: PLC0415 - only where it is used

            self._team = TeamWatch(bond.name)

    def announced(self, at: Moment) -> Iterator[Record]:
        """Records of what the kernel announced since."""
        for datagram in self._links.datagrams():
            for look in watch.looks(datagram, ORDER):
                yield from self._look(look, at)

    def asked(self, *, final: bool = False) -> Iterator[Record]:
        """Records of a look at everything; the first look gives nothing but samples."""
        indexes = [index for index in self.names if not self._is_gone(index)]
        looks: list[watch.Look] = []
        for datagram in self._links.ask(indexes):
            looks.extend(watch.looks(datagram, ORDER))
            self._slow.update(watch.slow_counters(datagram, ORDER))
        is_nic_turn = final or self._ticks % NIC_EVERY == 0
        self._ticks += 1
        at = now()
        for look in looks:
            yield from self._look(look, at)
        yield from self._proc(at)
        for index in indexes:
            latest = self.seen.get(index)
            if index != self.bond.ifindex and latest is not None and not latest.gone:
                yield self._sample(latest, at, is_nic_turn=is_nic_turn)
        yield self._host(at)

    def _look(self, look: watch.Look, at: Moment) -> Iterator[Record]:
        if look.ifindex not in self.names and look.master == self.bond.ifindex:
            self.joined.append((look.name, look.ifindex))
            self.names[look.ifindex] = look.name
            yield LinkEvent(*at, look.name, "master", "none", self.bond.name)
        if look.ifindex in self.names:
            yield from self._take(look, at)

    @property
    def members(self) -> list[watch.Look]:
        """Those that are in the bond now."""
        return [
            look
            for index, look in self.seen.items()
            if index != self.bond.ifindex and look.master == self.bond.ifindex and not look.gone
        ]

    @property
    def is_converged(self) -> bool:
        """Whether every member delivers, at both ends."""
        bond = self.seen.get(self.bond.ifindex)
        if self._team is not None:
            return self._team.is_converged(self.proc)
        return bond is not None and watch.is_converged(bond, self.members)

    def summary(self) -> list[dict[str, object]]:
        """The state of the bond, and behind it of each member, at the beginning and the end."""
        found: list[dict[str, object]] = []
        order = sorted(self.names, key=lambda one: (one != self.bond.ifindex, self.names[one]))
        for index in order:
            name = self.names[index]
            first, last = self.first.get(index), self.seen.get(index)
            if first is not None and last is not None:
                key = "" if index == self.bond.ifindex else name
                begin = {**self.proc_first.get(key, {}), **first.fields}
                end = {**self.proc.get(key, {}), **last.fields}
                found.append({"member": name, "begin": begin, "end": end})
        return found

    def _is_gone(self, index: int) -> bool:
        return index in self.seen and self.seen[index].gone

    def _take(self, look: watch.Look, at: Moment) -> Iterator[Record]:
        before = self.seen.get(look.ifindex)
        self.seen[look.ifindex] = look
        if before is None:
            self.first[look.ifindex] = look
            return
        old, new = dict(before.fields), dict(look.fields)
        old["name"], new["name"] = before.name, look.name
        old["master"], new["master"] = self._master(before), self._master(look)
        if look.gone:
            new = {**old, "master": "none", "device": "gone"}
            self.bond_gone = self.bond_gone or look.ifindex == self.bond.ifindex
            self.gone.append(self.names[look.ifindex])
        name = self.names[look.ifindex]
        for what, was, is_ in watch.changes(old, new):
            if look.ifindex != self.bond.ifindex:
                self.flapped = self.flapped or watch.is_flap(what, was, is_)
            yield LinkEvent(*at, name, what, was, is_)

    def _master(self, look: watch.Look) -> str:
        if look.gone or not look.master:
            return "none"
        return self.names.get(look.master, f"interface {look.master}")

    def _proc(self, at: Moment) -> Iterator[Record]:
        """What only /proc/net/bonding or teamd shows; taken apart only where it changed."""
        bond = self.seen.get(self.bond.ifindex)
        name = bond.name if bond is not None else self.bond.name
        content = self._team.read() if self._team else files.read(f"/proc/net/bonding/{name}")
        if isinstance(content, ReadFailure) or content == self._raw:
            return
        self._raw = content
        fields = self._team.fields(content) if self._team else watch.proc_fields(content)
        is_first = not self.proc
        before, self.proc = self.proc, fields
        if is_first:
            self.proc_first = fields
            return
        for member, values in fields.items():
            for what, was, is_ in watch.changes(before.get(member, values), values):
                self.flapped = self.flapped or (bool(member) and watch.is_flap(what, was, is_))
                yield LinkEvent(*at, member or self.bond.name, what, was, is_)

    def _sample(self, look: watch.Look, at: Moment, *, is_nic_turn: bool) -> Sample:
        index = look.ifindex
        if is_nic_turn:
            nic = self._nics.get(index)
            if nic is None:
                nic = self._nics[index] = NicCounters(look.name)
            self._nic_values[index] = nic.read()
        counters = {
            **self._nic_values.get(index, {}),
            **look.counters,
            **self._slow.get(index, {}),
        }
        return Sample(*at, self.names[index], counters)

    def _host(self, at: Moment) -> Sample:
        gauges = {STALL: round(self.late_ns / 1e6, 1)}
        self.late_ns = 0
        waited = _waited_us()
        if waited is not None:
            if self._pressure is not None and at.mono_ns > self._pressure[1]:
                share = (waited - self._pressure[0]) * 1e5 / (at.mono_ns - self._pressure[1])
                gauges[PRESSURE] = round(min(share, 100.0), 1)
            self._pressure = (waited, at.mono_ns)
        dropped = _softnet_dropped()
        return Sample(*at, "", {} if dropped is None else {"softnet_dropped": dropped}, gauges)


def _waited_us() -> int | None:
    """Microseconds in which some task waited for a CPU (Documentation/accounting/psi.rst)."""
    found = files.read("/proc/pressure/cpu", 4096)
    if isinstance(found, ReadFailure):
        return None
    _head, _equals, total = found.partition(b"\n")[0].rpartition(b"total=")
    return int(total) if total.isdigit() else None


def _softnet_dropped() -> int | None:
    """Packets that found the backlog of their CPU full (net/core/net-procfs.c: 2nd column)."""
    found = files.read("/proc/net/softnet_stat", 1 << 18)
    if isinstance(found, ReadFailure):
        return None
    columns = [line.split() for line in found.split(b"\n") if line]
    return sum(int(column[1], 16) for column in columns if len(column) > 1)
