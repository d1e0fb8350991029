#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_packet
short_description: Watch a bond for a while, judge it, and keep all evidence in one sealed folder
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads the bond, listens to every member for O(duration) seconds, reads it in the middle and at the end, and takes the log of
    that time and of the ten minutes before.
  - Judges what was gathered, and writes it to a folder and a C(.tar.gz) on the controller, with C(report.html), C(report.md),
    a picture of the timeline, the frames as pcapng, the questions to the team of the switch, and a manifest of checksums.
  - The folder gets its name when it is complete. Where a stage fails the rest is kept, and the packet says what is missing.
  - Nothing on the host is changed. Only slow-protocol frames are kept, secrets in configuration files are left out.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  bond:
    description:
      - Name of the bond.
    type: str
    required: true
  duration:
    description:
      - How long to watch, in seconds. At the slow rate, less than 90 seconds cannot show that somebody fell silent.
    type: float
    default: 60.0
  dest:
    description:
      - Folder on the controller in which the packet gets a folder of its own, C(HOST-BOND).
    type: path
    required: true
  ping:
    description:
      - Send Marker PDUs on each member after the window, as M(bondproof.lacp.lacp_ping) does. An answer is the strongest proof
        that both ways are open that can be had without the switch.
    type: bool
    default: false
  redact:
    description:
      - Replace addresses and names of hosts, each always by the same, also in the frames. A MAC address keeps its vendor.
    type: bool
    default: false
  redact_key:
    description:
      - The same key gives the same replacements in several packets. By default each packet has its own, which is not kept.
    type: str
  switch_evidence:
    description:
      - What the switch says of its ports, one map of the schema C(switch_evidence/v1) for each port.
    type: list
    elements: dict
    default: []
  rack:
    description:
      - Name of the rack that the host is in, for the view over many hosts.
    type: str
    default: ""
notes:
  - Run as root, or the host can neither capture nor read the states of the ports.
  - In check mode nothing is collected.
seealso:
  - module: bondproof.lacp.bond_verdict
  - module: bondproof.lacp.bond_diagnosis
  - module: bondproof.lacp.lacp_capture
"""

EXAMPLES = r"""
- name: Watch bond0 for two minutes
  bondproof.lacp.bond_packet:
    bond: bond0
    duration: 120
    dest: incidents
  become: true

- name: Make a packet that can be given to a vendor
  bondproof.lacp.bond_packet:
    bond: bond0
    dest: incidents
    redact: true
  become: true
"""

RETURN = r"""
msg:
  description: The verdict in a line.
  returned: success
  type: str
  sample: "healthy (conclusive): both members of bond0 collect and distribute, and nothing was lost"
packet:
  description: The folder of the packet.
  returned: when not in check mode
  type: str
  sample: incidents/h1-bond0
archive:
  description: The same in one file.
  returned: when not in check mode
  type: str
  sample: incidents/h1-bond0.tar.gz
complete:
  description: Whether every stage of the collection succeeded.
  returned: when not in check mode
  type: bool
  sample: true
problems:
  description: What could not be gathered, each a sentence.
  returned: when not in check mode
  type: list
  elements: str
  sample: []
verdict:
  description: What matters most of the verdict. All of it is in C(verdict.json) of the packet.
  returned: when not in check mode
  type: dict
  sample: {"schema": "bondproof.lacp/verdict/1", "fault": "healthy", "members": [], "direction": "none", "confidence": "conclusive"}
"""
