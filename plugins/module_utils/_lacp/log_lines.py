# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of a log: what journalctl prints as JSON, and records of /dev/kmsg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .window import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNEL = "kernel"


class Logged(NamedTuple):
    """A line; about: its time was derived from the kernel's own clock, which drifts."""

    utc_ns: int
    who: str
    priority: int | None
    text: str
    about: bool = False

    def as_result(self) -> dict[str, object]:
        """Plain data; the time is RFC 3339 in UTC."""
        return {
            "at": utc_text(self.utc_ns),
            "who": self.who,
            "priority": self.priority,
            "text": self.text,
            "about": self.about,
        }


def of_journal(output: str) -> Iterator[Logged]:
    """What 'journalctl -o json' printed; entries that are none are passed over."""
    for line in output.splitlines():
        try:
            entry = json.loads(line)
            at_ns = int(entry["__REALTIME_TIMESTAMP"]) * 1000
        except (ValueError, KeyError, TypeError):
            continue
        priority = entry.get("PRIORITY")
        yield Logged(
            at_ns,
            KERNEL
            if entry.get("_TRANSPORT") == KERNEL
            else str(entry.get("SYSLOG_IDENTIFIER") or entry.get("_SYSTEMD_UNIT") or "?"),
            int(priority) if isinstance(priority, str) and priority.isdigit() else None,
            _message(entry.get("MESSAGE")),
        )


def _message(value: object) -> str:
    """Journalctl gives octets as a list of numbers where they are not UTF-8."""
    if isinstance(value, list):
        try:
            return bytes(value).decode("utf-8", "backslashreplace")
        except (ValueError, TypeError):
            return str(value)
    return "" if value is None else str(value)


def of_kmsg(record: bytes, boot_utc_ns: int) -> Logged | None:
    """A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg); None if it is none.

    boot_utc_ns: the UTC of the moment from which the kernel counts.
    """
    head, semicolon, body = record.partition(b";")
    fields = head.split(b",")
    if not semicolon or len(fields) < 3 or not (fields[0].isdigit() and fields[2].isdigit()):
        return None
    text = body.partition(b"\n")[0].decode("utf-8", "backslashreplace")
    at_ns = boot_utc_ns + int(fields[2]) * 1000
    return Logged(at_ns, KERNEL, int(fields[0]) & 7, text, about=True)
