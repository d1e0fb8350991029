#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_snapshot
short_description: Keep on the controller what a host says of its bonds, to compare with later
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads the host as M(bondproof.lacp.bond_facts) does, and saves what was read, before anybody understood it, on the controller.
  - Take one before a change, or while all is well; M(bondproof.lacp.bond_compare) shows afterwards what moved.
  - Secrets in the configuration of the network managers are left out. The file has addresses and names.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The host is read, and no file is written.
  diff_mode:
    description: Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: none
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: none
    details:
      - Each reading is of another moment.
options:
  dest:
    description:
      - Folder on the controller. The file is C(HOST.snapshot.json) in it, and replaces one that is there.
    type: path
    required: true
notes:
  - Run as root, or with the capability C(CAP_NET_ADMIN), to learn the identity and keys of the partners.
seealso:
  - module: bondproof.lacp.bond_compare
"""

EXAMPLES = r"""
- name: Keep what the hosts say before the change
  bondproof.lacp.bond_snapshot:
    dest: snapshots/before-the-change
  become: true
"""

RETURN = r"""
path:
  description: The file on the controller.
  returned: success
  type: str
  sample: snapshots/before-the-change/h1.snapshot.json
bonds:
  description: Names of the bonds that it has.
  returned: success
  type: list
  elements: str
  sample: [bond0]
"""
