#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_compare
short_description: Show what moved on the bonds of a host since a saved reading
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Compares a reading that M(bondproof.lacp.bond_snapshot) saved, or the one of a packet, with a later one, or with the host itself.
  - Shows every setting and identity that differs, such as the partner key of one member or a firmware, and every counter of trouble
    that grew.
  - States and counters of traffic move by themselves and are passed over.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  before:
    description:
      - On the controller, a file that M(bondproof.lacp.bond_snapshot) wrote, its folder, or the folder of a packet.
    type: path
    required: true
  after:
    description:
      - The same of a later reading. Without it the host is read now.
    type: path
  table:
    description:
      - Whether to print the differences.
    type: bool
    default: true
seealso:
  - module: bondproof.lacp.bond_snapshot
  - module: bondproof.lacp.bond_packet
"""

EXAMPLES = r"""
- name: Show what the change moved
  bondproof.lacp.bond_compare:
    before: snapshots/before-the-change
  become: true
  register: compared

- name: Stop if a partner is another one now
  ansible.builtin.assert:
    that: compared.moved | selectattr('what', 'search', '^partner[.]') | length == 0

- name: Compare two saved readings
  bondproof.lacp.bond_compare:
    before: snapshots/monday
    after: snapshots/friday
"""

RETURN = r"""
moved:
  description:
    - What differs, values as words. V(unknown) is a value that one of the readings could not tell, V(not there) a bond or member
      that came or went.
  returned: success
  type: list
  elements: dict
  sample:
    - {"subject": "bond0/eno2", "what": "partner.key", "before": "15", "after": "16"}
grown:
  description: Counters of trouble that grew. C(growth) is V(null) where a counter began again.
  returned: success
  type: list
  elements: dict
  sample:
    - {"subject": "bond0/eno2", "counter": "carrier_down_count", "before": 1, "after": 3, "growth": 2}
from:
  description: When the earlier reading was made.
  returned: success
  type: str
  sample: "2026-11-20T23:00:00.000000Z"
to:
  description: When the later one was made.
  returned: success
  type: str
  sample: "2026-11-21T01:00:00.000000Z"
reboot:
  description: Whether the host was started anew in between.
  returned: success
  type: bool
  sample: false
"""
