# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one link of a bond is doing, and what each of its ends hears of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from ...module_utils._lacp import member_fields as mf
from ...module_utils._lacp.fact import Absent, Field, Known
from ...module_utils._lacp.port_state import (
    AGGREGATION,
    DEFAULTED,
    EXPIRED,
    FORWARDING,
    SYNCHRONIZATION,
)
from ...module_utils._lacp.record import Record

T = TypeVar("T", bound=object)
# Yes, no, or None where nobody can tell.
Told = bool | None

# What is kept of a member for the table, the picture and the details of a report.
KEPT: tuple[Field[Any], ...] = (
    mf.ADMIN_UP,
    mf.CARRIER,
    mf.MII_STATUS,
    mf.SPEED,
    mf.BONDING_SPEED,
    mf.DUPLEX,
    mf.MTU,
    mf.DRIVER,
    mf.FIRMWARE,
    mf.AGGREGATOR_ID,
    mf.ACTOR_STATE,
    mf.ACTOR_KEY,
    mf.ACTOR_PORT,
    mf.PARTNER_SYSTEM,
    mf.PARTNER_KEY,
    mf.PARTNER_PORT,
    mf.PARTNER_STATE,
    mf.LINK_FAILURE_COUNT,
    mf.LACPDU_RX,
    mf.LACPDU_TX,
)

GOOD = "good"
BAD = "bad"
WAITING = "waiting"
UNKNOWN = "unknown"


class Condition(NamedTuple):
    """State of a link in a word for colour (good, bad, waiting, unknown) and words for people."""

    tone: str
    words: str


@dataclass(frozen=True)
class Link:
    """A member as a report shows it.

    hears: whether the host hears the partner; heard: whether the partner hears the host; None
    where it cannot be known.
    """

    name: str
    record: Record
    up: Told
    hears: Told
    heard: Told
    condition: Condition

    def typed(self, field: Field[T], kind: type[T]) -> T | None:
        """The value if it is known and of that type."""
        return typed(self.record, field, kind)

    @property
    def silent(self) -> bool:
        """Whether it is known that no partner ever spoke."""
        return isinstance(self.record.fact(mf.PARTNER_SYSTEM), Absent)


def typed(record: Record, field: Field[T], kind: type[T]) -> T | None:
    """The value of a fact if it is known and of that type, whoever wrote the file."""
    found = record.fact(field)
    if isinstance(found, Known) and isinstance(found.value, kind):
        return found.value
    return None


def link_of(name: str, data: dict[str, Any]) -> Link:
    """A link from the plain facts of a member."""
    record = Record.from_result(data, KEPT)
    up = _up(record)
    hears = _hears(record, up)
    heard = _heard(record, hears)
    return Link(name, record, up, hears, heard, _condition(record, up, hears, heard))


def _up(record: Record) -> Told:
    """Port states of a link that is down are stale: bonding's own link state is asked first."""
    status = typed(record, mf.MII_STATUS, str)
    if status is not None:
        return status in ("up", "going down")
    return typed(record, mf.CARRIER, bool)


def _hears(record: Record, up: Told) -> Told:
    """Our DEFAULTED and EXPIRED bits say that we do not hear the partner (802.1AX 6.4.12)."""
    if up is False:
        return False
    if isinstance(record.fact(mf.PARTNER_SYSTEM), Absent):
        return False
    state = typed(record, mf.ACTOR_STATE, int)
    return None if state is None else not state & (DEFAULTED | EXPIRED)


def _heard(record: Record, hears: Told) -> Told:
    """The partner's bits say whether it hears us, but only while it is heard itself."""
    state = typed(record, mf.PARTNER_STATE, int)
    if not hears or state is None:
        return None
    return not state & (DEFAULTED | EXPIRED)


def _condition(record: Record, up: Told, hears: Told, heard: Told) -> Condition:
    if typed(record, mf.ADMIN_UP, bool) is False:
        return Condition(BAD, "set down")
    if up is False:
        return Condition(BAD, "link down")
    if hears is False:
        return Condition(BAD, _deafness(record))
    if heard is False:
        return Condition(BAD, "partner deaf to us")
    return _negotiated(record, up)


def _deafness(record: Record) -> str:
    if isinstance(record.fact(mf.PARTNER_SYSTEM), Absent):
        return "partner silent"
    state = typed(record, mf.ACTOR_STATE, int) or 0
    return "partner gone quiet" if state & EXPIRED else "partner not heard"


def _negotiated(record: Record, up: Told) -> Condition:
    ours = typed(record, mf.ACTOR_STATE, int)
    theirs = typed(record, mf.PARTNER_STATE, int)
    if ours is None or theirs is None or up is None:
        return Condition(UNKNOWN, "unknown")
    if ours & theirs & FORWARDING == FORWARDING:
        return Condition(GOOD, "forwarding")
    if not ours & theirs & AGGREGATION:
        return Condition(WAITING, "individual")
    if not ours & SYNCHRONIZATION:
        return Condition(WAITING, "we are not in sync")
    if not theirs & SYNCHRONIZATION:
        return Condition(WAITING, "partner not in sync")
    return Condition(WAITING, "not forwarding")
