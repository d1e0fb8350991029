# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes bonding send a LACPDU on every member at once, without changing anything.

Any write of ad_actor_sys_prio sets the need to transmit on each port (bond_3ad.c,
bond_3ad_update_ad_actor_settings). It also takes over the system's MAC anew: where the bond's MAC
was changed since its first member came, a write would change the identity that the partner knows.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._lacp.port_state import ZERO_MAC
from .._lacp.snapshot import ReadFailure
from .._lacp.watch import proc_fields
from . import files
from .capture_bond import NET, CaptureRefused, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from .capture_bond import Bond


def prepare(bond: Bond) -> Callable[[], None]:
    """What makes the poke when it is called; CaptureRefused where it would not be neutral."""
    if bond.is_team:
        raise CaptureRefused(
            f"poke refused: {bond.name} is a team device, and teamd has nothing that makes it send "
            "at once. Run without poke"
        )
    folder = f"{NET}/{bond.name}/bonding"
    priority = text(f"{folder}/ad_actor_sys_prio")
    content = files.read(f"/proc/net/bonding/{bond.name}")
    known = {} if isinstance(content, ReadFailure) else proc_fields(content)[""]
    if not priority or "system" not in known:
        raise CaptureRefused("poke needs CAP_NET_ADMIN: run the task with become: true")
    configured = text(f"{folder}/ad_actor_system")
    next_system = text(f"{NET}/{bond.name}/address")
    if configured not in ("", ZERO_MAC):
        next_system = configured
    if next_system != known["system"] or priority != known.get("system_priority"):
        raise CaptureRefused(
            f"poke refused: bond {bond.name} speaks as system {known['system']} priority "
            f"{known.get('system_priority')}, and would go on as {next_system} priority "
            f"{priority}, "
            "because its MAC was changed since its first member came. That would renegotiate the "
            "whole LAG. Run without poke"
        )

    def poke() -> None:
        file = os.open(f"{folder}/ad_actor_sys_prio", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(file, priority.encode("ascii"))
        finally:
            os.close(file)

    return poke
