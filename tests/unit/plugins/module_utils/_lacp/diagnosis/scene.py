# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet for tests of the diagnosis: facts, and an analysis of frames that were decoded.

Two members talk once a period, both ways, and all is well; a test changes what it is about.
"""

from __future__ import annotations

import copy
from typing import Any, Optional

from unit.factory import PARTNER, SYSTEM, healthy_bond, healthy_host, member

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.capture_report import (
    capture_result,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import (
    PACKET_SCHEMA,
    diagnose,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import SENT, Frame

from ..talk import Talk, at
from ..wire import NOBODY, Port

FAST, SLOW = 63, 61
Growth = dict[str, Optional[int]]  # noqa: UP045 - ansible-test reads it as Python 3.9


def ours(number: int, state: int = FAST, **more: Any) -> Port:
    return Port(**{"system": SYSTEM, "port": number, "state": state, "key": 21, **more})


def theirs(number: int, state: int = FAST, **more: Any) -> Port:
    told = {"system": PARTNER, "port": 16 + number, "state": state, "key": 11}
    return Port(**{**told, "priority": 32768, "port_priority": 32768, **more})


class Scene:
    """Seconds count from the start of the window, as in Talk."""

    def __init__(
        self, names: tuple[str, ...] = ("eno1", "eno2"), *, seconds: float = 20, driver: str = "ice"
    ) -> None:
        self.names = names
        self.seconds = seconds
        self.talk = Talk()
        self.changes: dict[str, dict[str, Any]] = {name: {"DRIVER": driver} for name in names}
        self.earlier: dict[str, dict[str, Any]] = {name: {} for name in names}
        self.bond: dict[str, Any] = {}
        self.bond_earlier: dict[str, Any] = {}
        self.host: dict[str, Any] = {}
        self.host_earlier: dict[str, Any] = {}
        self.growth: dict[str, Growth] = {name: {} for name in names}
        self.quiet: set[str] = set()
        self.more: dict[str, Any] = {}
        self.state = FAST

    def number(self, name: str) -> int:
        return self.names.index(name) + 1

    def after(self, name: str, **changes: Any) -> Scene:
        """Facts of a member after the window (constants of member_fields)."""
        self.changes[name].update(changes)
        return self

    def before(self, name: str, **changes: Any) -> Scene:
        """Facts of a member before it, where they differ from those after it."""
        self.earlier[name].update(changes)
        return self

    def grew(self, name: str, **counters: int | None) -> Scene:
        """What the capture counted of a member; None: it did not read that counter."""
        self.growth[name].update(counters)
        return self

    def speaks(
        self,
        name: str,
        first: float = 0,
        last: float | None = None,
        *,
        sent: Port | None = None,
        received: Port | None = None,
        period: float = 1,
    ) -> Scene:
        """LACPDUs of a member in a stretch of time; a direction that is not given is silent."""
        self.quiet.add(name)
        end = self.seconds if last is None else last
        number = self.number(name)
        moment = first
        while moment < end:
            if sent is not None:
                self.talk.sent(moment, sent, received or NOBODY, member=name)
            if received is not None:
                partner = sent or ours(number)
                self.talk.received(moment + 0.1, received, partner, member=name)
            moment = round(moment + period, 3)
        return self

    def fine(self, name: str, first: float = 0, last: float | None = None) -> Scene:
        """A healthy exchange."""
        number = self.number(name)
        mine, other = ours(number, self.state), theirs(number, self.state)
        period = 1 if self.state & 2 else 30
        return self.speaks(name, first, last, sent=mine, received=other, period=period)

    def packet(self, **parts: Any) -> dict[str, Any]:
        """The packet; parts replace or (None) take away what stands in it."""
        self.quiet, spoken = set(), self.quiet
        for name in self.names:
            if name not in spoken:
                self.fine(name)
        self.quiet = set(self.names)
        self._samples()
        found = self.talk.analysis(self.seconds, self.names)
        packet: dict[str, Any] = {
            "schema": PACKET_SCHEMA,
            "host": "h1",
            "bond": "bond0",
            "before": self._facts(earlier=True),
            "after": self._facts(earlier=False),
            "wire": {**capture_result(found), "bond": "bond0"},
            "kernel_log": [],
            **self.more,
            **parts,
        }
        return {key: value for key, value in packet.items() if value is not None}

    def verdict(self, **parts: Any) -> dict[str, Any]:
        return diagnose(self.packet(**parts))

    def _samples(self) -> None:
        for name in self.names:
            grown = {**self._counted(name), **self.growth[name]}
            known = {key: value for key, value in grown.items() if value is not None}
            self.talk.sample(0, dict.fromkeys(known, 1000), name)
            self.talk.sample(
                self.seconds, {key: 1000 + value for key, value in known.items()}, name
            )

    def _counted(self, name: str) -> Growth:
        frames = [r for r in self.talk.records if isinstance(r, Frame) and r.member == name]
        sent = sum(frame.direction == SENT for frame in frames)
        received = len(frames) - sent
        return {
            "lacpdu_tx": sent,
            "lacpdu_rx": received,
            "tx_packets": sent,
            "rx_packets": received,
        }

    def _facts(self, *, earlier: bool) -> dict[str, Any]:
        ports = []
        for name in self.names:
            changes = {**self.changes[name], **(self.earlier[name] if earlier else {})}
            if self.state == SLOW:
                changes = {"ACTOR_STATE": SLOW, "PARTNER_STATE": SLOW, **changes}
            ports.append(member(name, self.number(name), **changes))
        bond = {**self.bond, **(self.bond_earlier if earlier else {})}
        host = {**self.host, **(self.host_earlier if earlier else {})}
        facts = healthy_host(healthy_bond(members=ports, **bond), **host)
        return copy.deepcopy(facts.as_result(sources=False))


def unknown(reason: str = "needs CAP_NET_ADMIN") -> Unknown:
    return Unknown(reason)


def log(second: float, text: str) -> dict[str, str]:
    """A line of the kernel log."""
    return {"at": at(second), "text": text}


def rule_of(verdict: dict[str, Any], rule: str) -> dict[str, Any]:
    """The row of a rule in the trace."""
    row: dict[str, Any]
    (row,) = [row for row in verdict["rules"] if row["rule"] == rule]
    return row


def port_evidence(number: int = 1, **changes: Any) -> dict[str, Any]:
    """What a healthy switch port at the other end of a member says; a.b=... as a__b=..."""
    sample = {
        "lacp_counters": {"rx": 100, "tx": 100, "rx_illegal": 0, "rx_unknown": 0},
        "if_counters": {"rx_crc": 0, "rx_symbol": 0, "rx_multicast": 100, "link_flaps": 0},
        "control_plane": {"lacp_policer_drops": 0},
    }
    record: dict[str, Any] = {
        "schema": "switch_evidence/v1",
        "switch": {"name": "leaf1", "clock_offset_s": 0.1},
        "port": {"name": f"Ethernet{number}", "admin_up": True},
        "lag": {"mode": "active", "min_links": 1, "members_bundled": 2, "fallback": "none"},
        "member": {"state": "bundled", "reason": None},
        "actor": {"system": PARTNER, "key": 11, "port": 16 + number, "state": 63},
        "partner": {"system": SYSTEM, "key": 21, "port": number, "state": 63},
        "control_plane": {"cpu_pct": 10},
        "mlag": {"enabled": False},
        "logs": [],
        "samples": [copy.deepcopy(sample), copy.deepcopy(sample)],
    }
    last = record["samples"][1]
    last["lacp_counters"].update(rx=120, tx=120)
    last["if_counters"].update(rx_multicast=120)
    for path, value in changes.items():
        _put(record, path.split("__"), value)
    return record


def _put(record: dict[str, Any], steps: list[str], value: Any) -> None:
    """Of a counter the value is how much it grew; None: it was not sampled."""
    head, *rest = steps
    if head in ("lacp_counters", "if_counters") or steps == ["control_plane", "lacp_policer_drops"]:
        first, last = record["samples"]
        if value is None:
            first[head].pop(rest[0], None)
            last[head].pop(rest[0], None)
        else:
            first[head].setdefault(rest[0], 100)
            last[head][rest[0]] = first[head][rest[0]] + value
        return
    for step in (head, *rest[:-1]) if rest else ():
        record = record.setdefault(step, {})
    record[rest[-1] if rest else head] = value
