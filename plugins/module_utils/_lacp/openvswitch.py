# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the database of Open vSwitch says of a bond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bond_fields as b, ovsdb

if TYPE_CHECKING:
    from .record import RecordBuilder
    from .snapshot import Snapshot

KIND = "openvswitch"
SOURCE = "ovsdb"


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what the database says of a bond."""
    found = ovsdb.bonds(snapshot).get(name)
    if found is None:
        return
    into.known(b.KIND, KIND, SOURCE)
    into.known(b.MEMBERS, found.members, SOURCE)
    if found.mode:
        into.known(b.MODE, found.mode, SOURCE)
    else:
        into.unknown(b.MODE, "not set in the database: Open vSwitch uses its default")
