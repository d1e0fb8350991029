#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_snapshot
short_description: Keep what bonds are like before and after a change, and say what moved
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Keeps all facts of a host's bonds in a folder on the controller, and compares two such snapshots. A partner key on one member,
    a firmware, an option, a counter that moved is named.
  - Helps to isolate a fault of the physical layer. Take a snapshot, let some minutes pass, take another; then change one thing
    at a time (cable, optic, port), take a snapshot with O(changed) right after it, let time pass, and take the next.
  - The comparison then gives the errors between snapshots and says which change ended them. Errors that none came after a change
    prove a cure only where at least three were to be expected since then; until then it says how much longer to watch.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  dest:
    description:
      - Folder on the controller. Each host has a folder of its own in it.
    type: path
    required: true
  state:
    description:
      - V(saved) takes a snapshot, V(compared) compares two that were taken. The latter contacts no host.
    type: str
    choices: [saved, compared]
    default: saved
  label:
    description:
      - Name of the snapshot, such as V(before). Required to take one.
    type: str
  changed:
    description:
      - What was changed just before this snapshot, such as V(new optic in eno2).
    type: str
    default: ""
  before:
    description:
      - Label of the earlier snapshot. By default the first one.
    type: str
    default: ""
  after:
    description:
      - Label of the later snapshot. By default the last one.
    type: str
    default: ""
notes:
  - Run as root, or states of ports and counters of the kernel are unknown in the snapshots.
seealso:
  - module: bondproof.lacp.bond_facts
  - module: bondproof.lacp.bond_packet
"""

EXAMPLES = r"""
- name: Keep what it is like before the maintenance of the switch
  bondproof.lacp.bond_snapshot:
    dest: changes/4711
    label: before
  become: true

- name: Note that the optic was swapped
  bondproof.lacp.bond_snapshot:
    dest: changes/4711
    label: new-optic
    changed: new optic in eno2
  become: true

- name: Say what moved, and which change ended the errors
  bondproof.lacp.bond_snapshot:
    dest: changes/4711
    state: compared
"""

RETURN = r"""
msg:
  description: What was done, or how much moved.
  returned: success
  type: str
  sample: 1 fact moved, 12 counters changed
path:
  description: The file of the snapshot.
  returned: when O(state=saved) and not in check mode
  type: str
  sample: changes/4711/h1/001-before.json
before:
  description: Label and time of the earlier snapshot; C(after) has those of the later one.
  returned: when O(state=compared)
  type: dict
  sample: {"label": "before", "utc": "2026-11-20T23:00:00Z"}
after:
  description: Label and time of the later snapshot.
  returned: when O(state=compared)
  type: dict
  sample: {"label": "after", "utc": "2026-11-20T23:30:00Z"}
moved:
  description: Facts that should stay as they are, and did not.
  returned: when O(state=compared)
  type: list
  elements: dict
  sample: [{"host": "h1", "subject": "bond0/eno2", "what": "partner.key", "before": "11", "now": "12"}]
counters:
  description: Counters that changed. C(growth) is none where one fell, which means that it was reset.
  returned: when O(state=compared)
  type: list
  elements: dict
  sample: [{"subject": "bond0/eno2", "counter": "errors.crc", "before": 17, "after": 90, "growth": 73}]
isolation:
  description: Errors between snapshots, what each change did to them, and a sentence.
  returned: when O(state=compared)
  type: dict
  sample: {"intervals": [], "steps": [], "verdict": "cured by: new optic in eno2"}
"""
