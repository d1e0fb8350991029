# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of links, made with pyroute2, which gives the kernel's own words where one fails.

pyroute2 passes over names that it does not know and reports success: so whoever changes something
reads it back (netlink.py, links.py). Attributes of a bond's port it does not know at all.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .._lacp.journal_state import routes_of
from .netlink import NETLINK_ROUTE, NLM_F_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from .dead_man import Run

PORT_ATTRIBUTES = {"queue_id": (5, "=H"), "prio": (9, "=i"), "actor_port_prio": (10, "=H")}
_NEWLINK, _ACK = 16, 4
_LINKINFO, _SLAVE_KIND, _SLAVE_DATA = 18, 4, 5  # IFLA_*, IFLA_INFO_*
_NODAD = 2  # IFA_F_NODAD
_ANSWER_S = 10.0


class ChangeFailed(Exception):
    """The kernel refused a change. code: its errno."""

    def __init__(self, what: str, code: int, text: str) -> None:
        super().__init__(f"{what}: {text or os.strerror(code)}")
        self.code = code


class PyrouteMissing(Exception):
    """pyroute2 cannot be imported; the cause is the ImportError."""


class Changer:
    """Changes links by index."""

    def __init__(self) -> None:
        """Open the channel; PyrouteMissing."""
        try:
            # Not before it is needed: it costs more than all else together.
            library: Any = import_module("pyroute2")
            errors: Any = import_module("pyroute2.netlink.exceptions")
        except ImportError as error:
            raise PyrouteMissing(str(error)) from error
        self._error: type[Exception] = errors.NetlinkError
        self._route: Any = library.IPRoute(ext_ack=True)

    def down(self, index: int) -> None:
        """Set it down; ChangeFailed, as of all of these."""
        self._link(f"set {_name(index)} down", index=index, state="down")

    def up(self, index: int) -> None:
        """Set it up."""
        self._link(f"set {_name(index)} up", index=index, state="up")

    def release(self, index: int) -> None:
        """Take it from its master; no error where it has none."""
        self._link(f"release {_name(index)}", index=index, master=0)

    def enslave(self, index: int, bond: int) -> None:
        """Give it a master; it must be down."""
        self._link(f"enslave {_name(index)}", index=index, master=bond)

    def mtu(self, index: int, mtu: int) -> None:
        """Set its MTU."""
        self._link(f"MTU {mtu} on {_name(index)}", index=index, mtu=mtu)

    def address(self, index: int, address: str) -> None:
        """Add an IPv6 address such as fd00::1/64, without asking the network for duplicates."""
        host, _slash, length = address.partition("/")
        what = f"address {address} on {_name(index)}"
        values = {"address": host, "prefixlen": int(length), "flags": _NODAD}
        self._call(what, lambda: self._route.addr("add", index=index, **values))

    def port(self, index: int, name: str, value: int) -> None:
        """Set an attribute of a bond's port, by its name in PORT_ATTRIBUTES."""
        kind, form = PORT_ATTRIBUTES[name]
        data = _attribute(_SLAVE_DATA, _attribute(kind, struct.pack(form, value)))
        info = _attribute(_LINKINFO, _attribute(_SLAVE_KIND, b"bond\0") + data)
        body = struct.pack("=BxHiII", 0, 0, index, 0, 0) + info
        code = _acknowledged(_NEWLINK, body)
        if code:
            raise ChangeFailed(f"{name} {value} on {_name(index)}", code, "")

    def _link(self, what: str, **values: object) -> None:
        self._call(what, lambda: self._route.link("set", **values))

    def _call(self, what: str, change: Callable[[], object]) -> None:
        try:
            change()
        except self._error as error:
            text = next((one for one in error.args[1:] if isinstance(one, str)), "")
            raise ChangeFailed(what, int(getattr(error, "code", 0)), text) from error
        except OSError as error:
            raise ChangeFailed(what, error.errno or 0, str(error)) from error

    def close(self) -> None:
        """Close the channel."""
        self._route.close()


def _name(index: int) -> str:
    """For an error's text."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"interface {index}"


def _attribute(kind: int, data: bytes) -> bytes:
    return (struct.pack("=HH", len(data) + 4, kind) + data).ljust(len(data) + 7 & ~3, b"\0")


def _acknowledged(kind: int, body: bytes) -> int:
    """Send one request; the errno of the kernel's answer, 0 for success."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE) as link:
        link.settimeout(_ANSWER_S)
        head = struct.pack("=IHHII", len(body) + 16, kind, NLM_F_REQUEST | _ACK, 1, 0)
        try:
            link.send(head + body)
            answer = link.recv(1 << 14)
        except OSError as error:
            return error.errno or errno.ETIMEDOUT
    return -int(struct.unpack_from("=i", answer, 16)[0])


def routes(run: Run) -> Callable[[str], list[tuple[str, ...]]]:
    """What gives the routes through a device, for journal_state.port_before."""

    def through(device: str) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for family in ("-4", "-6"):
            command = ["ip", family, "route", "show", "table", "all", "dev", device]
            status, out, _errors = run(command)
            if status == 0:
                found += routes_of(out, family)
        return sorted(found)

    return through
