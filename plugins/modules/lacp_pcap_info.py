#!/usr/bin/python
# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lacp_pcap_info
short_description: Analyse the LACPDUs of a packet capture
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads a capture of any size and returns, for each member and direction, how many LACPDUs were seen, at what cadence,
    which gaps there were, which states and identities the ends announced, and what was malformed.
  - Computes back from each EXPIRED to the last PDU that the far side can have heard, and names who went silent first.
  - Reads pcap and pcapng of both byte orders, with micro- or nanoseconds, several interfaces and sections, Ethernet and
    Linux cooked frames (v1 and v2), with or without VLAN tags, plain or compressed with gzip, xz or zstd.
  - Runs where the file is, on a host or on the controller, needs nothing but Python there, and less than 100 MB of memory.
  - Slow-protocol frames are found by their ethertype in the first 64 MiB, and by their group address (01:80:c2:...) in
    all of the file. A sender that uses another address is thus seen if it shows in the first 64 MiB; Linux ignores such.
  - A frame in the capture of a host proves that the host queued it, not that it left the port.
extends_documentation_fragment:
  - bondproof.lacp._attributes
  - bondproof.lacp._attributes.reads_only
  - bondproof.lacp._attributes.actiongroup_lacp
options:
  path:
    description:
      - The capture.
      - A file that is cut off or damaged in the middle is read as far as it is whole, and RV(notes) says what is not.
      - For zstd, Python 3.14, the package C(python3-zstandard) or the command C(zstd) is needed. With the command the
        file is unpacked into the module's temporary folder.
    type: path
    required: true
  macs:
    description:
      - Permanent MAC addresses of the members at our end. LACPDUs are sent from these, not from the MAC of the bond.
      - Without them the directions that the file itself marks are used. If it marks none, the two ends are called
        V(a) and V(b), because nothing tells which of them is ours.
    type: list
    elements: str
    default: []
  timeline:
    description:
      - Path, where the module runs, of a picture (SVG) that shows PDUs, gaps and states of each member and direction.
      - Its folder must exist. Nothing is written in check mode.
    type: path
seealso:
  - module: bondproof.lacp.bond_facts
"""

EXAMPLES = r"""
- name: Analyse a capture that was taken on a host
  bondproof.lacp.lacp_pcap_info:
    path: /var/tmp/bond0.pcapng.gz
    macs:
      - 00:1b:21:0a:00:01
      - 00:1b:21:0a:00:02
    timeline: /var/tmp/bond0.svg
  register: wire

- name: Say who stopped first
  ansible.builtin.debug:
    msg: "{{ wire.silence.first }}"
"""

RETURN = r"""
capture:
  description: Path of the capture that was read.
  returned: success
  type: str
  sample: /var/tmp/bond0.pcapng.gz
schema:
  description: Name and version of the form of this result.
  returned: success
  type: str
  sample: bondproof.lacp/wire/1
format:
  description: Either V(pcap) or V(pcapng).
  returned: success
  type: str
  sample: pcapng
compression:
  description: One of V(gzip), V(xz), V(zstd), or empty.
  returned: success
  type: str
  sample: gzip
octets:
  description: Octets read, uncompressed.
  returned: success
  type: int
  sample: 2824
known_by:
  description: What tells which end is ours, one of V(macs), V(direction flags) and V(nothing).
  returned: success
  type: str
  sample: macs
our_macs:
  description: Source MAC addresses of our end; of end a where RV(known_by) is V(nothing).
  returned: success
  type: list
  elements: str
  sample: ["00:1b:21:0a:00:01"]
our_systems:
  description: LACP systems that these announced.
  returned: success
  type: list
  elements: str
  sample: ["00:1b:21:0a:00:01"]
notes:
  description: What is not whole or not certain, each with its offset in the uncompressed file or none.
  returned: success
  type: list
  elements: dict
  sample:
    - offset: 2684
      text: "the last record is cut off: its frame should have 124 octets"
window:
  description: Span of the frames in the capture, and how often its time went backwards.
  returned: success
  type: dict
  sample: {"start": "2009-11-15T04:02:10.267147000Z", "end": "2009-11-15T04:04:02.605882000Z", "length_ms": 112338.735, "backwards": 0}
lanes:
  description:
    - One entry for each member and direction. A direction is V(sent), V(received), or V(from_a) and V(from_b).
    - The period that a sender is held to is the one that the receiver asks for with its Timeout bit. A gap longer than
      1.5 periods is V(late), one longer than 3 is V(lost).
    - Lists are cut off where they grow very long; the keys that end in C(_total) count all.
  returned: success
  type: list
  elements: dict
  contains:
    member:
      description: Name of the interface where the file has it, else the MAC of the port at our end.
      type: str
      returned: success
      sample: eno1
    direction:
      description: Who sent these.
      type: str
      returned: success
      sample: received
    count:
      description: LACPDUs.
      type: int
      returned: success
      sample: 60
    first:
      description: Time of the first LACPDU.
      type: str
      returned: success
      sample: "2026-11-20T23:00:00.000000000Z"
    last:
      description: Time of the last LACPDU.
      type: str
      returned: success
      sample: "2026-11-20T23:01:00.000000000Z"
    sender:
      description: Who sent the last LACPDU, its state, and what it held of its partner.
      type: dict
      returned: success
      sample: {"system": "00:13:c4:12:0f:00", "port": 22, "key": 13, "state": 61}
    cadence:
      description: Intervals between LACPDUs, and the period that the receiver asked for.
      type: dict
      returned: success
      sample: {"median_ms": 1000.1, "p99_ms": 1003.0, "max_ms": 1010.2, "expected_period_ms": 1000.0}
    gaps:
      description: Intervals that were too long.
      type: list
      elements: dict
      returned: success
      sample:
        - {"start": "2026-11-20T23:00:10.000000000Z", "length_ms": 4000.0, "periods": 4.0, "grade": "lost", "open": false}
    gaps_total:
      description: How many gaps there were.
      type: int
      returned: success
      sample: 1
    states:
      description: Each change of the sender's own state, and of the state that it holds of its partner.
      type: list
      elements: dict
      returned: success
      sample:
        - {"at": "2026-11-20T23:00:13.000000000Z", "whose": "actor", "before": 63, "after": 143, "set": ["expired"]}
    states_total:
      description: How many changes of state there were.
      type: int
      returned: success
      sample: 1
    identities:
      description: Each system, key, port, priority and source MAC that the sender used.
      type: list
      elements: dict
      returned: success
      sample:
        - {"system": "00:13:c4:12:0f:00", "port": 22, "key": 13, "count": 60}
    identity_changes:
      description: When the sender became another; C(returned) where it had been that one before.
      type: list
      elements: dict
      returned: success
      sample: []
    identity_changes_total:
      description: How many changes of identity there were.
      type: int
      returned: success
      sample: 0
    flip_flop:
      description: Whether the sender came back to an identity that it had before.
      type: bool
      returned: success
      sample: false
    undecodable:
      description: Frames that are no slow-protocol PDU at all.
      type: list
      elements: dict
      returned: success
      sample: []
    undecodable_total:
      description: How many such frames there were.
      type: int
      returned: success
      sample: 0
    malformed:
      description: Parts of PDUs that are not as 802.1AX has them.
      type: list
      elements: dict
      returned: success
      sample:
        - {"at": "2026-11-20T23:00:00.000000000Z", "text": "it has no terminator", "pdu_offset": 58, "file_offset": 40}
    malformed_total:
      description: How many such parts there were.
      type: int
      returned: success
      sample: 1
    looped:
      description: Frames that came in and carry our own system.
      type: int
      returned: success
      sample: 0
    looped_first:
      description: Time of the first of them.
      type: str
      returned: success
      sample: "2026-11-20T23:00:00.000000000Z"
    versions:
      description: LACPDUs of each version.
      type: dict
      returned: success
      sample: {"1": 60}
    extra_tlvs:
      description: TLVs besides those of version 1, counted by type.
      type: dict
      returned: success
      sample: {"128": 60}
    vlans:
      description: LACPDUs that came with VLAN tags, counted by the VLAN ids from the outside in.
      type: dict
      returned: success
      sample: {"100 200": 60}
    other_subtypes:
      description: Frames of slow protocols that are not link aggregation, counted by subtype.
      type: dict
      returned: success
      sample: {"OSSP": 1}
    markers:
      description: Marker PDUs.
      type: int
      returned: success
      sample: 0
    marker_responses:
      description: Marker response PDUs.
      type: int
      returned: success
      sample: 0
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
  description:
    - For each EXPIRED that an end announced, the arithmetic back to the last PDU that it can have heard.
    - PDUs that were captured after that did not arrive, although the capture has them.
  returned: success
  type: list
  elements: dict
  sample:
    - expired_at: "2017-12-05T14:14:17.810749000Z"
      timeout_ms: 90000.0
      heard_nothing_after: "2017-12-05T14:12:47.810749000Z"
      expired_after_ms: 90046.922
      captured_unheard: 1
proofs:
  description: For each member, how far it is proven that PDUs of ours left the host and were heard.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "tap": 60, "nic": null, "heard": "yes"}
systems:
  description: LACP systems on each lane; C(third) where one is not the one that is mostly there.
  returned: success
  type: list
  elements: dict
  sample:
    - {"member": "eno1", "direction": "received", "system": "00:13:c4:12:0f:00", "count": 60, "third": false}
events:
  description: Gaps, EXPIRED, DEFAULTED, ports that left or came back, and changes of identity, in the order of time.
  returned: success
  type: list
  elements: dict
  sample:
    - {"at": "2026-11-20T23:00:13.000000000Z", "member": "eno2", "direction": "received", "kind": "expired"}
events_total:
  description: How many events there were; RV(events) holds the first of them.
  returned: success
  type: int
  sample: 1
tie:
  description: How long before and after an event its causes on the host are looked for (live captures only).
  returned: success
  type: dict
  sample: {"before_ms": 2000.0, "after_ms": 2000.0}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bondproof.lacp.plugins.module_utils._module.pcap_info import (
    ARGUMENTS,
    run,
)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
