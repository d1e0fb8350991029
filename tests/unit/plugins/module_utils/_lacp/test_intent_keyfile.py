# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetworkManager's profiles, its own and those that netplan generates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import bond_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known, Unknown

from .config_tree import DENIED, KEYFILE_RUNS, intent_of, record_of

ETC = "/etc/NetworkManager/system-connections"
RUN = "/run/NetworkManager/system-connections"
USR = "/usr/lib/NetworkManager/system-connections"
OWN = "NetworkManager"
UUID = "7e1e4b3c-3d4e-4c0f-9a53-0f4f0a1c2b3d"
BOND = f"""[connection]
id=Uplink
uuid={UUID}
type=bond
interface-name=bond0

[ethernet]
mtu=9000

[bond]
lacp_rate=1
miimon=100
mode=802.3ad
xmit_hash_policy=layer3+4

[ipv4]
address1=10.99.0.4/24,10.99.0.254
method=manual
"""


def port(name: str, master: str = "bond0", key: str = "master") -> str:
    return (
        f"[connection]\nid={name}\nuuid=port-{name}\ntype=ethernet\ninterface-name={name}\n"
        f"{key}={master}\nslave-type=bond\n"
    )


USUAL = {
    f"{ETC}/Uplink.nmconnection": BOND,
    f"{ETC}/eno1.nmconnection": port("eno1"),
    f"{ETC}/eno2.nmconnection": port("eno2", UUID, "controller"),
    f"{ETC}/eno3.nmconnection": port("eno3", "bond1"),
    **KEYFILE_RUNS,
}


def test_the_usual_profiles() -> None:
    assert intent_of(USUAL) == {
        OWN: {
            "files": [f"{ETC}/{name}.nmconnection" for name in ("Uplink", "eno1", "eno2")],
            "settings": {
                "mtu": 9000,
                "options.lacp_rate": "fast",
                "options.miimon": 100,
                "mode": "802.3ad",
                "options.xmit_hash_policy": "layer3+4",
            },
            "members": ["eno1", "eno2"],
            "addresses": ["10.99.0.4/24"],
            "at_boot": True,
            "acts": True,
            "unrecognised": [],
        }
    }


def bond(extra: str = "", options: str = "mode=802.3ad", uuid: str = UUID) -> str:
    return (
        f"[connection]\nid=x\nuuid={uuid}\ntype=bond\ninterface-name=bond0\n{extra}\n"
        f"[bond]\n{options}\n"
    )


AT_BOOT: dict[str, tuple[str, str, bool]] = {
    "profile": (ETC, "", True),
    "shipped": (USR, "", True),
    "not by itself": (ETC, "autoconnect=false", False),
    "in memory": (RUN, "", False),
}


@pytest.mark.parametrize("case", AT_BOOT)
def test_at_boot(case: str) -> None:
    folder, extra, expected = AT_BOOT[case]
    tree = {f"{folder}/x.nmconnection": bond(extra), **KEYFILE_RUNS}
    assert intent_of(tree)[OWN]["at_boot"] is expected


def test_the_folder_of_higher_precedence_wins() -> None:
    tree = {
        f"{ETC}/a.nmconnection": bond(options="miimon=50"),
        f"{USR}/b.nmconnection": bond(options="miimon=100"),
        **KEYFILE_RUNS,
    }
    assert intent_of(tree)[OWN]["settings"] == {"options.miimon": 50}


def test_profiles_that_differ_leave_it_open() -> None:
    tree = {
        f"{ETC}/a.nmconnection": bond(options="miimon=50\nmode=4"),
        f"{ETC}/b.nmconnection": bond(options="miimon=100\nmode=802.3ad", uuid="other"),
        **KEYFILE_RUNS,
    }
    found = intent_of(tree)[OWN]
    assert found["settings"] == {"mode": "802.3ad"}
    assert found["unrecognised"] == [
        "the profiles differ on options.miimon: which applies is not written"
    ]


IGNORED: dict[str, str] = {
    "what NetworkManager generated for a foreign bond": bond("[.nmmeta]\nnm-generated=true"),
    "another kind of profile": "[connection]\ntype=ethernet\ninterface-name=bond0\nuuid=1\n",
    "another bond": bond().replace("bond0", "bond1"),
    "empty": "",
}


@pytest.mark.parametrize("case", IGNORED)
def test_profiles_that_want_nothing_of_the_bond(case: str) -> None:
    record = record_of({f"{RUN}/x.nmconnection": IGNORED[case], **KEYFILE_RUNS})
    assert record.fact(bond_fields.MANAGERS) == Known([], "configuration")
    assert intent_of({f"{RUN}/x.nmconnection": IGNORED[case], **KEYFILE_RUNS}) == {}


@pytest.mark.parametrize("name", [".hidden.nmconnection", "x.nmconnection~", "x.bak"])
def test_files_that_networkmanager_ignores(name: str) -> None:
    assert intent_of({f"{ETC}/{name}": bond(), **KEYFILE_RUNS}) == {}


def test_a_port_without_an_interface_is_kept() -> None:
    profile = "[connection]\nuuid=p\ntype=ethernet\nmaster=bond0\n[ethernet]\nmac-address=x\n"
    tree = {f"{ETC}/b.nmconnection": bond(), f"{ETC}/p.nmconnection": profile, **KEYFILE_RUNS}
    found = intent_of(tree)[OWN]
    assert found["members"] == []
    assert found["unrecognised"] == [f"{ETC}/p.nmconnection names no interface"]


def test_an_option_that_is_not_the_kernels_is_kept() -> None:
    found = intent_of({f"{ETC}/b": bond(options="balance-slb=1"), **KEYFILE_RUNS})[OWN]
    assert found["unrecognised"] == ["balance-slb=1"]


def test_what_netplan_generates_is_netplans() -> None:
    tree = {
        "/etc/netplan/90-NM.yaml": "network: {}",
        f"{RUN}/netplan-bond0.nmconnection": bond(),
        f"{RUN}/netplan-eno1.nmconnection": port("eno1"),
        **KEYFILE_RUNS,
    }
    record = record_of(tree)
    assert record.value(bond_fields.MANAGERS) == ["netplan"]
    found: dict[str, Any] = record.value(bond_fields.INTENT)["netplan"]
    assert found["members"] == ["eno1"]
    assert found["at_boot"] is True


def test_a_profile_that_only_root_may_read_is_never_no_intent() -> None:
    path = f"{ETC}/b.nmconnection"
    record = record_of({path: DENIED, **KEYFILE_RUNS})
    reason = f"{path}: Permission denied: root can read it"
    assert record.fact(bond_fields.INTENT) == Unknown(reason)
    assert record.fact(bond_fields.MANAGERS) == Unknown(reason)


def test_what_can_be_read_is_told_though_others_hide() -> None:
    tree = {
        "/etc/network/interfaces": "iface bond0\n mtu 9000\n",
        f"{ETC}/b.nmconnection": DENIED,
        **KEYFILE_RUNS,
    }
    record = record_of(tree)
    found: dict[str, Any] = record.value(bond_fields.INTENT)
    assert list(found) == ["ifupdown"]
    assert isinstance(record.fact(bond_fields.MANAGERS), Unknown)


def test_a_huge_file_is_not_parsed() -> None:
    path = f"{ETC}/b.nmconnection"
    record = record_of({path: bond() + "#" * (1 << 20), **KEYFILE_RUNS})
    reason = f"{path}: larger than 1048576 bytes: not read"
    assert record.fact(bond_fields.INTENT) == Unknown(reason)


def test_bytes_that_are_not_utf_8_can_be_printed() -> None:
    tree = {f"{ETC}/\udcff.nmconnection": bond(options="x=\udcff"), **KEYFILE_RUNS}
    found = intent_of(tree)[OWN]
    assert found["files"] == [f"{ETC}/\\xff.nmconnection"]
    assert found["unrecognised"] == ["x=\\xff"]


def test_a_file_of_an_older_format_is_never_no_intent() -> None:
    path = "/etc/sysconfig/network-scripts/ifcfg-bond0"
    record = record_of({path: "DEVICE=bond0\n", **KEYFILE_RUNS})
    reason = f"{path}: files of this kind are not understood"
    assert record.fact(bond_fields.INTENT) == Unknown(reason)
    assert record_of({path: "", **KEYFILE_RUNS}, name="bond1").value(bond_fields.MANAGERS) == []


@given(st.text())
def test_any_text_is_a_profile(text: str) -> None:
    record_of({**USUAL, f"{ETC}/x.nmconnection": text})


def test_truncation_at_every_byte() -> None:
    for length in range(len(BOND)):
        record_of({**USUAL, f"{ETC}/Uplink.nmconnection": BOND[:length]})
