# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vyatta_interfaces
short_description: Read the screen C(show interfaces) of a Vyatta router
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads C(show interfaces) in both widths, and C(show interfaces INTERFACE), as Vyatta 5600,
    DANOS, VyOS and EdgeOS print them.
  - The text may hold prompts, escape sequences and the output of several commands. What cannot be
    read is returned as unrecognised with its line; nothing is guessed.
options:
  _input:
    description: What was printed, as a text or a list of its lines.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Name the bonds without carrier
  ansible.builtin.debug:
    msg: >-
      {{ (screen | bondproof.lacp.vyatta_interfaces).tables[0].interfaces
         | selectattr('link', 'equalto', 'down') | map(attribute='name') }}
  vars:
    screen: |
      Interface        IP Address                        S/L  Description
      ---------        ----------                        ---  -----------
      dp0bond0         198.51.100.75/26                  u/D
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    tables:
      description:
        - One for each C(show interfaces), with V(line), V(command), V(has_speed), V(cut) and
          V(interfaces).
        - Each interface has V(name), V(parent), V(addresses), V(state), V(link), V(speed),
          V(duplex) and V(description).
      type: list
      elements: dict
      returned: always
    details:
      description: One for each interface that was shown alone, with addresses, MTU and counters.
      type: list
      elements: dict
      returned: always
    cannot_tell:
      description: What such a screen cannot say, in sentences.
      type: list
      elements: str
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

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_interfaces import parse
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of

if TYPE_CHECKING:
    from collections.abc import Callable


def vyatta_interfaces(value: object) -> dict[str, Any]:
    return parse(text_of(value, "vyatta_interfaces"))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"vyatta_interfaces": vyatta_interfaces}
