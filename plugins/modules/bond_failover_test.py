#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_failover_test
short_description: Prove that a bond survives the loss of each member, and takes it back
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - For each member of an 802.3ad bond in turn, makes it fail, measures how soon both ends stop using it, ends the fault, and
    measures how soon both ends collect and distribute on it again. With O(probe), the outage of real traffic is measured as well.
  - This takes a member out of service for seconds, or minutes where LACP is slow. It is not for hosts that cannot do without.
  - Refuses to begin where another member would not carry the traffic meanwhile at both ends, where fewer links than C(min_links)
    would be left, and where the bond is ill already.
  - Before a fault is made, what was there is written to C(/var/lib/bondproof-lacp) on the host, and a process is started that
    restores it when this module ends in any way, or is late. The next run restores what an earlier one left, also after a reboot.
  - At the end of each fault, tc, link and bond are read back and compared with what they were.
  - Budgets follow from C(miimon), C(updelay), C(downdelay) and the LACP timeouts in effect, unless they are given.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.actiongroup_lacp
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - Returns the plan. Only echo requests are sent, if O(probe) is given.
  diff_mode:
    description:
      - Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: N/A
    details:
      - Everything is as before at the end.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation
        indicates no change.
      - This assumes that the system that the module reads has not changed in a relevant way.
    support: full
    details:
      - Reports a change only where an earlier run had to be restored, or where something could not be put back.
requirements:
  - pyroute2 (Debian C(python3-pyroute2))
  - C(ip) and C(tc) of iproute2, C(flock) of util-linux
  - The privileges C(CAP_NET_ADMIN) and C(CAP_NET_RAW). Use C(become).
notes:
  - A NIC may keep its light on while its interface is down (Intel's C(ice) and C(i40e) do unless the private flag
    C(link-down-on-close) is on). The switch then notices O(fault=carrier) only by its LACP timeout, and goes on sending to the
    port. That is what a real outage of the host's side looks like, and with O(probe) it is measured.
  - An echo request belongs to one flow, and the bond sends a flow by one member. The module looks for flows that cross the
    member under test, which it finds with C(xmit_hash_policy=layer3+4). Where none crosses it, the outcome is V(not proven).
  - Probe a host behind the switch rather than the switch, which may answer a few echo requests a second only.
options:
  bond:
    description:
      - Name of the bond.
    type: str
    required: true
  members:
    description:
      - Names of the members to test. An empty list tests all.
    type: list
    elements: str
    default: []
  fault:
    description:
      - V(carrier) sets the member down. Bonding must notice within C(miimon) and C(downdelay).
      - V(lacp_loss) drops LACPDUs with tc while the carrier stays up, as when a control plane has died. Each end must notice by
        its LACP timeout, which is 3 seconds where C(lacp_rate) is fast and 90 where it is slow.
    type: list
    elements: str
    choices: [carrier, lacp_loss]
    default: [carrier]
  direction:
    description:
      - Which LACPDUs O(fault=lacp_loss) drops, those V(sent), those V(received) or V(both), as seen from this host.
    type: str
    choices: [both, sent, received]
    default: both
  probe:
    description:
      - IPv4 address of a host that is reached over the bond and answers ICMP echo requests.
    type: str
  probe_interval:
    description:
      - Milliseconds from one echo request to the next of the same flow, V(1) to V(100). The outage is known to within that.
    type: float
    default: 5.0
  max_failover_ms:
    description:
      - The most that may pass from the fault until neither end uses the member, and that traffic may stand still.
      - By default twice C(miimon) plus C(downdelay) plus 300 ms for O(fault=carrier), and the LACP timeouts in effect plus what
        timers may be late for O(fault=lacp_loss).
    type: float
  max_reintegrate_s:
    description:
      - The most that may pass from the end of the fault until both ends collect and distribute.
      - By default C(updelay), the steps of LACP, and 5 s for a link to come up. After O(fault=lacp_loss) it is 39 s, because a
        port that has forgotten its partner may send every 30 s only.
    type: float
  max_loss:
    description:
      - The most echo requests of one flow that may be lost at the fault, and again at the return. By default as many as are
        sent in the longest outage that is allowed.
    type: int
  timeout:
    description:
      - Seconds to wait for a member to leave before the fault is ended and the member has failed, V(0.5) to V(600). By default a
        quarter more than its timers take, so that a budget that is missed is told with its figure.
    type: float
  hold:
    description:
      - Seconds to keep a fault after the member has left, at most V(600).
    type: float
    default: 1.0
  allow_isolation:
    description:
      - Test a member even if no other carries traffic meanwhile. The host may be cut off for as long as the fault lasts.
    type: bool
    default: false
  progress:
    description:
      - Path of a FIFO to report progress to. The action plugin sets it.
    type: path
seealso:
  - module: bondproof.lacp.bond_audit
  - module: bondproof.lacp.lacp_capture
"""

EXAMPLES = r"""
- name: Show what would be done
  bondproof.lacp.bond_failover_test:
    bond: bond0
  become: true
  check_mode: true

- name: Prove that each member may lose its link or its LACP, and how long traffic stands still
  bondproof.lacp.bond_failover_test:
    bond: bond0
    fault: [carrier, lacp_loss]
    probe: 192.0.2.1
    max_loss: 50
  become: true
  register: proof

- name: Ask for more than the timers promise
  bondproof.lacp.bond_failover_test:
    bond: bond0
    members: [eno2]
    fault: lacp_loss
    direction: received
    max_failover_ms: 4000
    max_reintegrate_s: 20
  become: true
"""

RETURN = r"""
schema:
  description: Name and version of the form of this result.
  returned: always
  type: str
  sample: bondproof.lacp/failover/1
bond:
  description: Name of the bond.
  returned: always
  type: str
  sample: bond0
outcome:
  description:
    - V(passed) if each fault of each member kept to its budget, V(failed) if one did not, V(not proven) if something that was
      asked for could not be measured or was not tried. In check mode it is V(planned).
  returned: always
  type: str
  sample: passed
members:
  description: What was measured, for each fault of each member in the order of testing.
  returned: always
  type: list
  elements: dict
  contains:
    member:
      description: Name of the interface.
      type: str
      returned: always
      sample: eno2
    fault:
      description: What was done to it.
      type: str
      returned: always
      sample: carrier
    direction:
      description: Which LACPDUs were dropped; none for V(carrier).
      type: str
      returned: always
      sample: both
    outcome:
      description: V(passed), V(failed) or V(not proven).
      type: str
      returned: always
      sample: passed
    reasons:
      description: What was wrong, each with its figure, what is allowed, and the likely cause.
      type: list
      elements: str
      returned: always
      sample: []
    failover:
      description:
        - Milliseconds from the fault until this host no longer used the member (C(left_ms)), until a LACPDU
          said so of the partner's end (C(far_left_ms)), and until the fault was ended.
      type: dict
      returned: always
      sample: {"left_ms": 96.2, "far_left_ms": null, "lasted_ms": 1102.0}
    reintegration:
      description:
        - Milliseconds from the end of the fault until the link had a carrier, until this host, and until the partner's end
          collected and distributed; how often the member left again after that.
      type: dict
      returned: always
      sample: {"carrier_ms": 3.1, "back_ms": 2480.0, "far_back_ms": 2590.2, "relapses": 0}
    probe:
      description:
        - What the echo requests gave; none without O(probe). C(flows_across) of the flows crossed the member, and
          the rest of the figures is theirs. An outage may be off by C(off_by_ms) either way.
      type: dict
      returned: always
      sample:
        address: 192.0.2.1
        interval_ms: 5.0
        flows: 2
        flows_across: 2
        sent: 1872
        slowest_answer_ms: 2.1
        at_failover: {"outage_ms": 85.0, "off_by_ms": 5.0, "lost": 17}
        at_return: {"outage_ms": 0.0, "off_by_ms": 0.0, "lost": 0}
    budget:
      description: What was allowed. The loss is that of one flow.
      type: dict
      returned: always
      sample: {"max_failover_ms": 500.0, "max_outage_ms": 500.0, "max_reintegrate_s": 11.8, "max_loss": 101}
    ports:
      description: How each member stood before, during and after the fault.
      type: dict
      returned: always
      sample:
        before:
          eno2: {"carrier": "up", "mii_status": "up", "state": "active", "aggregator": "1", "actor_state": "63", "partner_state": "63"}
    growth:
      description: How much link failures and churn counts of the member grew.
      type: dict
      returned: always
      sample: {"link_failures": 1, "actor_churned": 0, "partner_churned": 0}
    lacpdus:
      description:
        - LACPDUs of the member before, during and after the fault. C(sent) and C(received) were seen on the interface;
          C(lacpdu_tx) and C(lacpdu_rx) are bonding's own count, which has none of those that tc drops on receipt.
      type: dict
      returned: always
      sample:
        during: {"sent": 0, "received": 4, "lacpdu_tx": 4, "lacpdu_rx": 0}
    timeline:
      description: What changed, in milliseconds from the fault. C(far_state) is the partner's own state in its LACPDUs.
      type: list
      elements: dict
      returned: always
      sample:
        - {"at_ms": 96.2, "name": "eno2", "what": "mii_status", "before": "up", "after": "down"}
    differences:
      description: What is not as it was before the fault. Empty unless something went wrong.
      type: list
      elements: str
      returned: always
      sample: []
plan:
  description: What is done, in order, with the budget of each fault.
  returned: always
  type: list
  elements: dict
  sample:
    - member: eno2
      fault: carrier
      direction: null
      max_failover_ms: 500.0
      max_reintegrate_s: 11.8
      dead_man_s: 75
      steps:
        - action: down
          device: eno2
          text: set eno2 down
          why: a link that fails
          do: ip link set dev eno2 down
          undo: ip link set dev eno2 up
          when: ""
not_tested:
  description: What was planned and not begun.
  returned: always
  type: list
  elements: str
  sample: []
recovered:
  description: Runs that had not ended, and what was done to restore what they left.
  returned: always
  type: list
  elements: dict
  sample: []
notes:
  description: What a reader of the figures should know.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.failover import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
