# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_facts: read, perhaps keep what was read, return."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .reading import chosen, read_host

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

    from .._lacp.snapshot import Snapshot

ARGUMENTS: dict[str, Any] = {
    "bonds": {"type": "list", "elements": "str", "default": []},
    "snapshot": {"type": "path"},
    "save_snapshot": {"type": "path"},
}


def run(module: AnsibleModule) -> None:
    """Return the facts of this host and leave the module."""
    params = module.params
    facts, snapshot = read_host(module, params["snapshot"])
    facts = chosen(module, facts, params["bonds"])
    if params["save_snapshot"] and not module.check_mode:
        _save(module, snapshot, params["save_snapshot"])
    result = facts.as_result()
    module.exit_json(
        changed=False,
        ansible_facts={
            "bonds": result["bonds"],
            "bonds_host": result["host"],
            "bonds_problems": result["problems"],
            "bonds_schema": result["schema"],
        },
    )


def _save(module: AnsibleModule, snapshot: Snapshot, path: str) -> None:
    from .._lacp.snapshot_json import save  # noqa: PLC0415 - few runs need it

    try:
        # What the managers' files hold is not for everybody.
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write(save(snapshot))
    except OSError as error:
        module.fail_json(msg=f"save_snapshot: {path} cannot be written: {error.strerror}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
