# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which words a redaction replaces, and which name nobody and stay."""

from __future__ import annotations

import json

import pytest

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.redact import Redactor

MAC = "3c:fd:fe:00:00:01"


def redactor() -> Redactor:
    return Redactor(b"a key", ["h1.example.net"])


@pytest.mark.parametrize(
    "text",
    [
        "01:80:c2:00:00:02",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "127.0.0.1 and ::1 and 0.0.0.0",
        "255.255.255.0",
        "12:34:56",
        "0000:3b:00.0",
        "bond0: link status definitely up",
        "2026-11-21T03:00:00.000000000Z",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert redactor().text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1",
        "2001:db8:1::77",
        "fe80::1234:56ff:fe78:9abc",
        "3C-FD-FE-00-00-01",
        "h1",
        "enx3cfdfe000001",
    ],
)
def test_what_names_somebody_goes_and_always_to_the_same(text: str) -> None:
    one, other = redactor().text(f"at {text}, {text}"), redactor().text(f"at {text}, {text}")
    assert text not in one
    assert one == other
    first, second = one.removeprefix("at ").split(", ")
    assert first == second


def test_versions_are_no_addresses() -> None:
    words = redactor()
    assert words.value({"firmware": "20.5.13.0"}) == {"firmware": "20.5.13.0"}
    line = "ice 0000:3b:00.0: firmware 4.50.0.1 loaded"
    assert words.log_line(line) == line


def test_the_vendor_remains_and_two_ports_stay_two() -> None:
    words = redactor()
    found = {words.mac(f"00:1c:73:00:00:{number:02x}") for number in range(256)}
    assert len(found) == 256
    assert {mac[:8] for mac in found} == {"00:1c:73"}


def test_another_key_gives_other_addresses() -> None:
    assert Redactor(b"x").mac(MAC) != Redactor(b"y").mac(MAC)


def test_names_of_interfaces_made_of_a_mac_are_keys_too() -> None:
    told = json.dumps(redactor().value({"members": {"enx3cfdfe000001": {"mtu": 1500}}}))
    assert "3cfdfe000001" not in told
    assert '"mtu": 1500' in told
