# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tcpdump_lacp
short_description: Read the LACPDUs that C(tcpdump -v) printed
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Reads what C(tcpdump -v) prints of slow protocols, in old versions and new ones.
  - Who sent a frame is told by its source address where C(-e) printed one, else by the actor
    system. Without O(addresses) and O(systems) it stays unknown.
  - The text may hold prompts, escape sequences and the output of several commands. What cannot be
    read is returned as unrecognised with its line; nothing is guessed.
positional: systems, addresses
options:
  _input:
    description: What was printed, as a text or a list of its lines.
    type: raw
    required: true
  systems:
    description: Actor systems that the host uses.
    type: list
    elements: str
    default: []
  addresses:
    description: Permanent MAC addresses of the host's members, from which it sends LACPDUs.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Say whether the switch hears this host
  ansible.builtin.debug:
    msg: >-
      {{ (printed | bondproof.lacp.tcpdump_lacp(systems=['02:5c:00:00:09:80'])).frames
         | selectattr('sent_by', 'equalto', 'partner') | map(attribute='actor.flags') }}
  vars:
    printed: |
      16:30:20.151118 LACPv1, length 110
              Actor Information TLV (0x01), length 20
                System 02:5c:00:00:04:41, System Priority 7, Key 27, Port 32795, Port Priority 1
                State Flags [Activity, Aggregation, Default]
              Partner Information TLV (0x02), length 20
                System 00:00:00:00:00:00, System Priority 0, Key 0, Port 0, Port Priority 0
                State Flags [Timeout]
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    frames:
      description:
        - One for each frame, with V(line), V(interface), V(date), V(time), V(fraction), V(stamp),
          V(src), V(dst), V(version), V(length), V(kind), V(actor), V(partner), V(flaws) and
          V(sent_by).
        - V(actor) and V(partner) have V(system), V(system_priority), V(key), V(port),
          V(port_priority), V(state) (the octet) and V(flags).
        - V(sent_by) is V(host), V(partner) or V(unknown).
      type: list
      elements: dict
      returned: always
    cannot_tell:
      description: What such a screen cannot say, in sentences.
      type: list
      elements: str
      returned: always
    refusals:
      description:
        - Complaints of the router itself. Each has V(line), V(kind), V(device) and V(text).
        - The kind is V(no-such-device), V(teamd-silent), V(needs-privileges) or V(no-such-command).
      type: list
      elements: dict
      returned: always
    other_screens:
      description: Screens in the text that another filter reads, each with V(line) and V(screen).
      type: list
      elements: dict
      returned: always
    unrecognised:
      description: Lines that no grammar knows, each with V(line) and V(text).
      type: list
      elements: dict
      returned: always
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.tcpdump_text import (
    parse,
    sent_by,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable


def tcpdump_lacp(value: object, systems: object = (), addresses: object = ()) -> dict[str, Any]:
    found = parse(text_of(value, "tcpdump_lacp"))
    own = words_of(systems, "tcpdump_lacp", "systems")
    members = words_of(addresses, "tcpdump_lacp", "addresses")
    for frame in found["frames"]:
        frame["sent_by"] = sent_by(frame, own, members)
    return found


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"tcpdump_lacp": tcpdump_lacp}
