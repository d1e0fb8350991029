# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress and failures: each step says what it does and how long it took."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Failure(Exception):
    """A step failed: what is wrong, and the command or act that cures it."""

    def __init__(self, what: str, *, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


def say(text: str) -> None:
    """Print one line of progress on standard error: standard output is for results."""
    print(text, file=sys.stderr, flush=True)


def seconds(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s"


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step, then say how long it took, also when it failed."""
    start = time.monotonic()
    say(f"==> {name}")
    try:
        yield
    except BaseException:
        say(f"==> {name}: FAILED after {seconds(start)}")
        raise
    say(f"==> {name}: {seconds(start)}")


def explain(failure: Failure) -> None:
    say(f"error: {failure.what}")
    if failure.cure:
        say(f"cure:  {failure.cure}")


def interactive() -> bool:
    """Tell whether somebody is there to type a password."""
    return sys.stdin is not None and sys.stdin.isatty() and "CI" not in os.environ
