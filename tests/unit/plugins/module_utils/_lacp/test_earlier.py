# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from unit.factory import BOOT_ID, NOW, healthy_host, known, unknown

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.earlier import (
    EarlierError,
    counters_of,
    earlier_from,
    utc_seconds,
)

HOST = healthy_host()


def test_counters_survive_json() -> None:
    saved = json.loads(json.dumps(counters_of(known(HOST, "bond0/eno2", mf.LACPDU_RX, 7))))
    earlier = earlier_from(saved)
    assert earlier.boot_id == BOOT_ID
    assert earlier.utc_s == NOW
    assert set(earlier.counters) == {"", "bond0", "bond0/eno1", "bond0/eno2"}
    assert earlier.counters["bond0/eno2"]["lacpdu.rx"] == 7
    assert earlier.counters["bond0/eno2"]["errors.crc"] == 0
    assert earlier.counters["bond0"]["carrier_changes"] == 1
    assert earlier.counters[""]["tcp.sent_segments"] == 100000


def test_what_does_not_count_is_not_kept() -> None:
    counters = counters_of(unknown(HOST, "bond0/eno2", mf.ERRORS))["counters"]
    assert not [path for path in counters[""] if path.startswith("time.")]
    assert "cpu.pressure_avg60" not in counters[""]
    assert "mtu" not in counters["bond0"]
    assert not [path for path in counters["bond0/eno2"] if path.startswith("errors.")]
    assert bf.MTU.path not in counters["bond0"]


GOOD = counters_of(HOST)
BAD: dict[str, object] = {
    "nothing": None,
    "a list": [],
    "another schema": {**GOOD, "schema": "bondproof.lacp/counters/2"},
    "no boot id": counters_of(unknown(HOST, "", hf.BOOT_ID)),
    "no time": {**GOOD, "utc": None},
    "no time at all": {**GOOD, "utc": "yesterday"},
    "no map": {**GOOD, "counters": [1]},
    "no counters": {**GOOD, "counters": {"bond0": 1}},
    "no numbers": {**GOOD, "counters": {"bond0": {"mtu": "1"}}},
    "switches": {**GOOD, "counters": {"bond0": {"mtu": True}}},
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_unusable_counters_are_named(data: object) -> None:
    with pytest.raises(EarlierError, match=r"earlier counters|is not a time"):
        earlier_from(data)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-20T12:00:00Z", NOW),
        ("2026-11-20T12:00:00.25Z", NOW + 0.25),
        ("1970-01-01T00:00:01z", 1.0),
    ],
)
def test_utc_seconds(text: str, seconds: float) -> None:
    assert utc_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "Z", "2026-11-20", "2026-11-20T12:00:00.xZ", "2026-13-01T0"])
def test_no_time(text: str) -> None:
    with pytest.raises(EarlierError):
        utc_seconds(text)
