# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No more than so many repairs of a bond within some minutes, whoever starts them.

Kept by the clock that runs since the boot, which nobody can set; the date only serves to compare
with an earlier boot, and even then an attempt is no younger than this boot.
"""

from __future__ import annotations

import json
from typing import NamedTuple

SCHEMA = "bondproof.lacp/repairs/1"
_KEPT = 100


class HistoryDamaged(Exception):
    """A history that nobody wrote like this; the text says what is wrong."""


class Now(NamedTuple):
    """This moment: the boot, seconds since it (CLOCK_BOOTTIME), and seconds since 1970."""

    boot_id: str
    uptime_s: float
    utc_s: float


class Attempt(NamedTuple):
    """A repair that was begun, and by which members."""

    boot_id: str
    uptime_s: float
    utc_s: float
    members: tuple[str, ...]

    def age_s(self, now: Now) -> float:
        """How long ago it was; where the date was set back in between, no less than this boot."""
        if self.boot_id == now.boot_id:
            return now.uptime_s - self.uptime_s
        return max(now.utc_s - self.utc_s, now.uptime_s)


def wait_s(history: tuple[Attempt, ...], now: Now, most: int, window_s: float) -> float:
    """Seconds until another repair is allowed; 0 if it is now."""
    recent = sorted((window_s - attempt.age_s(now) for attempt in history), reverse=True)
    recent = [left for left in recent if left > 0]
    return recent[most - 1] if len(recent) >= most else 0.0


def with_attempt(
    history: tuple[Attempt, ...], now: Now, members: tuple[str, ...]
) -> tuple[Attempt, ...]:
    """The history and one more, without what is too old to matter."""
    return (*history[1 - _KEPT :], Attempt(*now, members))


def dumps(history: tuple[Attempt, ...]) -> str:
    """As text, one JSON object."""
    return json.dumps({"schema": SCHEMA, "attempts": [one._asdict() for one in history]}) + "\n"


def loads(text: str) -> tuple[Attempt, ...]:
    """The inverse; HistoryDamaged."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise HistoryDamaged(f"it is not of the form {SCHEMA}")
        return tuple(
            Attempt(
                str(one["boot_id"]),
                float(one["uptime_s"]),
                float(one["utc_s"]),
                tuple(map(str, one["members"])),
            )
            for one in data["attempts"]
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HistoryDamaged(f"it cannot be understood: {error!r}") from error
