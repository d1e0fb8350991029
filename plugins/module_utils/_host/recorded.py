# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A snapshot that was saved, as a source: it gives what it holds and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._lacp.snapshot import Reading, Snapshot
    from .source import Value


class RecordedSource:
    """Answers from a snapshot as the host answered then."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def read(self, path: str) -> Reading:
        """Return the content of a file; ENOENT if nobody read it then."""
        return self._snapshot.file(path)

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder."""
        return self._snapshot.folders.get(path, ())

    def readlink(self, path: str) -> str:
        """Return the target of a symbolic link."""
        return self._snapshot.symlinks.get(path, "")

    def dump(self, name: str) -> Reading:
        """Return the messages of a dump; ENODATA if it was not asked for then."""
        return self._snapshot.dumps.get(name, ReadFailure("ENODATA", "not recorded"))

    def ethtool(self, names: Sequence[str]) -> Mapping[tuple[str, str], Reading]:
        """Return the replies of some interfaces, and those that belong to none."""
        wanted = {*names, ""}
        return {key: reply for key, reply in self._snapshot.ethtool.items() if key[0] in wanted}

    def values(self) -> Mapping[str, Value]:
        """Return what no file held."""
        return self._snapshot.facts

    def read_seconds(self) -> float:
        """Return how long the reading took then."""
        seconds = self._snapshot.facts.get("read_seconds")
        return float(seconds) if isinstance(seconds, (int, float)) else 0.0
