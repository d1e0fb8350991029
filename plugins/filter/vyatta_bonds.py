# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vyatta_bonds
short_description: Read the bonds of a Vyatta router
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads C(show interfaces bonding slaves), or C(members), as Vyatta 5600, DANOS, VyOS and EdgeOS
    print it, and C(show interfaces bonding lacp detail) of VyOS.
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
      {{ (screen | bondproof.lacp.vyatta_bonds).tables[0].bonds
         | selectattr('link', 'equalto', 'down') | map(attribute='name') }}
  vars:
    screen: |
      Interface    Mode                   State    Link   Slaves
      dp0bond0     802.3ad                up       down   2
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    tables:
      description:
        - One for each screen, with V(line), V(command), V(cut) and V(bonds).
        - Each bond has V(name), V(mode), V(mode_shown), V(state), V(link), V(member_count) and
          V(member_names), which is null where the screen has a count only.
      type: list
      elements: dict
      returned: always
    lacp:
      description: Tables of VyOS, with V(line), V(command), V(columns) and V(rows).
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

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_bonds import parse
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of

if TYPE_CHECKING:
    from collections.abc import Callable


def vyatta_bonds(value: object) -> dict[str, Any]:
    return parse(text_of(value, "vyatta_bonds"))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"vyatta_bonds": vyatta_bonds}
