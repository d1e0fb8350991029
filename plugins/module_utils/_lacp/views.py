# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Views: how a rule looks at a host, a bond or a member, and how its reads are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from . import bond_fields, host_fields
from .fact import Absent, Field, Known, NotEvaluable, Value
from .model import KIND_BOND, KIND_TEAM, MODE_LACP, Bond, HostFacts, Member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .record import Record

T = TypeVar("T")

NOT_LACP = "not an 802.3ad bond of the kernel or of teamd: LACP rules do not judge it"


class Earlier(NamedTuple):
    """Counters of an earlier reading of the same host.

    utc_s: its time, seconds since the epoch; counters: subject ('' for the host, 'bond0',
    'bond0/eno1') -> dotted field path, key of a map included ('errors.crc') -> count.
    """

    boot_id: str
    utc_s: float
    counters: Mapping[str, Mapping[str, int]]


class Growth(Value):
    """How much a counter grew between two readings of one boot."""

    __slots__ = ("count", "seconds")

    def __init__(self, count: int, seconds: float) -> None:
        self.count: Final = count
        self.seconds: Final = seconds


class Context(NamedTuple):
    """What all views of one host share.

    expected: what the policy expects of each bond, by bond name; now_utc_s: when the facts were
    read, seconds since the epoch; lapsed: waivers past their date that would cover a finding, as
    (what they cover, their words).
    """

    expected: Mapping[str, Mapping[str, Any]]
    earlier: Earlier | None = None
    now_utc_s: float = 0.0
    lapsed: tuple[tuple[str, str], ...] = ()


class View:
    """A subject under judgement; every value that is read through it is remembered as evidence."""

    def __init__(
        self, subject: str, record: Record, context: Context, reads: dict[str, None]
    ) -> None:
        self.subject = subject
        self.record = record
        self.context = context
        self.reads = reads

    def maybe(self, wanted: Field[T]) -> T | None:
        """The value, None where there is none; NotEvaluable where it is unknown."""
        self._remember(wanted)
        try:
            return self.record.maybe(wanted)
        except NotEvaluable as reason:
            raise NotEvaluable(self._named(reason)) from None

    def value(self, wanted: Field[T]) -> T:
        """The value; NotEvaluable where it is unknown or there is none."""
        self._remember(wanted)
        try:
            return self.record.value(wanted)
        except NotEvaluable as reason:
            raise NotEvaluable(self._named(reason)) from None

    def known_or(self, wanted: Field[T], otherwise: T) -> T:
        """The value, or otherwise where it is unknown or absent: only for words in a message."""
        try:
            return self.value(wanted)
        except NotEvaluable:
            return otherwise

    def growth(self, wanted: Field[Any], key: str = "") -> Growth:
        """Growth of a counter (of a key of a map) since the earlier reading.

        NotEvaluable without an earlier reading, after a reboot, or where the counter went back.
        """
        path = f"{wanted.path}.{key}" if key else wanted.path
        found = self.value(wanted)
        now = found[key] if key else found
        earlier = self.context.earlier
        if earlier is None:
            raise NotEvaluable(f"{path}: no earlier reading to compare with")
        before = earlier.counters.get(self.subject, {}).get(path)
        if before is None:
            raise NotEvaluable(f"{self.subject} {path}: the earlier reading does not have it")
        if now < before:
            raise NotEvaluable(f"{self.subject} {path}: the counter was reset between the readings")
        return Growth(now - before, self.context.now_utc_s - earlier.utc_s)

    def _remember(self, wanted: Field[Any]) -> None:
        found = self.record.fact(wanted)
        if isinstance(found, (Known, Absent)):
            self.reads[f"{self.subject or 'host'} {wanted.path} ({found.source})"] = None

    def _named(self, reason: NotEvaluable) -> str:
        return f"{self.subject} {reason}" if self.subject else str(reason)


class HostView(View):
    """A host; bonds holds views of its 802.3ad bonds only."""

    def __init__(self, facts: HostFacts, context: Context, reads: dict[str, None]) -> None:
        super().__init__("", facts.record, context, reads)
        self.bonds = [BondView(bond, self) for bond in facts.bonds if lacp_refusal(bond) is None]

    def growth(self, wanted: Field[Any], key: str = "") -> Growth:
        """As View.growth(); NotEvaluable after a reboot too."""
        self.require_same_boot()
        return super().growth(wanted, key)

    def require_same_boot(self) -> None:
        """NotEvaluable if the host was booted between the readings: counters began anew."""
        earlier = self.context.earlier
        if earlier is not None and earlier.boot_id != self.value(host_fields.BOOT_ID):
            raise NotEvaluable("the host was rebooted since the earlier reading")


class BondView(View):
    """A bond with its members; expected is what the policy wants of it."""

    def __init__(self, bond: Bond, host: HostView) -> None:
        super().__init__(bond.name, bond.record, host.context, host.reads)
        self.name = bond.name
        self.host = host
        self.expected = host.context.expected.get(bond.name, {})
        self.members = [MemberView(member, self) for member in bond.members]

    def growth(self, wanted: Field[Any], key: str = "") -> Growth:
        """As View.growth(); NotEvaluable after a reboot too."""
        self.host.require_same_boot()
        return super().growth(wanted, key)


class MemberView(View):
    """A member of a bond."""

    def __init__(self, member: Member, bond: BondView) -> None:
        super().__init__(f"{bond.name}/{member.name}", member.record, bond.context, bond.reads)
        self.name = member.name
        self.bond = bond
        self.host = bond.host

    def growth(self, wanted: Field[Any], key: str = "") -> Growth:
        """As View.growth(); NotEvaluable after a reboot too."""
        self.host.require_same_boot()
        return super().growth(wanted, key)


def lacp_refusal(bond: Bond) -> str | None:
    """Why LACP rules must not judge this bond; None if they may."""
    kind = bond.record.fact(bond_fields.KIND)
    if not isinstance(kind, Known) or kind.value not in (KIND_BOND, KIND_TEAM):
        return NOT_LACP
    mode = bond.record.fact(bond_fields.MODE)
    if isinstance(mode, Known):
        return None if mode.value == MODE_LACP else NOT_LACP
    answers = bond.record.fact(bond_fields.TEAM_ANSWERS)
    if isinstance(answers, Known) and not answers.value:
        return None  # a team device without its daemon: there is a rule that says so
    return f"{bond.name} mode: {getattr(mode, 'reason', 'there is none')}"
