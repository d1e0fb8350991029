# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lacp_verdict
short_description: Say whose fault it is, from a packet of evidence
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - The same as the module P(bondproof.lacp.bond_verdict#module), for a packet in a variable.
options:
  _input:
    description: A packet, a map of the schema C(bondproof.lacp/packet/1).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say what can be said of a packet that holds next to nothing
  ansible.builtin.debug:
    msg: "{{ (packet | bondproof.lacp.lacp_verdict).fault }}"
  vars:
    packet:
      schema: bondproof.lacp/packet/1
      bond: bond0
"""

RETURN = r"""
_value:
  description: The verdict, a map of the schema C(bondproof.lacp/verdict/1).
  type: dict
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from ansible_collections.bondproof.lacp.plugins.plugin_utils._select import plain

if TYPE_CHECKING:
    from collections.abc import Callable


def lacp_verdict(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise AnsibleFilterError(
            "bondproof.lacp.lacp_verdict: wants a packet, a map of the schema "
            f"bondproof.lacp/packet/1, not a value of type {type(value).__name__}"
        )
    packet = plain(value)
    return diagnose(packet if isinstance(packet, dict) else {})


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"lacp_verdict": lacp_verdict}
