# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journals of a bond on this host: durable, and ended by a rename that needs no space."""

from __future__ import annotations

import os
import stat

from .._lacp.plan import Refused
from .._lacp.restore import LAST_NAME

FOLDER = "/var/lib/bondproof-lacp"


class Store:
    """The folder of one bond."""

    def __init__(self, bond: str, folder: str = FOLDER) -> None:
        self._top = folder
        self.folder = f"{folder}/{bond}"

    def path(self, name: str) -> str:
        """A file in the folder."""
        return f"{self.folder}/{name}"

    def prepare(self) -> None:
        """Make the folder; Refused where nobody else may be kept from writing into it."""
        try:
            for folder in (self._top, self.folder):
                if not os.path.isdir(folder):  # noqa: PTH112 - pathlib costs an import
                    os.makedirs(folder, 0o700)  # noqa: PTH103 - the same
                found = os.lstat(folder)
                if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
                    raise Refused(
                        f"{folder} must belong to this user and be writable by nobody else: "
                        f"chown root {folder}; chmod 700 {folder}"
                    )
        except OSError as error:
            raise self._refused(self.folder, error) from error

    def write(self, name: str, text: str) -> None:
        """Write a file so that it is whole or not there, whatever happens; Refused."""
        path = self.path(name)
        temporary = f"{path}.new"
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                data = memoryview(text.encode())
                while data:
                    data = data[os.write(file, data) :]
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(temporary, path)  # noqa: PTH105 - the same
            self._sync()
        except OSError as error:
            self._remove(temporary)
            raise self._refused(path, error) from error

    def note(self, name: str, text: str) -> None:
        """Write a small file that nothing depends on."""
        try:
            file = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return
        try:
            os.pwrite(file, text.encode(), 0)
            os.ftruncate(file, len(text.encode()))
        except OSError:
            return
        finally:
            os.close(file)

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return os.path.exists(self.path(name))  # noqa: PTH110 - the same

    def end(self, name: str) -> bool:
        """Keep a journal as the last one; False if somebody else has taken it."""
        try:
            os.rename(self.path(name), self.path(LAST_NAME))  # noqa: PTH104 - the same
        except FileNotFoundError:
            return False
        self._sync()
        return True

    def unfinished(self) -> list[str]:
        """Names of journals whose run did not end."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - the same
        except OSError:
            return []
        return sorted(
            name
            for name in names
            if name.startswith(("journal-", "restoring-")) and name.endswith(".json")
        )

    def _sync(self) -> None:
        """A rename is durable once its folder is."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @staticmethod
    def _remove(path: str) -> None:
        try:
            os.unlink(path)  # noqa: PTH108 - the same
        except OSError:
            return

    @staticmethod
    def _refused(path: str, error: OSError) -> Refused:
        return Refused(
            f"{path} cannot be written: {error.strerror}. Nothing is touched without a journal "
            "that outlives this run; make room or make it writable"
        )
