# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vyatta_bond_members
short_description: Read the members of a bond on a Vyatta router
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads C(show interfaces bonding BOND slaves), or C(members), as Vyatta 5600, DANOS, VyOS and
    EdgeOS print it.
  - The column C(LACP flags) names one bit of the port state only. The result says which bits it
    shows, and which it hides.
  - The text may hold prompts, escape sequences and the output of several commands. What cannot be
    read is returned as unrecognised with its line; nothing is guessed.
options:
  _input:
    description: What was printed, as a text or a list of its lines.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Name the members that do not carry traffic
  ansible.builtin.debug:
    msg: >-
      {{ (screen | bondproof.lacp.vyatta_bond_members).tables[0].bonds[0].members
         | rejectattr('flags.highest', 'equalto', 'distributing') | map(attribute='name') }}
  vars:
    screen: |
      Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags
      dp0bond0         21083      194         94923      1451
          dp0s0        11527      114         13934      149        yes   SYNCHRONIZAT
          dp0s2        9556       80          80809      1299       yes   DISTRIBUTING
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    tables:
      description:
        - One for each screen, with V(line), V(command), V(flags) (whether it has LACP states),
          V(cut) and V(bonds).
        - Each bond has V(name), counters and V(members). Each member has V(name), counters,
          V(selected) and V(flags).
        - V(flags) has V(shown), V(lacp), V(highest), V(bits), V(cut), V(reading) and V(unknown).
      type: list
      elements: dict
      returned: always
    kicks:
      description:
        - Commands in the text that took a member out or in, with V(bond), V(action) and V(member).
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

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_members import parse
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of

if TYPE_CHECKING:
    from collections.abc import Callable


def vyatta_bond_members(value: object) -> dict[str, Any]:
    return parse(text_of(value, "vyatta_bond_members"))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"vyatta_bond_members": vyatta_bond_members}
