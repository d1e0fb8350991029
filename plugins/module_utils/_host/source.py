# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host, and a snapshot that grows while it is read, as types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Callable, Optional, Protocol, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._lacp.snapshot import Reading, Snapshot

Value = Union[str, int, float, bool, None]
# A program and its arguments in; exit status, output and errors out, None if it is not there.
Run = Callable[[Sequence[str]], Optional[tuple[int, str, str]]]


class Source(Protocol):
    """A host: the live one, or a recorded one."""

    def read(self, path: str) -> Reading:
        """Return the content of a file."""

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; none if it is not there."""

    def readlink(self, path: str) -> str:
        """Return the target of a symbolic link, '' if there is none."""

    def dump(self, name: str) -> Reading:
        """Return the messages of a route netlink dump: links, addresses, qdiscs, stats, routes."""

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        """Return ethtool replies by (interface, command)."""

    def values(self) -> Mapping[str, Value]:
        """Return what no file holds, as Snapshot.facts describes it."""

    def read_seconds(self) -> float:
        """Return the time since values() was asked."""


class Reader(Protocol):
    """A snapshot that grows: what is asked for is added to it, failures too."""

    files: dict[str, Reading]
    snapshot: Snapshot

    def read(self, paths: Sequence[str]) -> None:
        """Add the contents of files."""

    def list(self, paths: Sequence[str]) -> None:
        """Add the names in folders; none for one that cannot be listed."""
