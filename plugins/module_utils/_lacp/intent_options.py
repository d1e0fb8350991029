# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bonding options as managers write them, brought to the form in which the kernel reports them."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import sources

_INTEGERS = frozenset(
    "miimon updelay downdelay peer_notif_delay use_carrier arp_interval arp_missed_max resend_igmp "
    "num_peer_notif all_slaves_active min_links lp_interval packets_per_slave tlb_dynamic_lb "
    "ad_actor_sys_prio ad_user_port_key".split()
)
_NAMES = {
    "mode": sources.MODES,
    "xmit_hash_policy": sources.HASH_POLICIES,
    "lacp_rate": sources.LACP_RATES,
    "lacp_active": sources.OFF_ON,
    "ad_select": sources.AD_SELECTS,
    "arp_validate": sources.ARP_VALIDATES,
    "arp_all_targets": sources.ANY_ALL,
    "primary_reselect": sources.RESELECTS,
    "fail_over_mac": sources.FAIL_OVER_MACS,
    "coupled_control": sources.OFF_ON,
    "broadcast_neighbor": sources.OFF_ON,
    "lacp_strict": sources.OFF_ON,
}
_LISTS = ("arp_ip_target", "ns_ip6_target")
_WORDS = ("primary", "active_slave")
_ALIASES = {
    "num_grat_arp": "num_peer_notif",
    "num_unsol_na": "num_peer_notif",
    "ad_sys_priority": "ad_actor_sys_prio",
    "ad_sys_mac_addr": "ad_actor_system",
}
_DIGITS = 20
YES = frozenset(("1", "yes", "true", "on", "y", "t"))
NO = frozenset(("0", "no", "false", "off", "n", "f"))


class Intent(NamedTuple):
    """What one manager's configuration wants of a bond, as far as it is written down.

    settings: by field path ('options.miimon', 'mtu'); addresses: the static ones; at_boot: whether
    it takes effect after a reboot; unrecognised: lines that may matter and were not understood.
    """

    files: list[str]
    settings: dict[str, Any]
    members: list[str]
    addresses: list[str]
    at_boot: bool
    unrecognised: list[str]


def nothing() -> Intent:
    """An intent to be filled."""
    return Intent([], {}, [], [], at_boot=False, unrecognised=[])


def option(name: str, text: str) -> tuple[str, Any] | None:
    """(field path, value) of an option under the kernel's name; None if it is not understood."""
    name = _ALIASES.get(name, name)
    text = text.strip()
    value: Any = None
    if name in _INTEGERS:
        value = _integer(text)
    elif name in _NAMES:
        value = _named(text.lower(), _NAMES[name])
    elif name in _LISTS:
        value = text.replace(",", " ").replace("+", " ").split() or None
    elif name in _WORDS:
        value = text or None
    elif name == "ad_actor_system":
        value = mac(text)
    if value is None:
        return None
    return (name if name == "mode" else f"options.{name}"), value


def mac(text: str) -> str | None:
    """A MAC address in lower case with colons; None if it is none."""
    parts = text.strip().lower().replace("-", ":").split(":")
    digits = "".join(parts)
    if len(parts) != 6 or any(len(part) != 2 for part in parts):
        return None
    return ":".join(parts) if all(digit in "0123456789abcdef" for digit in digits) else None


def boolean(text: str) -> bool | None:
    """A boolean in any of the spellings of managers; None if it is none."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def number(text: str) -> int | None:
    """An unsigned decimal number; None if it is none."""
    text = text.strip()
    return int(text) if len(text) < _DIGITS and text.isascii() and text.isdigit() else None


def _integer(text: str) -> int | None:
    found = number(text)
    if found is None:
        word = boolean(text)
        return None if word is None else int(word)
    return found


def _named(text: str, names: tuple[str, ...]) -> str | None:
    if text in names:
        return text
    if names is sources.OFF_ON:
        word = boolean(text)
        return None if word is None else names[word]
    found = number(text)
    return names[found] if found is not None and found < len(names) else None
