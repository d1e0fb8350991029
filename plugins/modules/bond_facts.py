#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_facts
short_description: Read all that is known of the bonds of a host
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads every bond and member of a host from route netlink, C(/proc), C(/sys), the drivers (ethtool)
    and the configuration of the network managers.
  - Every value is known, known not to exist (V(null)), or unknown with the reason. Without privilege
    less is known, and nothing is invented.
  - The host is only read. The controller makes facts of what was read, because it can do so at less cost.
    Where sources differ, it has the host read once more, and reports what both readings show alike.
  - A team device is read like a bond. C(teamd) answers on its socket, to root only. What bonding has and
    C(teamd) has not stays unknown, with that reason.
  - Bonds of other modes are named, with what can be known of any interface.
  - Nothing on the host is changed, and nothing but Python has to be installed on it.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.facts
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  bonds:
    description:
      - Names of the bonds to return. An empty list returns all.
      - A name that the host does not have is an error.
    type: list
    elements: str
    default: []
  snapshot:
    description:
      - Path on the host of a snapshot that O(save_snapshot) wrote. It is read instead of the live host.
    type: path
  save_snapshot:
    description:
      - Path on the host of a file to write with everything that was read, before anybody understood it.
      - With it the same facts can be had again elsewhere. It holds addresses, interface names, and the
        configuration of the network, with the secrets that were readable in it, so a new file is readable
        by its owner only.
      - Nothing is written in check mode.
    type: path
notes:
  - Run as root, or with the capability C(CAP_NET_ADMIN), to learn the identity and keys of the partner of
    each member. The kernel hides them from others.
  - It cannot be run with C(async).
seealso:
  - module: bondproof.lacp.bond_audit
"""

EXAMPLES = r"""
- name: Read the bonds
  bondproof.lacp.bond_facts:

- name: Show the partners of each bond (null where a member has none)
  ansible.builtin.debug:
    msg: "{{ item.value.members.values() | map(attribute='partner.system', default='unknown') | list }}"
  loop: "{{ ansible_facts['bonds'] | dict2items }}"
  loop_control:
    label: "{{ item.key }}"

- name: Read one bond, and keep what was read
  bondproof.lacp.bond_facts:
    bonds: [bond0]
    save_snapshot: /var/tmp/bonds.json
"""

RETURN = r"""
ansible_facts:
  description: What was read, to be found under C(ansible_facts) in later tasks.
  returned: success
  type: dict
  contains:
    bonds:
      description:
        - Each bond by its name. Values are nested by the names of their fields. A value that is known not
          to exist is V(null), one that is unknown is left out and listed under C(unknown).
      returned: success
      type: dict
      sample:
        bond0:
          kind: bond
          mode: 802.3ad
          mtu: 1500
          active_aggregator: {id: 1, ports: 2, actor_key: 15, partner_key: 15, partner_system: "00:1c:73:00:00:01"}
          options: {miimon: 100, lacp_rate: fast, min_links: 0, ad_actor_system: null}
          members:
            eno1:
              mii_status: up
              state: active
              actor: {port: 1, port_state: 63}
              partner: {system: "00:1c:73:00:00:01", key: 15, port: 1, port_state: 63}
              unknown: {}
              sources: {rtnetlink: [mii_status, state, actor.port_state], procfs: [partner.system]}
              disagreements: []
              unrecognised: []
          unknown: {"this kernel does not report it": [options.lacp_strict]}
          sources: {rtnetlink: [kind, mode, mtu]}
          disagreements: []
          unrecognised: []
    bonds_host:
      description: The host itself, in the same form. Its kernel, capabilities, clock and load.
      returned: success
      type: dict
      sample: {hostname: h1, euid: 0, kernel: {release: 6.12.101, upstream: 6.12.101}}
    bonds_problems:
      description: What kept something from being read, by place. The rest was read all the same.
      returned: success
      type: list
      elements: dict
      sample: [{place: /proc/net/bonding/bond7, text: "ENOENT: No such file or directory"}]
    bonds_schema:
      description: Name and version of this form.
      returned: success
      type: str
      sample: bondproof.lacp/facts/1
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.facts import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
