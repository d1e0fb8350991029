# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd-networkd's files, its own and those that netplan generates."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import bond_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.intent_ini import lines
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.intent_networkd import (
    intents,
    milliseconds,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot

from .config_tree import DENIED, NETWORKD_RUNS, intent_of, record_of, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ETC, RUN, USR = "/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network"
NICS = ("bond0", "eno1", "eno2", "eno3", "lo", "bonding_masters")
NETDEV = """[NetDev]
Name=bond0
Kind=bond
MTUBytes=9000

[Bond]
Mode=802.3ad
LACPTransmitRate=fast
MIIMonitorSec=100ms
TransmitHashPolicy=layer3+4
"""
PORTS = "[Match]\nName=eno1 eno2\n\n[Network]\nBond=bond0\n"
BOND = "[Match]\nName=bond0\n\n[Network]\nAddress=10.99.0.1/24\nDHCP=no\n"
USUAL = {
    f"{ETC}/10-bond0.netdev": NETDEV,
    f"{ETC}/20-ports.network": PORTS,
    f"{ETC}/30-bond0.network": BOND,
    **NETWORKD_RUNS,
}
OWN = "systemd-networkd"


def test_the_usual_files() -> None:
    assert intent_of(USUAL, NICS) == {
        OWN: {
            "files": [
                f"{ETC}/10-bond0.netdev",
                f"{ETC}/20-ports.network",
                f"{ETC}/30-bond0.network",
            ],
            "settings": {
                "mtu": 9000,
                "mode": "802.3ad",
                "options.lacp_rate": "fast",
                "options.miimon": 100,
                "options.xmit_hash_policy": "layer3+4",
            },
            "members": ["eno1", "eno2"],
            "addresses": ["10.99.0.1/24"],
            "at_boot": True,
            "acts": True,
            "unrecognised": [],
        }
    }


SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "seconds": ("MIIMonitorSec=1", {"options.miimon": 1000}),
    "fraction": ("MIIMonitorSec=0.1", {"options.miimon": 100}),
    "compound": ("UpDelaySec=1min 2s 500ms", {"options.updelay": 62500}),
    "learn interval": (
        "Mode=balance-alb\nLearnPacketIntervalSec=2",
        {"mode": "balance-alb", "options.lp_interval": 2},
    ),
    "min links": ("MinLinks=2", {"options.min_links": 2}),
    "select": ("AdSelect=bandwidth", {"options.ad_select": "bandwidth"}),
    "system": (
        "AdActorSystem=02:00:00:00:00:AA\nAdActorSystemPriority=100\nAdUserPortKey=5",
        {
            "options.ad_actor_system": "02:00:00:00:00:aa",
            "options.ad_actor_sys_prio": 100,
            "options.ad_user_port_key": 5,
        },
    ),
    "boolean": ("AllSlavesActive=true", {"options.all_slaves_active": 1}),
    "targets": (
        "ARPIPTargets=10.0.0.1 10.0.0.2\nARPIPTargets=10.0.0.3",
        {"options.arp_ip_target": ["10.0.0.1", "10.0.0.2", "10.0.0.3"]},
    ),
    "last one counts": ("MinLinks=1\nMinLinks=2", {"options.min_links": 2}),
    "empty says nothing": ("MinLinks=", {}),
    "comments": ("#MinLinks=1\n; MinLinks=2", {}),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(case: str) -> None:
    text, expected = SETTINGS[case]
    netdev = f"[NetDev]\nName=bond0\nKind=bond\n[Bond]\n{text}\n"
    found = intent_of({f"{ETC}/b.netdev": netdev, **NETWORKD_RUNS})[OWN]
    assert found["settings"] == expected
    assert found["unrecognised"] == []


@pytest.mark.parametrize("kind", ["Kind=bond", "  Kind = bond ", "Kind=Bond"])
def test_a_bond_without_options(kind: str) -> None:
    netdev = f"[NetDev]\nName=bond0\n{kind}\n"
    assert list(intent_of({f"{ETC}/b.netdev": netdev, **NETWORKD_RUNS})) == [OWN]


@pytest.mark.parametrize("line", ["FutureOption=1", "MIIMonitorSec=often", "AdActorSystem=none"])
def test_what_is_not_understood_is_kept(line: str) -> None:
    netdev = f"[NetDev]\nName=bond0\nKind=bond\n[Bond]\n{line}\n"
    found = intent_of({f"{ETC}/b.netdev": netdev, **NETWORKD_RUNS})[OWN]
    assert found["unrecognised"] == [line]


def test_a_bond_that_is_left_to_others_is_not_networkds() -> None:
    network = "[Match]\nName=bond0\n[Link]\nUnmanaged=yes\n"
    assert intent_of({f"{ETC}/b.network": network, **NETWORKD_RUNS}) == {}


def test_what_networkd_ignores_in_a_mode_is_no_setting() -> None:
    netdev = f"{NETDEV}LearnPacketIntervalSec=3\nPacketsPerSlave=4\n"
    found = intent_of({f"{ETC}/b.netdev": netdev, **NETWORKD_RUNS})[OWN]
    assert not {"options.lp_interval", "options.packets_per_slave"} & set(found["settings"])
    assert found["unrecognised"] == [
        "options.lp_interval 3: networkd does not set it in this mode",
        "options.packets_per_slave 4: networkd does not set it in this mode",
    ]


MEMBERS: dict[str, tuple[dict[str, str], Sequence[str]]] = {
    "pattern": ({"20-p.network": "[Match]\nName=eno*\n[Network]\nBond=bond0"}, NICS[1:4]),
    "not all": ({"20-p.network": "[Match]\nName=!eno3 lo bond*\n[Network]\nBond=bond0"}, NICS[1:3]),
    "missing here": (
        {"20-p.network": "[Match]\nName=eno1 eno9\n[Network]\nBond=bond0"},
        ["eno1", "eno9"],
    ),
    "one file each": (
        {
            "20-a.network": "[Match]\nName=eno2\n[Network]\nBond=bond0",
            "20-b.network": "[Match]\nName=eno3\n[Network]\nBond=bond0",
        },
        ["eno2", "eno3"],
    ),
    "an earlier file takes it": (
        {
            "10-own.network": "[Match]\nName=eno1\n[Network]\nDHCP=yes",
            "20-p.network": "[Match]\nName=eno1 eno2\n[Network]\nBond=bond0",
        },
        ["eno2"],
    ),
    "another bond": ({"20-p.network": "[Match]\nName=eno1\n[Network]\nBond=bond1"}, []),
    "drop-in": (
        {
            "20-p.network": "[Match]\nName=eno1\n[Network]\nDHCP=no",
            "20-p.network.d/bond.conf": "[Network]\nBond=bond0",
        },
        ["eno1"],
    ),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_members(case: str) -> None:
    files, expected = MEMBERS[case]
    tree = {f"{ETC}/{name}": text for name, text in files.items()}
    found = intent_of({**tree, f"{ETC}/b.netdev": NETDEV, **NETWORKD_RUNS}, NICS)
    assert found[OWN]["members"] == list(expected)


def test_a_match_that_cannot_be_told_is_kept() -> None:
    network = "[Match]\nPath=pci-0000:3b:*\n[Network]\nBond=bond0\n"
    tree = {f"{ETC}/b.netdev": NETDEV, f"{ETC}/p.network": network, **NETWORKD_RUNS}
    found = intent_of(tree, ("bond0", "eno1"))[OWN]
    assert found["members"] == []
    assert found["unrecognised"] == [f"{ETC}/p.network: whether it applies to eno1 cannot be told"]


def link_message(name: str, kind: str, address: str, permanent: str) -> bytes:
    """RTM_NEWLINK with IFLA_IFNAME, IFLA_ADDRESS, IFLA_LINKINFO and IFLA_PERM_ADDRESS."""

    def attribute(number: int, value: bytes) -> bytes:
        return struct.pack("<HH", 4 + len(value), number) + value + bytes(-len(value) % 4)

    body = struct.pack("<BxHiII", 0, 1, 3, 0x1003, 0)
    body += attribute(3, name.encode() + b"\0")
    body += attribute(1, bytes.fromhex(address.replace(":", "")))
    body += attribute(18, attribute(1, kind.encode() + b"\0")) if kind else b""
    body += attribute(54, bytes.fromhex(permanent.replace(":", "")))
    return struct.pack("<IHHII", 16 + len(body), 16, 2, 0, 0) + body


MATCHES = {
    "permanent address": ("PermanentMACAddress=02:00:00:00:00:01", ["eno1"]),
    "permanent address of another": ("PermanentMACAddress=02:00:00:00:00:02", []),
    "address that it had before": ("MACAddress=02:00:00:00:00:01 02:00:00:00:00:09", ["eno1"]),
    "address of the bond": ("MACAddress=02:00:00:00:00:ff", []),
    "kind": ("Kind=veth", ["eno1"]),
    "type": ("Type=ether\nName=eno*", ["eno1"]),
    "another type": ("Type=wlan", []),
    "driver": ("Driver=ice*", ["eno1"]),
}


@pytest.mark.parametrize("case", MATCHES)
def test_matches_by_what_the_kernel_says_of_an_interface(case: str) -> None:
    lines_of_match, expected = MATCHES[case]
    network = f"[Match]\n{lines_of_match}\n[Network]\nBond=bond0\n"
    tree = {f"{ETC}/b.netdev": NETDEV, f"{ETC}/p.network": network, **NETWORKD_RUNS}
    read = snapshot_of(tree, ("bond0", "eno1"))
    message = link_message("eno1", "veth", "02:00:00:00:00:ff", "02:00:00:00:00:01")
    snapshot = Snapshot(
        files=read.files,
        folders=read.folders,
        symlinks={"/sys/class/net/eno1/device/driver": "../../../bus/pci/drivers/ice"},
        dumps={"links": message},
        facts={"byteorder": "little"},
    )
    assert intents(snapshot, "bond0")[OWN].members == expected


PRECEDENCE: dict[str, tuple[dict[str, str], int]] = {
    "etc over usr": ({f"{USR}/b.netdev": "9000", f"{ETC}/b.netdev": "1500"}, 1500),
    "etc over run": ({f"{RUN}/b.netdev": "9000", f"{ETC}/b.netdev": "1500"}, 1500),
    "first name": ({f"{ETC}/20.netdev": "9000", f"{ETC}/10.netdev": "1500"}, 1500),
    "drop-in": (
        {f"{USR}/b.netdev": "9000", f"{ETC}/b.netdev.d/x.conf": "1500"},
        1500,
    ),
    "drop-ins by name": (
        {
            f"{ETC}/b.netdev": "1",
            f"{ETC}/b.netdev.d/1.conf": "9000",
            f"{RUN}/b.netdev.d/2.conf": "1500",
        },
        1500,
    ),
}


@pytest.mark.parametrize("case", PRECEDENCE)
def test_precedence(case: str) -> None:
    files, expected = PRECEDENCE[case]
    tree = {
        path: f"[NetDev]\nName=bond0\nKind=bond\nMTUBytes={mtu}\n" for path, mtu in files.items()
    }
    found = intent_of({**tree, **NETWORKD_RUNS})[OWN]
    assert found["settings"]["mtu"] == expected


def test_an_empty_file_masks_its_namesakes() -> None:
    tree = {f"{USR}/b.netdev": NETDEV, f"{ETC}/b.netdev": "", **NETWORKD_RUNS}
    assert intent_of(tree) == {}


def test_what_lies_in_run_does_not_outlive_a_reboot() -> None:
    assert intent_of({f"{RUN}/b.netdev": NETDEV, **NETWORKD_RUNS})[OWN]["at_boot"] is False


def test_files_of_a_manager_that_is_off_do_nothing_at_boot() -> None:
    tree = {f"{ETC}/b.netdev": NETDEV, "/run/systemd/units/invocation:ssh.service": ""}
    record = record_of(tree)
    assert record.value(bond_fields.MANAGERS) == []
    found = record.value(bond_fields.INTENT)[OWN]
    assert (found["at_boot"], found["acts"]) == (False, False)


GENERATED = {
    "/etc/netplan/50-cloud-init.yaml": "network: {bonds: {bond0: {}}}",
    f"{RUN}/10-netplan-bond0.netdev": NETDEV,
    f"{RUN}/10-netplan-bond0.network": BOND,
    f"{RUN}/10-netplan-eno1.network": "[Match]\nName=eno1\n[Network]\nBond=bond0\n",
    **NETWORKD_RUNS,
}


def test_what_netplan_generates_is_netplans() -> None:
    record = record_of(GENERATED, NICS)
    assert record.value(bond_fields.MANAGERS) == ["netplan"]
    found = record.value(bond_fields.INTENT)["netplan"]
    assert found["members"] == ["eno1"]
    assert found["settings"]["options.miimon"] == 100
    assert found["at_boot"] is True


def test_netplan_and_files_of_ones_own_are_two_managers() -> None:
    tree = {**GENERATED, f"{ETC}/20-eno2.network": PORTS}
    record = record_of(tree, NICS)
    assert record.value(bond_fields.MANAGERS) == ["netplan", OWN]


def test_yaml_without_its_files_is_unknown() -> None:
    yaml = "/etc/netplan/01.yaml"
    tree = {yaml: "network:\n  bonds:\n    'bond0': {interfaces: [eno1]}", **NETWORKD_RUNS}
    reason = f"{yaml} names bond0, but netplan has generated nothing from it"
    assert record_of(tree).fact(bond_fields.INTENT) == Unknown(reason)
    assert intent_of(tree, name="bond1") == {}


def test_an_unreadable_file_is_never_no_intent() -> None:
    path = f"{ETC}/b.netdev"
    record = record_of({path: DENIED, **NETWORKD_RUNS})
    reason = f"{path}: Permission denied: root can read it"
    assert record.fact(bond_fields.INTENT) == Unknown(reason)
    assert record.fact(bond_fields.MANAGERS) == Unknown(reason)


def test_an_unreadable_folder_is_never_no_intent() -> None:
    record = record_of({ETC: DENIED, **NETWORKD_RUNS})
    assert record.fact(bond_fields.INTENT) == Unknown(f"{ETC}: Permission denied")


SPANS = {
    "100ms": 100,
    "1s": 1000,
    "1": 1000,
    "0.1": 100,
    ".5s": 500,
    "1min 2s": 62000,
    "200us": 0,
    "1h": 3600000,
    "": None,
    "infinity": None,
    "ms": None,
    "1.2.3": None,
    "5 parsecs": None,
    "-1": None,
    "1e3": None,
}


@pytest.mark.parametrize("text", SPANS)
def test_time_spans(text: str) -> None:
    assert milliseconds(text) == SPANS[text]


@given(st.text())
def test_any_text_is_a_span_or_none(text: str) -> None:
    found = milliseconds(text)
    assert found is None or found >= 0


@given(st.text())
def test_any_text_is_split(text: str) -> None:
    assert all("=" not in line.key for line in lines(text))


WORDS = st.sampled_from(
    "[Match] [NetDev] [Bond] [Network] [Link] Name= bond0 eno* !x Kind=bond Bond=bond0 Mode=4 "
    "MIIMonitorSec= 1s MTUBytes=9K MACAddress= Address= 1.2.3.4/5 PermanentMACAddress=x \n \\\n "
    "MinLinks=".split(" ")
)


@given(st.lists(WORDS, max_size=40), st.sampled_from(["b.netdev", "b.network", "b.link"]))
def test_any_words_are_understood_or_kept(words: list[str], name: str) -> None:
    text = " ".join(words).replace(" \n ", "\n")
    record_of({**USUAL, f"{ETC}/{name}": text}, NICS)
