# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: router_result
short_description: Read what a repair on a router without Python did
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Takes the log that the script of P(bondproof.lacp.router_repair#filter) wrote on the router.
options:
  _input:
    description: The log, as a text or a list of its lines.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Say how it ended
  ansible.builtin.debug:
    msg: "{{ (log | bondproof.lacp.router_result).outcome }}"
  vars:
    log: "@@bondproof 2026-11-21T04:00:00Z end repaired no dp0s0"
"""

RETURN = r"""
_value:
  description: What the log says.
  type: dict
  contains:
    ended:
      description: Whether the run has come to its end.
      type: bool
      returned: always
    outcome:
      description: V(repaired), V(could_not) or V(refused); empty while it runs.
      type: str
      returned: always
    worse:
      description: Whether the bond is worse than it was, or may be.
      type: bool
      returned: always
    text:
      description: Why.
      type: str
      returned: always
    steps:
      description: The commands that were run, each after the name of its member.
      type: list
      elements: str
      returned: always
    states:
      description: The states that each member went through, as the router shows them.
      type: dict
      returned: always
    devices:
      description: The bond, what lies on it, and VRRP's devices, V(before) and V(after).
      type: dict
      returned: always
    events:
      description: All lines of the log, each with V(at), V(what) and V(text).
      type: list
      elements: dict
      returned: always
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.router_log import result
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of

if TYPE_CHECKING:
    from collections.abc import Callable


def router_result(value: object) -> dict[str, Any]:
    return result(text_of(value, "router_result"))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"router_result": router_result}
