#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_verdict
short_description: Say whose fault it is, from a packet of evidence
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Judges what was gathered of a bond over a window of time (facts before and after, frames, kernel log, counters, and
    what the switch says where somebody gave it), and says whether the host, the switch, the physical layer or something
    that is not LACP is at fault, whether the bond is well, or that the evidence does not suffice and what to collect.
  - Every rule is in the trace with its outcome and the values that decided it, each with a pointer into the packet.
  - Nobody is accused without proof. What is not known makes a rule not evaluable, never a bond healthy.
  - The same packet gives the same verdict at any time. No clock is read and no host is contacted.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  platform:
    details:
      - Runs on the controller; no host is contacted.
options:
  packet:
    description:
      - Path of a packet on the controller. Its folder, or the C(.tar.gz) of that.
      - Or a JSON file that holds all of a packet, or a folder that holds one of the name C(packet.json).
      - Or the content of a packet, a map of the schema C(bondproof.lacp/packet/1).
      - A packet of another schema, one that was altered after it was sealed, and parts that are missing are named
        in the verdict. Where nothing at all can be read the task fails.
    type: raw
    required: true
  switch_evidence:
    description:
      - What the switch team sent, one map of the schema C(switch_evidence/v1) for each port, instead of what the
        packet holds.
      - A list of such maps, a single one, or the text of either in YAML or JSON, as it was pasted.
      - Evidence that is not about our ports costs the verdict its confidence, and that is said.
    type: raw
  fleet:
    description:
      - The C(summary) of the verdicts on all hosts of the run, instead of what the packet holds.
    type: list
    elements: dict
seealso:
  - module: bondproof.lacp.lacp_capture
  - module: bondproof.lacp.bond_facts
"""

EXAMPLES = r"""
- name: Judge a packet again, years later
  bondproof.lacp.bond_verdict:
    packet: /srv/incidents/h1-bond0-20261120T230000Z.tar.gz
  delegate_to: localhost

- name: Judge it with what the switch team sent
  bondproof.lacp.bond_verdict:
    packet: /srv/incidents/h1-bond0-20261120T230000Z
    switch_evidence:
      - schema: switch_evidence/v1
        switch: {name: leaf1, clock_offset_s: 0.02}
        port: {name: Ethernet7, admin_up: true}
        actor: {system: "00:1c:73:aa:bb:cc", key: 11, port: 18}
        partner: {system: "02:00:00:00:01:01", key: 21, port: 2}
        samples:
          - {t: "2026-11-20T23:00:00Z", lacp_counters: {rx: 4711, tx: 5012}, if_counters: {rx_multicast: 90210}}
          - {t: "2026-11-20T23:01:00Z", lacp_counters: {rx: 4711, tx: 5072}, if_counters: {rx_multicast: 90270}}
  register: judged
"""

RETURN = r"""
msg:
  description: The verdict in a line.
  returned: success
  type: str
  sample: "host (conclusive): eno2: bonding sent 20 LACPDUs and 0 reached the tap: this host drops them in tc or its queue"
agrees:
  description: Whether it is the verdict that was sealed with the packet; none where there was none, or evidence was added.
  returned: success
  type: bool
  sample: true
verdict:
  description: The verdict, as docs/diagnosis.md describes it.
  returned: success
  type: dict
  contains:
    schema:
      description: Name and version of this form.
      returned: success
      type: str
      sample: bondproof.lacp/verdict/1
    fault:
      description: Who, one of V(host), V(switch), V(physical), V(not_lacp), V(healthy) and V(insufficient).
      returned: success
      type: str
      sample: host
    members:
      description: The members that are hit.
      returned: success
      type: list
      elements: str
      sample: [eno2]
    direction:
      description: One of V(transmit), V(receive), V(both) and V(none), as seen from the host.
      returned: success
      type: str
      sample: transmit
    confidence:
      description: How sure the fault is, one of V(conclusive), V(likely) and V(hint).
      returned: success
      type: str
      sample: conclusive
    headline:
      description: The verdict in a sentence.
      returned: success
      type: str
      sample: "eno2: bonding sent 20 LACPDUs and 0 reached the tap: this host drops them in tc or its queue"
    rule:
      description: The rule that it comes from.
      returned: success
      type: str
      sample: R05a
    excluded:
      description: Who cannot be it.
      returned: success
      type: list
      elements: str
      sample: [physical, switch]
    rules:
      description: Every rule, with its outcome for each subject and the values that decided it.
      returned: success
      type: list
      elements: dict
      sample: [{"rule": "R05a", "outcome": "matched"}]
    evidence_for:
      description: What the verdict rests on, the strongest first.
      returned: success
      type: list
      elements: dict
      sample: [{"text": "eno2: LACPDUs sent at the tap: 0", "pointers": ["/wire/lanes"]}]
    evidence_against:
      description: What speaks against it.
      returned: success
      type: list
      elements: dict
      sample: [{"text": "eno1 of the same bond is well at the same time", "pointers": []}]
    next:
      description: What to do and to collect next on each side.
      returned: success
      type: dict
      sample: {"host": [], "switch": [], "again": null}
"""
