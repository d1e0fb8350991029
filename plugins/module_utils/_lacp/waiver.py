# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waivers: findings that somebody decided to live with, for a reason and until a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Waiver(NamedTuple):
    """One decision. subject and host are globs; until: its last day, YYYY-MM-DD in UTC."""

    rule: str
    reason: str
    until: str
    subject: str = "*"
    host: str = "*"

    def covers(self, rule: str, subject: str, hosts: Sequence[str]) -> bool:
        """Whether it speaks of this finding; 'bond0' speaks of the members of bond0, too."""
        return (
            rule == self.rule
            and (fits(subject, self.subject) or fits(subject.partition("/")[0], self.subject))
            and (self.host == "*" or any(fits(name, self.host) for name in hosts))
        )

    def expired(self, today: str) -> bool:
        """Whether its last day is before this one."""
        return self.until < today

    def words(self) -> str:
        """Why, and until when."""
        return f"{self.reason} (until {self.until})"


def fits(text: str, glob: str) -> bool:
    """Whether a text is what a shell-style pattern describes, case included."""
    if glob in ("*", text):
        return True
    if not any(wild in glob for wild in "*?["):
        return False
    from fnmatch import fnmatchcase  # noqa: PLC0415  compiles a regular expression: seldom needed

    return fnmatchcase(text, glob)


def day(utc_s: float) -> str:
    """The UTC day of a time in seconds since the epoch, YYYY-MM-DD."""
    from datetime import datetime, timezone  # noqa: PLC0415  only policies with waivers need it

    return datetime.fromtimestamp(utc_s, timezone.utc).date().isoformat()
