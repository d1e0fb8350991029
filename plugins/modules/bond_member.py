#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_member
short_description: Add, remove or cycle members of an 802.3ad bond, one at a time, without cutting the host off
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Puts interfaces into a bond, takes them out, or cycles a member whose LACP is stuck. It runs over the very links that
    it changes, so nothing of it depends on the connection.
  - Refuses what would isolate the host, what the running kernel or driver does not survive, and interfaces that are no
    ports or belong elsewhere. Nothing has been touched then.
  - Before the first change it writes a journal to the host and starts a process there that restores everything when the
    module dies, or is late. The next run on the bond restores what a run left behind, also after a reboot.
  - After each change it waits until both ends of the member collect and distribute in the active aggregator, with the
    partner of the other members, and goes on to the next member only then. It stops as soon as another member fails.
  - Puts back what a release or a link down loses. This is the queue id, the actor port priority, a differing MTU, IPv6
    addresses, routes, and the state of VLANs on the member.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    details:
      - Returns the plan that a run would execute.
  diff_mode:
    support: full
    description: Will return details on what has changed, or would in C(check_mode), when in diff mode.
  idempotent:
    support: partial
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details:
      - O(state=cycled) with a O(method) other than V(auto) cycles a healthy member each time.
requirements:
  - python3-pyroute2, to change anything. Check mode does without.
  - The programs C(ip) (iproute2), C(flock) and C(setsid) (util-linux) and C(timeout) (coreutils).
  - The privilege C(CAP_NET_ADMIN). Use C(become).
notes:
  - Never edits configuration. RV(members[].survives_reload) says whether a change outlives a reload of who manages the
    bond.
  - Journal, log and the script C(restore.sh) lie in C(/var/lib/bondproof-lacp/BOND). C(sh restore.sh) restores by hand.
  - A member that was released comes last in the bond's list of members, and may have another port number.
options:
  bond:
    description:
      - Name of the bond. It must be in mode 802.3ad, and up.
    type: str
    required: true
  members:
    description:
      - Names of the interfaces, handled one after the other in this order.
    type: list
    elements: str
    required: true
    aliases: [member]
  state:
    description:
      - V(present) adds an interface, which must be down and free. One that is a member already is set up if it is down.
      - V(absent) takes a member out and leaves it down.
      - V(cycled) makes a member negotiate anew, by O(method).
    type: str
    choices: [present, absent, cycled]
    default: present
  method:
    description:
      - How to cycle.
      - V(poke) makes all members send a LACPDU at once. No state of this host changes.
      - V(bounce) sets the member down and up.
      - V(reenslave) sets it down, takes it out of the bond, and puts it back.
      - V(auto) climbs from one to the next, and stops as soon as the member works at both ends. A member that does so from
        the beginning is left alone.
    type: str
    choices: [auto, poke, bounce, reenslave]
    default: auto
  wait_for:
    description:
      - What to wait for. V(distributing) is both ends, V(carrier) is that bonding calls the link up.
    type: str
    choices: [distributing, carrier, none]
    default: distributing
  timeout:
    description:
      - Seconds to wait for a member, 1 to 3600. By default derived from C(lacp_rate), C(miimon) and C(updelay). It is some
        13 seconds with fast and 42 with slow LACP timers.
    type: float
  dead_man:
    description:
      - Seconds after which the host restores a member by itself though the module still runs, 5 to 86400. By default
        derived from what the plan may take.
    type: int
  allow_isolation:
    description:
      - Also take out the last member that carries traffic. The host is cut off until that member is back.
    type: bool
    default: false
seealso:
  - module: bondproof.lacp.bond_facts
  - module: bondproof.lacp.lacp_ping
"""

EXAMPLES = r"""
- name: Cure a member that is stuck, by the least that helps
  bondproof.lacp.bond_member:
    bond: bond0
    member: eno2
    state: cycled
  become: true

- name: Release and add each member once, as before a change window
  bondproof.lacp.bond_member:
    bond: bond0
    members: [eno1, eno2]
    state: cycled
    method: reenslave
  become: true
  register: cycled

- name: Take a member out
  bondproof.lacp.bond_member:
    bond: bond0
    member: eno2
    state: absent
  become: true
"""

RETURN = r"""
schema:
  description: Name and version of the form of this result.
  returned: always
  type: str
  sample: bondproof.lacp/member/1
bond:
  description: Name of the bond.
  returned: always
  type: str
  sample: bond0
state:
  description: The state that was asked for.
  returned: always
  type: str
  sample: cycled
members:
  description: What became of each interface, in the order in which they were named.
  returned: always
  type: list
  elements: dict
  contains:
    member:
      description: Name of the interface.
      type: str
      returned: always
      sample: eno2
    outcome:
      description:
        - V(planned) (in check mode), V(nothing to do), V(added), V(removed), V(cycled), V(poked), V(not well)
          (it has all the settings it had, and does not work), V(restored) or V(not reached).
      type: str
      returned: always
      sample: cycled
    text:
      description: What is wrong with it, or why there was nothing to do.
      type: str
      returned: always
      sample: ""
    method:
      description: The last remedy that was used.
      type: str
      returned: always
      sample: reenslave
    seconds:
      description: Time from the first change to the end of the last wait. Null if nothing was changed.
      type: float
      returned: always
      sample: 2.914
    plan:
      description:
        - All steps, in order. C(do) and C(undo) are equivalent commands, C(when) is the condition of a step that is left
          out once the member works.
      type: list
      elements: dict
      returned: always
      sample:
        - action: down
          device: eno2
          text: set eno2 down
          why: some switches disable a port whose LACPDUs suddenly deny aggregation; a port that is down sends none
          do: ip link set dev eno2 down
          undo: ip link set dev eno2 up
          when: ""
    steps_done:
      description: How many steps of the plan were done.
      type: int
      returned: always
      sample: 4
    survives_reload:
      description: Whether the change outlives a reload of who manages the bond. Null if that is unknown.
      type: bool
      returned: always
      sample: true
    survives_why:
      description: The reason.
      type: str
      returned: always
      sample: "the configuration is not concerned: the bond has the members it had"
    restored:
      description: What was restored after a failure. Null if there was none.
      type: dict
      returned: always
      sample:
        complete: true
        what: restored by the dead-man
        text: "bond0: putting eno2 back into bond0; bond0: as it was before"
managers:
  description: Who manages the bond.
  returned: always
  type: list
  elements: str
  sample: [systemd-networkd]
recovered:
  description: Runs that had not ended, and were restored before this one began.
  returned: always
  type: list
  elements: dict
  sample:
    - complete: true
      what: "bond_member: cycled eno2, begun 2026-11-21T02:30:00.000000Z, before this boot"
      text: "bond0: putting eno2 back into bond0; bond0: as it was before"
notes:
  description: What a reader must know, each a sentence.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.member import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
