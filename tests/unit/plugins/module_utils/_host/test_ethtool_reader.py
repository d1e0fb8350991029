# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ioctl itself, asked of the devices that every Linux host has."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host.ethtool_reader import (
    read_ethtool,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import ReadFailure

NOBODY = 65534


def test_the_loopback_device_has_features_and_nothing_else() -> None:
    found = read_ethtool(["lo"])
    names = found["", "GSTRINGS/features"]
    bits = found["lo", "GFEATURES"]
    assert isinstance(names, bytes)
    assert isinstance(bits, bytes)
    assert b"tx-scatter-gather" in names
    assert len(bits) == 8 + 16 * struct.unpack_from("=I", bits, 4)[0]
    for command in ("GRINGPARAM", "GCHANNELS", "GPAUSEPARAM", "GFECPARAM"):
        failure = found["lo", command]
        assert isinstance(failure, ReadFailure)
        assert failure.errno == "EOPNOTSUPP"


def test_names_of_features_are_asked_once() -> None:
    found = read_ethtool(["lo", "lo"])
    assert [key for key in found if key[1] == "GSTRINGS/features"] == [("", "GSTRINGS/features")]


def test_an_interface_that_is_gone_fails_by_name() -> None:
    found = read_ethtool(["nosuchnic0"])
    assert list(found) == [("nosuchnic0", "GDRVINFO")]
    failure = found["nosuchnic0", "GDRVINFO"]
    assert isinstance(failure, ReadFailure)
    assert failure.errno == "ENODEV"


@pytest.mark.parametrize("name", ["<script>", "eth 0", "a" * 40, "ünï", ""])
def test_odd_names_fail_like_any_other(name: str) -> None:
    assert all(isinstance(reply, ReadFailure) for reply in read_ethtool([name]).values())


def test_every_interface_of_this_host_answers() -> None:
    names = sorted(path.name for path in Path("/sys/class/net").iterdir())
    found = read_ethtool(names)
    assert {owner for owner, _command in found} - {""} <= set(names)
    for (owner, command), reply in found.items():
        if command == "GLINKSETTINGS" and isinstance(reply, bytes):
            words = struct.unpack_from("=b", reply, 15)[0]
            assert words > 0, f"{owner}: the handshake of mask sizes did not end"
            assert len(reply) == 48 + 12 * words


@pytest.mark.root
def test_no_privilege_is_needed() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to drop it")
    program = (
        "import os, sys, json; sys.path[:0] = json.loads(sys.argv[1]); os.setgroups([]);"
        "from ansible_collections.bondproof.lacp.plugins.module_utils._host.ethtool_reader"
        " import read_ethtool;"
        f"os.setresgid({NOBODY}, {NOBODY}, {NOBODY}); os.setresuid({NOBODY}, {NOBODY}, {NOBODY});"
        "reply = read_ethtool(['lo'])['lo', 'GFEATURES']; sys.exit(not isinstance(reply, bytes))"
    )
    paths = json.dumps([str(Path(place).resolve()) for place in sys.path if place])
    assert subprocess.run([sys.executable, "-c", program, paths], check=False).returncode == 0
