# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends Marker PDUs on the members of a bond and listens for the responses."""

from __future__ import annotations

import errno
import os
import select
import time
from typing import TYPE_CHECKING, NamedTuple

from .._lacp.frame import EN10MB, open_envelope
from .._lacp.marker_tally import Tally
from .._lacp.pdu import DecodeError, Marker, decode, encode, mac_octets
from .._lacp.port_state import SLOW_PROTOCOLS_GROUP
from .._lacp.snapshot import ReadFailure
from .._lacp.watch import proc_fields
from . import files
from .capture_bond import CaptureRefused
from .packet_socket import PacketSocket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .capture_bond import Bond, Port
    from .packet_socket import Heard

_NS = 1_000_000_000
_TYPE = b"\x88\x09"
_FRAMES = 200  # at a time and member


class Rounds(NamedTuple):
    """How many markers, seconds from one to the next, and how long the last may take."""

    number: int
    interval_s: float
    timeout_s: float


class Pinger:
    """One packet socket for each member; run() once, close() in any case."""

    def __init__(self, bond: Bond, ports: Sequence[Port]) -> None:
        """Open everything; CaptureRefused where this user may not send."""
        for one in ports:
            if not one.mac:
                raise CaptureRefused(f"{one.name} has just left bond {bond.name}: run it again")
        self.tallies = _tallies(bond, ports)
        self._macs = {one.name: mac_octets(one.mac) for one in ports}
        self._sockets: dict[int, tuple[PacketSocket, Tally]] = {}
        # Distinct from those of an earlier run, whose late answers may still be on the way.
        self._transaction = time.time_ns() // 1000 & 0xFFFFFFFF
        self._poll = select.poll()
        try:
            for tally in self.tallies:
                packets = PacketSocket(tally.member)
                self._sockets[packets.fileno()] = (packets, tally)
                self._poll.register(packets, select.POLLIN)
        except PermissionError:
            self.close()
            raise CaptureRefused(
                "sending packets needs CAP_NET_RAW: run the task with become: true"
            ) from None
        except OSError as error:
            self.close()
            raise CaptureRefused(f"bond {bond.name}: {error.strerror}") from None

    def run(self, rounds: Rounds) -> None:
        """Send all rounds, and wait for what is still to come."""
        start = time.monotonic_ns()
        for number in range(rounds.number):
            self._send()
            is_last = number == rounds.number - 1
            wait_s = rounds.timeout_s if is_last else (number + 1) * rounds.interval_s
            since = time.monotonic_ns() if is_last else start
            self._listen(since + int(wait_s * _NS), is_last=is_last)

    def _send(self) -> None:
        for packets, tally in self._sockets.values():
            self._transaction = self._transaction + 1 & 0xFFFFFFFF
            request = encode(tally.marker(self._transaction))
            head = mac_octets(SLOW_PROTOCOLS_GROUP) + self._macs[tally.member] + _TYPE
            sent_at = time.time_ns()
            try:
                packets.send(head + request)
            except OSError as error:
                code = error.errno or 0
                tally.refused(f"{errno.errorcode.get(code, code)}: {os.strerror(code)}")
            else:
                tally.sent_at(self._transaction, sent_at)

    def _listen(self, until_ns: int, *, is_last: bool) -> None:
        """Wait for responses; after the last round only as long as any is missing."""
        while not (is_last and all(len(one.answered) == len(one.sent) for one in self.tallies)):
            left_ns = until_ns - time.monotonic_ns()
            if left_ns <= 0:
                return
            for number, _events in self._poll.poll((left_ns + 999_999) // 1_000_000):
                packets, tally = self._sockets[number]
                try:
                    for heard in packets.frames(_FRAMES):
                        _take(tally, heard)
                except OSError as error:
                    if error.errno != errno.ENETDOWN:
                        self._poll.unregister(number)
                        tally.refused(f"the interface is gone: {error.strerror}")

    def close(self) -> None:
        """Close every socket."""
        for packets, _tally in self._sockets.values():
            packets.close()


def _take(tally: Tally, heard: Heard) -> None:
    """Our own request, as the tap saw it leave bonding's hands, or a response."""
    envelope = open_envelope(EN10MB, heard.data)
    if envelope is None:
        return
    try:
        pdu = decode(heard.data[envelope.pdu_at :])
    except DecodeError:
        return
    if not isinstance(pdu, Marker):
        return
    if heard.is_sent and pdu.response is False:
        if pdu.requester_transaction_id in tally.sent:
            tally.sent_at(pdu.requester_transaction_id, heard.utc_ns)
    elif not heard.is_sent and pdu.response is True:
        tally.heard(pdu, heard.utc_ns)


def _told(bond: Bond) -> dict[str, dict[str, str]]:
    """Port numbers and systems by member, as far as bonding or teamd tells them."""
    if bond.is_team:
        from . import team_bond  # noqa: PLC0415 - compiled on the host: only where it is used

        try:
            return team_bond.fields(bond.name)
        except team_bond.NoTeam:
            return {}
    content = files.read(f"/proc/net/bonding/{bond.name}")
    return {} if isinstance(content, ReadFailure) else proc_fields(content)


def _tallies(bond: Bond, ports: Sequence[Port]) -> list[Tally]:
    """Each member's own port number and system; without CAP_NET_ADMIN stand-ins for these."""
    fields = _told(bond)
    return [
        Tally(
            one.name,
            int(fields.get(one.name, {}).get("actor_port", number)),
            fields.get(one.name, {}).get("actor_system", bond.mac),
            fields.get(one.name, {}).get("partner_system", ""),
        )
        for number, one in enumerate(ports, 1)
    ]
