# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What roles/vyatta/files/gather.sh printed, cut into its sections, and made a snapshot."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from . import places, teamd_dumps
from .snapshot import ReadFailure, Snapshot
from .vyatta_text import clean

_MARK = re.compile(
    r"^@@bondproof (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (?P<what>begin|end) (?P<words>.+?)\s*$"
)
BEFORE, AFTER, NOW = "before", "after", "now"
_NAMES = {
    "/proc/sys/kernel/hostname": "uname_nodename",
    "/proc/sys/kernel/osrelease": "uname_release",
    "/proc/sys/kernel/version": "uname_version",
}
_ERRORS = {"needs-privileges": "EACCES", "teamd-silent": "ECONNREFUSED"}
_ENDS = {"true": True, "false": False}


class Section(NamedTuple):
    """The output of one command; when: before, after or now; status: None where it never ended."""

    name: str
    when: str
    about: tuple[str, ...]
    at: str
    text: str
    status: int | None


class Gathered(NamedTuple):
    """All sections in order; whole: whether the script came to its end."""

    sections: tuple[Section, ...]
    whole: bool

    def of(self, name: str, when: str = "") -> list[Section]:
        """Sections of a name, of one look or of all."""
        return [one for one in self.sections if one.name == name and when in ("", one.when)]

    def bonds(self) -> list[str]:
        """The bonds that were looked at."""
        return [name for one in self.of("bonds") for name in one.text.split()]

    def looks(self) -> list[str]:
        """before and after, as far as they took place; the second only if it came to its end."""
        second = [AFTER] if self.whole and self.of("host", AFTER) else []
        return ([BEFORE] if self.of("host", BEFORE) else []) + second


def parse(text: str) -> Gathered:
    """The sections of a text; never raises."""
    found: list[Section] = []
    opened: tuple[str, str] | None = None  # words, time
    lines: list[str] = []
    whole = False
    for line in clean(text).split("\n"):
        mark = _MARK.match(line)
        if mark is None:
            lines.append(line)
            continue
        words, status = _status(mark["words"]) if mark["what"] == "end" else (mark["words"], None)
        if words == "gathering":
            whole = mark["what"] == "end"
        elif mark["what"] == "begin":
            if opened:
                found.append(_section(opened, lines, None))
            opened, lines = (words, mark["at"]), []
        elif opened and opened[0] == words:
            found.append(_section(opened, lines, status))
            opened, lines = None, []
    if opened:
        found.append(_section(opened, lines, None))
    return Gathered(tuple(found), whole)


def _status(words: str) -> tuple[str, int | None]:
    name, _space, number = words.rpartition(" ")
    return (name, int(number)) if number.isascii() and number.isdigit() else (words, None)


def _section(opened: tuple[str, str], lines: list[str], status: int | None) -> Section:
    name, *rest = opened[0].split()
    # tell() begins a line of its own, so what was printed ends in an empty line more.
    body = "\n".join(lines[:-1] if lines and not lines[-1] else lines)
    when = rest[0] if rest else NOW
    return Section(name, when, tuple(rest[1:]), opened[1], body + "\n" if body else "", status)


def snapshot(gathered: Gathered, when: str) -> Snapshot:
    """One look as a snapshot, as a host without rtnetlink would give it."""
    files: dict[str, Any] = {}
    for section in (*gathered.of("host", when), *gathered.of("files", when)):
        files.update(_files(section.text))
    values: dict[str, Any] = {"byteorder": "little"}
    for path, name in _NAMES.items():
        if path in files:
            values[name] = files[path].decode("utf-8", "replace").strip()
    values["utc"] = next((one.at for one in gathered.of("host", when)), None)
    folders: dict[str, tuple[str, ...]] = {"/sys/module": _modules(files)} if files else {}
    for section in gathered.of("members", when):
        names = sorted(f"lower_{name}" for name in section.text.split())
        folders[f"{places.NET}/{' '.join(section.about)}"] = tuple(names)
    files.update(_answers(gathered, when))
    return Snapshot(files, folders=folders, facts=values)


def _answers(gathered: Gathered, when: str) -> dict[str, Any]:
    """What programs printed, at the places where the parsers look for it."""
    files: dict[str, Any] = {}
    for name, place in (("state", places.TEAM_STATE), ("config", places.TEAM_CONFIG)):
        for section in gathered.of(name, when):
            files[place.format(*section.about[:1])] = _dump(section)
    for section in gathered.of("dataplane", when):
        files[places.DATAPLANE] = _dump(section)
    for number, section in enumerate(gathered.of("screen", when)):
        files[f"{places.SCREENS}{number:03d}"] = section.text.encode()
    for section in gathered.of("enabled", when):
        if len(section.about) == 2:
            files[places.TEAM_ENABLED.format(*section.about)] = _flag(section)
    return files


def _modules(files: dict[str, Any]) -> tuple[str, ...]:
    return ("bonding",) if any(path.startswith(places.PROC_BONDING) for path in files) else ()


def _files(text: str) -> dict[str, bytes]:
    """path:line of each line of each file, as grep prints them."""
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        path, colon, content = line.partition(":")
        if colon and path.startswith("/"):
            found.setdefault(path, []).append(content)
    return {path: "".join(f"{line}\n" for line in lines).encode() for path, lines in found.items()}


def _dump(section: Section) -> bytes | ReadFailure:
    """The JSON in what a command printed, or what it complained of."""
    found = teamd_dumps.objects(section.text)
    if found:
        return found[0]
    words = " ".join(section.text.split())[:200] or "it printed nothing"
    if section.status is None:
        return ReadFailure("EIO", f"cut short: {words}")
    kind = teamd_dumps.refused(section.text)
    return ReadFailure(_ERRORS.get(kind or "", "EIO"), words)


def _flag(section: Section) -> bytes | ReadFailure:
    word = section.text.strip().lower()
    if section.status == 0 and word in _ENDS:
        return word.encode()
    return ReadFailure("EIO", " ".join(section.text.split())[:200] or "it printed nothing")
