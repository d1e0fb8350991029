# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside the host: ends once a strike was made, or (`locked`) once a run holds the lock."""

from __future__ import annotations

import fcntl
import select
import sys
import time
from pathlib import Path

SECONDS = 60.0


def has_struck() -> bool:
    return Path("/run/faults/struck").exists()


def is_locked() -> bool:
    try:
        with Path("/var/lib/bondproof-lacp/bond0/lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def main(words: list[str]) -> int:
    is_so = is_locked if words else has_struck
    end = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > end:
            return 1
        select.select([], [], [], 0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
