# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies of SIOCETHTOOL: recorded ones, and structs built after include/uapi/linux/ethtool.h."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    ethtool_facts,
    member_fields as fields,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Field,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import (
    Record,
    RecordBuilder,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Reading,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXTURES = Path(__file__).parents[4] / "fixtures" / "ethtool"
UNSUPPORTED = ReadFailure("EOPNOTSUPP", "the driver does not support it")


def strings(kind: int, names: list[str], order: str = "<") -> bytes:
    """struct ethtool_gstrings."""
    packed = b"".join(name.encode().ljust(32, b"\0") for name in names)
    return struct.pack(order + "III", 0x1B, kind, len(names)) + packed


def driver_info(driver: str, version: str = "", firmware: str = "", bus: str = "") -> bytes:
    """struct ethtool_drvinfo."""
    parts = [text.encode() for text in (driver, version, firmware, bus)]
    return struct.pack("<I32s32s32s32s32s12xIIIII", 3, *parts, b"", 0, 0, 0, 0, 0)


def link_settings(speed: int, duplex: int, port: int, autoneg: int, words: int = 4) -> bytes:
    """struct ethtool_link_settings, with its masks."""
    head = struct.pack("<IIBBBBBBBb32x", 0x4C, speed, duplex, port, 0, autoneg, 0, 0, 0, words)
    return head + bytes(12 * abs(words))


def stats(values: list[int], order: str = "<") -> bytes:
    """struct ethtool_stats."""
    return struct.pack(f"{order}II{len(values)}Q", 0x1D, len(values), *values)


def record_of(replies: Mapping[str, Reading], byteorder: str = "little") -> Record:
    into = RecordBuilder()
    shared = ("", "GSTRINGS/features")
    keyed = {
        (shared if command == shared[1] else ("eno1", command)): reply
        for command, reply in replies.items()
    }
    snapshot = Snapshot(ethtool=keyed, facts={"byteorder": byteorder})
    ethtool_facts.member(snapshot, "bond0", "eno1", into)
    return into.build()


MELLANOX: dict[str, Reading] = {
    "GDRVINFO": driver_info("mlx5_core", "6.12.101", "16.35.4030 (MT_0000000012)", "0000:3b:00.0"),
    "GLINKSETTINGS": link_settings(25000, 1, 3, 1),
    "GSTRINGS/features": strings(4, ["tx-scatter-gather", "rx-gro", "rx-lro", "tx-lockless"]),
    # available, requested, active, never_changed: lro off but settable, lockless off for good
    "GFEATURES": struct.pack("<IIIIII", 0x3A, 1, 0b0111, 0b0011, 0b0011, 0b1000),
    "GRINGPARAM": struct.pack("<9I", 0x10, 8192, 0, 0, 8192, 1024, 0, 0, 2048),
    "GCHANNELS": struct.pack("<9I", 0x3C, 0, 0, 0, 63, 0, 0, 1, 32),
    "GPAUSEPARAM": struct.pack("<4I", 0x12, 0, 1, 1),
    "GFECPARAM": struct.pack("<4I", 0x50, 1 << 3, 1 << 1, 0),
    "GSTRINGS/private": strings(2, ["rx_cqe_moder", "tx_cqe_moder"]),
    "GPFLAGS": struct.pack("<II", 0x27, 0b01),
    "GSTRINGS/stats": strings(
        1, ["rx_packets", "rx_crc_errors_phy", "rx_pause_ctrl_phy", "link_down_events_phy"]
    ),
    "GSTATS": stats([10**12, 7, 3, 2]),
}


def test_all_that_a_full_driver_says() -> None:
    found = record_of(MELLANOX).as_result(sources=False)
    assert found == {
        "driver": "mlx5_core",
        "driver_version": "6.12.101",
        "firmware": "16.35.4030 (MT_0000000012)",
        "bus": "0000:3b:00.0",
        "speed_mbps": 25000,
        "duplex": "full",
        "autonegotiation": True,
        "port_type": "fibre",
        "features": {"tx-scatter-gather": True, "rx-gro": True, "rx-lro": False},
        "rings": {"rx_max": 8192, "tx_max": 8192, "rx": 1024, "tx": 2048},
        "channels": {"rx": 0, "tx": 0, "other": 1, "combined": 32},
        "pause": {"autoneg": False, "rx": True, "tx": True},
        "fec": "rs",
        "private_flags": {"rx_cqe_moder": True, "tx_cqe_moder": False},
        "errors": {"crc": 7, "pause": 3},
        "errors_raw": {"rx_crc_errors_phy": 7, "rx_pause_ctrl_phy": 3, "link_down_events_phy": 2},
        "unknown": {},
        "disagreements": [],
        "unrecognised": [],
    }


RECORDED: dict[str, dict[str, Any]] = {
    "veth": {
        "driver": "veth",
        "driver_version": "1.0",
        "speed_mbps": 10000,
        "duplex": "full",
        "port_type": "tp",
        "rings": None,
        "pause": None,
        "firmware": None,
        "errors": {},
    },
    "veth_6.12": {
        "driver": "veth",
        "speed_mbps": 10000,
        "autonegotiation": False,
        "channels": {"rx": 1, "tx": 1, "other": 0, "combined": 0},
        "fec": None,
        "errors": {},
        "errors_raw": {},
    },
    "virtio_net": {
        "driver": "virtio_net",
        "bus": "0000:00:03.0",
        "speed_mbps": None,
        "duplex": None,
        "rings": {"rx_max": 256, "tx_max": 256, "rx": 256, "tx": 256},
        "errors": {"timeout": 0},
    },
    "loopback": {"driver": None, "speed_mbps": None, "errors": None, "private_flags": None},
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_replies(name: str) -> None:
    saved = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    replies: dict[tuple[str, str], Reading] = {
        (owner, command): UNSUPPORTED if isinstance(reply, dict) else bytes.fromhex(reply)
        for owner, commands in saved["replies"].items()
        for command, reply in commands.items()
    }
    into = RecordBuilder()
    snapshot = Snapshot(ethtool=replies, facts={"byteorder": saved["byteorder"]})
    ethtool_facts.member(snapshot, "bond0", saved["interface"], into)
    record = into.build()
    found = record.as_result()
    assert {key: found[key] for key in RECORDED[name]} == RECORDED[name]
    assert found["features"]["tx-scatter-gather"] is True
    assert found["unknown"] == {}


CASES: dict[str, tuple[str, Reading, Field[Any], Any]] = {
    "speed unknown": ("GLINKSETTINGS", link_settings(0xFFFFFFFF, 255, 3, 0), fields.SPEED, None),
    "speed zero": ("GLINKSETTINGS", link_settings(0, 1, 3, 0), fields.SPEED, None),
    "400G": ("GLINKSETTINGS", link_settings(400000, 1, 3, 0), fields.SPEED, 400000),
    "half duplex": ("GLINKSETTINGS", link_settings(100, 0, 0, 1), fields.DUPLEX, "half"),
    "duplex unknown": ("GLINKSETTINGS", link_settings(100, 255, 0, 1), fields.DUPLEX, None),
    "new port type": ("GLINKSETTINGS", link_settings(100, 1, 0x42, 1), fields.PORT_TYPE, "0x42"),
    "direct attach": ("GLINKSETTINGS", link_settings(100, 1, 5, 1), fields.PORT_TYPE, "da"),
    "no link settings": ("GLINKSETTINGS", UNSUPPORTED, fields.AUTONEG, None),
    "no firmware": ("GDRVINFO", driver_info("e1000e", firmware="N/A"), fields.FIRMWARE, None),
    "no rings": ("GRINGPARAM", UNSUPPORTED, fields.RINGS, None),
    "no fec": ("GFECPARAM", UNSUPPORTED, fields.FEC, None),
    "fec none": ("GFECPARAM", struct.pack("<4I", 0x50, 1, 1, 0), fields.FEC, None),
    "fec off": ("GFECPARAM", struct.pack("<4I", 0x50, 4, 4, 0), fields.FEC, "off"),
    "fec not said": ("GFECPARAM", struct.pack("<4I", 0x50, 0, 0, 0), fields.FEC, None),
    "no private flags": ("GPFLAGS", UNSUPPORTED, fields.PRIVATE_FLAGS, None),
    "no counters": ("GSTATS", UNSUPPORTED, fields.ERRORS, None),
}


@pytest.mark.parametrize("case", CASES)
def test_one_reply(case: str) -> None:
    command, reply, target, expected = CASES[case]
    fact = record_of({**MELLANOX, command: reply}).fact(target)
    assert fact == (Absent("ethtool") if expected is None else Known(expected, "ethtool"))


FAILURES: dict[str, tuple[str, Reading, Field[Any], str]] = {
    "no permission": (
        "GRINGPARAM",
        ReadFailure("EPERM", "Operation not permitted"),
        fields.RINGS,
        "ethtool GRINGPARAM: Operation not permitted (EPERM)",
    ),
    "gone": (
        "GSTATS",
        ReadFailure("ENODEV", "No such device"),
        fields.ERRORS,
        "ethtool GSTATS: No such device (ENODEV)",
    ),
    "reply too short": (
        "GCHANNELS",
        b"\x3c\0\0\0",
        fields.CHANNELS,
        "ethtool GCHANNELS: the reply has 4 bytes only (EBADMSG)",
    ),
    "one counter more than names": (
        "GSTATS",
        stats([1, 2, 3, 4, 5]),
        fields.ERRORS,
        "ethtool GSTATS: the driver's counters changed while they were read (EAGAIN)",
    ),
    "kernel gave no counter because their number changed": (
        "GSTATS",
        struct.pack("<II", 0x1D, 0) + bytes(32),
        fields.RAW_ERRORS,
        "ethtool GSTATS: the driver's counters changed while they were read (EAGAIN)",
    ),
    "handshake refused": (
        "GLINKSETTINGS",
        link_settings(0, 0, 0, 0, words=-5),
        fields.SPEED,
        "ethtool GLINKSETTINGS: the kernel refused our mask size (EPROTO)",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failures_are_unknown_with_a_reason(case: str) -> None:
    command, reply, target, reason = FAILURES[case]
    assert record_of({**MELLANOX, command: reply}).fact(target) == Unknown(reason)


def test_a_big_endian_host_is_read_in_its_order() -> None:
    replies = {
        "GDRVINFO": driver_info("ibmveth"),
        "GSTRINGS/stats": strings(1, ["rx_crc_errors"], ">"),
        "GSTATS": stats([258], ">"),
        "GRINGPARAM": struct.pack(">9I", 0x10, 512, 0, 0, 512, 256, 0, 0, 128),
    }
    record = record_of(replies, "big")
    assert record.value(fields.ERRORS) == {"crc": 258}
    assert record.value(fields.RINGS) == {"rx_max": 512, "tx_max": 512, "rx": 256, "tx": 128}


def test_a_member_that_was_not_asked_has_no_facts() -> None:
    assert record_of({}).facts == {}


@given(st.sampled_from(sorted(MELLANOX)), st.integers(0, 200), st.binary(max_size=64))
def test_broken_replies_never_raise(command: str, length: int, garbage: bytes) -> None:
    reply = MELLANOX[command]
    assert isinstance(reply, bytes)
    record_of({**MELLANOX, command: reply[:length] + garbage})


@pytest.mark.parametrize("command", MELLANOX)
def test_truncation_at_every_byte_never_raises(command: str) -> None:
    reply = MELLANOX[command]
    assert isinstance(reply, bytes)
    for length in range(len(reply)):
        found = record_of({**MELLANOX, command: reply[:length]})
        assert found.unrecognised == ()
