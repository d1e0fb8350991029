# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vyatta_reading
short_description: Make facts and evidence of what the role vyatta gathered
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Takes what the script of the role P(bondproof.lacp.vyatta#role) printed on a router without
    Python, and makes of it what M(bondproof.lacp.bond_audit) and the verdict need.
  - Where C(teamdctl) or C(/proc/net/bonding) could not be read, the screens take their place.
positional: host
options:
  _input:
    description: What the script printed, as a text or a list of its lines.
    type: raw
    required: true
  host:
    description: Name of the router in the inventory.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Name the bonds of the router
  ansible.builtin.debug:
    msg: "{{ (printed | bondproof.lacp.vyatta_reading('r1')).bonds }}"
  vars:
    printed: |
      @@bondproof 2026-11-21T03:00:00Z begin bonds now
      dp0bond0
      @@bondproof 2026-11-21T03:00:00Z end bonds now 0
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    bonds:
      description: Names of the bonds that were looked at.
      type: list
      elements: str
      returned: always
    snapshot:
      description:
        - The last look as a snapshot, as M(bondproof.lacp.bond_facts) saves one.
      type: str
      returned: always
    facts:
      description: What M(bondproof.lacp.bond_facts) would return of it.
      type: dict
      returned: always
    packets:
      description: A packet of evidence by bond.
      type: dict
      returned: always
    problems:
      description: What could not be gathered, each with V(place) and V(text).
      type: list
      elements: dict
      returned: always
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import save
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_gathered import snapshot
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_reading import (
    ReadingError,
    facts_of,
    problems,
    read,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of

if TYPE_CHECKING:
    from collections.abc import Callable


def vyatta_reading(value: object, host: object) -> dict[str, Any]:
    text = text_of(value, "vyatta_reading")
    try:
        gathered, packets = read(text, text_of(host, "vyatta_reading"))
    except ReadingError as error:
        raise AnsibleFilterError(f"bondproof.lacp.vyatta_reading: {error}") from error
    last = (gathered.looks() or [""])[-1]
    return {
        "bonds": gathered.bonds(),
        "snapshot": save(snapshot(gathered, last)),
        "facts": facts_of(gathered, last).as_result(),
        "packets": packets,
        "problems": problems(gathered),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"vyatta_reading": vyatta_reading}
