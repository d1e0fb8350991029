# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/network/interfaces of ifupdown and ifupdown2."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import bond_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Unknown
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.intent_ifupdown import stanzas

from .config_tree import IFUPDOWN_ENABLED, intent_of, record_of

MAIN = "/etc/network/interfaces"
NICS = ("bond0", "eno1", "eno2", "eno3", "lo", "bonding_masters")
USUAL = """
# The loopback network interface
auto lo
iface lo inet loopback
source interfaces.d/*

auto bond0
iface bond0 inet static
    address 10.99.0.3/24
    gateway 10.99.0.254
    bond-slaves eno1 eno2
    bond-mode 802.3ad
    bond-miimon 100
    bond-lacp-rate fast
    bond-xmit-hash-policy layer3+4
    mtu 9000
iface bond0 inet6 static
    address fd00::3
    netmask 64
"""


def test_the_usual_stanza() -> None:
    assert intent_of({MAIN: USUAL, **IFUPDOWN_ENABLED}, NICS) == {
        "ifupdown": {
            "files": [MAIN],
            "settings": {
                "mode": "802.3ad",
                "options.miimon": 100,
                "options.lacp_rate": "fast",
                "options.xmit_hash_policy": "layer3+4",
                "mtu": 9000,
            },
            "members": ["eno1", "eno2"],
            "addresses": ["10.99.0.3/24", "fd00::3/64"],
            "at_boot": True,
            "acts": True,
            "unrecognised": [],
        }
    }


# name: (lines of the stanza, settings)
SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "underscores": ("bond_miimon 50", {"options.miimon": 50}),
    "mixed spelling": ("bond-lacp_rate 1", {"options.lacp_rate": "fast"}),
    "mode by number": ("bond-mode 4", {"mode": "802.3ad"}),
    "mode by name": ("bond-mode active-backup", {"mode": "active-backup"}),
    "rate by number": ("bond-lacp-rate 0", {"options.lacp_rate": "slow"}),
    "policy by number": ("bond-xmit-hash-policy 2", {"options.xmit_hash_policy": "layer2+3"}),
    "min links": ("bond-min-links 2", {"options.min_links": 2}),
    "yes": ("bond-use-carrier yes", {"options.use_carrier": 1}),
    "grat arp": ("bond-num-grat-arp 3", {"options.num_peer_notif": 3}),
    "ifupdown2's system": (
        "bond-ad-sys-mac-addr 44:38:39:FF:00:01\n bond-ad-sys-priority 100",
        {
            "options.ad_actor_system": "44:38:39:ff:00:01",
            "options.ad_actor_sys_prio": 100,
        },
    ),
    "targets": (
        "bond-arp-ip-target 10.0.0.1,10.0.0.2",
        {"options.arp_ip_target": ["10.0.0.1", "10.0.0.2"]},
    ),
    "targets on two lines": (
        "bond-arp-ip-target 10.0.0.1\n bond-arp-ip-target +10.0.0.2",
        {"options.arp_ip_target": ["10.0.0.1", "10.0.0.2"]},
    ),
    "hardware address": ("hwaddress ether 02-AA-BB-CC-DD-EE", {"mac": "02:aa:bb:cc:dd:ee"}),
    "continued line": ("bond-miimon \\\n 100", {"options.miimon": 100}),
    "comment": ("# bond-miimon 100", {}),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(case: str) -> None:
    lines, expected = SETTINGS[case]
    text = f"auto bond0\niface bond0 inet manual\n {lines}\n"
    found = intent_of({MAIN: text, **IFUPDOWN_ENABLED})["ifupdown"]
    assert found["settings"] == expected
    assert found["unrecognised"] == []


UNRECOGNISED = {
    "new option": ("bond-quantum-rate 7", ["bond_quantum_rate 7"]),
    "not a number": ("bond-miimon often", ["bond_miimon often"]),
    "number of no policy": ("bond-xmit-hash-policy 17", ["bond_xmit_hash_policy 17"]),
    "command": ("pre-up ip link set eno1 mtu 9000", ["pre-up ip link set eno1 mtu 9000"]),
    "regular expression": ("bond-slaves regex eno[12]", ["bond_slaves regex eno[12]"]),
}


@pytest.mark.parametrize("case", UNRECOGNISED)
def test_what_is_not_understood_is_kept(case: str) -> None:
    line, expected = UNRECOGNISED[case]
    found = intent_of({MAIN: f"iface bond0\n {line}\n", **IFUPDOWN_ENABLED})["ifupdown"]
    assert found["settings"] == {}
    assert found["unrecognised"] == expected


# name: (text, members)
MEMBERS = {
    "bond-slaves": ("iface bond0\n bond-slaves eno1 eno2", ["eno1", "eno2"]),
    "slaves": ("iface bond0\n slaves eno1", ["eno1"]),
    "none, and masters": (
        (
            "iface bond0\n bond-slaves none\niface eno1\n bond-master bond0\niface eno3\n"
            " bond_master bond0\niface eno2\n bond-master bond1"
        ),
        ["eno1", "eno3"],
    ),
    "masters alone": ("iface eno2 inet manual\n bond-master bond0", ["eno2"]),
    "wildcard": ("iface bond0\n bond-slaves eno*", ["eno1", "eno2", "eno3"]),
    "glob range": ("iface bond0\n bond-slaves glob swp[1-2]s0 eno1", ["swp1s0", "swp2s0", "eno1"]),
    "glob bare range": ("iface bond0\n bond-slaves glob swp9-11", ["swp9", "swp10", "swp11"]),
    "missing on this host": ("iface bond0\n bond-slaves eno1 eno9", ["eno1", "eno9"]),
    "inherited": (
        "iface base\n bond-slaves eno1\niface bond0 inet manual inherits base\n mtu 9000",
        ["eno1"],
    ),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_members(case: str) -> None:
    text, expected = MEMBERS[case]
    assert intent_of({MAIN: text, **IFUPDOWN_ENABLED}, NICS)["ifupdown"]["members"] == expected


def test_an_own_option_beats_the_inherited_one() -> None:
    text = "iface base\n mtu 9000\n bond-miimon 50\niface bond0 inherits base\n mtu 1500\n"
    found = intent_of({MAIN: text, **IFUPDOWN_ENABLED})["ifupdown"]
    assert found["settings"] == {"mtu": 1500, "options.miimon": 50}


def test_inheritance_in_a_circle_ends() -> None:
    text = "iface a inherits b\n mtu 1\niface b inherits a\niface bond0 inherits a\n"
    found = intent_of({MAIN: text, **IFUPDOWN_ENABLED})["ifupdown"]
    assert found["settings"] == {"mtu": 1}


AT_BOOT = {
    "auto": ("auto lo bond0\niface bond0\n", True),
    "hotplug": ("allow-hotplug bond0\niface bond0\n", True),
    "its member": ("auto eno1\niface bond0\niface eno1\n bond-master bond0\n", True),
    "pattern": ("auto /bond*\niface bond0\n", True),
    "another class": ("allow-storage bond0\niface bond0\n", False),
    "not at all": ("iface bond0\n", False),
    "another one": ("auto bond01\niface bond0\n", False),
}


@pytest.mark.parametrize("case", AT_BOOT)
def test_at_boot(case: str) -> None:
    text, expected = AT_BOOT[case]
    assert intent_of({MAIN: text, **IFUPDOWN_ENABLED})["ifupdown"]["at_boot"] is expected


STANZA = "auto bond0\niface bond0\n mtu 9000\n"
SOURCED = {
    "all files of a folder": (
        {MAIN: "source /etc/network/interfaces.d/*\n", "/etc/network/interfaces.d/b": STANZA},
        "/etc/network/interfaces.d/b",
    ),
    "relative": (
        {MAIN: "source interfaces.d/*.cfg\n", "/etc/network/interfaces.d/b.cfg": STANZA},
        "/etc/network/interfaces.d/b.cfg",
    ),
    "one file": ({MAIN: "source /srv/net\n", "/srv/net": STANZA}, "/srv/net"),
    "folder": (
        {MAIN: "source-directory /etc/ifs\n", "/etc/ifs/b_0-1": STANZA, "/etc/ifs/b.old": "x"},
        "/etc/ifs/b_0-1",
    ),
    "wildcard in the middle": (
        {MAIN: "source /etc/net*/parts/?\n", "/etc/network2/parts/1": STANZA},
        "/etc/network2/parts/1",
    ),
    "twice removed": (
        {MAIN: "source a\n", "/etc/network/a": "source sub/b\n", "/etc/network/sub/b": STANZA},
        "/etc/network/sub/b",
    ),
    "in a circle": ({MAIN: f"source interfaces\n{STANZA}"}, MAIN),
}


@pytest.mark.parametrize("case", SOURCED)
def test_sourced_files_are_followed(case: str) -> None:
    tree, expected = SOURCED[case]
    found = intent_of({**tree, **IFUPDOWN_ENABLED})["ifupdown"]
    assert found["files"] == [expected]
    assert found["settings"] == {"mtu": 9000}


def test_ten_megabytes_of_garbage_are_not_parsed() -> None:
    garbage = "iface bond0\n" * 900_000
    reason = f"{MAIN}: larger than 1048576 bytes: not read"
    record = record_of({MAIN: garbage, **IFUPDOWN_ENABLED})
    assert record.fact(bond_fields.INTENT) == Unknown(reason)


def test_ifupdown2_is_told_by_its_code() -> None:
    tree = {MAIN: STANZA, "/usr/share/ifupdown2/__main__.py": "", **IFUPDOWN_ENABLED}
    assert list(intent_of(tree)) == ["ifupdown2"]


def test_other_interfaces_are_nobodys_intent_for_the_bond() -> None:
    text = "auto eno1\niface eno1 inet dhcp\niface bond01 inet manual\n"
    assert intent_of({MAIN: text, **IFUPDOWN_ENABLED}) == {}


@given(st.text())
def test_any_text_is_split(text: str) -> None:
    assert all(stanza.keyword for stanza in stanzas(text))


WORDS = st.sampled_from(
    "auto iface bond0 eno1 inherits source source-directory /* ../x [ bond-slaves bond-mode 4 glob "
    "swp[1-9] mtu address netmask 255.0.0.0 hwaddress ether pre-up bond-master \\ # \n".split(" ")
)


@given(st.lists(WORDS, max_size=40))
def test_any_words_are_understood_or_kept(words: list[str]) -> None:
    intent_of({MAIN: " ".join(words).replace("\n ", "\n"), **IFUPDOWN_ENABLED}, NICS)


def test_truncation_at_every_byte() -> None:
    for length in range(len(USUAL)):
        intent_of({MAIN: USUAL[:length], **IFUPDOWN_ENABLED}, NICS)
