#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_diagnosis
short_description: Judge the packets of many hosts together, and tell each verdict in ten lines
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads every packet that M(bondproof.lacp.bond_packet) wrote into a folder, and judges each again with what the others say.
    Losses in the same minute, the same partner, the same leg, the same driver point to what one host alone cannot show.
  - Packets of more than one host are sealed anew with that. Packets that were altered are judged, and left as they are.
  - Writes C(index.html) and C(fleet.json) into the folder, and prints ten lines for each host. No host is contacted.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  platform:
    details:
      - Runs on the controller; no host is contacted.
options:
  source:
    description:
      - Folder on the controller that holds the packets.
    type: path
    required: true
seealso:
  - module: bondproof.lacp.bond_packet
  - module: bondproof.lacp.bond_verdict
"""

EXAMPLES = r"""
- name: Judge all packets of an incident together
  bondproof.lacp.bond_diagnosis:
    source: incidents/20261120T230000Z
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
faults:
  description: The fault of each packet.
  returned: when not in check mode
  type: dict
  sample: {"h1-bond0": "host", "h2-bond0": "healthy"}
fleet:
  description: What the hosts have in common.
  returned: when not in check mode
  type: dict
  sample: {"schema": "bondproof.lacp/fleet-verdict/1", "pattern": "one_host"}
page:
  description: The page over all hosts.
  returned: when not in check mode
  type: str
  sample: incidents/20261120T230000Z/index.html
problems:
  description: Folders that are no packets that could be read, each a sentence.
  returned: when not in check mode
  type: list
  elements: str
  sample: []
"""
