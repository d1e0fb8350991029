# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one end of a link said on one member: counts, cadence, states and identities over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .cadence import Cadence, Density
from .pdu import SUBTYPES, Lacpdu, Marker, OtherSlow, PortInfo
from .port_state import flags
from .window import Frame, utc_text

KEPT_STATES = 200
KEPT_FAULTS = 50
KEPT_IDENTITIES = 32
ACTOR = "actor"
PARTNER = "partner"


class StateChange(NamedTuple):
    """A port state octet that differs from the one before; before is None for the first heard.

    whose: 'actor' (the sender's own state) or 'partner' (what the sender holds of the far end).
    """

    utc_ns: int
    mono_ns: int
    whose: str
    before: int | None
    after: int

    @property
    def set(self) -> int:
        """Bits that came; of the first octet heard none has."""
        return 0 if self.before is None else self.after & ~self.before

    @property
    def cleared(self) -> int:
        """Bits that went."""
        return 0 if self.before is None else self.before & ~self.after

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "at": utc_text(self.utc_ns),
            "whose": self.whose,
            "before": self.before,
            "after": self.after,
            "flags": flags(self.after),
            "set": flags(self.set),
            "cleared": flags(self.cleared),
        }


class Identity(NamedTuple):
    """Who the sender says it is; source is the frame's source MAC."""

    system: str
    system_priority: int
    key: int
    port: int
    port_priority: int
    source: str


@dataclass
class Presence:
    """When an identity was heard."""

    count: int
    first_utc_ns: int
    last_utc_ns: int


class IdentityChange(NamedTuple):
    """The sender is suddenly somebody else; returned: an identity it had before."""

    utc_ns: int
    mono_ns: int
    before: Identity
    after: Identity
    returned: bool

    @property
    def fields(self) -> list[str]:
        """Names of the fields that differ."""
        return [name for name in Identity._fields if self._differs(name)]

    def _differs(self, name: str) -> bool:
        return bool(getattr(self.before, name) != getattr(self.after, name))

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "at": utc_text(self.utc_ns),
            "changed": {
                name: [getattr(self.before, name), getattr(self.after, name)]
                for name in self.fields
            },
            "returned": self.returned,
        }


class Fault(NamedTuple):
    """A frame that could not be decoded, or a part of a PDU that is not as 802.1AX has it."""

    utc_ns: int
    text: str
    pdu_offset: int | None = None
    file_offset: int | None = None

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        return {
            "at": utc_text(self.utc_ns),
            "text": self.text,
            "pdu_offset": self.pdu_offset,
            "file_offset": self.file_offset,
        }


@dataclass
class Faults:
    """The first faults, and how many there were."""

    kept: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, fault: Fault) -> None:
        """Count it, and keep it if it is among the first."""
        self.total += 1
        if len(self.kept) < KEPT_FAULTS:
            self.kept.append(fault)


@dataclass
class Lane:
    """One direction of one member. Memory is bounded whatever comes; totals are kept throughout."""

    member: str
    direction: str
    count: int = 0  # LACPDUs that could be decoded
    octets: int = 0
    cadence: Cadence = field(default_factory=Cadence)
    density: Density | None = None
    states: list[StateChange] = field(default_factory=list)
    states_total: int = 0
    identity: Identity | None = None
    identities: dict[Identity, Presence] = field(default_factory=dict)
    identity_changes: list[IdentityChange] = field(default_factory=list)
    identity_changes_total: int = 0
    versions: dict[int, int] = field(default_factory=dict)
    extra_tlvs: dict[int, int] = field(default_factory=dict)
    vlans: dict[str, int] = field(default_factory=dict)
    other_subtypes: dict[int, int] = field(default_factory=dict)
    markers: int = 0
    marker_responses: int = 0
    undecodable: Faults = field(default_factory=Faults)
    malformed: Faults = field(default_factory=Faults)
    looped: int = 0
    looped_first: int | None = None
    actor: PortInfo | None = None
    partner: PortInfo | None = None
    latest: tuple[Lacpdu, str] | None = None  # with the frame's source MAC

    def is_repeated(self, frame: Frame, pdu: Lacpdu) -> bool:
        """Whether this is the very PDU of the last time (a decoder that remembers gives the same).

        Most are, and in a storm all: then nothing but counts and times is new.
        """
        latest, self.latest = self.latest, (pdu, frame.source)
        return latest is not None and latest[0] is pdu and latest[1] == frame.source

    def note_repeated(self, frame: Frame) -> None:
        """Count a PDU that says again what the last one said."""
        known = self.identities.get(self.identity) if self.identity else None
        if known is not None:
            known.count += 1
            known.last_utc_ns = frame.utc_ns

    def note_other(self, frame: Frame) -> None:
        """Count what is no usable LACPDU: markers, other slow protocols, frames beyond reading."""
        pdu = frame.pdu
        if pdu is None:
            self.undecodable.add(Fault(frame.utc_ns, frame.fault, None, frame.offset))
        elif isinstance(pdu, OtherSlow):
            self.other_subtypes[pdu.subtype] = self.other_subtypes.get(pdu.subtype, 0) + 1
        elif isinstance(pdu, Marker):
            self.markers += pdu.response is False
            self.marker_responses += pdu.response is True
        if isinstance(pdu, (Marker, Lacpdu)):
            self.note_flaws(frame, pdu)

    def note_flaws(self, frame: Frame, pdu: object) -> None:
        """Remember where a PDU is not as 802.1AX has it."""
        for flaw in getattr(pdu, "flaws", ()):
            self.malformed.add(Fault(frame.utc_ns, flaw.text, flaw.offset, frame.offset))

    def note_form(self, frame: Frame, pdu: Lacpdu) -> None:
        """Versions, TLVs, tags and flaws of a LACPDU."""
        self.count += 1
        self.octets += frame.size
        if pdu.version is not None:
            self.versions[pdu.version] = self.versions.get(pdu.version, 0) + 1
        for tlv in pdu.tlvs:
            self.extra_tlvs[tlv.type] = self.extra_tlvs.get(tlv.type, 0) + 1
        if frame.vlans:
            tags = " ".join(str(vlan) for vlan in frame.vlans)
            if tags in self.vlans or len(self.vlans) < KEPT_IDENTITIES:
                self.vlans[tags] = self.vlans.get(tags, 0) + 1
        if pdu.flaws:
            self.note_flaws(frame, pdu)

    def note_states(self, frame: Frame, pdu: Lacpdu) -> list[StateChange]:
        """Remember both state octets; the changes, for those who look for events."""
        changes = []
        for whose, old, new in (
            (ACTOR, self.actor, pdu.actor),
            (PARTNER, self.partner, pdu.partner),
        ):
            if new is not None and (old is None or old.state != new.state):
                before = None if old is None else old.state
                change = StateChange(frame.utc_ns, frame.mono_ns, whose, before, new.state)
                changes.append(change)
                self.states_total += 1
                if len(self.states) < KEPT_STATES:
                    self.states.append(change)
        self.actor = pdu.actor or self.actor
        self.partner = pdu.partner or self.partner
        return changes

    def note_identity(self, frame: Frame, actor: PortInfo) -> IdentityChange | None:
        """Remember who speaks; the change, if it is somebody else than the last time."""
        identity = Identity(
            actor.system,
            actor.system_priority,
            actor.key,
            actor.port,
            actor.port_priority,
            frame.source,
        )
        before, self.identity = self.identity, identity
        known = self.identities.get(identity)
        if known is not None:
            known.count += 1
            known.last_utc_ns = frame.utc_ns
        elif len(self.identities) < KEPT_IDENTITIES:
            self.identities[identity] = Presence(1, frame.utc_ns, frame.utc_ns)
        if before is None or before == identity:
            return None
        change = IdentityChange(frame.utc_ns, frame.mono_ns, before, identity, known is not None)
        self.identity_changes_total += 1
        if len(self.identity_changes) < KEPT_IDENTITIES:
            self.identity_changes.append(change)
        return change

    def as_result(self) -> dict[str, object]:
        """Plain data; times as RFC 3339, lengths in milliseconds."""
        first, last = self.cadence.first, self.cadence.last
        return {
            "member": self.member,
            "direction": self.direction,
            "count": self.count,
            "first": None if first is None else utc_text(first[0]),
            "last": None if last is None else utc_text(last[0]),
            "sender": self._sender(),
            "cadence": self.cadence.as_result(),
            "gaps": [gap.as_result() for gap in self.cadence.gaps],
            "gaps_total": self.cadence.gaps_total,
            "states": [change.as_result() for change in self.states],
            "states_total": self.states_total,
            "identities": [_identity_result(*pair) for pair in self.identities.items()],
            "identity_changes": [change.as_result() for change in self.identity_changes],
            "identity_changes_total": self.identity_changes_total,
            "flip_flop": any(change.returned for change in self.identity_changes),
            **self._form(),
        }

    def _sender(self) -> dict[str, object] | None:
        """Who spoke last, and in what state it and its view of the far end were."""
        if self.identity is None or self.actor is None:
            return None
        result: dict[str, object] = self.identity._asdict()
        result["state"] = self.actor.state
        result["flags"] = flags(self.actor.state)
        partner = self.partner
        result["partner"] = None if partner is None else partner._asdict()
        return result

    def _form(self) -> dict[str, object]:
        return {
            "versions": {str(key): self.versions[key] for key in sorted(self.versions)},
            "extra_tlvs": {str(key): self.extra_tlvs[key] for key in sorted(self.extra_tlvs)},
            "vlans": dict(self.vlans),
            "other_subtypes": {
                SUBTYPES.get(key, f"reserved {key}"): count
                for key, count in sorted(self.other_subtypes.items())
            },
            "markers": self.markers,
            "marker_responses": self.marker_responses,
            "undecodable": [fault.as_result() for fault in self.undecodable.kept],
            "undecodable_total": self.undecodable.total,
            "malformed": [fault.as_result() for fault in self.malformed.kept],
            "malformed_total": self.malformed.total,
            "looped": self.looped,
            "looped_first": None if self.looped_first is None else utc_text(self.looped_first),
        }


def _identity_result(identity: Identity, presence: Presence) -> dict[str, object]:
    return {
        **identity._asdict(),
        "count": presence.count,
        "first": utc_text(presence.first_utc_ns),
        "last": utc_text(presence.last_utc_ns),
    }
