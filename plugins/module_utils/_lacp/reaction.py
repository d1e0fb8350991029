# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How soon LACPDUs followed a poke, member by member."""

from __future__ import annotations

from dataclasses import dataclass, field

from .window import SENT, Frame, ms, utc_text


@dataclass
class Reaction:
    """The first LACPDUs each way after the poke; times are monotonic nanoseconds."""

    members: tuple[str, ...]
    utc_ns: int = 0
    mono_ns: int = 0
    ours: dict[str, int] = field(default_factory=dict)
    theirs: dict[str, int] = field(default_factory=dict)

    def poked(self, utc_ns: int, mono_ns: int) -> None:
        """The poke was made now."""
        self.utc_ns, self.mono_ns = utc_ns, mono_ns

    def heard(self, frame: Frame) -> None:
        """Take in a frame of the capture."""
        if not self.mono_ns or frame.mono_ns < self.mono_ns:
            return
        if frame.direction == SENT:
            self.ours.setdefault(frame.member, frame.mono_ns)
        elif frame.member in self.ours:
            # Only what came after our own PDU can be an answer to it.
            self.theirs.setdefault(frame.member, frame.mono_ns)

    def as_result(self) -> dict[str, object]:
        """Plain data; None where nothing followed."""

        def after(times: dict[str, int], member: str, since: int | None) -> float | None:
            at = times.get(member)
            return None if at is None or since is None else ms(at - since)

        return {
            "at": utc_text(self.utc_ns) if self.mono_ns else None,
            "members": [
                {
                    "member": member,
                    "sent_after_ms": after(self.ours, member, self.mono_ns),
                    "received_after_ms": after(self.theirs, member, self.ours.get(member)),
                }
                for member in self.members
            ],
        }
