# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read from a host, before anybody understood it: bytes, and why a read failed."""

from __future__ import annotations

from dataclasses import dataclass, field as attribute
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ReadFailure:
    """A read that gave nothing: errno by name ('EACCES', 'ENOENT', ...) and its text."""

    errno: str
    text: str

    @property
    def missing(self) -> bool:
        """Whether the thing is not there, as opposed to hidden or broken."""
        return self.errno in ("ENOENT", "ENODEV", "ENXIO", "ENOTDIR")


Reading = Union[bytes, ReadFailure]


@dataclass(frozen=True)
class Snapshot:
    """One reading of a host.

    files: absolute path -> content, as bytes; folders: absolute path -> sorted names in it;
    symlinks: absolute path -> target as readlink gives it.
    dumps: rtnetlink dumps by name ('links', 'addresses', 'qdiscs', 'routes', 'stats'), each the
    concatenated netlink messages with their headers, or why there is none.
    ethtool: (interface, ETHTOOL_* command name such as 'GDRVINFO') -> reply struct.
    facts: plain values that no file holds: 'uname' fields, 'euid', 'utc', 'monotonic_ns',
    'clock_synchronised', 'clock_max_error_us', 'byteorder'.
    """

    files: Mapping[str, Reading] = attribute(default_factory=dict)
    folders: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)
    symlinks: Mapping[str, str] = attribute(default_factory=dict)
    dumps: Mapping[str, Reading] = attribute(default_factory=dict)
    ethtool: Mapping[tuple[str, str], Reading] = attribute(default_factory=dict)
    facts: Mapping[str, str | int | float | bool | None] = attribute(default_factory=dict)

    def file(self, path: str) -> Reading:
        """Content of a file, or the failure; a file that nobody tried counts as not there."""
        return self.files.get(path, ReadFailure("ENOENT", "not read"))

    def text(self, path: str) -> str | ReadFailure:
        """The same as text; bytes that are not UTF-8 become escapes that anything can print."""
        content = self.file(path)
        if isinstance(content, ReadFailure):
            return content
        return content.decode("utf-8", "backslashreplace")
