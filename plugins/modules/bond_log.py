#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_log
short_description: Read what the kernel and the network managers logged in a span of time
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Returns the lines of the kernel and of the network managers from the journal, in the order of time.
  - Where the journal has nothing of the kernel, what the kernel itself still remembers is returned.
  - Lines of other services are not read.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  since:
    description:
      - Begin of the span, in seconds since 1970 (UTC).
    type: float
    required: true
  until:
    description:
      - End of the span, in seconds since 1970 (UTC). By default it has none.
    type: float
  units:
    description:
      - Units of systemd whose lines are read besides the kernel's. A name without a dot is a service.
    type: list
    elements: str
    default: [systemd-networkd, NetworkManager, networking, systemd-udevd, ifupdown2-pre, teamd, openvswitch-switch]
notes:
  - Run as root, or as a member of the group C(systemd-journal), to see more than lines of one's own.
seealso:
  - module: bondproof.lacp.bond_packet
"""

EXAMPLES = r"""
- name: Read the last ten minutes
  bondproof.lacp.bond_log:
    since: "{{ now(utc=true).timestamp() - 600 }}"
  become: true
  register: logged

- name: Show what the kernel said of bond0
  ansible.builtin.debug:
    msg: "{{ logged.lines | selectattr('text', 'search', 'bond0') | map(attribute='text') | list }}"
"""

RETURN = r"""
lines:
  description:
    - The last 5000 lines. C(who) is V(kernel) or who logged it, C(priority) that of syslog.
    - C(about) says that the time was derived from the kernel's own clock, which drifts.
  returned: success
  type: list
  elements: dict
  sample:
    - {"at": "2026-11-20T23:00:10.200000000Z", "who": "kernel", "priority": 6, "text": "bond0: active interface up!", "about": false}
left_out:
  description: How many earlier lines of the span were left out.
  returned: success
  type: int
  sample: 0
source:
  description: Where the lines are from, V(journal), V(kmsg), both, or V(none).
  returned: success
  type: str
  sample: journal
problems:
  description: What kept a source from being read, each a sentence.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.log import ARGUMENTS, run


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
