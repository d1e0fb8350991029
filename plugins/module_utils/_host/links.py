# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a bond and some interfaces stand, now and until something is true of them."""

from __future__ import annotations

import select
import socket
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from .._lacp.plan import Refused
from .._lacp.snapshot import ReadFailure, Snapshot
from .._lacp.stuck import Stand
from .._lacp.watch import looks
from . import netlink
from .link_events import LinkAsker, LinkEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Bonding announces neither what the partner says nor EXPIRED (see LinkEvents): so look as well.
POLL_S = 0.05
ORDER = "<" if sys.byteorder == "little" else ">"


class Waited(NamedTuple):
    """How a wait ended. reached: what was waited for is true; seconds: how long it took."""

    reached: bool
    seconds: float
    stand: Stand


class Links:
    """A bond and interfaces, followed by their index: a name may change hands."""

    def __init__(self, bond: str, names: Sequence[str]) -> None:
        """Open the channels; Refused if one does not exist, OSError."""
        self._bond = _index(bond)
        self._names = {_index(name): name for name in names}
        self._asker = LinkAsker()
        self._events = LinkEvents()

    def stand(self) -> Stand:
        """How they stand now; Refused if the bond is gone."""
        found = {
            look.ifindex: look
            for data in self._asker.ask([self._bond, *self._names])
            for look in looks(data, ORDER)
        }
        if self._bond not in found:
            raise Refused("the bond was deleted")
        ports = {name: found[index] for index, name in self._names.items() if index in found}
        return Stand(found[self._bond], ports)

    def until(
        self,
        is_reached: Callable[[Stand], bool],
        timeout_s: float,
        check: Callable[[], None] | None = None,
    ) -> Waited:
        """Wait by events, and by looking every 50 ms, until it is reached or the time is up.

        check is called at each look and may raise: Safeguard.check.
        """
        start = time.monotonic()
        poll = select.poll()
        poll.register(self._events.fileno(), select.POLLIN)
        while True:
            for data in self._events.datagrams():
                self._announced(data)
            stand = self.stand()
            seconds = time.monotonic() - start
            if is_reached(stand) or seconds >= timeout_s:
                return Waited(is_reached(stand), seconds, stand)
            if check is not None:
                check()
            poll.poll(min(POLL_S, timeout_s - seconds) * 1000)

    def _announced(self, data: bytes) -> None:
        """Hear a datagram of the link group; who asks how they stand has no use for it."""

    def close(self) -> None:
        """Close the channels."""
        self._asker.close()
        self._events.close()


def _index(name: str) -> int:
    try:
        return socket.if_nametoindex(name)
    except OSError as error:
        raise Refused(f"there is no interface {name!r}") from error


def dumps() -> Snapshot:
    """Links and addresses of this host; Refused."""
    found = {name: netlink.dump(name) for name in ("links", "addresses")}
    for name, reading in found.items():
        if isinstance(reading, ReadFailure):
            raise Refused(f"the {name} of this host cannot be read: {reading.text}")
    return Snapshot(dumps=found, facts={"byteorder": sys.byteorder})
