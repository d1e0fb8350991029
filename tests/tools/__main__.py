# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tools COMMAND [ARGUMENT...]`: the commands behind the Makefile."""

from __future__ import annotations

import errno
import importlib
import signal
import sys
from typing import TYPE_CHECKING

from .say import Failure, explain

if TYPE_CHECKING:
    from types import FrameType

COMMANDS = (
    "setup",
    "print_python",
    "unit",
    "lint",
    "sanity",
    "molecule",
    "bench",
    "faults",
    "docs",
    "audit",
    "lab",
    "accuracy",
    "incident",
)


def _stop(signum: int, _frame: FrameType | None) -> None:
    """Let `finally` blocks run (the lab must come down) when make or a CI job is told to end."""
    raise SystemExit(128 + signum)


def main(words: list[str]) -> int:
    name = words[0].replace("-", "_") if words else ""
    if name not in COMMANDS:
        explain(Failure(f"unknown command {name!r}", cure=f"one of: {', '.join(COMMANDS)}"))
        return 2
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop)
    try:
        # Imported by name so that a command pays only for what it needs.
        return int(importlib.import_module(f"tools.{name}").main(words[1:]))
    except Failure as failure:
        explain(failure)
        return 1
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        explain(Failure(f"disk full: {exc}", cure="df -h; free some space; run again"))
        return 1
    except KeyboardInterrupt:
        explain(Failure("interrupted"))
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
