# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that somebody saw on a terminal: without its colours, cut into commands and lines.

What routers print arrives as paste: escape sequences, prompts, a pager's traces, quote marks of a
mail, several commands in one text. A line is kept as it stands; its number counts from 1.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

# More than any router prints for all its interfaces; a parser must end.
LARGEST = 8 << 20

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system command, such as a window's title
    r"|\x1b\[[0-9:;<=>?]*[ -/]*[@-~]"  # control sequence, such as a colour
    r"|\x1b[ -/]*[0-~]"
)
_OVERSTRUCK = re.compile(r"[^\x08\n]\x08")
_CONTROLS = re.compile(r"[\x00-\x07\x0b-\x1f\x7f]")
_PAGER = re.compile(r"^\s*(?:--\s*More\s*--|:|\(END\)|lines \d+-\d+.*)\s*$", re.IGNORECASE)
# user@host:folder$ command, as bash and the router's own shell print it; [edit] in between.
_PROMPT = re.compile(
    r"^(?:[\w.+-]+@[\w.+-]+(?::[^\s#$>%]*)?[#$>%](?:\s+(?P<command>.*?))?|\[edit[^\]]*\])\s*$"
)
_QUOTED = re.compile(r"^(?:[>|]\s?)+")
# What says that a command could not do what it was asked.
_REFUSALS = (
    (re.compile(r"Device does not exist:\s*(?P<device>\S+)"), "no-such-device"),
    (re.compile(r"No such device|does not exist", re.IGNORECASE), "no-such-device"),
    (re.compile(r"^(?P<device>\S+?):? Cannot get (?:members|state|ports)"), "teamd-silent"),
    (
        re.compile(r"Cannot get (?:members|state)|Failed to connect|teamdctl_connect failed"),
        "teamd-silent",
    ),
    (
        re.compile(
            r"permission denied|not permitted|privilege|not authorized|a password is required|"
            r"must be root|no tty present",
            re.IGNORECASE,
        ),
        "needs-privileges",
    ),
    (
        re.compile(
            r"command not found|Invalid command|not found$|Ambiguous command|Incomplete command|"
            r"Configuration path:",
            re.IGNORECASE,
        ),
        "no-such-command",
    ),
)


# The first line of each screen that a parser of ours reads.
_SCREENS = (
    (re.compile(r"^\s*Interface\s+RX: bytes\s+packets\s+TX: bytes"), "members"),
    (re.compile(r"^\s*Interface\s+Mode\s+State\s+Link\s+(?:Slaves|Members)\b"), "bonds"),
    (re.compile(r"^\s*Interface\s+IP Address\s+S/L\b"), "interfaces"),
    (re.compile(r"^\s*(?:Interface|Member)\s+(?:Members|Partner|Actor|Local|Remote)\b"), "lacp"),
    (re.compile(r"^(?:tcpdump: )?listening on \S+, link-type"), "tcpdump"),
    (re.compile(r"^.*\bLACPv\d+, length \d+"), "tcpdump"),
    (re.compile(r"^\s*date,\s+if,"), "checker"),
)


class Line(NamedTuple):
    """A line without its line end, or a prompt without its text.

    command: what was typed at the last prompt before it, or ''.
    """

    number: int
    text: str
    command: str = ""
    is_prompt: bool = False


def clean(text: str) -> str:
    """The text without escape sequences, overstrikes and carriage returns."""
    text = _ESCAPES.sub("", text[:LARGEST].replace("\r\n", "\n"))
    while "\b" in text:
        shorter = _OVERSTRUCK.sub("", text)
        text = shorter if shorter != text else text.replace("\b", "")
    # What a pager wipes out ends in a carriage return; what follows it is what was seen last.
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROLS.sub("", text).expandtabs()


def lines(text: str) -> list[Line]:
    """All lines without quote marks and a pager's traces."""
    found = []
    command = ""
    for number, raw in enumerate(clean(text).split("\n"), 1):
        line = _QUOTED.sub("", raw).rstrip()
        prompt = _PROMPT.match(line.strip())
        if prompt:
            command = (prompt["command"] or "").strip()
            found.append(Line(number, "", command, is_prompt=True))
        elif not _PAGER.match(line):
            found.append(Line(number, line, command))
    return found


def commands(seen: list[Line]) -> list[Line]:
    """One line for each command typed, in order."""
    return [line for line in seen if line.is_prompt and line.command]


def screen(line: Line) -> str | None:
    """Which screen begins with a line: members, bonds, interfaces, lacp, tcpdump, checker."""
    return next((name for pattern, name in _SCREENS if pattern.match(line.text)), None)


class Leftovers:
    """What a parser does not read itself: refusals, lines of other screens, lines nobody knows."""

    def __init__(self, *own: str) -> None:
        self._own = own
        self._foreign = False
        self.refusals: list[dict[str, Any]] = []
        self.other_screens: list[dict[str, Any]] = []
        self.unrecognised: list[dict[str, Any]] = []

    def add(self, line: Line) -> None:
        """Take a line that the parser has no use for; a prompt ends a screen."""
        if not line.text.strip():
            self._foreign = self._foreign and not line.is_prompt
            return
        complaint = refusal(line)
        found = screen(line)
        if complaint:
            self.refusals.append(complaint)
        elif found and found not in self._own:
            if not self._foreign:
                self.other_screens.append({"line": line.number, "screen": found})
            self._foreign = True
        elif not self._foreign:
            self.unrecognised.append(unrecognised(line))

    def own(self) -> None:
        """The parser has met a screen of its own."""
        self._foreign = False

    def as_result(self) -> dict[str, Any]:
        """Plain data: refusals, other_screens (line, screen), unrecognised (line, text)."""
        return {
            "refusals": self.refusals,
            "other_screens": self.other_screens,
            "unrecognised": self.unrecognised,
        }


def refusal(line: Line) -> dict[str, Any] | None:
    """What a line complains of: line, kind, device (or None), text; None for any other line.

    kind: no-such-device, teamd-silent, needs-privileges, no-such-command.
    """
    for pattern, kind in _REFUSALS:
        match = pattern.search(line.text)
        if match:
            device = match.groupdict().get("device")
            return {
                "line": line.number,
                "kind": kind,
                "device": device.strip(":.'\"") if device else None,
                "text": line.text.strip()[:200],
            }
    return None


def unrecognised(line: Line) -> dict[str, Any]:
    """A line that no grammar knows: line (its number) and text."""
    return {"line": line.number, "text": line.text[:200]}


def cut(text: str) -> str | None:
    """Why the last row of a text may be half a row; None where something follows it."""
    if (
        not text.strip()
        or text.endswith(("\n", "\r"))
        or _PROMPT.match(clean(text).rpartition("\n")[2])
    ):
        return None
    return "the text ends in this table without a line end: it may have been cut short"


def count(text: str) -> int | None:
    """A counter; None where it has more digits than 64 bits can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None
