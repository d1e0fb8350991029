# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Captures from public sources, where they are (BONDPROOF_SAMPLES): our text equals tcpdump's."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.analysis import (
    Analysis,
    analyse,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap import Capture
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_ends import Assigned, hear
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pdu import (
    OSSP,
    Lacpdu,
    OtherSlow,
    PortInfo,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import STATE_BITS
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.window import Window, utc_text

from .wire import Source

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.pcap_ends import Heard

TOP = Path(__file__).resolve().parents[5]
SAMPLES = Path(os.environ.get("BONDPROOF_SAMPLES") or TOP / "../shared/samples").resolve()


def sample(name: str) -> bytes:
    path = SAMPLES / "pcap" / name
    if not path.is_file():
        pytest.skip(f"no sample {path}: set BONDPROOF_SAMPLES")
    return path.read_bytes()


def heard(name: str) -> list[Heard]:
    return list(hear(Capture(Source(sample(name)).read_into)))


def analysed(name: str) -> Analysis:
    assigned = Assigned(Capture(Source(sample(name)).read_into))
    return analyse(Window(assigned.records()))


def tcpdump_port(which: str, port: PortInfo) -> str:
    """As `tcpdump -v` prints one end."""
    names = [tcpdump_flag(name) for bit, name in STATE_BITS if port.state & bit]
    return (
        f"\t{which} Information TLV (0x0{1 if which == 'Actor' else 2}), length 20\n"
        f"\t  System {port.system}, System Priority {port.system_priority}, Key {port.key}, "
        f"Port {port.port}, Port Priority {port.port_priority}\n"
        f"\t  State Flags [{', '.join(names) or 'none'}]\n"
    )


def tcpdump_flag(name: str) -> str:
    return "Default" if name == "defaulted" else name.capitalize()


def tcpdump_text(number: int, frame: Heard) -> str:
    """As `tcpdump -e -v -#` prints a LACPDU."""
    pdu = frame.pdu
    assert isinstance(pdu, Lacpdu)
    assert pdu.actor is not None
    assert pdu.partner is not None
    assert frame.packet.utc_ns is not None
    time = utc_text(frame.packet.utc_ns)[:26].replace("T", " ")
    return (
        f"{number:5d}  {time} {frame.envelope.source} > {frame.envelope.destination}, ethertype "
        f"Slow Protocols (0x8809), length {frame.packet.original}: "
        f"LACPv{pdu.version}, length {pdu.length}\n"
        + tcpdump_port("Actor", pdu.actor)
        + tcpdump_port("Partner", pdu.partner)
        + "\tCollector Information TLV (0x03), length 16\n"
        f"\t  Max Delay {pdu.collector_max_delay}\n"
        "\tTerminator TLV (0x00), length 0\n"
    )


def test_every_field_equals_the_text_of_tcpdump() -> None:
    ours = "".join(tcpdump_text(i, frame) for i, frame in enumerate(heard("LACP.pcap"), 1))
    assert ours == sample("lacp-ev.out").decode()


def test_the_analysis_of_a_link_that_comes_back() -> None:
    """EXPIRED, DEFAULTED, forwarding while DEFAULTED, partner back, converged."""
    text = sample("lacp-ev.out").decode()
    counts = {
        mac: len(re.findall(f"{mac} > 01:80:c2:00:00:02", text))
        for mac in ("00:13:c4:12:0f:0d", "00:0e:83:16:f5:10")
    }
    found = analysed("LACP.pcap")
    a = found.lanes["00:13:c4:12:0f:0d", "from_a"]
    b = found.lanes["00:13:c4:12:0f:0d", "from_b"]
    assert len(found.lanes) == 2
    assert (a.count, b.count) == tuple(counts.values()) == (13, 7)
    states = [(c.before, c.after) for c in a.states if c.whose == "actor"]
    assert states == [
        (None, 133),
        (133, 77),
        (77, 125),
        (125, 77),
        (77, 69),
        (69, 13),
        (13, 61),
    ]
    kinds = [(e.direction, e.kind) for e in found.events]
    assert kinds[:2] == [("from_a", "defaulted"), ("from_a", "back")]
    assert kinds[-2:] == [("from_a", "back"), ("from_b", "back")]
    assert found.as_result()["silence"]["extent"] == "none"


def test_slow_ossp_is_no_lacpdu() -> None:
    ((frame),) = heard("slow-ossp.pcap")
    assert frame.pdu == OtherSlow(OSSP)
    (lane,) = list(analysed("slow-ossp.pcap").lanes.values())
    assert (lane.count, lane.other_subtypes, lane.undecodable.total) == (0, {OSSP: 1}, 0)


def test_a_peer_that_left_on_purpose() -> None:
    ((frame),) = heard("lacpdu_state_flags_none.pcap")
    assert isinstance(frame.pdu, Lacpdu)
    assert frame.pdu.actor is not None
    assert frame.pdu.actor.state == 0
    (lane,) = list(analysed("lacpdu_state_flags_none.pcap").lanes.values())
    assert [(c.whose, c.after) for c in lane.states] == [("actor", 0), ("partner", 61)]
