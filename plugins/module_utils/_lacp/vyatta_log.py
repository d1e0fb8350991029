# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What journalctl -o short-iso printed of the kernel and of teamd: lines with their time."""

from __future__ import annotations

import datetime
import re

_LINE = re.compile(
    r"^(?P<day>\d{4}-\d\d-\d\d)T(?P<clock>\d\d:\d\d:\d\d)(?P<zone>Z|[+-]\d\d:?\d\d)\s+"
    r"\S+\s+(?P<who>[^\s:]+):\s(?P<text>.*)$"
)


def lines(text: str) -> list[dict[str, str]]:
    """at (RFC 3339 with Z) and text of each line; what is no line of a log is left out."""
    found = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        at = _utc(match) if match else None
        if match and at:
            # A line of teamd is told apart from one of the kernel by who said it.
            who = match["who"].partition("[")[0]
            prefix = "" if who == "kernel" else f"{who}: "
            found.append({"at": at, "text": prefix + match["text"]})
    return found


def _utc(match: re.Match[str]) -> str | None:
    zone = "+0000" if match["zone"] == "Z" else match["zone"].replace(":", "")
    try:
        moment = datetime.datetime.strptime(
            f"{match['day']}T{match['clock']}{zone}", "%Y-%m-%dT%H:%M:%S%z"
        )
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
