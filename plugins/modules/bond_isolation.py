#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_isolation
short_description: Measure a member after each swap of a part, and say which swap cured it
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - A link that counts errors or flaps has a bad cable, optic or port. Change one of them at a time, and run this after each change.
  - Each run measures for O(duration) seconds what the member's counters of the physical layer gain, and how often the carrier is
    lost, adds the step to a journal on the controller, and compares its rate with the one of the step before.
  - The first run measures what is there, with O(changed=nothing).
  - No errors after a change prove nothing if few were due in that time. Then the length that would tell is named.
  - Nothing on the host is changed.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - Nothing is measured, and the journal stays as it is.
  diff_mode:
    description: Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: none
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: none
    details:
      - Each run is another step.
options:
  bond:
    description:
      - Name of the bond.
    type: str
    required: true
  member:
    description:
      - The member whose link is looked into.
    type: str
    required: true
  changed:
    description:
      - What was changed since the step before.
    type: str
    required: true
    choices: [nothing, cable, optic, port, card, put back, other]
  note:
    description:
      - More about it, such as which end, or the labels of the old and the new part.
    type: str
    default: ""
  duration:
    description:
      - How long to measure, in seconds.
    type: float
    default: 600.0
  dest:
    description:
      - Folder on the controller for the journal C(HOST-MEMBER.isolation.json), and for a report of the same name that ends in C(.md).
    type: path
    required: true
requirements:
  - On the host the privilege C(CAP_NET_RAW). Use C(become).
seealso:
  - module: bondproof.lacp.lacp_capture
"""

EXAMPLES = r"""
- name: Measure the link as it is
  bondproof.lacp.bond_isolation:
    bond: bond0
    member: eno2
    changed: nothing
    duration: 5
    dest: isolation
  become: true

- name: Measure again after the cable was changed
  bondproof.lacp.bond_isolation:
    bond: bond0
    member: eno2
    changed: cable
    note: DAC 3 m, label 0417 for 0381
    duration: 5
    dest: isolation
  become: true
"""

RETURN = r"""
msg:
  description: What all steps together say.
  returned: success
  type: str
  sample: "Step 2 cured it: errors ended with 'cable'. Put the old part back to see them return: that proves it."
steps:
  description: How many steps the journal has.
  returned: success
  type: int
  sample: 2
outcome:
  description:
    - What this step did. C(kind) is one of V(measured) (the first), V(cured), V(fewer), V(same), V(more), V(began), V(quiet) and V(cannot tell), with which
      C(needed_s) is the length in seconds that would tell.
  returned: success
  type: dict
  sample: {"kind": "cured", "text": "0 errors in 600 s, 240 were due at the rate before: they ended", "needed_s": 0}
cured_by:
  description: Number of the step that cured the link, V(null) if none did.
  returned: success
  type: int
  sample: 2
rates_per_minute:
  description: Errors, or losses of carrier, of each step.
  returned: success
  type: list
  elements: float
  sample: [24.0, 0.0]
measured:
  description: What the rates are of, V(errors), or V(flaps) where no step counted an error.
  returned: success
  type: str
  sample: errors
journal:
  description: The journal on the controller.
  returned: success
  type: str
  sample: isolation/h1-eno2.isolation.json
report:
  description: The report on the controller.
  returned: success
  type: str
  sample: isolation/h1-eno2.isolation.md
"""
