# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of one direction: R05 with a to d, R06 with a to d."""

from __future__ import annotations

from typing import Any

import pytest
from unit.factory import ABSENT

from .rule_cases import FIRES, SILENT, UNASKED, Case, check, name_of
from .scene import Scene, ours, port_evidence, theirs, unknown
from .scenes import (
    carrier_flaps,
    egress_dropped,
    healthy,
    healthy_slow,
    ingress_dropped,
    nobody_there,
    passive,
    silenced_by_switch,
    silent,
    transmit_hung,
    unheard,
    unheard_by_switch,
    unheard_for_a_time,
    unplugged,
)


def unheard_and(
    driver: str = "ice", growth: dict[str, Any] | None = None, **port: Any
) -> dict[str, Any]:
    """The far end does not hear us; what the switch says of its port."""
    told = {"partner__system": "00:00:00:00:00:00", "lacp_counters__rx": 0, **port}
    scene = unheard(driver).grew("eno2", **(growth or {}))
    return scene.verdict(switch_evidence=[port_evidence(2, **told)])


def silent_and(
    driver: str = "ice", growth: dict[str, Any] | None = None, **port: Any
) -> dict[str, Any]:
    scene = silent(driver).grew("eno2", **(growth or {}))
    return scene.after("eno2", PARTNER_SYSTEM=ABSENT).verdict(
        switch_evidence=[port_evidence(2, **port)]
    )


def states_unknown() -> dict[str, Any]:
    gone = unknown("nobody said")
    return Scene().after("eno2", ACTOR_STATE=gone, PARTNER_STATE=gone).verdict(wire=None)


def just_restarted() -> dict[str, Any]:
    """The link came back three seconds before the end: the port may still negotiate."""
    scene = Scene()
    scene.fine("eno2", 0, 10)
    scene.talk.link(11, "carrier", "up", "down", "eno2")
    scene.talk.link(17, "carrier", "down", "up", "eno2")
    scene.speaks("eno2", 17, sent=ours(2, 71), received=theirs(2, 69))
    return scene.after("eno2", ACTOR_STATE=7, PARTNER_STATE=69).verdict()


def refused() -> dict[str, Any]:
    markers = {"members": [{"member": "eno2", "refused": 3, "outcome": "refused by this host"}]}
    return Scene().verdict(markers=markers)


def partly_sent() -> dict[str, Any]:
    return unheard("ice").grew("eno2", **{"tx_multicast.nic": 4}).verdict()


def frozen(tx: list[int], actor_state: int | None = 13) -> dict[str, Any]:
    """Readings of a screen: tx as given, rx grows throughout."""
    readings = [
        {
            "at": None,
            "source": "show interfaces bonding",
            "members": {
                "eno2": {
                    "tx_packets": packets,
                    "tx_bytes": 124 * packets,
                    "rx_packets": 1000 + 20 * at,
                    "rx_bytes": 2480 * at,
                    "actor_state": actor_state,
                }
            },
        }
        for at, packets in enumerate(tx)
    ]
    return Scene().verdict(wire=None, before=None, after=None, readings=readings)


def stuck_by_facts() -> dict[str, Any]:
    """Nobody listened: the kernel made LACPDUs, and the device sent nothing."""
    statistics = {"rx_packets": 1000, "tx_packets": 1000}
    scene = Scene().before("eno2", LACPDU_TX=100, STATISTICS=statistics, LACPDU_RX=100)
    scene.after("eno2", LACPDU_TX=160, STATISTICS=statistics, LACPDU_RX=160)
    return scene.after("eno2", ACTOR_STATE=15, PARTNER_STATE=69).verdict(wire=None)


def markers_answered() -> dict[str, Any]:
    packet = unheard("ice").packet()
    for proof in packet["wire"]["proofs"]:
        proof["markers_answered"] = 2
    return unheard("ice").verdict(wire=packet["wire"])


def filtered() -> dict[str, Any]:
    return (
        silent("ice")
        .after("eno2", MULTICAST=["01:00:5e:00:00:01"], PARTNER_SYSTEM=ABSENT)
        .verdict()
    )


def no_lacp_active() -> dict[str, Any]:
    """An older kernel without the option is always active."""
    scene = healthy()
    scene.bond["LACP_ACTIVE"] = unknown("no such option")
    return scene.verdict()


def passive_far_end_only() -> dict[str, Any]:
    scene = healthy()
    scene.speaks("eno2", sent=ours(2), received=theirs(2, 62))
    return scene.after("eno2", PARTNER_STATE=62).verdict()


CASES = [
    Case("R05", FIRES, unheard("ice").verdict, "does not hear us", fault="insufficient"),
    Case("R05", FIRES, unheard_for_a_time().verdict, "did not hear us for a time"),
    Case("R05", SILENT, healthy().verdict),
    Case("R05", SILENT, healthy_slow().verdict),
    Case("R05", SILENT, unplugged().verdict),
    Case("R05", SILENT, carrier_flaps().verdict),
    Case("R05", UNASKED, just_restarted, "began anew"),
    Case("R05", UNASKED, states_unknown, "not known"),
    Case("R05a", FIRES, egress_dropped().verdict, "drops them in tc", fault="host"),
    Case("R05a", FIRES, transmit_hung().verdict, "did not move", confidence="conclusive"),
    Case("R05a", FIRES, partly_sent, "by 4 only", confidence="likely"),
    Case("R05a", FIRES, refused, "refused to send 3"),
    Case("R05a", FIRES, stuck_by_facts, "tx_packets did not move"),
    Case("R05a", FIRES, lambda: frozen([77, 77, 77, 78]), "frozen at 77", fault="host"),
    Case("R05a", SILENT, healthy().verdict),
    Case("R05a", SILENT, unheard_by_switch().verdict),
    Case("R05a", UNASKED, lambda: frozen([77, 78, 79]), "no frames"),
    Case("R05a", UNASKED, states_unknown, "not known"),
    Case(
        "R05b", FIRES, unheard_and, "its LACP counted none", fault="switch", confidence="conclusive"
    ),
    Case(
        "R05b",
        FIRES,
        lambda: unheard_and(control_plane__lacp_policer_drops=40, lacp_counters__rx=9),
        "40 were dropped by its policer",
        confidence="conclusive",
    ),
    Case("R05b", FIRES, unheard_by_switch().verdict, "handed to the far end", confidence="likely"),
    Case("R05b", FIRES, markers_answered, "answered 2 marker", confidence="conclusive"),
    Case("R05b", SILENT, healthy().verdict),
    Case("R05b", SILENT, lambda: unheard_and(if_counters__rx_multicast=0)),
    Case("R05b", UNASKED, unheard("ice").verdict, "no switch evidence was given"),
    Case(
        "R05c",
        FIRES,
        lambda: unheard_and("ice", {"tx_multicast.nic": 20}, if_counters__rx_multicast=0),
        "got none",
        fault="physical",
        confidence="conclusive",
    ),
    Case("R05c", SILENT, lambda: unheard_and("ice", {"tx_multicast.nic": 20})),
    Case("R05c", UNASKED, unheard("ice").verdict, "no switch evidence"),
    Case(
        "R05c",
        UNASKED,
        lambda: unheard_and(if_counters__rx_multicast=0),
        "no nic counter",
    ),
    Case(
        "R05d",
        FIRES,
        lambda: unheard_and(lacp_counters__rx=20, lacp_counters__rx_illegal=20),
        "illegal or unknown",
        fault="switch",
        confidence="likely",
    ),
    Case("R05d", FIRES, lambda: unheard_and(lacp_counters__rx=20), "holds no partner"),
    Case("R05d", SILENT, unheard_and),
    Case("R05d", UNASKED, lambda: unheard_and(lacp_counters__rx=None), "no two samples"),
    Case("R06", FIRES, silent("ice").verdict, "does not hear the far end", fault="insufficient"),
    Case("R06", SILENT, healthy().verdict),
    Case("R06", SILENT, passive().verdict),
    Case("R06", UNASKED, states_unknown, "not known"),
    Case("R06a", FIRES, silenced_by_switch().verdict, "none was let out", fault="switch"),
    Case("R06a", FIRES, nobody_there().verdict, "do not run LACP", confidence="likely"),
    Case("R06a", FIRES, passive().verdict, "lacp_active is off", fault="host"),
    Case(
        "R06a",
        FIRES,
        lambda: silent_and(lacp_counters__tx=0),
        "sent no LACPDU",
        fault="switch",
        confidence="conclusive",
    ),
    Case("R06a", FIRES, lambda: silent_and(lag__mode="static"), "static LAG"),
    Case("R06a", FIRES, lambda: silent_and("veth", if_counters__tx_multicast=0), "no multicast"),
    Case("R06a", SILENT, lambda: silent_and(if_counters__tx_multicast=20)),
    Case("R06d", SILENT, lambda: silent_and("virtio_net", if_counters__tx_multicast=0)),
    Case("R06a", SILENT, healthy().verdict),
    Case("R06a", SILENT, no_lacp_active),
    Case("R06a", SILENT, passive_far_end_only),
    Case("R06a", UNASKED, silent("ice").verdict, "no switch evidence"),
    Case(
        "R06b",
        FIRES,
        lambda: silent_and("ice", {"rx_multicast.nic": 0}),
        "received no multicast",
        fault="physical",
        confidence="conclusive",
    ),
    Case("R06b", SILENT, lambda: silent_and("ice", {"rx_multicast.nic": 0}, lacp_counters__tx=0)),
    Case("R06b", UNASKED, silent_and, "rx_multicast_phy"),
    Case("R06c", FIRES, ingress_dropped().verdict, "behind the tap", fault="host"),
    Case("R06c", FIRES, filtered, "does not listen", confidence="conclusive"),
    Case(
        "R06c",
        FIRES,
        lambda: silent_and("ice", {"rx_unknown_protocol": 9}),
        "rx_unknown_protocol grew by 9",
        confidence="likely",
    ),
    Case(
        "R06c",
        FIRES,
        lambda: silent_and("ice", {"rx_multicast.nic": 25}),
        "none reached the tap",
        confidence="conclusive",
    ),
    Case("R06c", SILENT, healthy().verdict),
    Case("R06c", SILENT, silenced_by_switch().verdict),
    Case("R06c", UNASKED, silent("ice").verdict, "not known"),
    Case("R06d", FIRES, lambda: silent_and("virtio_net"), "virtio_net", fault="physical"),
    Case("R06d", FIRES, lambda: silent_and("veth"), "veth", confidence="hint"),
    Case("R06d", SILENT, silent_and),
    Case("R06d", SILENT, healthy().verdict),
    Case("R06d", UNASKED, silent("virtio_net").verdict, "no switch evidence"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_rule(case: Case) -> None:
    check(case)


def test_what_a_frozen_counter_did_is_told_with_its_figures() -> None:
    verdict = frozen([77, 77, 77, 78])
    assert (verdict["fault"], verdict["direction"], verdict["members"]) == (
        "host",
        "transmit",
        ["eno2"],
    )
    first, then = verdict["arithmetic"]
    assert "tx_packets 77 in 3 readings in a row" in first
    assert "1000 -> 1040 (+40)" in first
    assert "124 bytes / 1 packet: exactly one LACPDU" in then
