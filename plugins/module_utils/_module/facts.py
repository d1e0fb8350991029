# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts on the host: read, perhaps keep what was read, return it packed.

The controller makes facts of it: it compiles the parsers once, a host would in each run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._lacp import snapshot_pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible.module_utils.basic import AnsibleModule

    from .._lacp.snapshot import Snapshot

ARGUMENTS: dict[str, Any] = {
    "bonds": {"type": "list", "elements": "str", "default": []},
    "snapshot": {"type": "path"},
    "save_snapshot": {"type": "path"},
}
# Of a file that somebody names as a snapshot: more than any host gives.
_LARGEST = 1 << 27


def run(module: AnsibleModule) -> None:
    """Return what this host says and leave the module."""
    params = module.params
    found = _saved(module, params["snapshot"]) if params["snapshot"] else _live(module)
    if params["save_snapshot"] and not module.check_mode:
        _save(module, found, params["save_snapshot"])
    packed = (
        snapshot_pack.pack_text(found) if isinstance(found, bytes) else snapshot_pack.pack(found)
    )
    module.exit_json(changed=False, reading=packed)


def _live(module: AnsibleModule) -> Snapshot:
    from .._host import collect, live  # noqa: PLC0415 - a replay needs neither

    def run(words: Sequence[str]) -> tuple[int, str, str] | None:
        path = module.get_bin_path(words[0])
        done: tuple[int, str, str] = module.run_command([path, *words[1:]]) if path else (1, "", "")
        return done if path else None

    return collect.collect(live.LiveSource(run))


def _saved(module: AnsibleModule, path: str) -> bytes:
    """A saved snapshot as it stands: the controller finds out whether it is one."""
    from .._host import files  # noqa: PLC0415 - only a replay needs it by itself

    content = files.read(path, _LARGEST)
    if not isinstance(content, bytes):
        module.fail_json(msg=f"snapshot: {path}: {content.text}")
    return content


def _save(module: AnsibleModule, found: Snapshot | bytes, path: str) -> None:
    from .._lacp.snapshot_json import save  # noqa: PLC0415 - few runs need it

    content = found if isinstance(found, bytes) else save(found).encode()
    try:
        # What the managers' files hold is not for everybody.
        with open(path, "wb", opener=_private) as file:
            file.write(content)
    except OSError as error:
        module.fail_json(msg=f"save_snapshot: {path} cannot be written: {error.strerror}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
