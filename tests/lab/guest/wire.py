# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside a lab host: carries frames and carrier between a tap (a card with a speed) and a veth."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import struct
import sys
from pathlib import Path

# linux/if_tun.h
TUNSETIFF = 0x400454CA
TUNSETCARRIER = 0x400454E2
IFF_TAP_NO_PI = 0x1002
RTMGRP_LINK = 1
ETH_P_ALL = 3
PACKET_OUTGOING = 4


def open_tap(name: str) -> int:
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    return tap


def follow_carrier(tap: int, wire: str) -> None:
    """Let the card's carrier be that of the cable; a cable that is set down has none."""
    try:
        carrier = Path(f"/sys/class/net/{wire}/carrier").read_text(encoding="ascii").strip()
    except OSError:
        carrier = "0"
    # EIO: the card is set down by the administrator, the kernel refuses until it is up.
    with contextlib.suppress(OSError):
        fcntl.ioctl(tap, TUNSETCARRIER, struct.pack("i", carrier == "1"))


def main(member: str, wire: str) -> None:
    """Run until the host ends."""
    tap = open_tap(member)
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    cable.bind((wire, ETH_P_ALL))
    events = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    events.bind((0, RTMGRP_LINK))
    follow_carrier(tap, wire)
    while True:
        ready = select.select([tap, cable.fileno(), events.fileno()], [], [])[0]
        # A frame that one side refuses (down, full) is a frame lost on the wire.
        with contextlib.suppress(OSError):
            if tap in ready:
                cable.send(os.read(tap, 65536))
            if cable.fileno() in ready:
                frame, address = cable.recvfrom(65536)
                if address[2] != PACKET_OUTGOING:
                    os.write(tap, frame)
            if events.fileno() in ready:
                events.recv(65536)
                follow_carrier(tap, wire)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
