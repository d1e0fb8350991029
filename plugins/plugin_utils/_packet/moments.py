# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as packets have them: RFC 3339 in UTC."""

from __future__ import annotations

import calendar
import time

from ...module_utils._lacp.window import NS, utc_text


def utc_ns(text: object) -> int:
    """Nanoseconds since 1970; 0 for what is no such time, so that one bad line costs no report."""
    seconds, _dot, fraction = str(text).rstrip("Zz").partition(".")
    try:
        whole = calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S"))
        return whole * NS + int(fraction[:9].ljust(9, "0"))
    except (ValueError, OverflowError):
        return 0


def seconds_text(text: object) -> str:
    """'2026-11-20 23:00:10 UTC', or that it is unknown."""
    at = utc_ns(text)
    return f"{utc_text(at)[:10]} {utc_text(at)[11:19]} UTC" if at else "time unknown"


def clock_text(at_ns: int) -> str:
    """'23:00:10.200'."""
    return utc_text(at_ns)[11:23]


def now_text() -> str:
    """The time now, as packets have it."""
    return utc_text(time.time_ns())
