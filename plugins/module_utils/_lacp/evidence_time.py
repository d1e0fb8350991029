# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RFC 3339 text to nanoseconds, to the last digit: floats would round what rules subtract."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

from .window import NS

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def utc_ns(text: object) -> int | None:
    """Nanoseconds since 1970 of '2026-11-20T23:00:00.123456789Z'; None if it is no such time."""
    return _parsed(text) if isinstance(text, str) else None


@lru_cache(maxsize=8192)  # rules read the same times again and again
def _parsed(text: str) -> int | None:
    body, offset = _zone(text.strip().replace(" ", "T", 1))
    if offset is None:
        return None
    whole, dot, fraction = body.partition(".")
    if dot and not fraction.isdigit():
        return None
    try:
        moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    seconds = (moment - _EPOCH) // timedelta(seconds=1) - offset
    return seconds * NS + int(fraction[:9].ljust(9, "0"))


def _zone(text: str) -> tuple[str, int | None]:
    """The time without its zone, and the zone in seconds east of UTC; None: there is none."""
    if text[-1:] in ("Z", "z"):
        return text[:-1], 0
    body, hours, minutes = text[:-6], text[-5:-3], text[-2:]
    if text[-6:-5] not in ("+", "-") or not (hours + minutes).isdigit():
        return text, None
    east = int(hours) * 3600 + int(minutes) * 60
    return body, east if text[-6] == "+" else -east
