# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where one lab keeps its files, and which kernel objects are its own."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Lab:
    """One lab: everything it makes is named after the folder that holds its state.

    Two checkouts (or two values of LAB_STATE) therefore never meet.
    """

    folder: Path

    @property
    def ident(self) -> str:
        return hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]

    @property
    def netns(self) -> str:
        return f"bplab-{self.ident}"

    @property
    def control_folder(self) -> Path:
        """Sockets of ssh masters: a unix socket's path must stay below 108 bytes."""
        return Path("/tmp") / self.netns  # noqa: S108 - the name is ours, made with mode 0700

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory.yml"

    @property
    def ssh_program(self) -> Path:
        """A program that is ssh, inside the lab's namespace: for Ansible and people outside."""
        return self.folder / "ssh"

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def host_folder(self, host: str) -> Path:
        return self.folder / "hosts" / host

    def read(self) -> dict[str, Any]:
        """Return what `up` recorded; LabError when no lab is up."""
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise LabError("no lab is up. Cure: make lab-up") from None
        except ValueError as error:
            raise LabError(f"{self.state_file}: {error}. Cure: make lab-down") from None
        if not isinstance(state, dict):
            raise LabError(f"{self.state_file}: not a mapping. Cure: make lab-down")
        return state

    def write(self, state: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.state_file.with_suffix(".new")
        fresh.write_text(json.dumps(state, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        fresh.replace(self.state_file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one command at a time change this lab; it waits for no one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LabError(
                    f"another lab command is changing {self.folder}. "
                    "Cure: wait for it, or set LAB_STATE to another folder for a lab of your own",
                ) from None
            yield


def this_lab() -> Lab:
    """Return the lab of the environment: LAB_STATE, else build/lab of this checkout."""
    folder = os.environ.get("LAB_STATE") or REPOSITORY / "build" / "lab"
    return Lab(Path(folder).resolve())
