# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: teamd_state
short_description: Read what teamd says of a team device
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads C(teamdctl DEVICE state dump), C(teamdctl DEVICE config dump) and
    C(teamdctl -v DEVICE state view), and C(vplsh -l -c lag) of a Vyatta router.
  - Where teamd and the dataplane describe the same port, they are compared.
  - The text may hold prompts, escape sequences and the output of several commands. What cannot be
    read is returned as unrecognised with its line; nothing is guessed.
options:
  _input:
    description: What was printed, as a text, a list of its lines, or the JSON object itself.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Name the ports that nobody answers
  ansible.builtin.debug:
    msg: >-
      {{ (dumped | bondproof.lacp.teamd_state).dumps[0].ports | dict2items
         | selectattr('value.runner_state', 'equalto', 'defaulted') | map(attribute='key') }}
  vars:
    dumped: >-
      {"setup": {"runner_name": "lacp"},
      "ports": {"dp0s0": {"runner": {"state": "defaulted"}}}}
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    dumps:
      description:
        - One for each dump, with V(line), V(command) and V(kind), which is V(state), V(config),
          V(dataplane) or V(other).
        - A state has V(device), V(runner), V(mode) and V(ports) by name. V(missing) and V(odd) name
          what it lacks, and what has another type than teamd writes.
      type: list
      elements: dict
      returned: always
    disagreements:
      description: Ports that distribute for one of teamd and the dataplane, and not for the other.
      type: list
      elements: dict
      returned: always
    damaged:
      description: Dumps that are cut short or are no JSON, with V(line) and V(text).
      type: list
      elements: dict
      returned: always
    refusals:
      description:
        - Complaints of the router itself. Each has V(line), V(kind), V(device) and V(text).
        - The kind is V(no-such-device), V(teamd-silent), V(needs-privileges) or V(no-such-command).
      type: list
      elements: dict
      returned: always
    other_screens:
      description: Screens in the text that another filter reads, each with V(line) and V(screen).
      type: list
      elements: dict
      returned: always
    unrecognised:
      description: Lines that no grammar knows, each with V(line) and V(text).
      type: list
      elements: dict
      returned: always
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.teamd_dumps import parse
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of
from ansible_collections.bondproof.lacp.plugins.plugin_utils._select import plain

if TYPE_CHECKING:
    from collections.abc import Callable


def teamd_state(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        data = plain(value)
        return parse(data if isinstance(data, Mapping) else {})
    return parse(text_of(value, "teamd_state"))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"teamd_state": teamd_state}
