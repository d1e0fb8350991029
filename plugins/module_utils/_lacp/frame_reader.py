# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Frames of a live capture, decoded; what is said again and again is decoded once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .frame import EN10MB, open_envelope
from .pdu import DecodeError, decode
from .window import Frame

if TYPE_CHECKING:
    from .frame import Envelope
    from .pdu import Pdu

_REMEMBERED = 256


class _Read(NamedTuple):
    envelope: Envelope
    pdu: Pdu | None
    fault: str


class FrameReader:
    """Turns octets into frames; the very same octets give the very same PDU, as Lane likes it."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Read | None] = {}

    def read(
        self, data: bytes, *, member: str, direction: str, utc_ns: int, mono_ns: int
    ) -> Frame | None:
        """The frame; None if it is not of a slow protocol after all."""
        found = self._known.get(data)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[data] = _read(data)
        if found is None:
            return None
        envelope, pdu, fault = found
        return Frame(
            utc_ns,
            mono_ns,
            member,
            direction,
            envelope.source,
            envelope.destination,
            pdu,
            fault,
            envelope.vlans,
            len(data),
        )


def _read(data: bytes) -> _Read | None:
    envelope = open_envelope(EN10MB, data)
    if envelope is None:
        return None
    try:
        return _Read(envelope, decode(data[envelope.pdu_at :]), "")
    except DecodeError as error:
        return _Read(envelope, None, str(error))
