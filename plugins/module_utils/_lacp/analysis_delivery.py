# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rule R09: from the moment a port EXPIRED to the last PDU that it can have heard."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from .analysis_events import SENDERS
from .analysis_lane import ACTOR, StateChange
from .port_state import DEFAULTED, EXPIRED, LONG_TIMEOUT_S, SHORT_TIMEOUT_S, TIMEOUT
from .window import NS, OPPOSITE, RECEIVED, SENT, ms, utc_text

# PDUs of a storm that follow each other more closely are one entry, so that 2,048 entries reach
# back past a long timeout (90 s).
_GRAIN_NS = 100_000_000
_KEPT = 2048
_KEPT_DELIVERIES = 50
# What a tick of the receiver's timer and the way may add to or take from the timeout.
SLACK_NS = 250_000_000


@dataclass
class Delivery:
    """One port's EXPIRED, computed back. times: (utc_ns, mono_ns); direction: of what was lost."""

    member: str
    direction: str
    expired: tuple[int, int]
    timeout_ns: int
    last_heard: tuple[int, int] | None
    first_unheard: tuple[int, int] | None
    last_unheard: tuple[int, int] | None
    unheard: int
    defaulted: tuple[int, int] | None = None

    @property
    def deadline_utc_ns(self) -> int:
        """The last moment at which the port can have heard a PDU."""
        return self.expired[0] - self.timeout_ns

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""

        def at(moment: tuple[int, int] | None) -> str | None:
            return None if moment is None else utc_text(moment[0])

        def since(first: tuple[int, int] | None, last: tuple[int, int] | None) -> object:
            return None if first is None or last is None else ms(last[1] - first[1])

        return {
            "member": self.member,
            "direction": self.direction,
            "expired_at": at(self.expired),
            "timeout_ms": ms(self.timeout_ns),
            "heard_nothing_after": utc_text(self.deadline_utc_ns),
            "last_heard": at(self.last_heard),
            "expired_after_ms": since(self.last_heard, self.expired),
            "captured_unheard": self.unheard,
            "first_unheard": at(self.first_unheard),
            "last_unheard": at(self.last_unheard),
            "defaulted_at": at(self.defaulted),
            "defaulted_after_ms": since(self.expired, self.defaulted),
            "conclusion": self.conclusion(),
        }

    def conclusion(self) -> str:
        """What follows, in a sentence, and nothing beyond what follows."""
        hearer = SENDERS[OPPOSITE[self.direction]]
        if not self.unheard:
            return f"none was captured after that: this capture shows nothing that {hearer} missed"
        lost = (
            f"{self.unheard} PDU{'s' if self.unheard > 1 else ''} captured after that did not reach"
        )
        if self.direction == SENT:
            return f"{lost} the far end: lost behind our tap (driver, NIC, cable or switch)"
        if self.direction == RECEIVED:
            return f"{lost} our LACP machine: lost behind our tap, on this host"
        return f"{lost} {hearer}"


@dataclass
class DeliveryTracker:
    """Remembers when each lane spoke, and computes back when its hearer says EXPIRED."""

    deliveries: list[Delivery] = field(default_factory=list)
    _spoken: dict[tuple[str, str], deque[tuple[int, int, int]]] = field(default_factory=dict)

    def spoke(self, member: str, direction: str, utc_ns: int, mono_ns: int) -> None:
        """Remember a PDU."""
        times = self._spoken.setdefault((member, direction), deque(maxlen=_KEPT))
        if times and 0 <= mono_ns - times[-1][1] < _GRAIN_NS:
            utc, mono, count = times[-1]
            times[-1] = (utc, mono, count + 1)
        else:
            times.append((utc_ns, mono_ns, 1))

    def changed(self, member: str, direction: str, change: StateChange) -> None:
        """Take in what a hearer says of itself; direction is that of the hearer's own PDUs."""
        if change.whose != ACTOR or change.before is None:
            return
        now = (change.utc_ns, change.mono_ns)
        lost = OPPOSITE[direction]
        # EXPIRED out of DEFAULTED, or with it, is a port that starts: it never heard anything.
        if change.set & EXPIRED and not (change.before | change.after) & DEFAULTED:
            self._add(member, lost, now, change.before)
        if change.set & DEFAULTED:
            for delivery in reversed(self.deliveries):
                if (delivery.member, delivery.direction) == (member, lost):
                    delivery.defaulted = delivery.defaulted or now
                    break

    def _add(self, member: str, lost: str, now: tuple[int, int], state: int) -> None:
        if len(self.deliveries) >= _KEPT_DELIVERIES:
            return
        timeout = (SHORT_TIMEOUT_S if state & TIMEOUT else LONG_TIMEOUT_S) * NS
        deadline = now[1] - timeout + SLACK_NS
        heard: tuple[int, int] | None = None
        unheard: list[tuple[int, int, int]] = []
        for utc, mono, count in self._spoken.get((member, lost), ()):
            if mono <= deadline:
                heard = (utc, mono)
            elif mono < now[1]:
                unheard.append((utc, mono, count))
        self.deliveries.append(
            Delivery(
                member,
                lost,
                now,
                timeout,
                heard,
                unheard[0][:2] if unheard else None,
                unheard[-1][:2] if unheard else None,
                sum(entry[2] for entry in unheard),
            )
        )
