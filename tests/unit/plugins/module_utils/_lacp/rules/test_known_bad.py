# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The known-bad table: each row at the edges of its branches, and where it must be silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.factory import healthy_bond, healthy_host, known, member, unknown
from unit.rule_case import Case, blind, fires, judged, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.kernel_version import parse
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rules.known_bad import (
    TABLE,
    KnownBad,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

# What a bond must have for a row to apply to it, and how a row then words it.
DRIVERS = {
    "tg3-speed-unknown": "tg3",
    "ice-split-aggregator": "ice",
    "ice-down-deafens-other-port": "ice",
    "ice-lag-recipe": "ice",
    "ice-promiscuous-multicast": "ice",
    "r8169-multicast-filter": "r8169",
}


def host(row: KnownBad, version: str, *, meets: bool = True) -> HostFacts:
    """A host with this kernel, and with what the row is about unless meets is false."""
    driver = DRIVERS.get(row.rule_id, "mlx5_core") if meets else "mlx5_core"
    ports = [member(f"eno{number}", number, DRIVER=driver) for number in (1, 2)]
    facts = healthy_host(healthy_bond(members=ports), KERNEL_UPSTREAM=version)
    if meets and row.rule_id == "kernel-passive-lacp-flaps":
        facts = known(facts, "bond0", bf.LACP_ACTIVE, "off")
    if meets and row.rule_id == "kernel-down-port-in-sync":
        facts = known(facts, "bond0", bf.MIN_LINKS, 2)
    return facts


def detail(row: KnownBad) -> str:
    if row.rule_id in DRIVERS:
        return f"; eno1 uses {DRIVERS[row.rule_id]}"
    special = {
        "kernel-passive-lacp-flaps": "; lacp_active off",
        "kernel-down-port-in-sync": "; min_links 2",
    }
    return special.get(row.rule_id, "")


def edges(row: KnownBad) -> Iterator[Case]:
    """Last broken and first fixed version of each branch, and the mainline that has the fix."""
    name = row.rule_id
    for branch, patch in row.fault.fixed.items():
        bad, good = f"{branch}.{patch - 1}", f"{branch}.{patch}"
        said = f"bond0 kernel.upstream: {bad}{detail(row)}"
        yield fires(name, f"{bad}, the last broken", host(row, bad), said)
        yield silent(name, f"{good}, the first fixed", host(row, good))
        since = row.fault.since.get(branch)
        if since is not None:
            before = f"{branch}.{since - 1}"
            yield silent(name, f"{before}, before it came", host(row, before))
    for branch, patch in row.fault.seen.items():
        bad, later = f"{branch}.{patch}", f"{branch}.{patch + 1}"
        said = f"bond0 kernel.upstream: {bad}{detail(row)}"
        yield fires(name, f"{bad}, read", host(row, bad), said)
        yield blind(name, f"{later}, not read", host(row, later), "not known whether")
    fixed = row.fault.mainline
    yield silent(name, f"{fixed}, mainline", host(row, fixed))
    hidden = unknown(host(row, "6.12.1"), "", hf.KERNEL_UPSTREAM, reason="a distribution's own")
    yield blind(name, "a distribution's kernel", hidden, "kernel.upstream: a distribution's own")
    yield blind(name, "nonsense", host(row, "mainline"), "expected major.minor.patch")


CASES = [case for row in TABLE for case in edges(row)]
CONDITIONAL = [
    row
    for row in TABLE
    if row.rule_id in DRIVERS
    or row.rule_id in ("kernel-passive-lacp-flaps", "kernel-down-port-in-sync")
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_known_bad(case: Case) -> None:
    prove(case)


@pytest.mark.parametrize("row", CONDITIONAL, ids=lambda row: row.rule_id)
def test_is_silent_where_the_bond_cannot_meet_the_fault(row: KnownBad) -> None:
    broken = next(case.facts for case in edges(row) if case.found)
    assert judged(fires(row.rule_id, "", broken)).findings
    (branch, patch) = next(iter(row.fault.fixed.items()))
    prove(silent(row.rule_id, "not met", host(row, f"{branch}.{patch - 1}", meets=False)))


@pytest.mark.parametrize("row", CONDITIONAL, ids=lambda row: row.rule_id)
def test_is_silent_about_an_unknown_kernel_where_the_bond_cannot_meet_the_fault(
    row: KnownBad,
) -> None:
    prove(
        silent(row.rule_id, "", unknown(host(row, "6.12.1", meets=False), "", hf.KERNEL_UPSTREAM))
    )


def test_an_unknown_driver_hides_nothing_that_another_member_shows() -> None:
    row = next(row for row in TABLE if row.rule_id == "ice-split-aggregator")
    facts = unknown(host(row, "6.12.30"), "bond0/eno1", mf.DRIVER)
    said = "bond0 kernel.upstream: 6.12.30; eno2 uses ice"
    prove(fires(row.rule_id, "one unknown", facts, said))
    both = unknown(facts, "bond0/eno2", mf.DRIVER)
    prove(blind(row.rule_id, "both unknown", both, "bond0/eno2 driver"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule_id)
def test_a_row_is_sound(row: KnownBad) -> None:
    mainline = parse(row.fault.mainline).branch
    for branch in (*row.fault.fixed, *row.fault.seen):
        assert parse(branch).branch < mainline, "a stable branch is older than the fixed mainline"
    assert set(row.fault.since) <= set(row.fault.fixed)
    assert not set(row.fault.seen) & set(row.fault.fixed)
    assert any(char.isdigit() for char in row.source), "a source names the versions it comes from"


# Kernels that Debian 13 shipped: what field.md says of them must hold.
@pytest.mark.parametrize(
    ("version", "ids"),
    [
        ("6.12.107", set()),
        ("6.12.101", set()),
        ("7.2.13", set()),
        ("7.3.1", set()),
        (
            "6.12.41",
            {
                "kernel-passive-lacp-flaps",
                "kernel-speed-blip",
                "kernel-down-port-in-sync",
                "kernel-enslave-crash",
                "ice-down-deafens-other-port",
                "ice-lag-recipe",
            },
        ),
    ],
)
def test_debian_13(version: str, ids: set[str]) -> None:
    facts = healthy_host(KERNEL_UPSTREAM=version)
    facts = known(known(facts, "bond0", bf.LACP_ACTIVE, "off"), "bond0", bf.MIN_LINKS, 2)
    fired = {row.rule_id for row in TABLE if judged(fires(row.rule_id, version, facts)).findings}
    assert fired == ids
