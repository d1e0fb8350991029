# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The device behind a member: PCI functions of both kinds, virtio, and devices without hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    member_fields as fields,
    pci_facts,
    places,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Absent, Unknown
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

BASE = "/sys/class/net/eno1/device"
MISSING = ReadFailure("ENOENT", "No such file or directory")
# As drivers/pci/pcie/aer.c prints them; real files have more lines of the first kind.
CORRECTABLE = b"RxErr 2\nBadTLP 0\nBadDLLP 1\nRollover 0\nTimeout 0\nTOTAL_ERR_COR 3\n"
NONFATAL = b"Undefined 0\nDLP 0\nTLP 0\nTOTAL_ERR_NONFATAL 0\n"
FATAL = b"Undefined 0\nDLP 0\nTLP 0\nTOTAL_ERR_FATAL 0\n"
E810: dict[str, Reading] = {
    "vendor": b"0x8086\n",
    "device": b"0x159b\n",
    "sriov_numvfs": b"0\n",
    "aer_dev_correctable": CORRECTABLE,
    "aer_dev_nonfatal": NONFATAL,
    "aer_dev_fatal": FATAL,
}


def record_of(
    device: str | None, files: Mapping[str, Reading], links: Mapping[str, str] | None = None
) -> Record:
    symlinks = {f"{BASE}/{name}": target for name, target in (links or {}).items()}
    if device is not None:
        symlinks[BASE] = f"../../../{device}"
    every = {path.format("eno1"): MISSING for path in places.DEVICE_FILES}
    read = {**every, **{f"{BASE}/{name}": reply for name, reply in files.items()}}
    into = RecordBuilder()
    pci_facts.member(Snapshot(files=read, symlinks=symlinks), "bond0", "eno1", into)
    return into.build()


def test_a_physical_function() -> None:
    found = record_of("0000:3b:00.0", E810).as_result(sources=False)
    assert found == {
        "bus": "0000:3b:00.0",
        "pci_id": "8086:159b",
        "sriov": {"role": "none", "vfs": 0},
        "aer": {"correctable": 3, "nonfatal": 0, "fatal": 0},
        "unknown": {},
        "disagreements": [],
        "unrecognised": [],
    }


ROLES: dict[str, tuple[dict[str, Reading], dict[str, str], str]] = {
    "with functions enabled": ({**E810, "sriov_numvfs": b"8\n"}, {}, "pf"),
    "without SR-IOV": ({**E810, "sriov_numvfs": MISSING}, {}, "none"),
    "a function on its host": (E810, {"physfn": "../0000:3b:00.0"}, "vf"),
    "an Intel function in a guest": (E810, {"driver": "../../../bus/pci/drivers/iavf"}, "vf"),
    "a Mellanox function in a guest": ({"vendor": b"0x15b3\n", "device": b"0x101e\n"}, {}, "vf"),
    "a Mellanox card": ({"vendor": b"0x15b3\n", "device": b"0x101d\n"}, {}, "none"),
}


@pytest.mark.parametrize("case", ROLES)
def test_sriov_role(case: str) -> None:
    files, links, expected = ROLES[case]
    assert record_of("0000:3b:00.0", files, links).value(fields.SRIOV_ROLE) == expected


def test_a_virtual_device_has_no_hardware() -> None:
    record = record_of(None, {})
    for listed in (fields.BUS, fields.PCI_ID, fields.AER, fields.SRIOV_VFS):
        assert record.fact(listed) == Absent("sysfs")
    assert record.value(fields.SRIOV_ROLE) == "none"


def test_virtio_leaves_the_bus_to_ethtool() -> None:
    record = record_of("virtio2", {"vendor": b"0x1af4\n", "device": b"0x0001\n"})
    assert fields.BUS.path not in record.facts
    assert record.fact(fields.PCI_ID) == Absent("sysfs")


def test_a_member_that_nobody_looked_at_has_no_facts() -> None:
    into = RecordBuilder()
    pci_facts.member(Snapshot(), "bond0", "eno1", into)
    assert into.build().facts == {}


def test_no_error_reporting_is_absent() -> None:
    record = record_of("0000:3b:00.0", {**E810, "aer_dev_correctable": MISSING})
    assert record.fact(fields.AER) == Absent("sysfs")


def test_errors_that_cannot_be_read_are_unknown() -> None:
    denied = ReadFailure("EACCES", "Permission denied")
    record = record_of("0000:3b:00.0", {**E810, "aer_dev_fatal": denied})
    assert record.fact(fields.AER) == Unknown(f"{BASE}/aer_dev_fatal: Permission denied")


def test_a_file_without_a_total_is_kept() -> None:
    record = record_of("0000:3b:00.0", {**E810, "aer_dev_fatal": b"DLP 0\n"})
    assert record.fact(fields.AER) == Unknown(f"{BASE}/aer_dev_fatal has no total")
    assert record.unrecognised == (("sysfs", f"{BASE}/aer_dev_fatal: DLP 0\n"),)


@given(st.sampled_from(sorted(E810)), st.binary(max_size=100), st.text(max_size=20))
def test_garbage_never_raises(name: str, garbage: bytes, device: str) -> None:
    record_of(device, {**E810, name: garbage})
    record_of("0000:3b:00.0", {**E810, name: garbage})
