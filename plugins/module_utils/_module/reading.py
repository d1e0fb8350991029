# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts for a module: of the live host or of a saved snapshot, of all bonds or of some."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible.module_utils.basic import AnsibleModule

    from .._lacp.model import HostFacts
    from .._lacp.snapshot import Snapshot


def read_host(module: AnsibleModule, snapshot: str | None) -> tuple[HostFacts, Snapshot]:
    """Everything that the live host or a saved snapshot says; or fail_json."""
    if snapshot:
        return _replay(module, snapshot)
    from .._host import collect, live  # noqa: PLC0415 - a replay needs neither

    return collect.read_facts(live.LiveSource())


def chosen(module: AnsibleModule, facts: HostFacts, names: Sequence[str]) -> HostFacts:
    """The facts of some bonds; fail_json names the first that the host does not have."""
    present = {bond.name: bond for bond in facts.bonds}
    for name in names:
        if name not in present:
            module.fail_json(
                msg=f"bonds: this host has no bond {name!r}; it has: "
                + (", ".join(sorted(present)) or "none")
            )
    if not names:
        return facts
    return facts._replace(bonds=tuple(bond for bond in facts.bonds if bond.name in names))


def _replay(module: AnsibleModule, path: str) -> tuple[HostFacts, Snapshot]:
    from pathlib import Path  # noqa: PLC0415 - only a replay needs it

    from .._lacp.facts import facts_from  # noqa: PLC0415 - the live path imports it by itself
    from .._lacp.snapshot_json import SnapshotError, load  # noqa: PLC0415 - only a replay needs it

    try:
        read = load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, SnapshotError) as error:
        module.fail_json(msg=f"snapshot: {path}: {error}")
    return facts_from(read), read
