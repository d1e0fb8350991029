# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""udev's .link files: the MACAddressPolicy that applies to a bond."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import bond_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Known,
    Unknown,
)

from .config_tree import DENIED, NETWORKD_RUNS, record_of

ETC, USR = "/etc/systemd/network", "/usr/lib/systemd/network"
DEFAULT = "[Match]\nOriginalName=*\n[Link]\nNamePolicy=keep\nMACAddressPolicy=persistent\n"
LINKS: dict[str, tuple[dict[str, str], Any]] = {
    "default": ({f"{USR}/99-default.link": DEFAULT}, Known("persistent", "configuration")),
    "ifenslave": (
        {
            f"{USR}/99-default.link": DEFAULT,
            f"{USR}/98-net-bonding.link": "[Match]\nDriver=bonding\n[Link]\nMACAddressPolicy=none",
        },
        Known("none", "configuration"),
    ),
    "by type": (
        {
            f"{USR}/99-default.link": DEFAULT,
            f"{ETC}/50.link": "[Match]\nType=bond\n[Link]\nMACAddressPolicy=none",
        },
        Known("none", "configuration"),
    ),
    "others' files": (
        {
            f"{USR}/99-default.link": DEFAULT,
            f"{USR}/73-usb.link": "[Match]\nPath=*-usb-*\nProperty=ID_NET_NAME_MAC=*\n[Link]\n",
            f"{USR}/80-ve.link": "[Match]\nKind=veth\nOriginalName=ve-*\n[Link]\n",
            f"{ETC}/10-nic.link": "[Match]\nMACAddress=02:00:00:00:00:01\n[Link]\nName=x",
        },
        Known("persistent", "configuration"),
    ),
    "the winner says nothing": (
        {
            f"{USR}/99-default.link": DEFAULT,
            f"{ETC}/10.link": "[Match]\nOriginalName=bond*\n[Link]\nMTUBytes=9000",
        },
        Absent("configuration"),
    ),
    "drop-in": (
        {
            f"{USR}/99-default.link": DEFAULT,
            f"{ETC}/99-default.link.d/no.conf": "[Link]\nMACAddressPolicy=none",
        },
        Known("none", "configuration"),
    ),
    "cannot be told": (
        {f"{ETC}/10.link": "[Match]\nHost=web*\n[Link]\nMACAddressPolicy=none"},
        Unknown(f"whether {ETC}/10.link applies to bond0 cannot be told"),
    ),
    "no file": ({}, Absent("configuration")),
    "not readable": (
        {f"{ETC}/10.link": DENIED},
        Unknown(f"{ETC}/10.link: Permission denied: root can read it"),
    ),
}


@pytest.mark.parametrize("case", LINKS)
def test_mac_address_policy(case: str) -> None:
    tree, expected = LINKS[case]
    assert record_of({**tree, **NETWORKD_RUNS}).fact(bond_fields.MAC_ADDRESS_POLICY) == expected
