# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m faults [WORD...]`: tries every fault, or those with a word in their name.

Writes build/faults.json: {tried, survived, failed: []}. Ends with status 1 unless all survived.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from typing import TYPE_CHECKING

from lab.state import REPOSITORY, this_lab

from .matrix import NAMED, Fault, at_every_step
from .site import Broken, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULT = REPOSITORY / "build" / "faults.json"


def tried(site: Site, fault: Fault) -> str:
    """Hit, look, say in one line; what is wrong, '' if the host survived."""
    began = time.monotonic()
    wrong = ""
    try:
        fault.hit(site)
    except Broken as error:
        wrong = str(error)
    try:
        site.is_as_before()
    except Broken as error:
        wrong = "; ".join(filter(None, [wrong, str(error)]))
    seconds = time.monotonic() - began
    print(f"{'FAILED  ' if wrong else 'survived'} {seconds:6.1f} s  {fault.name}", flush=True)
    if wrong:
        print(f"         {wrong}", flush=True)
    return wrong


def chosen(site: Site, words: Sequence[str]) -> list[Fault]:
    """All faults, those of single steps first; the last one takes the lab down."""
    found = list(NAMED)
    if not words or any("at step" in word for word in words):
        found = [*at_every_step(site), *found]
    return [one for one in found if not words or any(word in one.name for word in words)]


def main(words: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the lab comes down all the same
    site = Site(this_lab())
    if not site.lab.state_file.exists():
        site.boot("up", "inband")
    failed: list[dict[str, str]] = []
    count = 0
    try:
        site.prepare()
        for count, fault in enumerate(chosen(site, words), 1):
            wrong = tried(site, fault)
            if wrong:
                failed.append({"fault": fault.name, "why": wrong})
            write(count, failed)
    finally:
        site.boot("down")
    print(f"{count - len(failed)} of {count} faults survived; {RESULT}")
    return 1 if failed or not count else 0


def write(count: int, failed: list[dict[str, str]]) -> None:
    """What is known so far; a run that is broken off has counted what it tried."""
    result = {"tried": count, "survived": count - len(failed), "failed": failed}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
