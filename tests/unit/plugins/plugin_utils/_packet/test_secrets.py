# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret and no trace of user traffic leaves a host; what is neither stays."""

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Snapshot
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.secrets import (
    FIREWALL,
    without_secrets,
    without_traffic,
)

SECRET = "Tr0ub4dor"  # noqa: S105 - it is what must not be found


def scrubbed(text: str, path: str = "/etc/network/interfaces") -> str:
    content = without_secrets(Snapshot(files={path: text.encode()})).file(path)
    assert isinstance(content, bytes)
    return content.decode()


@pytest.mark.parametrize(
    "line",
    [
        f"    wpa-psk {SECRET}",
        f"    wireless-key {SECRET}",
        f"psk={SECRET}",
        f"wep-key0={SECRET}",
        f"private-key-password={SECRET}",
        f"802-1x.password = {SECRET}",
        f"PrivateKey={SECRET}",
        f"PresharedKey = {SECRET}",
        f"mka-cak={SECRET}",
        f"      password: {SECRET}",
        f'      "password": "{SECRET}"',
        f"      auth: {{key-management: psk, password: {SECRET}}}",
        f"    key: {SECRET}",
        f"pin={SECRET}",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    ],
)
def test_a_secret_is_left_out(line: str) -> None:
    text = scrubbed(f"# before\n{line}\nmtu 9000\n")
    assert SECRET not in text
    assert text.startswith("# before\n")
    assert text.endswith("mtu 9000\n")


@pytest.mark.parametrize(
    "line",
    [
        "bond-slaves eno1 eno2",
        "ad_user_port_key 7",
        "    bond-miimon 100",
        "key-mgmt=none",
        "[connection]",
        "      lacp-rate: fast",
        "MACAddressPolicy=none",
    ],
)
def test_settings_stay(line: str) -> None:
    assert scrubbed(line) == line


def test_the_kernels_own_files_are_left_as_they_are() -> None:
    text = "password: is no secret here\n"
    assert scrubbed(text, "/proc/net/bonding/bond0") == text


def test_lines_of_a_firewall_are_left_out() -> None:
    line = "[UFW BLOCK] IN=bond0 OUT= MAC=.. SRC=10.0.0.1 DST=10.0.0.2 LEN=40 PROTO=TCP"
    assert without_traffic(line) == FIREWALL
    assert without_traffic("bond0: active interface up!") == "bond0: active interface up!"
