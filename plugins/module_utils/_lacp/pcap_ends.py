# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose frame is it: from the frames of a file to members and directions."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from .frame import OUT, Envelope
from .pdu import DecodeError, Lacpdu, Pdu, decode
from .window import FROM_A, FROM_B, RECEIVED, SENT, Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .pcap import Capture
    from .pcap_stream import Interface, Packet

# So many frames are looked at before the first is judged: LACP repeats itself, so who is at which
# end shows in the first seconds of a capture, and the memory stays bounded.
LEARN = 20_000
# PDUs repeat octet by octet while nothing happens.
_KEPT_DECODED = 4096

BY_MACS = "macs"
BY_FLAGS = "direction flags"
BY_NOTHING = "nothing"
UNASSIGNED = "unassigned"

_Port = tuple[str, int]  # LACP system and port


class Heard(NamedTuple):
    """A frame of the file and where it was captured, decoded, but not yet assigned."""

    packet: Packet
    envelope: Envelope
    place: str
    pdu: Pdu | None
    fault: str

    @property
    def direction(self) -> str:
        """As the format has it: 'in', 'out' or ''."""
        return self.packet.direction or self.envelope.direction

    @property
    def actor(self) -> _Port | None:
        """The sender's system and port; None if this is no whole LACPDU."""
        pdu = self.pdu
        if isinstance(pdu, Lacpdu) and pdu.actor is not None:
            return pdu.actor.system, pdu.actor.port
        return None

    @property
    def partner(self) -> _Port | None:
        """What the sender holds of the far end."""
        pdu = self.pdu
        if isinstance(pdu, Lacpdu) and pdu.partner is not None:
            return pdu.partner.system, pdu.partner.port
        return None


def hear(capture: Capture) -> Iterator[Heard]:
    """Decode every slow-protocol frame of a capture."""
    known: dict[bytes, tuple[Pdu | None, str]] = {}
    for packet, envelope in capture.slow_frames():
        octets = packet.data[envelope.pdu_at :]
        found = known.get(octets)
        if found is None:
            try:
                found = (decode(octets), "")
            except DecodeError as error:
                found = (None, str(error))
            if len(known) >= _KEPT_DECODED:
                known.clear()
            known[octets] = found
        place = _place(capture.interfaces, packet.interface, envelope.ifindex)
        yield Heard(packet, envelope, place, *found)


def _place(interfaces: list[Interface], index: int, ifindex: int | None) -> str:
    """A name for where a frame was captured; '' where the file has one nameless interface."""
    if ifindex is not None:
        return f"ifindex {ifindex}"
    name = interfaces[index].name
    return name or (f"interface {index}" if len(interfaces) > 1 else "")


@dataclass
class Ends:
    """Which senders are at our end, and the member each link is called by.

    known_by tells why they are ours; 'nothing': the ends can only be told apart, as a and b.
    """

    known_by: str = BY_NOTHING
    our_sources: set[str] = field(default_factory=set)
    our_systems: set[str] = field(default_factory=set)
    _local: dict[str, set[str]] = field(default_factory=dict)  # place -> our source MACs there
    _ports: dict[_Port, str] = field(default_factory=dict)  # our port -> our source MAC
    _links: dict[tuple[str, str, _Port | None], str] = field(default_factory=dict)

    @classmethod
    def learn(cls, frames: Iterable[Heard], macs: Iterable[str]) -> Ends:
        """From the first frames of a file, and the MACs that the user says are ours."""
        frames = list(frames)
        ends = cls(our_sources=set(macs))
        if ends.our_sources:
            ends.known_by = BY_MACS
        elif any(heard.direction for heard in frames):
            ends.known_by = BY_FLAGS
            ends.our_sources = {f.envelope.source for f in frames if f.direction == OUT}
        else:
            first = next((heard.actor for heard in frames if heard.actor), None)
            ends.our_systems = {first[0]} if first else set()
        for heard in frames:
            if ends.is_ours(heard):
                ends._local.setdefault(heard.place, set()).add(heard.envelope.source)
                if heard.actor is not None:
                    ends.our_systems.add(heard.actor[0])
                    ends._ports.setdefault(heard.actor, heard.envelope.source)
        if ends.known_by == BY_NOTHING:
            ends.our_sources = {mac for macs_ in ends._local.values() for mac in macs_}
        return ends

    def is_ours(self, heard: Heard) -> bool:
        """Whether our end sent it, or end a if it is not known which is ours."""
        if heard.direction:
            return heard.direction == OUT
        if self.known_by != BY_NOTHING or heard.actor is None:
            return heard.envelope.source in self.our_sources
        return heard.actor[0] in self.our_systems

    def member(self, heard: Heard, *, ours: bool) -> str:
        """Called by the interface where that has one port of ours, else by that port's MAC."""
        local = self._local.get(heard.place, set())
        mac: str | None = None
        if ours:
            mac = heard.envelope.source
        elif len(local) == 1:
            (mac,) = local
        else:
            sender = (heard.place, heard.envelope.source, heard.actor)
            mac = self._ports.get(heard.partner or ("", 0)) or self._links.get(sender)
            if mac is not None and len(self._links) < LEARN:
                self._links[sender] = mac
        if heard.place and (len(local) < 2 or mac is None):
            return heard.place
        if heard.place:
            return f"{heard.place} {mac}"
        return mac or UNASSIGNED

    def direction(self, *, ours: bool) -> str:
        """The word for it."""
        if self.known_by == BY_NOTHING:
            return FROM_A if ours else FROM_B
        return SENT if ours else RECEIVED


class Assigned:
    """The frames of a capture as records of a window; ends are known from the start.

    untimed counts frames that were left out because the format keeps no time for them.
    """

    def __init__(self, capture: Capture, macs: Iterable[str] = ()) -> None:
        self._frames = hear(capture)
        self._prefix = list(islice(self._frames, LEARN))
        self.ends = Ends.learn(self._prefix, macs)
        self.untimed = 0

    def records(self) -> Iterator[Frame]:
        """All frames of the capture; to be read once."""
        prefix, self._prefix = self._prefix, []
        for heard in chain(prefix, self._frames):
            packet, envelope = heard.packet, heard.envelope
            if packet.utc_ns is None:
                self.untimed += 1
                continue
            ours = self.ends.is_ours(heard)
            yield Frame(
                packet.utc_ns,
                packet.utc_ns,
                self.ends.member(heard, ours=ours),
                self.ends.direction(ours=ours),
                envelope.source,
                envelope.destination,
                heard.pdu,
                heard.fault,
                envelope.vlans,
                packet.original,
                packet.offset,
            )
