# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel still remembers of its log: the ring buffer from its oldest record."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from .._lacp.log_lines import of_kmsg
from .kernel_log import PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._lacp.log_lines import Logged

_LARGEST = 1 << 13
_MOST = 1_000_000  # a chatty driver must not keep us here


def past_lines(since_utc_ns: int) -> Iterator[Logged]:
    """Lines of the kernel since then, as far as it has them; OSError, EPERM if not allowed."""
    file = os.open(PATH, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        boot_utc_ns = time.time_ns() - time.monotonic_ns()
        for _record in range(_MOST):
            try:
                record = os.read(file, _LARGEST)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.EPIPE:  # overwritten while being read: go on behind it
                    raise
                continue
            line = of_kmsg(record, boot_utc_ns)
            if line is not None and line.utc_ns >= since_utc_ns:
                yield line
    finally:
        os.close(file)
