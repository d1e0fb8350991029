# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vyatta_packet
short_description: Make a packet of evidence of what a router printed
version_added: 1.0.0
author:
  - The bondproof authors (@bondproof)
description:
  - Takes texts that were pasted into a ticket or kept in files, in the order in which they were
    printed, and makes a packet of them that M(bondproof.lacp.bond_verdict) judges.
  - Each screen that shows the bond with its members is a reading of their counters. A counter that
    stands still while another moves is found in these.
positional: host, bond
options:
  _input:
    description: One text, or a list of texts.
    type: raw
    required: true
  host:
    description: Name of the router.
    type: str
    required: true
  bond:
    description: Name of the bond.
    type: str
    required: true
  systems:
    description:
      - Actor systems that the router uses. Without them nobody knows who sent the LACPDUs in the
        texts of C(tcpdump).
    type: list
    elements: str
    default: []
  addresses:
    description: Permanent MAC addresses of the router's members, from which it sends LACPDUs.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Count the readings in a paste
  ansible.builtin.debug:
    msg: "{{ (pasted | bondproof.lacp.vyatta_packet('r1', 'dp0bond0')).readings | length }} seen"
  vars:
    pasted: |
      Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags
      dp0bond0         21083      194         94923      1451
          dp0s0        11527      114         13934      149        yes   SYNCHRONIZAT
"""

RETURN = r"""
_value:
  description: A packet of the schema C(bondproof.lacp/packet/1).
  type: dict
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.vyatta_packet import packet
from ansible_collections.bondproof.lacp.plugins.plugin_utils._screens import text_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "vyatta_packet"


def vyatta_packet(
    value: object, host: object, bond: object, systems: object = (), addresses: object = ()
) -> dict[str, Any]:
    texts = (
        value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else [value]
    )
    return packet(
        [{"text": text_of(text, NAME)} for text in texts],
        host=text_of(host, NAME),
        bond=text_of(bond, NAME),
        systems=words_of(systems, NAME, "systems"),
        addresses=words_of(addresses, NAME, "addresses"),
    )


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {NAME: vyatta_packet}
