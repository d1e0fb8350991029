# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who made a device, by the OUI of its MAC address."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

try:
    import netaddr
except ImportError:
    HAS_NETADDR = False
else:
    HAS_NETADDR = True

LOCAL = "locally administered"
UNKNOWN = "unknown vendor"
NOT_ASKED = "vendor not looked up: netaddr is missing"
_LOCAL_BIT = 0x02


class Vendor(NamedTuple):
    """A maker's name as registered, and in one word for a table ('' where nobody is named)."""

    full: str
    short: str


def vendor_of(mac: str) -> Vendor:
    """The vendor of a MAC address; nobody without netaddr, or for text that is no MAC."""
    if not HAS_NETADDR:
        return Vendor(NOT_ASKED, "")
    try:
        address = netaddr.EUI(mac, version=48)
    except (netaddr.AddrFormatError, ValueError, TypeError):
        return Vendor(UNKNOWN, "")
    return vendor_of_oui(int(address) >> 24)


@lru_cache(maxsize=4096)
def vendor_of_oui(oui: int) -> Vendor:
    """The vendor of a 24-bit prefix; netaddr reads its register anew each time, hence the cache."""
    if (oui >> 16) & _LOCAL_BIT:
        return Vendor(LOCAL, "")
    try:
        full = netaddr.OUI(oui).registration().org
    except netaddr.NotRegisteredError:
        return Vendor(UNKNOWN, "")
    return Vendor(full, _short(full))


def _short(full: str) -> str:
    """'Arista' of 'Arista Networks, Inc.': a table has little room."""
    words = full.replace(",", " ").split()
    return (
        words[0].title()
        if words and words[0].isupper() and len(words[0]) > 4
        else " ".join(words[:1])
    )
