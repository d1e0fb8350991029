# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MAC addresses in the notation of Linux, for filters."""

from __future__ import annotations

from typing import NoReturn

from ansible.errors import AnsibleFilterError

try:
    import netaddr
except ImportError:
    HAS_NETADDR = False
else:
    HAS_NETADDR = True


def colons(value: object, filter_name: str) -> str:
    """Lower case with colons; '' for None and ''; AnsibleFilterError for what is no MAC address."""
    if value is None:
        return ""
    if not isinstance(value, str):
        _refuse(filter_name, f"wants a MAC address as text, not a value of type {_kind(value)}")
    text = "".join(value).strip()
    if not text:
        return ""
    if not HAS_NETADDR:
        _refuse(
            filter_name,
            "needs the Python library netaddr on the controller: apt install python3-netaddr, or "
            "pip install netaddr",
        )
    try:
        address = netaddr.EUI(text, version=48)
    except (netaddr.AddrFormatError, ValueError):
        _refuse(filter_name, f"{text!r} is no MAC address")
    return str(netaddr.EUI(address, dialect=netaddr.mac_unix_expanded))


def _refuse(filter_name: str, complaint: str) -> NoReturn:
    raise AnsibleFilterError(f"bondproof.lacp.{filter_name}: {complaint}")


def _kind(value: object) -> str:
    return type(value).__name__.removeprefix("_Ansible").removeprefix("Tagged").lower()
