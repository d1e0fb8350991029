# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A redacted packet holds no address or name of the host, and still the same verdict."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import open_packet
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.redact import Redactor
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.secrets import (
    LEFT_OUT,
    without_secrets,
    without_traffic,
)

from .packets import frames, gathered, look, sealed

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"a key of the test"
NAME = "db-prod-17"


def known_addresses() -> list[str]:
    facts = look().facts.as_result()
    found = {
        str(member[key])
        for bond in facts["bonds"].values()
        for member in bond["members"].values()
        for key in ("mac", "permanent_mac")
        if member.get(key)
    }
    return sorted(found)


def test_no_address_and_no_name_is_left_anywhere(tmp_path: Path) -> None:
    addresses = known_addresses()
    assert addresses
    sealed(tmp_path, gathered(host=NAME), redactor=Redactor(KEY, [NAME]))
    with tarfile.open(tmp_path / "h1-bond0.tar.gz") as tar:
        for info in tar:
            stream = tar.extractfile(info)
            assert stream is not None
            content = stream.read()
            assert NAME.encode() not in content, info.name
            for address in addresses:
                assert address.encode() not in content, (info.name, address)
                assert bytes.fromhex(address.replace(":", "")) not in content, info.name


def test_the_verdict_is_that_of_the_packet_with_names(tmp_path: Path) -> None:
    plain = open_packet(sealed(tmp_path / "plain")).verdict
    hidden = open_packet(sealed(tmp_path / "hidden", redactor=Redactor(KEY, ["h1"]))).verdict
    assert plain is not None
    assert hidden is not None
    for key in ("fault", "members", "direction", "confidence", "rule"):
        assert plain[key] == hidden[key]


def test_the_same_address_is_always_replaced_alike_and_keeps_its_vendor() -> None:
    one, other = Redactor(KEY), Redactor(KEY)
    address = "00:1c:73:aa:bb:cc"
    assert one.mac(address) == other.mac(address) != address
    assert one.mac(address).startswith("00:1c:73:")
    assert Redactor(b"another").mac(address) != one.mac(address)


@pytest.mark.parametrize("address", ["01:80:c2:00:00:02", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"])
def test_addresses_that_are_nobodys_stay(address: str) -> None:
    assert Redactor(KEY).mac(address) == address


def test_frames_are_replaced_and_stay_frames() -> None:
    address = "02:e0:00:01:00:01"
    content = Redactor(KEY).frames(frames(address))
    assert bytes.fromhex(address.replace(":", "")) not in content
    assert bytes.fromhex("0180c20000028809"[:12]) in content


@pytest.mark.parametrize(
    "line",
    [
        b"  wpa-psk hunter22",
        b"password=hunter22",
        b"  - {psk: hunter22, mode: x}",
        b'key: "hunter22"',
    ],
)
def test_secrets_of_configuration_files_are_left_out(line: bytes) -> None:
    snapshot = look().snapshot
    path = "/etc/network/interfaces"
    scrubbed = without_secrets(snapshot._replace(files={path: b"auto bond0\n" + line + b"\n"}))
    content = scrubbed.files[path]
    assert isinstance(content, bytes)
    assert b"hunter22" not in content
    assert LEFT_OUT.encode() in content
    assert content.startswith(b"auto bond0\n")


def test_lines_of_the_firewall_are_left_out() -> None:
    assert "10.0.0.9" not in without_traffic("DROP IN=bond0 SRC=10.0.0.9 DST=10.0.0.1 LEN=60")
    assert without_traffic("bond0: active interface up!") == "bond0: active interface up!"
