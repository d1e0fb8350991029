# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from lab import reader, seed
from lab.errors import LabError
from lab.reader import FOLDER, parse

HOST = "hosts: {h1: {bonds: {bond0: {members: [eno1, eno2]%s}}}}"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yml")))
def test_shipped_topologies_are_whole(name: str) -> None:
    topology = reader.load(name)
    assert topology.description
    for host in topology.hosts.values():
        plan = seed.plan(host)
        assert plan["host"] == host.name
        assert seed.host_files(host)["etc/hostname"] == f"{host.name}\n"


def test_members_are_cabled_to_numbered_ports_of_the_first_switch() -> None:
    host = parse(HOST % "", "t", "t.yml").hosts["h1"]
    ports = host.bonds["bond0"].members
    assert [(name, port.name, port.switch.name, port.lag) for name, port in ports.items()] == [
        ("eno1", "swp1", "sw", "po1"),
        ("eno2", "swp2", "sw", "po1"),
    ]


def test_on_and_off_stay_words() -> None:
    host = parse(HOST % ", options: {lacp_active: off, miimon: 100}", "t", "t.yml").hosts["h1"]
    assert host.bonds["bond0"].options == {"lacp_active": "off", "miimon": "100"}


def test_management_puts_the_hosts_address_on_the_bond() -> None:
    host = parse(HOST.replace("{bonds", "{management: bond0, bonds") % "", "t", "t.yml").hosts["h1"]
    assert host.bonds["bond0"].address == f"{host.address}/24"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("hosts: [", r"t\.yml: .*Cure: mend the YAML", id="not YAML"),
        pytest.param("[]", r"t\.yml: a mapping is wanted", id="a list"),
        pytest.param("{}", r"t\.yml: no hosts", id="empty"),
        pytest.param("hosts: {}", r"t\.yml\.hosts: 0 hosts", id="no host"),
        pytest.param("host: {}", r"t\.yml: unknown key 'host'.*one of", id="unknown key above"),
        pytest.param("hosts: {h1: {}}", r"t\.yml\.hosts\.h1: no bonds", id="no bonds"),
        pytest.param("hosts: {H_1: {}}", r"'H_1' is no host name", id="host name"),
        pytest.param(
            HOST % ", mtuu: 9000",
            r"t\.yml\.hosts\.h1\.bonds\.bond0: unknown key 'mtuu'\. Cure: one of kind, mode",
            id="unknown key of a bond",
        ),
        pytest.param(HOST % ", mtu: 100", r"bond0\.mtu: 100 is out of range", id="mtu"),
        pytest.param(HOST % ", mtu: big", r"a whole number is wanted, not 'big'", id="mtu type"),
        pytest.param(HOST % ", manager: wicked", r"'wicked' is not known", id="manager"),
        pytest.param(HOST % ", options: {rate: 1}", r"unknown key 'rate'", id="option"),
        pytest.param(HOST % ", vlans: {5000: {}}", r"'5000' is no VLAN", id="vlan"),
        pytest.param(HOST % ", faults: silent", r"a list is wanted", id="faults no list"),
        pytest.param(HOST % ", faults: [{a: {}, b: {}}]", r"one fault an entry", id="two faults"),
        pytest.param(HOST % ", expect: {eno1: well}", r"'well' is not known", id="expect"),
        pytest.param(
            "hosts: {h1: {hide: [bash], bonds: {b: {members: [e]}}}}", r"'bash'", id="hide"
        ),
        pytest.param(
            "hosts: {h1: {bonds: {b: {members: [e]}, c: {members: [e]}}}}",
            r"'e' is used twice",
            id="member twice",
        ),
        pytest.param(
            "hosts: {h1: {bonds: {b: {members: {e: {switch: leaf9}}}}}}",
            r"members\.e\.switch: 'leaf9' is not known\. Cure: one of sw",
            id="unknown switch",
        ),
        pytest.param(
            "hosts: {h1: {switches: {a: {system: 2}}, bonds: {b: {members: [e]}}}}",
            r"no MAC address",
            id="system",
        ),
        pytest.param(
            "hosts: {h1: {management: b, bonds: {b: {address: 10.0.0.1/8, members: [e]}}}}",
            r"h1\.management: b cannot carry the management address",
            id="management over a bond with an address",
        ),
        pytest.param(
            "hosts: {h1: {bonds: {b: {kind: team, manager: networkd, members: [e]}}}}",
            r"kind team has manager networkd",
            id="team under a manager",
        ),
    ],
)
def test_what_is_not_known_is_an_error_with_place_and_cure(text: str, says: str) -> None:
    with pytest.raises(LabError, match=says) as caught:
        parse(text, "t", "t.yml")
    assert "Cure: " in str(caught.value)


def test_unknown_topology_names_the_shipped_ones() -> None:
    with pytest.raises(LabError, match="fleet"):
        reader.load("flete")
