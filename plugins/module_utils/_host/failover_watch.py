# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One member under test: its LACPDUs, the kernel's announcements, and looks at short intervals.

The kernel announces neither what the partner says nor EXPIRED, so it is asked 40 times a second;
LACPDUs carry the kernel's time stamps and tell both ends' states sooner than that.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

from .._lacp.frame_reader import FrameReader
from .._lacp.snapshot import ReadFailure
from .._lacp.watch import looks, proc_fields, slow_counters
from . import files
from .capture_taps import Taps
from .capture_watch import ORDER, Moment, now
from .link_events import LinkAsker, LinkEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._lacp.failover_track import Track
    from .capture_bond import Bond, Port

_NS = 1_000_000_000
LOOK_NS = _NS // 40
_CHECK_NS = _NS // 4
_GROWTH = ("link_failures", "actor_churned", "partner_churned")
_PORT = "mii_status state aggregator actor_state partner_state carrier admin".split()
_LACPDUS = ("lacpdu_tx", "lacpdu_rx")


class MemberWatch:
    """Open for one trial; until() as often as needed, close() in any case."""

    def __init__(self, bond: Bond, port: Port, track: Track) -> None:
        """Open everything; OSError."""
        self._track = track
        self._bond = bond
        self._port = port
        self._names = {bond.ifindex: bond.name, port.ifindex: port.name}
        self._poll = select.poll()
        self._taps = Taps(self._poll, FrameReader(), select.POLLIN)
        self._links = LinkEvents()
        self._asker = LinkAsker()
        self._look_ns = 0
        self._check_ns = 0
        self.counters: dict[str, int] = {}
        self._poll.register(self._links, select.POLLIN)
        try:
            self._taps.open(port.name, port.mac)
        except OSError:
            self.close()
            raise
        self._look()

    def until(
        self,
        seconds: float,
        is_done: Callable[[], bool] | None = None,
        check: Callable[[], None] | None = None,
    ) -> bool:
        """Watch until something is true, or so long; whether it was. check may raise."""
        end = time.monotonic_ns() + int(seconds * _NS)
        while True:
            moment = now()
            if is_done is not None and is_done():
                return True
            if moment.mono_ns >= end:
                return False
            if check is not None and moment.mono_ns >= self._check_ns:
                self._check_ns = moment.mono_ns + _CHECK_NS
                self._taps.count()
                check()
            self._wait(min(end, self._look_ns) - moment.mono_ns)

    def _wait(self, nanoseconds: int) -> None:
        self._poll.poll(max(0, (nanoseconds + 999_999) // 1_000_000))
        moment = now()
        # Frames first: a look is newer than all of them.
        for number, _events in self._poll.poll(0):
            if number != self._links.fileno():
                for frame in self._taps.read(number, moment):
                    self._track.heard(frame)
        for datagram in self._links.datagrams():
            self._tell(datagram, moment)
        if moment.mono_ns >= self._look_ns:
            self._look()

    def _look(self) -> None:
        # In one queue with the announcements, so that an older one does not pass for news.
        for datagram in self._links.ask(list(self._names)):
            self._tell(datagram, now())
            for _index, found in slow_counters(datagram, ORDER):
                self.counters.update(found)
        self._look_ns = time.monotonic_ns() + LOOK_NS

    def _tell(self, datagram: bytes, moment: Moment) -> None:
        for look in looks(datagram, ORDER):
            name = self._names.get(look.ifindex)
            if name is not None:
                master = "none" if not look.master or look.gone else str(look.master)
                self._track.looked(moment.mono_ns, name, {**look.fields, "master": master})

    def lacpdus(self) -> dict[str, int]:
        """Bonding's own count of LACPDUs, which sees none that tc has dropped."""
        self._look()
        return {name: self.counters[name] for name in _LACPDUS if name in self.counters}

    def ports(self) -> dict[str, dict[str, str]]:
        """How each member stands now."""
        indexes = {port.ifindex: port.name for port in self._bond.ports}
        found = {}
        for datagram in self._asker.ask(list(indexes)):
            for look in looks(datagram, ORDER):
                if look.ifindex in indexes:
                    words = {name: look.fields.get(name, "unknown") for name in _PORT}
                    found[indexes[look.ifindex]] = words
        return found

    def growing(self) -> dict[str, int]:
        """Counters that only /proc/net/bonding has; those that it does not tell are left out."""
        content = files.read(f"/proc/net/bonding/{self._bond.name}")
        if isinstance(content, ReadFailure):
            return {}
        known: Mapping[str, str] = proc_fields(content).get(self._port.name, {})
        return {name: int(known[name]) for name in _GROWTH if known.get(name, "").isdigit()}

    def close(self) -> None:
        """Let go of everything."""
        self._taps.close_all()
        self._links.close()
        self._asker.close()
