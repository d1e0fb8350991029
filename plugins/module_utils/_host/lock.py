# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time on a bond; the lock ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING

from .._lacp.plan import Refused
from .._lacp.restore import LOCK_NAME
from . import files
from .clock import utc_text

if TYPE_CHECKING:
    from .journal import Store


class Lock:
    """flock(2) on a file that stays; its text says who holds it, for the next to come."""

    def __init__(self, store: Store, bond: str) -> None:
        self._path = store.path(LOCK_NAME)
        self._bond = bond
        self._file = -1

    def acquire(self, what: str) -> None:
        """Take it or be Refused: nobody waits here."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(f"{self._path} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise Refused(f"{self._path} cannot be locked: {error.strerror}") from error
            raise Refused(
                f"bond {self._bond} is being worked on already, by process {self._holder()}; "
                "run again when it has ended"
            ) from error
        self._file = file
        self._sign(f"{os.getpid()} since {utc_text()}: {what}\n".encode())

    def _holder(self) -> str:
        found = files.read(self._path, 4096)
        return found.decode("utf-8", "replace").strip() if isinstance(found, bytes) else "unknown"

    def _sign(self, text: bytes) -> None:
        try:
            os.pwrite(self._file, text, 0)
            os.ftruncate(self._file, len(text))
        except OSError:  # a full disk: the lock itself needs no space, the journal will complain
            return

    def release(self) -> None:
        """Let go; the dead-man, if one waits, is next."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
