# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: mac_normalise
short_description: Write a MAC address in lower case with colons
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Takes a MAC address in any usual notation and writes it as Linux does, so that addresses
    compare.
  - No address stays no address. V(none) and an empty text give an empty text.
requirements:
  - netaddr on the controller
options:
  _input:
    description: A MAC address, or nothing.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Compare the partner with what the switch says
  ansible.builtin.assert:
    that: ('001C.73AA.BBCC' | bondproof.lacp.mac_normalise) == '00:1c:73:aa:bb:cc'
"""

RETURN = r"""
_value:
  description: The address in lower case with colons, or an empty text.
  type: str
"""

from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.plugin_utils._mac import colons

if TYPE_CHECKING:
    from collections.abc import Callable


def mac_normalise(value: object) -> str:
    return colons(value, "mac_normalise")


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"mac_normalise": mac_normalise}
