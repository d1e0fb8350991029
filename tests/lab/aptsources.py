# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where this machine gets Debian packages from: its own apt sources, parsed.

The mirror is never written down here: whoever runs the lab has one configured already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEBIAN_SUITES = frozenset(
    "bullseye bookworm trixie forky sid stable oldstable testing unstable".split(),
)
MIRROR_VARIABLE = "BONDPROOF_DEBIAN_MIRROR"


@dataclass(frozen=True)
class Source:
    """One archive as apt knows it."""

    uri: str
    suite: str
    components: tuple[str, ...]


def parse_one_line(text: str) -> list[Source]:
    """Read the classic format of sources.list(5)."""
    found = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].replace("[", " [ ").replace("]", " ] ").split()
        if not words or words[0] != "deb":
            continue
        if "[" in words and "]" in words:
            words = words[: words.index("[")] + words[words.index("]") + 1 :]
        if len(words) >= 3:
            found.append(Source(words[1], words[2], tuple(words[3:])))
    return found


def parse_deb822(text: str) -> list[Source]:
    """Read the deb822 format of sources.list(5)."""
    found = []
    for stanza in _stanzas(text):
        if "deb" not in stanza.get("types", "").split():
            continue
        if stanza.get("enabled", "yes").strip().lower() in {"no", "false", "0", "off", "disable"}:
            continue
        components = tuple(stanza.get("components", "").split())
        found += [
            Source(uri, suite, components)
            for uri in stanza.get("uris", "").split()
            for suite in stanza.get("suites", "").split()
        ]
    return found


def _stanzas(text: str) -> Iterable[dict[str, str]]:
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t":
            fields[name] = fields.get(name, "") + " " + line.strip()
        else:
            name, _colon, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()


def debian_mirror(files: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Give the URI of a Debian archive: the environment's, else the first in apt's sources.

    `files` maps the names of apt's source files to their text. Raises LabError when none is Debian.
    """
    told = environment.get(MIRROR_VARIABLE, "").strip()
    if told:
        return told.rstrip("/")
    for name in sorted(files):
        parse = parse_deb822 if name.endswith(".sources") else parse_one_line
        for source in parse(files[name]):
            suite = source.suite.split("-", 1)[0].split("/", 1)[0]
            is_plain = "security" not in source.uri and "security" not in source.suite
            if suite in DEBIAN_SUITES and is_plain and "main" in source.components:
                return source.uri.rstrip("/")
    raise LabError(
        "no Debian archive in this machine's apt sources "
        f"({', '.join(sorted(files)) or 'none found'}): the lab's hosts run Debian 13. "
        f"Cure: export {MIRROR_VARIABLE}=URI of a Debian mirror, as it would stand in sources.list",
    )
