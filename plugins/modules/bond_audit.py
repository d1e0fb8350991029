#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_audit
short_description: Judge the 802.3ad bonds of a host
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Runs M(bondproof.lacp.bond_facts) on the host, which reads all that is known of every bond and member,
    and puts each rule of the catalogue to it on the controller, in the same task.
  - Team devices whose C(teamd) speaks LACP are judged, too. Rules that they have no values for are not evaluable.
  - Every rule ends passed, failed or not evaluable with the reason. What could not be read never counts as healthy.
  - One JSON document per host is written on the controller, from which M(bondproof.lacp.bond_report) makes the
    report of the fleet.
  - Nothing on the host is changed, and nothing but Python has to be installed on it.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  policy:
    description:
      - What is expected of the bonds, which rules are off or weigh differently, and which findings are waived.
      - An unknown key, a wrong type, or an unknown rule is an error that names the place.
    type: dict
    default: {}
  bonds:
    description:
      - Names of the bonds to judge. An empty list judges all.
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - The lowest severity of a finding that makes the task fail on this host.
    type: str
    choices: [error, warning, never]
    default: error
  run_dir:
    description:
      - Folder on the controller under which C(hosts/<host>.json) is written.
      - Without it nothing is written, and the facts and findings are returned instead.
    type: path
  earlier:
    description:
      - Folder on the controller of an earlier run. Counters that grew since then are judged by their growth.
      - A folder without a document of this host is ignored, so the first run needs nothing else.
    type: path
  baseline:
    description:
      - Folder on the controller of a saved run. Findings that this run already had do not make the task fail.
    type: path
  snapshot:
    description:
      - Path on the host of a snapshot that M(bondproof.lacp.bond_facts) saved. It is judged instead of the live host.
    type: path
  counters:
    description:
      - Counters of an earlier reading, as RV(counters) returned them. They take precedence over O(earlier).
    type: dict
    default: {}
seealso:
  - module: bondproof.lacp.bond_facts
  - module: bondproof.lacp.bond_report
"""

EXAMPLES = r"""
- name: Judge the bonds and see the findings
  bondproof.lacp.bond_audit:
    fail_on: never
  register: bonds

- name: Judge the bonds against what this rack should look like
  bondproof.lacp.bond_audit:
    fail_on: warning
    policy:
      expect:
        mtu: 9000
        lacp_rate: fast
      rules:
        min-links-zero: "off"
"""

RETURN = r"""
summary:
  description: How many findings of each severity, how many rules ended how, and the worst severity.
  returned: success or when a finding made the task fail
  type: dict
  sample: {"error": 1, "warning": 0, "info": 2, "waived": 0, "worst": "error"}
findings:
  description: The findings, worst first.
  returned: when O(run_dir) was not given
  type: list
  elements: dict
  sample:
    - rule: partner-defaulted
      severity: error
      subject: bond0/eno2
      parameter: partner.port_state
outcomes:
  description: How each rule ended, with the reasons of those that could not be evaluated.
  returned: when O(run_dir) was not given
  type: dict
  sample: {"partner-silent": {"outcome": "passed", "reasons": []}}
not_judged:
  description: Bonds that are not 802.3ad bonds of the kernel, each with the reason.
  returned: when O(run_dir) was not given
  type: dict
  sample: {"bond1": "not an 802.3ad bond of the kernel or of teamd: LACP rules do not judge it"}
bugs:
  description: Rules that broke, which is a fault of this collection. Their outcome is not evaluable.
  returned: when O(run_dir) was not given
  type: list
  elements: str
  sample: []
facts:
  description: What the findings rest on, as M(bondproof.lacp.bond_facts) describes it.
  returned: when O(run_dir) was not given
  type: dict
  sample: {"schema": "bondproof.lacp/facts/1", "bonds": {}}
counters:
  description: What a later reading is compared with.
  returned: when O(run_dir) was not given
  type: dict
  sample: {"boot_id": "9f0c1f1e-2a5d-4f0e-8d35-0e8f5ad2f1c7"}
document:
  description: Path of the document of this host on the controller.
  returned: when O(run_dir) was given
  type: str
  sample: bond-reports/20261120T230000Z/hosts/h1.json
"""
