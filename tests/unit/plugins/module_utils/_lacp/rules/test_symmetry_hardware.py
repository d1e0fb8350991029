# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from unit.factory import (
    absent,
    healthy_bond,
    healthy_host,
    known,
    member,
    three_members,
    unknown,
)
from unit.rule_case import Case, blind, fires, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import member_fields as mf

HEALTHY = healthy_host()
ENO1, ENO2 = "bond0/eno1", "bond0/eno2"
DOWN = known(HEALTHY, ENO2, mf.CARRIER, value=False)
# Two NICs of different make: a choice, in which nothing needs to be alike.
TWO_MAKES = known(known(HEALTHY, ENO2, mf.DRIVER, "mlx5_core"), ENO2, mf.PCI_ID, "15b3:1019")
VIRTUAL = healthy_host(
    healthy_bond(
        members=[
            member(
                name,
                number,
                DRIVER="veth",
                DRIVER_VERSION="1.0",
                **dict.fromkeys(
                    ("PCI_ID", "BUS", "FIRMWARE", "RINGS", "CHANNELS", "PAUSE", "FEC"),
                    member().record.fact(mf.INGRESS_QDISC),
                ),
            )
            for number, name in enumerate(("eno1", "eno2"), 1)
        ]
    )
)

Map = dict[str, Any]


def features(**changed: bool) -> Map:
    off = {name.replace("_", "-"): value for name, value in changed.items()}
    return {"rx-checksumming": True, "tx-tcp-segmentation": True, "rx-gro": True, **off}


def rings(**changed: int) -> Map:
    return {"rx": 2048, "tx": 2048, "rx_max": 8160, "tx_max": 8160, **changed}


CASES = [
    fires(
        "driver-differs",
        "two makes",
        TWO_MAKES,
        "bond0 driver: eno1 ice, eno2 mlx5_core",
    ),
    silent("driver-differs", "one", HEALTHY),
    blind("driver-differs", "unknown", unknown(HEALTHY, ENO2, mf.DRIVER), "bond0/eno2 driver"),
    fires(
        "driver-version-differs",
        "one driver, two versions",
        known(HEALTHY, ENO2, mf.DRIVER_VERSION, "1.14.9"),
        "bond0 driver_version: eno1 6.12.107, eno2 1.14.9",
    ),
    silent("driver-version-differs", "equal", HEALTHY),
    silent(
        "driver-version-differs",
        "two drivers have two versions",
        known(TWO_MAKES, ENO2, mf.DRIVER_VERSION, "24.10"),
    ),
    blind(
        "driver-version-differs", "unknown", unknown(HEALTHY, ENO2, mf.DRIVER_VERSION), "version"
    ),
    fires(
        "firmware-differs",
        "two versions of one device",
        known(HEALTHY, ENO2, mf.FIRMWARE, "4.20 0x80017785 1.3346.0"),
        "bond0 firmware: eno1 4.80, eno2 4.20",
    ),
    fires(
        "firmware-differs",
        "one of three",
        known(three_members(), "bond0/eno2", mf.FIRMWARE, "4.20 0x80017785 1.3346.0"),
        "bond0 firmware: eno2 4.20; the other 2 4.80",
    ),
    silent("firmware-differs", "equal", HEALTHY),
    silent(
        "firmware-differs",
        "one version, images of two vendors",
        known(HEALTHY, ENO2, mf.FIRMWARE, "4.80 0x8002053d 1.3805.0"),
    ),
    fires(
        "firmware-differs",
        "a version behind a word",
        known(
            known(HEALTHY, ENO1, mf.FIRMWARE, "mfw 8.59.1.0 storm 8.59.1.0"),
            ENO2,
            mf.FIRMWARE,
            "mfw 8.42.2.0 storm 8.59.1.0",
        ),
        "bond0 firmware: eno1 8.59.1.0, eno2 8.42.2.0",
    ),
    silent("firmware-differs", "two makes", known(TWO_MAKES, ENO2, mf.FIRMWARE, "22.35.1012")),
    silent("firmware-differs", "virtual NICs have none", VIRTUAL),
    blind("firmware-differs", "unknown", unknown(HEALTHY, ENO2, mf.FIRMWARE), "firmware"),
    blind(
        "firmware-differs",
        "differs, but nobody knows whether the devices are alike",
        unknown(known(HEALTHY, ENO2, mf.FIRMWARE, "4.20"), ENO1, mf.PCI_ID),
        "bond0/eno1 pci_id",
    ),
    fires(
        "autonegotiation-differs",
        "one forced",
        known(HEALTHY, ENO2, mf.AUTONEG, value=False),
        "bond0 autonegotiation: eno1 on, eno2 off",
    ),
    silent("autonegotiation-differs", "equal", HEALTHY),
    silent(
        "autonegotiation-differs",
        "copper beside fibre",
        known(known(HEALTHY, ENO2, mf.AUTONEG, value=False), ENO2, mf.PORT_TYPE, "da"),
    ),
    silent("autonegotiation-differs", "one is down", known(DOWN, ENO2, mf.AUTONEG, value=False)),
    blind("autonegotiation-differs", "unknown", unknown(HEALTHY, ENO2, mf.AUTONEG), "autoneg"),
    fires(
        "port-type-differs",
        "copper beside fibre",
        known(HEALTHY, ENO2, mf.PORT_TYPE, "tp"),
        "bond0 port_type: eno1 fibre, eno2 tp",
    ),
    silent("port-type-differs", "equal", HEALTHY),
    blind("port-type-differs", "unknown", unknown(HEALTHY, ENO2, mf.PORT_TYPE), "port_type"),
    fires(
        "fec-differs",
        "one weaker",
        known(HEALTHY, ENO2, mf.FEC, "baser"),
        "bond0 fec: eno1 rs, eno2 baser",
    ),
    silent("fec-differs", "equal", HEALTHY),
    silent(
        "fec-differs",
        "another speed has another code",
        known(known(HEALTHY, ENO2, mf.FEC, "off"), ENO2, mf.SPEED, 10000),
    ),
    blind("fec-differs", "unknown", unknown(HEALTHY, ENO2, mf.FEC), "fec"),
    fires(
        "offload-differs",
        "two offloads, a finding each; a note is not one",
        known(HEALTHY, ENO2, mf.FEATURES, features(rx_gro=False, tx_tcp_segmentation=False)),
        "bond0 features.rx-gro: eno1 on, eno2 off",
        "bond0 features.tx-tcp-segmentation: eno1 on, eno2 off",
    ),
    fires(
        "offload-differs",
        "what one switch of ethtool turns off is one finding",
        known(
            known(HEALTHY, ENO1, mf.FEATURES, features(tx_tcp6_segmentation=True)),
            ENO2,
            mf.FEATURES,
            features(tx_tcp_segmentation=False, tx_tcp6_segmentation=False),
        ),
        "bond0 features.tso: eno1 on, eno2 off (tx-tcp-segmentation, tx-tcp6-segmentation)",
    ),
    silent("offload-differs", "equal", HEALTHY),
    silent(
        "offload-differs",
        "fixed off in another make",
        known(TWO_MAKES, ENO2, mf.FEATURES, features(rx_gro=False)),
    ),
    blind("offload-differs", "unknown", unknown(HEALTHY, ENO2, mf.FEATURES), "features"),
    fires(
        "feature-differs",
        "ntuple filters on one",
        known(
            known(HEALTHY, ENO1, mf.FEATURES, features(rx_ntuple_filter=True)),
            ENO2,
            mf.FEATURES,
            features(rx_ntuple_filter=False),
        ),
        "bond0 features.rx-ntuple-filter: eno1 on, eno2 off",
    ),
    silent(
        "feature-differs",
        "a feature that only one of them reports",
        known(HEALTHY, ENO1, mf.FEATURES, features(rx_ntuple_filter=True)),
    ),
    blind("feature-differs", "unknown", unknown(HEALTHY, ENO2, mf.FEATURES), "features"),
    fires(
        "private-flag-differs",
        "the link stays up on one",
        known(HEALTHY, ENO2, mf.PRIVATE_FLAGS, {"link-down-on-close": False}),
        "bond0 private_flags.link-down-on-close: eno1 on, eno2 off",
    ),
    silent("private-flag-differs", "equal", HEALTHY),
    silent("private-flag-differs", "none", absent(HEALTHY, ENO2, mf.PRIVATE_FLAGS)),
    blind("private-flag-differs", "unknown", unknown(HEALTHY, ENO2, mf.PRIVATE_FLAGS), "private"),
    fires(
        "rings-differ",
        "a smaller receive ring",
        known(HEALTHY, ENO2, mf.RINGS, rings(rx=512)),
        "bond0 rings.rx: eno1 2048, eno2 512",
    ),
    silent("rings-differ", "equal", HEALTHY),
    silent("rings-differ", "another maximum", known(HEALTHY, ENO2, mf.RINGS, rings(rx_max=4096))),
    silent("rings-differ", "two makes", known(TWO_MAKES, ENO2, mf.RINGS, rings(rx=1024))),
    silent("rings-differ", "virtual NICs have none", VIRTUAL),
    blind("rings-differ", "unknown", unknown(HEALTHY, ENO2, mf.RINGS), "rings"),
    fires(
        "channels-differ",
        "fewer queues",
        known(HEALTHY, ENO2, mf.CHANNELS, {"rx": 0, "tx": 0, "other": 2, "combined": 4}),
        "bond0 channels.combined: eno1 8, eno2 4",
    ),
    silent("channels-differ", "equal", HEALTHY),
    silent("channels-differ", "virtual NICs have none", VIRTUAL),
    blind("channels-differ", "unknown", unknown(HEALTHY, ENO2, mf.CHANNELS), "channels"),
    fires(
        "pause-differs",
        "one obeys pause frames",
        known(HEALTHY, ENO2, mf.PAUSE, {"autoneg": False, "rx": True, "tx": False}),
        "bond0 pause.rx: eno1 off, eno2 on",
    ),
    silent("pause-differs", "equal", HEALTHY),
    silent(
        "pause-differs",
        "a link that is down has negotiated none",
        known(DOWN, ENO2, mf.PAUSE, {"autoneg": False, "rx": True, "tx": True}),
    ),
    blind("pause-differs", "unknown", unknown(HEALTHY, ENO2, mf.PAUSE), "pause"),
    fires(
        "members-on-one-device",
        "two functions of a device",
        known(HEALTHY, ENO2, mf.BUS, "0000:3b:00.1"),
        "bond0 bus: all on 0000:3b:00",
    ),
    silent("members-on-one-device", "two devices", HEALTHY),
    silent("members-on-one-device", "virtual NICs have no bus", VIRTUAL),
    silent(
        "members-on-one-device",
        "a bus that tells nothing",
        known(known(HEALTHY, ENO1, mf.BUS, "virtio0"), ENO2, mf.BUS, "virtio1"),
    ),
    blind("members-on-one-device", "unknown", unknown(HEALTHY, ENO2, mf.BUS), "bus"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_symmetry_of_hardware(case: Case) -> None:
    prove(case)
