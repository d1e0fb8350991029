#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lacp_capture
short_description: Listen to the LACPDUs of a bond, and to what happens on the host meanwhile
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Listens on every member of an 802.3ad bond at once, for a bounded time, and returns for each member and direction how
    many LACPDUs came, at what cadence, which gaps there were, and which states and identities the ends announced.
  - In the same loop and on the same clock it takes down link events, the kernel log, the kernel's own LACPDU counters, and
    the members' statistics and error counters. Each gap and each loss is tied to what happened within two seconds of it.
  - Needs nothing but Python on the host. Only slow-protocol frames are read, never the traffic of users.
  - Of a team device C(teamd) tells the states, on its socket. It counts no LACPDUs, so those of the taps are all there is.
  - A frame that is sent is seen on its way to the NIC. That it left the port is proven only by what RV(proofs) says.
  - Memory is bounded whatever comes. In a storm of slow-protocol frames the kernel counts what is not read.
  - The action plugin of the same name shows on the controller's terminal who was heard how often while the capture runs,
    and copies its files to the controller.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
requirements:
  - The privileges C(CAP_NET_RAW), and C(CAP_NET_ADMIN) for O(poke). Use C(become).
options:
  bond:
    description:
      - Name of the bond, or of a team device whose C(teamd) speaks LACP.
    type: str
    required: true
  duration:
    description:
      - Seconds after which the capture ends at the latest, at most a day.
      - With the slow rate a LACPDU comes every 30 seconds, so a gap shows after 45 seconds at the earliest.
    type: float
    default: 60.0
  count:
    description:
      - Ends the capture once so many LACPDUs were heard, of all members and both directions together.
      - V(0) sets no limit.
    type: int
    default: 0
  until:
    description:
      - V(converged) ends the capture as soon as both ends of every member are in sync, collect and distribute.
      - V(flap) ends it five seconds after a member lost its carrier, stopped to distribute, or left the bond.
    type: str
    choices: [converged, flap]
  interval:
    description:
      - Seconds between two looks at what the kernel does not announce, such as port states, aggregators and counters.
    type: float
    default: 1.0
  pcapng:
    description:
      - File on the host for the frames themselves, with an interface for each member, directions and nanoseconds.
      - It has at most 64 MiB. An existing file is replaced.
    type: path
  timeline:
    description:
      - File on the host for a picture (SVG) with a lane for each member and direction.
    type: path
  fetch:
    description:
      - Folder on the controller into which O(pcapng) and O(timeline) are copied, as C(FOLDER/HOST/NAME).
    type: path
  poke:
    description:
      - Makes the kernel send a LACPDU on each member at once, by writing the same C(ad_actor_sys_prio) again, and times
        what follows. No state changes by that.
      - It is refused where it would change the identity of the bond, because the MAC of the bond was changed since its
        first member came.
      - In check mode nothing is written.
    type: bool
    default: false
  progress:
    description:
      - A FIFO on the host. Whoever reads it gets a line every two seconds that says who was heard how often.
      - The action plugin fills it in.
    type: path
seealso:
  - module: bondproof.lacp.lacp_pcap_info
  - module: bondproof.lacp.lacp_ping
  - module: bondproof.lacp.bond_facts
"""

EXAMPLES = r"""
- name: Listen to a bond for five seconds
  bondproof.lacp.lacp_capture:
    bond: bond0
    duration: 5
  become: true
  register: wire

- name: Say what went wrong, if anything did
  ansible.builtin.debug:
    msg: "{{ wire.events }}"

- name: Wait for a flap, keep the frames and a picture of it
  bondproof.lacp.lacp_capture:
    bond: bond0
    until: flap
    duration: 10
    pcapng: /var/tmp/bond0.pcapng
    timeline: /var/tmp/bond0.svg
    fetch: evidence
  become: true
"""

RETURN = r"""
bond:
  description: Name of the bond.
  returned: success
  type: str
  sample: bond0
ended_by:
  description: What ended the capture, one of V(duration), V(count), V(converged), V(flap) and V(bond gone).
  returned: success
  type: str
  sample: duration
notes:
  description: What a reader must know to judge the result, each a sentence. Empty if the capture was whole.
  returned: success
  type: list
  elements: str
  sample: ["member eno2 is down"]
remarks:
  description:
    - What a comparison of the ends, of the members, or of the tap and the kernel's counters shows. C(kind) is one of
      V(never heard), V(passive partner), V(different partners), V(dropped behind the tap) and V(dropped ahead of the tap).
  returned: success
  type: list
  elements: dict
  sample:
    - kind: never heard
      members: [eno2]
      text: "eno2: the far end sent no LACPDU at all in 60.0 s"
schema:
  description: Name and version of the form of this result.
  returned: success
  type: str
  sample: bondproof.lacp/wire/1
window:
  description: Span of the capture.
  returned: success
  type: dict
  sample: {"start": "2026-11-20T23:00:00.000000000Z", "end": "2026-11-20T23:01:00.000000000Z", "length_ms": 60000.0, "backwards": 0}
lanes:
  description:
    - One entry for each member and direction, V(sent) or V(received), as M(bondproof.lacp.lacp_pcap_info) describes it.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "direction": "received", "count": 60, "gaps": [], "flip_flop": false}
silence:
  description:
    - Which direction of which member stopped first, all others in order, and whether one leg is hit or all.
    - C(first_is_certain) is false where two of them stopped within one period, so that nothing tells which did first.
  returned: success
  type: dict
  sample:
    first: {"at": "2026-11-20T23:00:10.000000000Z", "member": "eno2", "direction": "received", "how": "silent"}
    first_is_certain: true
    members_hit: [eno2]
    extent: one
deliveries:
  description: For each EXPIRED that an end announced, the arithmetic back to the last LACPDU that it can have heard.
  returned: success
  type: list
  elements: dict
  sample:
    - {"expired_at": "2026-11-20T23:00:13.000000000Z", "timeout_ms": 3000.0, "captured_unheard": 3}
proofs:
  description: For each member, how far it is proven that LACPDUs of ours left the host and were heard.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "tap": 60, "kernel": 60, "netdev": 4711, "nic": 60, "nic_counter": "tx_multicast_phy", "heard": "yes"}
systems:
  description: LACP systems on each lane; C(third) where one is not the one that is mostly there.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "direction": "received", "system": "00:13:c4:12:0f:00", "count": 60, "third": false}
events:
  description:
    - Gaps, EXPIRED, DEFAULTED, ports that left or came back, and changes of identity, in the order of time.
    - In C(ties) stands what happened on the host around each.
  returned: success
  type: list
  elements: dict
  sample:
    - at: "2026-11-20T23:00:13.000000000Z"
      member: eno2
      direction: sent
      kind: expired
      ties:
        - {"at": "2026-11-20T23:00:10.100000000Z", "offset_ms": -2900.0, "kind": "link", "text": "eno2: carrier up -> down"}
events_total:
  description: How many events there were; RV(events) holds the first of them.
  returned: success
  type: int
  sample: 1
tie:
  description: How long before and after an event its causes on the host are looked for.
  returned: success
  type: dict
  sample: {"before_ms": 2000.0, "after_ms": 2000.0}
members:
  description: State of the bond and of each member at the beginning and at the end, as netlink and procfs show it.
  returned: success
  type: list
  elements: dict
  sample:
    - member: eno1
      begin: {"actor_state": "63", "partner_state": "63", "carrier": "up", "aggregator": "1"}
      end: {"actor_state": "63", "partner_state": "63", "carrier": "up", "aggregator": "1"}
link_events:
  description: Each change of a member or of the bond, announced by the kernel or seen by looking, in the order of time.
  returned: success
  type: list
  elements: dict
  sample:
    - {"at": "2026-11-20T23:00:10.100000000Z", "member": "eno2", "what": "carrier", "before": "up", "after": "down"}
link_events_total:
  description: How many there were; RV(link_events) holds the first of them.
  returned: success
  type: int
  sample: 1
kernel_log:
  description: Lines of the kernel log.
  returned: success
  type: list
  elements: dict
  sample:
    - {"at": "2026-11-20T23:00:10.200000000Z", "text": "bond0: (slave eno2): link status definitely down, disabling slave"}
kernel_log_total:
  description: How many there were; RV(kernel_log) holds the first of them.
  returned: success
  type: int
  sample: 1
counters:
  description:
    - How much each counter of a member, or of the host where the name is empty, grew, and the names of those that did not.
    - One that is in neither was not read.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "grown": {"lacpdu_rx": 60, "lacpdu_tx": 60, "rx_packets": 4711}, "unmoved": ["carrier_down"]}
pcapng:
  description: Path of the file of frames on the host.
  returned: when O(pcapng) was given
  type: str
  sample: /var/tmp/bond0.pcapng
pcapng_frames:
  description: How many frames are in it.
  returned: when O(pcapng) was given
  type: int
  sample: 240
timeline:
  description: Path of the picture on the host.
  returned: when O(timeline) was given
  type: str
  sample: /var/tmp/bond0.svg
fetched:
  description: Paths of the copies on the controller.
  returned: when O(fetch) was given
  type: list
  elements: str
  sample: [evidence/h1/bond0.pcapng]
poke:
  description:
    - When the poke was made, how soon a LACPDU of ours followed on each member, and how soon after that one of the partner.
    - A partner that sends periodically sends within a period anyway.
  returned: when O(poke) was set
  type: dict
  sample:
    at: "2026-11-20T23:00:01.000000000Z"
    members: [{"member": "eno1", "sent_after_ms": 212.5, "received_after_ms": 0.7}]
cpu_ms:
  description: Processor time that the module took, start included.
  returned: success
  type: float
  sample: 310.0
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.capture import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
