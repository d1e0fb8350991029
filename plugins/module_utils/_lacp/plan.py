# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is going to be done to a link, step by step; refusals that come before the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .shell import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(Exception):
    """Why nothing is done: a sentence that names the thing and the cure. Nothing was touched."""


class Step(NamedTuple):
    """One change or one wait.

    action: what a runner knows ('down', 'release', 'enslave', 'up', 'poke', 'wait', 'drop', ...);
    device: the interface it is done to; do, undo: equivalent commands, one line each, '' where
    there is none; when: the condition that a ladder sets before it, '' for always.
    """

    action: str
    device: str
    text: str
    why: str
    do: str = ""
    undo: str = ""
    when: str = ""

    def as_result(self) -> dict[str, str]:
        """Plain data; check mode returns exactly this."""
        return dict(zip(self._fields, self))

    @classmethod
    def from_result(cls, data: dict[str, Any]) -> Step:
        """The inverse; foreign keys are ignored."""
        return cls(*(str(data.get(name, "")) for name in cls._fields))


def command(*words: str) -> str:
    """A line that a reader can paste into a shell."""
    return " ".join(quoted(word) for word in words)


def link(device: str, *words: str) -> str:
    """Ip link set dev DEVICE ...: the command behind most steps."""
    return command("ip", "link", "set", "dev", device, *words)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence; 'none' if there are none."""
    return ", ".join(names) or "none"
