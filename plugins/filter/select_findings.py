# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: select_findings
short_description: Select from findings or documents with JMESPath
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Puts a JMESPath expression to a list of findings, to the document of a host, or to what
    C(fleet.json) holds.
  - Unlike a general JMESPath filter it takes values as Ansible hands them out, and says where in
    the expression a mistake is.
  - Remember that JMESPath writes texts in single quotes and numbers in backticks.
requirements:
  - jmespath on the controller
positional: expression
options:
  _input:
    description: A list of findings, or a document.
    type: raw
    required: true
  expression:
    description: The JMESPath expression.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Name the members that have an error
  ansible.builtin.debug:
    msg: "{{ findings | bondproof.lacp.select_findings(errors) }}"
  vars:
    errors: "[?severity=='error'].subject"
    findings:
      - {rule: partner-silent, severity: error, subject: bond0/eno2}
      - {rule: lacp-rate-slow, severity: info, subject: bond0}
"""

RETURN = r"""
_value:
  description:
    - What the expression selects.
    - An empty list where no element fits, V(null) where it names what is not there.
  type: raw
"""

from typing import TYPE_CHECKING

from ansible_collections.bondproof.lacp.plugins.plugin_utils._select import select

if TYPE_CHECKING:
    from collections.abc import Callable


class FilterModule:
    def filters(self) -> dict[str, Callable[..., object]]:
        return {"select_findings": select}
