# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_vendor
short_description: Name the vendor of an LACP partner by its system MAC address
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Looks the first three octets up in the register of the IEEE that netaddr ships.
  - An address with the locally administered bit, as many MLAG pairs use it, gives
    V(locally administered).
  - An address of nobody in the register gives V(unknown vendor), and no address an empty text.
requirements:
  - netaddr on the controller
options:
  _input:
    description: A MAC address, or nothing.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Say who made the switch
  ansible.builtin.debug:
    msg: "{{ '00:1c:73:aa:bb:cc' | bondproof.lacp.partner_vendor }}"
"""

RETURN = r"""
_value:
  description: The vendor's name as registered.
  type: str
"""

from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.plugin_utils._mac import colons
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.vendor import vendor_of

if TYPE_CHECKING:
    from collections.abc import Callable


def partner_vendor(value: object) -> str:
    mac = colons(value, "partner_vendor")
    return vendor_of(mac).full if mac else ""


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"partner_vendor": partner_vendor}
