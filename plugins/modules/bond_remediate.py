#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_remediate
short_description: Repair a stuck LAG, one member at a time, if a cycle can cure it
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Watches an 802.3ad bond for as long as its timers may legally take. What was not well in all that time is stuck.
  - Decides whether setting a member down and up, or taking it out and putting it back, can cure what ails it. A wrong
    key on the switch, a cable in the wrong port or a missing carrier are not cured by that. Then nothing is touched, and
    the result says what would help instead.
  - Treats the members that are stuck one after the other with what M(bondproof.lacp.bond_member) does for
    O(bondproof.lacp.bond_member#module:state=cycled). The deaf one comes first, those that carry traffic come last, and the last
    one that carries is never taken out. The least invasive remedy comes first, and the first that cures is the last.
  - All of it is one run on the host. A journal and a process of its own on the host restore the bond if the run dies,
    however it dies. The connection may lead over the bond itself.
  - Keeps count of its repairs on the host and refuses to repair a bond too often.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The bond is watched and judged, and RV(plan) is what a run would do, step by step.
  diff_mode:
    description:
      - Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation
        indicates no change.
      - This assumes that the system that the module reads has not changed in a relevant way.
    support: full
    details:
      - A bond that is well is not touched.
requirements:
  - pyroute2 on the host, when there is something to repair (Debian package C(python3-pyroute2))
  - The privilege C(CAP_NET_ADMIN), and C(CAP_NET_RAW) for O(listen=true). Use C(become).
options:
  bond:
    description:
      - Name of the bond.
    type: str
    required: true
  members:
    description:
      - Names of the members that may be treated. An empty list allows all.
    type: list
    elements: str
    default: []
  method:
    description:
      - How to cure. V(auto) tries V(poke) (makes every member send a LACPDU), V(bounce) (sets the member down and up) and
        V(reenslave) (takes it out and puts it back) in this order, and stops at the first that cures.
    type: str
    choices: [auto, poke, bounce, reenslave]
    default: auto
  watch:
    description:
      - Seconds to watch the bond before a member is called stuck, V(0) to V(3600). A bond that is well is not watched.
      - The default is the longest time that negotiation may take with the timers of the bond, which is 13 seconds with
        C(lacp_rate fast) and 42 with C(lacp_rate slow). With less, what is only on its way may be called stuck.
    type: float
  listen:
    description:
      - Listen on each member meanwhile. A deaf member at whose tap LACPDUs do arrive is not treated, because something
        on this host drops them ahead of bonding.
    type: bool
    default: false
  timeout:
    description:
      - Seconds to wait until both ends of a member collect and distribute. The default is derived from the timers.
    type: float
  dead_man:
    description:
      - Seconds after which the bond is restored though the run still lives. The default is derived from the plan.
    type: int
  allow_isolation:
    description:
      - Take out a member even if no other works. The host may be cut off until it is back.
    type: bool
    default: false
  max_repairs:
    description:
      - Refuse to repair when so many repairs were begun within O(per_minutes), V(1) to V(1000).
    type: int
    default: 3
  per_minutes:
    description:
      - The time in which repairs are counted, in minutes, V(1) to V(10080).
    type: int
    default: 60
seealso:
  - module: bondproof.lacp.bond_member
  - module: bondproof.lacp.lacp_capture
"""

EXAMPLES = r"""
- name: Say what a repair would do
  bondproof.lacp.bond_remediate:
    bond: bond0
  become: true
  check_mode: true
  register: would

- name: Repair the bond if it is stuck
  bondproof.lacp.bond_remediate:
    bond: bond0
  become: true

- name: Repair one member only, by taking it out and putting it back
  bondproof.lacp.bond_remediate:
    bond: bond0
    members: [eno2]
    method: reenslave
  become: true
"""

RETURN = r"""
schema:
  description: Name and version of the form of this result.
  returned: always
  type: str
  sample: bondproof.lacp/remedy/1
bond:
  description: Name of the bond.
  returned: always
  type: str
  sample: bond0
outcome:
  description:
    - How it ended. V(nothing_to_do) and V(repaired) are success, and V(would_repair) is in check mode. The module fails with
      V(refused) (nothing was touched) and with V(could_not) (something is still wrong, or was restored).
  returned: always
  type: str
  sample: repaired
msg:
  description: What ails the bond, what was done, or what would help instead.
  returned: always
  type: str
  sample: "eno2 cured: both ends of all members collect and distribute"
worse:
  description: Whether a member that was well before is not well any more.
  returned: always
  type: bool
  sample: false
decision:
  description:
    - What was decided, and why. C(members) are to be treated, in this order. Each of C(ailments) is a member that is not well,
      with C(kind), C(text), whether it is C(curable) by a cycle, and the C(cure) if it is not.
    - C(null) if it was refused before the bond was looked at.
  returned: always
  type: dict
  sample:
    outcome: repair
    text: "eno2 hears the partner, which does not hear this host"
    members: [eno2]
    watched_s: 13.2
    ailments:
      - member: eno2
        kind: unheard
        text: "eno2 hears the partner, which does not hear this host"
        cure: ""
        curable: true
plan:
  description: The steps, in order, for all members that are treated. A step with C(when) is done under that condition only.
  returned: always
  type: list
  elements: dict
  sample:
    - action: poke
      device: eno2
      text: make every member send a LACPDU at once
      why: a partner that missed one needs nothing else; no state of this host changes
      do: "cat /sys/class/net/bond0/bonding/ad_actor_sys_prio > /sys/class/net/bond0/bonding/ad_actor_sys_prio"
      undo: ""
      when: ""
members:
  description: What was done to each member that was treated, as M(bondproof.lacp.bond_member) returns it.
  returned: always
  type: list
  elements: dict
  sample: []
managers:
  description: Who manages the bond.
  returned: always
  type: list
  elements: str
  sample: [systemd-networkd]
recovered:
  description: What was restored first, because an earlier run had left it, also before a reboot.
  returned: always
  type: list
  elements: dict
  sample: []
repairs:
  description: The limit on repairs, and the seconds until the next is allowed.
  returned: always
  type: dict
  sample: {"max": 3, "per_minutes": 60, "wait_s": 0.0}
notes:
  description: What a reader should know, each a sentence.
  returned: always
  type: list
  elements: str
  sample: []
began:
  description: When the run began, in UTC.
  returned: always
  type: str
  sample: "2026-11-21T03:00:00.000000Z"
ended:
  description: When it ended, in UTC.
  returned: always
  type: str
  sample: "2026-11-21T03:00:31.000000Z"
before:
  description: The bond and its members before anything was done, as the kernel shows them.
  returned: always
  type: dict
  sample: {"bond": {"aggregator": "1"}, "members": {"eno2": {"actor_state": "15", "partner_state": "71"}}}
during:
  description: Each change of state that was seen, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - {"at": "2026-11-21T03:00:28.100000Z", "member": "eno2", "what": "master", "before": "bond0", "after": "none"}
after:
  description: The bond and its members in the end.
  returned: always
  type: dict
  sample: {"bond": {"aggregator": "1"}, "members": {"eno2": {"actor_state": "63", "partner_state": "63"}}}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.remediate import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
