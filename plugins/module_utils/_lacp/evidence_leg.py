# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One member of the bond in a packet: its link, its states, what was counted and heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from .analysis_proof import NIC_RX
from .evidence import AFTER, BEFORE, mapping, rows, whole
from .evidence_events import restarted_near
from .evidence_spoken import DEAF, is_explained
from .evidence_time import utc_ns
from .fact import NotEvaluable
from .port_state import FORWARDING, TIMEOUT, ZERO_MAC
from .window import FROM_A, FROM_B, NS, OPPOSITE, RECEIVED, SENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .evidence import Evidence
    from .switch_evidence import SwitchPort

# Two network stacks back to back: nothing between them can lose a frame, and what the driver counts
# as sent has been handed to the far end (drivers/net/veth.c, tun.c).
BACK_TO_BACK = ("veth", "tun")
# What fields of the facts are called in a capture's summary of the members.
_SUMMARY = {
    "carrier": "carrier",
    "admin_up": "admin",
    "mii_status": "mii_status",
    "aggregator_id": "aggregator",
    "actor.port_state": "actor_state",
    "partner.port_state": "partner_state",
    "actor.key": "actor_key",
    "actor.port": "actor_port",
    "actor.system": "actor_system",
    "partner.system": "partner_system",
    "partner.key": "partner_key",
    "partner.port": "partner_port",
}
_NUMBERS = ("aggregator_id", "actor.port_state", "partner.port_state")
_FLAGS = ("carrier", "admin_up")


class Leg:
    """A member; whatever is not known raises NotEvaluable with the reason."""

    def __init__(self, evidence: Evidence, name: str, switch: SwitchPort | None = None) -> None:
        self.evidence = evidence
        self.name = name
        self._switch = switch

    def switch(self) -> SwitchPort:
        """What the switch says of the port at the other end; NotEvaluable if nobody knows."""
        if self._switch is None:
            given = self.evidence.packet.get("switch_evidence")
            raise NotEvaluable(
                f"{self.name}: no switch evidence pairs with this port"
                if given
                else "no switch evidence was given"
            )
        return self._switch

    # What is so at the end of the window -------------------------------------------------------

    def fact(self, path: str, when: str = AFTER) -> Any:  # noqa: ANN401 - whatever it holds
        """A fact of the member, from the capture's summary where no facts were collected."""
        try:
            return self.evidence.fact(when, self.name, path)
        except NotEvaluable:
            found = self._summary(path, when)
            if found is None:
                raise
            return found

    def _summary(self, path: str, when: str) -> Any:  # noqa: ANN401
        key = _SUMMARY.get(path)
        part = "begin" if when == BEFORE else "end"
        for at, row in rows(self.evidence.wire.get("members")):
            if key is None or row.get("member") != self.name or key not in mapping(row.get(part)):
                continue
            value: Any = str(row[part][key])
            self.evidence.see(f"{path} at the {part}", value, "wire", "members", at, part, key)
            if path in _FLAGS:
                return value == "up"
            if path.endswith(("port_state", "key", "port")) or path in _NUMBERS:
                return int(value) if value.isdigit() else None
            return value
        return self._told(path) if when == AFTER else None

    def _told(self, path: str) -> Any:  # noqa: ANN401
        """Who our end and the far end say that they are, where a capture is all there is."""
        whose, _dot, field = path.partition(".")
        if whose not in ("actor", "partner") or field not in ("system", "key", "port"):
            return None
        found = (
            self.lane(SENT if whose == "actor" else RECEIVED) if self.evidence.has_wire() else None
        )
        sender = mapping(found[1].get("sender")) if found else {}
        if found is None or sender.get(field) is None:
            return None
        return self.evidence.see(
            f"{path} on the wire", sender[field], "wire", "lanes", found[0], "sender", field
        )

    def known(self, path: str, when: str = AFTER) -> Any:  # noqa: ANN401
        """The fact, None where it is unknown or absent: for what only adds words."""
        try:
            return self.fact(path, when)
        except NotEvaluable:
            return None

    def first_known(self, *paths: str) -> Any:  # noqa: ANN401
        """The first of these facts that is known, None where there is none; else NotEvaluable."""
        for path in paths[:-1]:
            try:
                return self.fact(path)
            except NotEvaluable:  # noqa: PERF203 - two of them
                continue
        return self.fact(paths[-1])

    def link_up(self) -> bool:
        """Whether frames can pass at the end of the window."""
        flags = [self.known("admin_up"), self.known("carrier")]
        mii = self.known("mii_status")
        if False in flags or mii not in (None, "up"):
            return False
        if flags[1] is None and mii is None:
            # A capture alone: what was heard came over a link.
            if not self.tap(RECEIVED):
                raise NotEvaluable(f"{self.name}: nothing tells whether its link is up")
            return True
        return True

    def state(self, whose: str) -> int:
        """The port state octet of 'actor' or 'partner'; the far end's own word first."""
        if whose == "partner":
            word = self.sender(RECEIVED)
            if word is not None:
                return word
        try:
            found = whole(self.fact(f"{whose}.port_state"))
        except NotEvaluable:
            found = self.sender(SENT) if whose == "actor" else None
        if found is None:
            raise NotEvaluable(f"{self.name}: the port state of the {whose} is not known")
        return found

    def forwards(self) -> bool:
        """Whether both ends are in sync, collecting and distributing."""
        both = self.state("actor") & self.fact_or_sender_partner()
        deaf = (self.state("actor") | self.state("partner")) & DEAF
        return self.link_up() and both & FORWARDING == FORWARDING and not deaf

    def fact_or_sender_partner(self) -> int:
        """The partner's state as our kernel holds it (SYNC only if it matched), else its word."""
        found = whole(self.known("partner.port_state"))
        return self.state("partner") if found is None else found

    def partner_system(self, when: str = AFTER) -> str | None:
        """The partner's system; None where there is none."""
        found = self.fact("partner.system", when)
        return None if found in (None, ZERO_MAC, "none", "") else str(found)

    def deaf(self) -> bool:
        """Whether we do not hear the far end, so that what we know of it is old."""
        try:
            return bool(self.state("actor") & DEAF)
        except NotEvaluable:
            return False

    def need_settled(self) -> None:
        """NotEvaluable if the port began anew so lately that it may still be negotiating."""
        span = self.evidence.span()
        if span is None:
            return
        # 3 s EXPIRED, the next PDU of the far end at the latest, 2 s to wait for others.
        wait_s = 10 if self.period_s(RECEIVED) == 1 else 40
        if restarted_near(self.evidence, self.name, span[1], wait_s):
            raise NotEvaluable(
                f"{self.name}: its port began anew less than {wait_s} s before the window ended"
            )

    def known_system(self, when: str = AFTER) -> str | None:
        """The partner's system; None where there is none, or where it is not known."""
        try:
            return self.partner_system(when)
        except NotEvaluable:
            return None

    def is_well(self) -> bool:
        """Whether it is known to carry traffic both ways."""
        try:
            return self.forwards()
        except NotEvaluable:
            return False

    # What was counted --------------------------------------------------------------------------

    def grown(self, *names: str) -> int:
        """Growth of the first of these counters that the capture sampled."""
        for key in ("counters", "wire"):
            source = self.evidence.packet.get(key)
            steps = (key,) if key == "counters" else (key, "counters")
            table = source if key == "counters" else mapping(source).get("counters")
            for at, row in rows(table):
                if row.get("member") == self.name:
                    found = self._grown(row, names, (*steps, at))
                    if found is not None:
                        return found
        raise NotEvaluable(f"{self.name} {names[0]}: its growth in the window is not known")

    def _grown(
        self, row: Mapping[str, Any], names: tuple[str, ...], steps: tuple[str | int, ...]
    ) -> int | None:
        moved, still = mapping(row.get("grown")), row.get("unmoved")
        for name in names:
            if name in moved and whole(moved[name]) is not None:
                return int(self.evidence.see(f"{name} grew", moved[name], *steps, "grown", name))
            if isinstance(still, list) and name in still:
                self.evidence.see(f"{name} grew", 0, *steps, "unmoved", still.index(name))
                return 0
        return None

    def delta(self, path: str) -> int:
        """Growth between the facts before and after."""
        return self.evidence.delta(self.name, path)

    def first_of(self, *ways: Callable[[], int]) -> int:
        """The first of several ways to a figure that is known; else the reason of the first."""
        reason: NotEvaluable | None = None
        for way in ways:
            try:
                return way()
            except NotEvaluable as gap:  # noqa: PERF203 - a few ways at most
                reason = reason or gap
        raise reason or NotEvaluable(f"{self.name}: there is no way to know")

    def kernel(self, direction: str) -> int:
        """LACPDUs that bonding took in, or tried to send, in the window."""
        short = "tx" if direction == SENT else "rx"
        return self.first_of(
            lambda: self._proof("kernel") if direction == SENT else self.grown("lacpdu_rx"),
            lambda: self.grown(f"lacpdu_{short}"),
            lambda: self.delta(f"lacpdu.{short}"),
        )

    def sampled_kernel(self, direction: str) -> int:
        """The same by the capture's own samples only, so that it can be held against the tap."""
        name = "lacpdu_tx" if direction == SENT else "lacpdu_rx"
        ways = [lambda: self.grown(name)]
        return self.first_of(*ways, *([lambda: self._proof("kernel")] if direction == SENT else []))

    def netdev(self, direction: str) -> int:
        """Packets of any kind by the device's own counter."""
        name = "tx_packets" if direction == SENT else "rx_packets"
        return self.first_of(
            lambda: self._proof("netdev") if direction == SENT else self.grown(name),
            lambda: self.grown(name),
            lambda: self.delta(f"statistics.{name}"),
        )

    def nic(self, direction: str) -> int:
        """Multicast frames by the hardware's own counter."""
        if direction == SENT:
            return self._proof("nic")
        return self.grown(*NIC_RX)

    def _proof(self, rung: str) -> int:
        for at, row in rows(self.evidence.wire.get("proofs")):
            count = whole(row.get(rung))
            if row.get("member") == self.name and count is not None:
                name = row.get("nic_counter") if rung == "nic" else rung
                return int(
                    self.evidence.see(f"{name} grew (sent)", count, "wire", "proofs", at, rung)
                )
        raise NotEvaluable(f"{self.name}: no {rung} counter of what was sent")

    def back_to_back(self) -> bool:
        """Whether the member is one end of a pair of network stacks without a wire."""
        return self.known("driver") in BACK_TO_BACK

    # What was heard ----------------------------------------------------------------------------

    def lane(self, direction: str) -> tuple[int, Mapping[str, Any]] | None:
        """(index, lane) of a direction; None if no frame of it was seen."""
        self.evidence.need_wire()
        mine = [
            (at, row)
            for at, row in rows(self.evidence.wire.get("lanes"))
            if row.get("member") == self.name
        ]
        if direction in (SENT, RECEIVED) and any(
            row.get("direction") in (FROM_A, FROM_B) for _at, row in mine
        ):
            raise NotEvaluable(f"{self.name}: the capture does not tell which end is ours")
        return next((one for one in mine if one[1].get("direction") == direction), None)

    def tap(self, direction: str) -> int:
        """LACPDUs seen at the tap in the window."""
        found = self.lane(direction)
        if found is None:
            self.evidence.see(f"LACPDUs {direction} at the tap", 0, "wire", "lanes")
            return 0
        at, lane = found
        count = whole(lane.get("count")) or 0
        return int(
            self.evidence.see(
                f"LACPDUs {direction} at the tap", count, "wire", "lanes", at, "count"
            )
        )

    def sender(self, direction: str) -> int | None:
        """The sender's own state in its last PDU; None if none was seen or nobody listened."""
        if not self.evidence.has_wire():
            return None
        found = self.lane(direction)
        if found is None:
            return None
        at, lane = found
        state = whole(mapping(lane.get("sender")).get("state"))
        if state is None:
            return None
        whose = "our" if direction == SENT else "the far end's"
        steps = ("wire", "lanes", at, "sender", "state")
        return int(self.evidence.see(f"{whose} own state in its last PDU", state, *steps))

    def gaps(self, direction: str, grade: str = "lost") -> list[tuple[int, int, Mapping[str, Any]]]:
        """(lane, index, gap) of each silence of that grade."""
        found = self.lane(direction)
        if found is None:
            return []
        return [
            (found[0], at, gap)
            for at, gap in rows(found[1].get("gaps"))
            if gap.get("grade") == grade
        ]

    def silences(self, direction: str) -> list[tuple[int, int, Mapping[str, Any]]]:
        """Lost gaps that neither a restart nor the slow rate of a deaf end explains."""
        if not self.evidence.has_wire():
            return []
        found = []
        for lane, at, gap in self.gaps(direction):
            start, end = utc_ns(gap.get("start")), utc_ns(gap.get("end"))
            if start is None or end is None:
                continue
            span_s = (end - start) / NS
            if restarted_near(self.evidence, self.name, end, span_s + 5):
                continue
            if not is_explained(self, direction, start, end):
                found.append((lane, at, gap))
        return found

    def deliveries(self, direction: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(index, delivery): EXPIRED of whoever should have heard what went in that direction."""
        self.evidence.need_wire()
        for at, row in rows(self.evidence.wire.get("deliveries")):
            if row.get("member") == self.name and row.get("direction") == direction:
                yield at, row

    def timeout_s(self, direction: str) -> int:
        """How long the hearer of that direction waits: 3 or 90 s, by its own Timeout bit."""
        state = self.state("actor" if direction == RECEIVED else "partner")
        return 3 if state & TIMEOUT else 90

    def period_s(self, direction: str) -> int:
        """How often the hearer of that direction asks to be spoken to."""
        return 1 if self.timeout_s(direction) == 3 else 30

    def other(self, direction: str) -> str:
        """The opposite direction."""
        return OPPOSITE[direction]
