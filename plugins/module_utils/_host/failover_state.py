# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a member, its tc and its bond must be the same before and after a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lacp.failover_same import is_set, values
from .._lacp.journal_state import port_before
from .._lacp.plan import Refused
from .._lacp.rtnl_dumps import network
from . import files, tc_drop
from .apply import routes
from .capture_bond import NET, text
from .links import Links, dumps

if TYPE_CHECKING:
    from .._lacp.journal import PortBefore
    from .._lacp.stuck import Stand
    from .capture_bond import Bond
    from .dead_man import Run


class State:
    """Reads it, as often as asked."""

    def __init__(self, bond: Bond, run: Run) -> None:
        self._bond = bond
        self._run = run

    def stand(self) -> Stand:
        """How the bond and its members stand now; Refused, OSError."""
        links = Links(self._bond.name, [port.name for port in self._bond.ports])
        try:
            return links.stand()
        finally:
            links.close()

    def port(self, member: str) -> PortBefore:
        """What a journal has to know of a member; Refused."""
        snapshot = dumps()
        links = network(snapshot)
        if links is None or member not in links.names:
            raise Refused(f"{member} has just gone from this host: run it again")
        return port_before(snapshot, links, member, routes(self._run))

    def read(self, member: str) -> dict[str, str]:
        """Everything by place, as words; Refused, OSError."""
        stand, port = self.stand(), self.port(member)
        look = stand.ports.get(member)
        return values(
            port,
            look.fields if look is not None else {},
            tc_drop.state(port.device.ifindex),
            self.options(),
        )

    def options(self) -> dict[str, str]:
        """The bond's options by the kernel's names."""
        folder = f"{NET}/{self._bond.name}/bonding"
        return {name: text(f"{folder}/{name}") for name in files.listdir(folder) if is_set(name)}
