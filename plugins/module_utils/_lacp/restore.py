# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dead-man's script: POSIX sh that puts links back to what a journal says they were.

No Python: it has to work on a starved host, on a router without Python, after a reboot, and by
hand. Whatever it does, it looks first, so it can run as often as anybody likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .restore_parts import GUARD, LINKS, PORT_PRIORITY, TC, TEAM
from .shell import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .journal import Device, Journal, PortBefore

_DEFAULT_PORT_PRIORITY = 255


def open_name(run: str) -> str:
    """The file that says that a run has not ended: whoever renames it first decides."""
    return f"journal-{run}.json"


def claimed_name(run: str) -> str:
    """The same once somebody has begun to restore it."""
    return f"restoring-{run}.json"


LAST_NAME = "last.json"
SCRIPT_NAME = "restore.sh"
LOCK_NAME = "lock"
READY_NAME = "ready"
LOG_NAME = "restore.log"


def script(journal: Journal, folder: str) -> str:
    """The whole script; folder: absolute, where the journal lies.

    `sh restore.sh`: restores now, if the run has not ended well. `sh restore.sh again`: restores
    whatever became of the run. `sh restore.sh guard`: waits until the run's process is gone or
    the deadline has come, then restores. Exit status: 0 as it was, 1 not wholly, 3 nothing to do.
    """
    values = {
        "here": folder,
        "run": journal.run,
        "bond": journal.bond,
        "bond_mac": journal.bond_mac,
        "deadline": str(journal.deadline_s),
        "module_pid": str(journal.pid),
        "open": open_name(journal.run),
        "claimed": claimed_name(journal.run),
    }
    head = [
        "#!/bin/sh",
        f"# Puts the members of bond {_comment(journal.bond)} back to what they were before",
        f"# {_comment(journal.module)} ({_comment(journal.what)}) began at {journal.started}.",
        "# By hand, as root, as often as you like: sh restore.sh",
        *(f"{name}={quoted(value)}" for name, value in values.items()),
    ]
    parts = ["\n".join(head) + "\n", LINKS]
    if journal.kind == "team":
        parts.append(TEAM)
    if journal.drops:
        parts.append(TC)
    if any(_own_priority(port) for port in journal.ports):
        parts.append(PORT_PRIORITY)
    body = "".join(f"    {line}\n" for line in _body(journal))
    return "\n".join([*parts, "restore() {\n    failed=0\n" + body + "}\n", GUARD])


def _comment(text: str) -> str:
    """Text that cannot end a comment."""
    return " ".join(text.split())


def _body(journal: Journal) -> Iterator[str]:
    for drop in journal.drops:
        words = (drop.device, drop.direction, str(drop.pref))
        yield "undrop " + " ".join(map(quoted, words))
    for device in sorted({drop.device for drop in journal.drops if not drop.had_clsact}):
        yield f"no_clsact {quoted(device)}"
    yield "bond_is_there || return 1"
    if any(port.master == journal.bond for port in journal.ports):
        yield "bond_address"
    for port in journal.ports:
        yield from _port(journal, port)


def _own_priority(port: PortBefore) -> bool:
    return port.port_priority not in (None, _DEFAULT_PORT_PRIORITY)


def _port(journal: Journal, port: PortBefore) -> Iterator[str]:
    name = quoted(port.device.name)
    yield f"# {_comment(port.device.name)}"
    yield f"if is_there {name}; then"
    for line in _port_lines(journal, port, name):
        yield "    " + line
    yield "fi"


def _port_lines(journal: Journal, port: PortBefore, name: str) -> Iterator[str]:
    if port.master == journal.bond:
        yield f"join {name}"
        yield f"admin {name} {_state(port.device)}"
        if journal.kind == "bond":
            yield f"queue {name} {port.queue_id}"
        if port.prio:
            yield f"try ip link set dev {name} type bond_slave prio {port.prio}"
        if _own_priority(port):
            yield f"port_priority {name} {port.device.ifindex} {port.port_priority}"
        yield f"mtu {name} {port.device.mtu}"
    else:
        yield f"leave {name}"
        yield f"mtu {name} {port.device.mtu}"
        yield f"admin {name} {_state(port.device)}"
    for upper in port.uppers:
        yield f"mtu {quoted(upper.name)} {upper.mtu}"
        yield f"admin {quoted(upper.name)} {_state(upper)}"
    for device in (port.device, *port.uppers):
        yield from _network(device)


def _state(device: Device) -> str:
    return "up" if device.admin_up else "down"


def _network(device: Device) -> Iterator[str]:
    """Addresses first: routes may need them as their source."""
    name = quoted(device.name)
    for address in device.addresses:
        family = "-6" if ":" in address else "-4"
        yield f"address {name} {family} {address}"
    for family, *words in device.routes:
        yield f"route {name} {family} {' '.join(map(quoted, words))}"
