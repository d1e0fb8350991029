#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lacp_ping
short_description: Prove with Marker PDUs, member by member, that frames arrive and come back
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Sends Marker PDUs (IEEE 802.1AX) on each member of an 802.3ad bond, from the member's own permanent MAC address, and
    times the Marker Responses of the partner.
  - An answer proves that our frame left the NIC, crossed the wire and reached the partner's slow-protocol handler, and
    that the way back works. No stronger proof can be had without the switch.
  - No answer proves nothing by itself, because not every switch has a marker responder. If the same partner answers on
    another member, it is a finding.
  - The bond does not notice. No state changes, and no counter but that of markers received.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
requirements:
  - The privilege C(CAP_NET_RAW), and C(CAP_NET_ADMIN) to know which members have the same partner. Use C(become).
notes:
  - In check mode no marker is sent.
options:
  bond:
    description:
      - Name of the bond, or of a team device whose C(teamd) speaks LACP.
    type: str
    required: true
  members:
    description:
      - Names of the members to probe. An empty list probes all.
    type: list
    elements: str
    default: []
  count:
    description:
      - Markers to send on each member, V(1) to V(1000).
    type: int
    default: 5
  interval:
    description:
      - Seconds from one marker to the next on the same member. At least V(0.2), because a slow protocol sends no more than
        five PDUs a second.
    type: float
    default: 1.0
  timeout:
    description:
      - Seconds to wait for the responses after the last marker, at most V(60).
    type: float
    default: 1.0
seealso:
  - module: bondproof.lacp.lacp_capture
"""

EXAMPLES = r"""
- name: Send three markers on each member
  bondproof.lacp.lacp_ping:
    bond: bond0
    count: 3
    interval: 0.2
  become: true
  register: markers

- name: Stop where one member is not answered and another is
  ansible.builtin.assert:
    that: markers.findings | length == 0
    fail_msg: "{{ markers.findings | map(attribute='text') | join('; ') }}"
"""

RETURN = r"""
schema:
  description: Name and version of the form of this result.
  returned: success
  type: str
  sample: bondproof.lacp/ping/1
bond:
  description: Name of the bond.
  returned: success
  type: str
  sample: bond0
members:
  description:
    - What became of the markers of each member. RV(members[].outcome) is one of V(answered), V(partly answered),
      V(unanswered), V(refused by this host) and V(not sent).
  returned: success
  type: list
  elements: dict
  contains:
    member:
      description: Name of the interface.
      type: str
      returned: success
      sample: eno1
    outcome:
      description: What became of its markers.
      type: str
      returned: success
      sample: answered
    partner_system:
      description: LACP system at the far end; none where bonding knows none or hides it.
      type: str
      returned: success
      sample: 00:13:c4:12:0f:00
    sent:
      description: Markers that the host accepted for sending.
      type: int
      returned: success
      sample: 5
    answered:
      description: Markers that were answered, matched by port, system and transaction id.
      type: int
      returned: success
      sample: 5
    loss_percent:
      description: Share of the markers sent that were not answered.
      type: float
      returned: success
      sample: 0.0
    round_trip_ms:
      description: Shortest, median and longest time to the response, by the kernel's time stamps.
      type: dict
      returned: success
      sample: {"min": 0.12, "median": 0.2, "max": 0.7}
    refused:
      description: Markers that this host itself would not send.
      type: int
      returned: success
      sample: 0
    refusals:
      description: The reasons of these, as the kernel gives them. C(ENOBUFS) comes from a filter or a full queue of the host.
      type: list
      elements: dict
      returned: success
      sample: [{"reason": "ENOBUFS: No buffer space available", "count": 5}]
    other_responses:
      description: Marker responses that answer nothing of ours.
      type: int
      returned: success
      sample: 0
partners:
  description: For each partner system, whether its marker responder was V(seen) or V(not seen). The latter is no fault.
  returned: success
  type: list
  elements: dict
  sample:
    - {"partner_system": "00:13:c4:12:0f:00", "responder": "seen", "members": ["eno1", "eno2"]}
findings:
  description:
    - What is wrong. C(kind) is V(unanswered) (on this member, while the same partner answers on another), V(lost) (some
      markers only), or V(refused) (by this host).
  returned: success
  type: list
  elements: dict
  sample:
    - member: eno2
      kind: refused
      text: "eno2: this host refused to send (5 x ENOBUFS: No buffer space available)"
notes:
  description: What a reader must know to judge the result, each a sentence.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.ping import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
