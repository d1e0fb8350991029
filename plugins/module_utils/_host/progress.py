# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells whoever reads a FIFO how a long task is getting on; never waits for a reader."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Progress:
    """One line of JSON for each reader that waits; without a reader nothing is written."""

    def __init__(self, path: str) -> None:
        """Use a FIFO by path; '' or anything but a FIFO: nothing is ever written."""
        self._path = path if path and _is_fifo(path) else ""
        self._last = -1

    def tell(self, report: Mapping[str, object]) -> None:
        """Give the reader that waits now a line, and let it go."""
        file = self._open()
        if file >= 0:
            self._write(file, report)
            os.close(file)

    def end(self) -> None:
        """Hold the reader that waits now until this process has ended and its result is there."""
        self._last = self._open()
        if self._last >= 0:
            self._write(self._last, {"done": True})

    def _open(self) -> int:
        if not self._path:
            return -1
        try:
            # ENXIO: nobody reads it at the moment.
            return os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return -1

    def _write(self, file: int, report: Mapping[str, object]) -> None:
        try:
            os.write(file, json.dumps(report).encode() + b"\n")
        except OSError:
            self._path = ""


def _is_fifo(path: str) -> bool:
    try:
        return stat.S_ISFIFO(os.lstat(path).st_mode)
    except OSError:
        return False
