# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read from a host, before anybody understood it: bytes, and why a read failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Union

if TYPE_CHECKING:
    from collections.abc import Mapping


NOTHING: Mapping[Any, Any] = {}


class ReadFailure(NamedTuple):
    """A read that gave nothing: errno by name ('EACCES', 'ENOENT', ...) and its text."""

    errno: str
    text: str

    @property
    def missing(self) -> bool:
        """Whether the thing is not there, as opposed to hidden or broken."""
        return self.errno in ("ENOENT", "ENODEV", "ENXIO", "ENOTDIR")


Reading = Union[bytes, ReadFailure]
# What nobody tried to read counts as not there; it does not prove that it is not there.
NOT_READ = ReadFailure("ENOENT", "not read")


class Snapshot(NamedTuple):
    """One reading of a host.

    files: absolute path -> content, as bytes; folders: absolute path -> sorted names in it;
    symlinks: absolute path -> target as readlink gives it.
    dumps: rtnetlink dumps by name ('links', 'addresses', 'qdiscs', 'routes', 'stats'), each the
    concatenated netlink messages with their headers, or why there is none.
    ethtool: (interface, ETHTOOL_* command name such as 'GDRVINFO') -> reply struct.
    facts: plain values that no file holds: 'uname' fields, 'euid', 'utc', 'monotonic_ns',
    'clock_synchronised', 'clock_max_error_us', 'byteorder'.
    """

    files: Mapping[str, Reading] = NOTHING
    folders: Mapping[str, tuple[str, ...]] = NOTHING
    symlinks: Mapping[str, str] = NOTHING
    dumps: Mapping[str, Reading] = NOTHING
    ethtool: Mapping[tuple[str, str], Reading] = NOTHING
    facts: Mapping[str, str | int | float | bool | None] = NOTHING

    def file(self, path: str) -> Reading:
        """Content of a file, or the failure; a file that nobody tried counts as not there."""
        return self.files.get(path, NOT_READ)

    def text(self, path: str) -> str | ReadFailure:
        """The same as text; bytes that are not UTF-8 become escapes that anything can print."""
        content = self.file(path)
        if isinstance(content, ReadFailure):
            return content
        return content.decode("utf-8", "backslashreplace")
