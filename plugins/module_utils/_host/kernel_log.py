# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel log from now on (/dev/kmsg, Documentation/ABI/testing/dev-kmsg)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/dev/kmsg"
_LARGEST = 1 << 13  # a record is at most 8 KiB
_MOST = 200  # lines at a time: frames must not wait behind a chatty driver


class KernelLog:
    """Lines as they come. Their own stamps are of a clock that drifts, so none are given."""

    def __init__(self) -> None:
        """Open behind the last line; OSError (EPERM where dmesg is restricted)."""
        self._file = os.open(PATH, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self.lost = False
        os.lseek(self._file, 0, os.SEEK_END)

    def fileno(self) -> int:
        """Its descriptor, to wait for."""
        return self._file

    def lines(self) -> Iterator[str]:
        """What was logged since; lost is set where the kernel has overwritten some."""
        for _attempt in range(_MOST):
            try:
                record = os.read(self._file, _LARGEST)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.EPIPE:
                    raise
                self.lost = True
                continue
            text = record.partition(b";")[2].partition(b"\n")[0]
            yield text.decode("utf-8", "backslashreplace")

    def close(self) -> None:
        """Stop reading."""
        os.close(self._file)
