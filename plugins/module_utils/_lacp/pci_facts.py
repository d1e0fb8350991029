# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The device behind a member, by sysfs: bus address, PCI ids, SR-IOV role, PCIe errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import member_fields as fields
from .places import AER, DEVICE
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from .fact import Field
    from .record import RecordBuilder
    from .snapshot import Snapshot

SOURCE = "sysfs"
# Inside a guest a virtual function has no physfn; these drivers drive nothing else, and Mellanox
# gives virtual functions ids of their own (drivers/net/ethernet/mellanox/mlx5/core/main.c).
_VF_DRIVERS = ("iavf", "i40evf", "ixgbevf", "igbvf")
_VF_IDS = (
    "15b3:1012",
    "15b3:1014",
    "15b3:1016",
    "15b3:1018",
    "15b3:101a",
    "15b3:101c",
    "15b3:101e",
)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:  # noqa: ARG001 - contributors share one signature
    """Add what sysfs says of the hardware; a member without a device is virtual."""
    base = DEVICE.format(name)
    device = snapshot.symlinks.get(base)
    if device is None:
        if f"{base}/vendor" in snapshot.files:  # it was looked for
            _virtual(into)
        return
    address = device.rpartition("/")[2]
    if not _is_pci(address):
        _no_hardware(into, fields.PCI_ID, fields.AER, fields.SRIOV_VFS)
        into.known(fields.SRIOV_ROLE, "none", SOURCE)
        return
    into.known(fields.BUS, address, SOURCE)
    ids = _ids(snapshot, base, into)
    _sriov(snapshot, base, ids, into)
    _aer(snapshot, base, into)


def _virtual(into: RecordBuilder) -> None:
    _no_hardware(into, fields.BUS, fields.PCI_ID, fields.AER, fields.SRIOV_VFS)
    into.known(fields.SRIOV_ROLE, "none", SOURCE)


def _no_hardware(into: RecordBuilder, *targets: Field[Any]) -> None:
    for target in targets:
        into.absent(target, SOURCE)


def _is_pci(address: str) -> bool:
    """Whether it looks like 0000:3b:00.0."""
    domain, _colon, rest = address.partition(":")
    return (
        rest.count(":") == 1 and rest[-2:-1] == "." and all(c in "0123456789abcdef" for c in domain)
    )


def _ids(snapshot: Snapshot, base: str, into: RecordBuilder) -> str:
    parts = []
    for place in ("vendor", "device"):
        text = snapshot.text(f"{base}/{place}")
        if isinstance(text, ReadFailure):
            into.unknown(fields.PCI_ID, f"{base}/{place}: {text.text}")
            return ""
        parts.append(text.strip()[2:])
    pci_id = ":".join(parts)
    into.known(fields.PCI_ID, pci_id, SOURCE)
    return pci_id


def _sriov(snapshot: Snapshot, base: str, pci_id: str, into: RecordBuilder) -> None:
    driver = snapshot.symlinks.get(f"{base}/driver", "").rpartition("/")[2]
    if f"{base}/physfn" in snapshot.symlinks or driver in _VF_DRIVERS or pci_id in _VF_IDS:
        into.known(fields.SRIOV_ROLE, "vf", SOURCE)
        into.absent(fields.SRIOV_VFS, SOURCE)
        return
    text = snapshot.text(f"{base}/sriov_numvfs")
    if isinstance(text, ReadFailure) and not text.missing:
        into.unknown(fields.SRIOV_ROLE, f"{base}/sriov_numvfs: {text.text}")
        into.unknown(fields.SRIOV_VFS, f"{base}/sriov_numvfs: {text.text}")
        return
    if isinstance(text, ReadFailure):
        into.known(fields.SRIOV_ROLE, "none", SOURCE)
        into.absent(fields.SRIOV_VFS, SOURCE)
        return
    count = _number(text)
    if count is None:
        into.unrecognised(SOURCE, f"{base}/sriov_numvfs: {text[:80]}")
        return
    into.known(fields.SRIOV_ROLE, "pf" if count else "none", SOURCE)
    into.known(fields.SRIOV_VFS, count, SOURCE)


def _aer(snapshot: Snapshot, base: str, into: RecordBuilder) -> None:
    """Totals of drivers/pci/pcie/aer.c: the last line of each file, TOTAL_ERR_COR and the like."""
    totals = {}
    for kind in AER:
        path = f"{base}/aer_dev_{kind}"
        text = snapshot.text(path)
        if isinstance(text, ReadFailure):
            if text.missing:
                into.absent(fields.AER, SOURCE)
            else:
                into.unknown(fields.AER, f"{path}: {text.text}")
            return
        for line in text.splitlines():
            label, _space, number = line.rpartition(" ")
            count = _number(number)
            if label.startswith("TOTAL_ERR_") and count is not None:
                totals[kind] = count
        if kind not in totals:
            into.unrecognised(SOURCE, f"{path}: {text[:200]}")
            into.unknown(fields.AER, f"{path} has no total")
            return
    into.known(fields.AER, totals, SOURCE)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if len(text) < 20 and text.isascii() and text.isdigit() else None
