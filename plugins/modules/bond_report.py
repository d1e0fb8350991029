#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_report
short_description: Report on the LACP bonds of a fleet
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads the documents that M(bondproof.lacp.bond_audit) wrote, one per host, looks at all hosts together,
    and writes the report of the fleet beside them.
  - Prints a table, worst host first, then the findings with what was expected, what was observed and the remedy.
  - Everything happens on the controller and from files alone, so the documents of several job slices can be
    copied into one folder and reported as one fleet.
  - A document that cannot be used is named in the report as a problem; the other hosts are reported all the same.
  - A host that could not be audited is not healthy, so it stops a gate as an error does.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  platform:
    details:
      - Runs on the controller; no host is contacted.
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The table is printed and the gate is judged, but no file is written.
  diff_mode:
    description: Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: none
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - The files follow from the documents alone. No clock is read.
options:
  source:
    description:
      - Folder of the run, which has the documents in C(hosts/). The report is written into it.
      - A link named C(latest) beside it is set to it, unless it names a later run.
    type: path
    required: true
  fail_on:
    description:
      - The lowest severity of a finding that makes the task fail, and with it the playbook with status 2.
      - With V(never) the table says what V(error) would have stopped.
    type: str
    choices: [error, warning, never]
    default: error
  baseline:
    description:
      - Folder of an earlier run, or its C(fleet.json). The report says what changed since then.
      - Findings that the baseline already has do not make the task fail.
      - A baseline that cannot be used makes the task fail, after the report was written without it.
    type: path
  formats:
    description:
      - What to write. V(json) is C(fleet.json), V(html) is C(report.html), V(junit) is C(junit.xml),
        V(markdown) is C(summary.md).
    type: list
    elements: str
    choices: [json, html, junit, markdown]
    default: [json, html, junit, markdown]
  policy:
    description:
      - The policy of the audit. Of it, severities and waivers of rules over the fleet count here; those of the
        rules over a host were applied when the host was audited.
    type: dict
    default: {}
  title:
    description:
      - Title of the report.
    type: str
    default: LACP bond audit
  table:
    description:
      - Whether to print the table. Switch it off where a program reads the output of the playbook.
    type: bool
    default: true
seealso:
  - module: bondproof.lacp.bond_audit
"""

EXAMPLES = r"""
- name: Report on a run
  bondproof.lacp.bond_report:
    source: bond-reports/20261120T230000Z
    fail_on: never

- name: Stop the pipeline for what is worse than before the change
  bondproof.lacp.bond_report:
    source: bond-reports/20261120T230000Z
    baseline: bond-reports/20261119T230000Z
    fail_on: warning
    formats: [json, junit]
"""

RETURN = r"""
folder:
  description: Folder of the run, links resolved.
  returned: success
  type: str
  sample: /srv/bond-reports/20261120T230000Z
files:
  description: The files of the report by format, those that did not change included.
  returned: success
  type: dict
  sample: {"html": "/srv/bond-reports/20261120T230000Z/report.html"}
changed_formats:
  description: The formats whose file has new content.
  returned: success
  type: list
  elements: str
  sample: [json, html, junit, markdown]
summary:
  description: The figures at the top of the report.
  returned: success
  type: dict
  sample:
    hosts: 4
    audited: 3
    with_findings: 2
    bonds: 3
    bonds_not_judged: 0
    members: 6
    forwarding: 5
    unsure: 0
    error: 1
    warning: 0
    info: 2
    waived: 0
    not_evaluable: 12
gate:
  description: Whether the run stops, and why.
  returned: success
  type: dict
  sample: {"fail_on": "error", "failed": true, "reason": "stopped with status 2 (fail_on: error): 1 error on 1 host"}
problems:
  description: What kept the report from being whole, each with its place.
  returned: success
  type: list
  elements: dict
  sample: [{"place": "hosts/h4.json", "text": "is not whole JSON: run the audit of this host again"}]
differences:
  description: How many findings, facts and hosts differ from the baseline.
  returned: when O(baseline) was given and could be used
  type: dict
  sample:
    appeared: 1
    disappeared: 0
    changed: 0
    moved: 3
    hosts_new: 0
    hosts_gone: 0
    not_compared: 0
"""
