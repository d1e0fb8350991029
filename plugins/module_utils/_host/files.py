# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files, folders and links of the live host, bounded in size; failures come back as data."""

from __future__ import annotations

import errno
import os

from .._lacp.snapshot import ReadFailure, Reading

_CHUNK = 1 << 16
LIMIT = 4 << 20


def read(path: str, limit: int = LIMIT) -> Reading:
    """The content of a file, or why there is none; more than limit bytes: EFBIG."""
    parts: list[bytes] = []
    size = 0
    try:
        # Neither waits on a fifo nor becomes the terminal of what was opened.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            while size <= limit:
                part = os.read(file, _CHUNK)
                if not part:
                    return b"".join(parts)
                parts.append(part)
                size += len(part)
        finally:
            os.close(file)
    except OSError as error:
        number = error.errno or 0
        return ReadFailure(errno.errorcode.get(number, str(number)), os.strerror(number))
    return ReadFailure("EFBIG", f"larger than {limit} bytes: not read")


def listdir(path: str) -> tuple[str, ...]:
    """Sorted names in a folder; none if it cannot be listed."""
    try:
        return tuple(sorted(os.listdir(path)))  # noqa: PTH208 - pathlib costs an import and is slower
    except OSError:
        return ()


def readlink(path: str) -> str:
    """The target of a symbolic link; '' if there is none."""
    try:
        return os.readlink(path)  # noqa: PTH115 - the same
    except OSError:
        return ""
