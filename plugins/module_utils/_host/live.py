# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host that this process runs on, as a source."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .._lacp import places
from . import ethtool_reader, files, host_reader, netlink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._lacp.snapshot import Reading
    from .source import Run, Value

# A router with full tables would cost seconds; its gateways are unknown then.
_LARGEST_ROUTES = 1 << 20


class LiveSource:
    """Reads the kernel of this host and the files of its managers.

    run: runs a program of this host by its name and arguments, and gives its exit status, output
    and errors; None if it is not installed. Without it no program is run.
    """

    def __init__(self, run: Run | None = None) -> None:
        self._start = time.monotonic()
        self._run = run

    def read(self, path: str) -> Reading:
        """Return the content of a file, or the answer of a team device's daemon or driver."""
        if path.startswith(places.TEAM_SOCKETS):
            from . import team  # noqa: PLC0415 - compiled on the host: only where it is used

            return team.ask(path, self._run)
        return files.read(path)

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder."""
        return files.listdir(path)

    def readlink(self, path: str) -> str:
        """Return the target of a symbolic link."""
        return files.readlink(path)

    def dump(self, name: str) -> Reading:
        """Return the messages of a route netlink dump."""
        if name == "routes":
            return netlink.dump(name, _LARGEST_ROUTES)
        return netlink.dump(name)

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        """Return ethtool replies."""
        return ethtool_reader.read_ethtool(names)

    def values(self) -> Mapping[str, Value]:
        """Return what no file holds."""
        self._start = time.monotonic()
        return host_reader.host_values()

    def read_seconds(self) -> float:
        """Return the time since values() was asked."""
        return time.monotonic() - self._start
