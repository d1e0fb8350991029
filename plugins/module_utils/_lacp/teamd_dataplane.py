# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dataplane of a Vyatta router beside the kernel: whether it uses a port of a team device."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import member_fields as m, places
from .snapshot import ReadFailure
from .teamd_state import Reader, TeamdError, loads

if TYPE_CHECKING:
    from .record import RecordBuilder
    from .snapshot import Reading, Snapshot

SOURCE = "vplsh lag"


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add whether the dataplane uses a port; absent where nobody asked for a dataplane."""
    if places.DATAPLANE not in snapshot.files:
        into.absent(m.DATAPLANE_ACTIVE, SOURCE)
        return
    found = _lags(snapshot.file(places.DATAPLANE))
    if isinstance(found, str):
        into.unknown(m.DATAPLANE_ACTIVE, found)
        return
    active = found.get(bond, {}).get(name)
    if active is None:
        into.unknown(m.DATAPLANE_ACTIVE, f"the dataplane does not name {name} in {bond}")
    else:
        into.known(m.DATAPLANE_ACTIVE, active, SOURCE)


@lru_cache(maxsize=4)
def _lags(reading: Reading) -> dict[str, dict[str, bool | None]] | str:
    """Whether each member of each device is active; or why nobody knows."""
    if isinstance(reading, ReadFailure):
        return f"the dataplane was not read: {reading.text}"
    try:
        devices = loads(reading).get("lag")
    except TeamdError as error:
        return f"what vplsh printed cannot be read: {error}"
    found: dict[str, dict[str, bool | None]] = {}
    for device in devices if isinstance(devices, list) else ():
        read = Reader(device if isinstance(device, dict) else {})
        name = read.take("ifname", str)
        if name is not None:
            found[name] = dict(map(_lane, read.take("members", list) or []))
    return found


def _lane(member: Any) -> tuple[str, bool | None]:  # noqa: ANN401 - of a document of somebody else
    read = Reader(member if isinstance(member, dict) else {})
    return read.take("ifname", str) or "", read.take("active", bool)
