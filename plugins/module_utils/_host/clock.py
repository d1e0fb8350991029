# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time, and what the kernel thinks of its own clock."""

from __future__ import annotations

import struct
import time

# struct timex (include/uapi/linux/timex.h): modes, offset, freq, maxerror, esterror, status
_TIMEX = "@Illlli"
_STA_UNSYNC = 0x40


def utc_text() -> str:
    """The time now, RFC 3339 in UTC with microseconds and Z."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{date}.{nanoseconds // 1000:06}Z"


def discipline() -> dict[str, bool | int | str]:
    """What adjtimex(2) says: clock_synchronised, clock_max_error_us, or else clock_failure.

    Python has no binding for it; ctypes has mostly been imported by Ansible already.
    """
    try:
        import ctypes  # noqa: PLC0415 - 4 ms where nobody else needed it, and missing in some builds
    except ImportError as error:
        return {"clock_failure": f"Python cannot call adjtimex: {error}"}
    buffer = ctypes.create_string_buffer(512)  # modes = 0 asks and sets nothing
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError) as error:
        return {"clock_failure": f"the C library has no adjtimex: {error}"}
    if state < 0:
        return {"clock_failure": f"adjtimex failed with errno {ctypes.get_errno()}"}
    _modes, _offset, _frequency, error_us, _estimate, status = struct.unpack_from(_TIMEX, buffer)
    return {"clock_synchronised": not status & _STA_UNSYNC, "clock_max_error_us": error_us}
