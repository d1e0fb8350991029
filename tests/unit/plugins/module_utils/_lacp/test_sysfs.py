# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of /sys/class/net, written after bond_sysfs.c and bond_sysfs_slave.c."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    sources,
    sysfs,
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

BOND = {
    "slaves": "eno1 eno2\n",
    "mode": "802.3ad 4\n",
    "miimon": "100\n",
    "lacp_rate": "fast 1\n",
    "xmit_hash_policy": "vlan+srcmac 5\n",
    "arp_ip_target": "10.0.0.1 10.0.0.2\n",
    "primary": "\n",
    "active_slave": "",
    "mii_status": "up\n",
    "num_grat_arp": "1\n",
    "ad_aggregator": "2\n",
    "ad_num_ports": "1\n",
    "ad_actor_key": "15\n",
    "ad_partner_key": "1\n",
    "ad_partner_mac": "00:00:00:00:00:00\n",
    "ad_actor_sys_prio": "65535\n",
    "ad_user_port_key": "0\n",
    "ad_actor_system": "00:00:00:00:00:00\n",
}
MEMBER = {
    "state": "active\n",
    "mii_status": "going down\n",
    "link_failure_count": "4\n",
    "perm_hwaddr": "02:00:00:00:00:11\n",
    "queue_id": "0\n",
    "ad_aggregator_id": "2\n",
    "ad_actor_oper_port_state": "61\n",
    "ad_partner_oper_port_state": "63\n",
}
GATED = tuple("ad_actor_key ad_partner_key ad_partner_mac ad_actor_sys_prio".split())
GATED += ("ad_user_port_key", "ad_actor_system")


def snapshot(**changes: str | ReadFailure) -> Snapshot:
    files: dict[str, Reading] = {}
    for folder, content in (("bond0/bonding", BOND), ("eno1/bonding_slave", MEMBER)):
        for name, text in {**content, **changes}.items():
            if name in content:
                reading = text if isinstance(text, ReadFailure) else text.encode()
                files[f"/sys/class/net/{folder}/{name}"] = reading
    return Snapshot(files=files)


def bond(found: Snapshot) -> Record:
    into = RecordBuilder()
    sysfs.bond(found, "bond0", into)
    return into.build()


def member(found: Snapshot) -> Record:
    into = RecordBuilder()
    sysfs.member(found, "bond0", "eno1", into)
    return into.build()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b.MODE, "802.3ad"),
        (b.MIIMON, 100),
        (b.LACP_RATE, "fast"),
        (b.XMIT_HASH_POLICY, "vlan+srcmac"),
        (b.ARP_IP_TARGET, ["10.0.0.1", "10.0.0.2"]),
        (b.NUM_PEER_NOTIF, 1),
        (b.AGGREGATOR_ID, 2),
        (b.AGGREGATOR_PORTS, 1),
        (b.PARTNER_KEY, 1),
        (b.AD_ACTOR_SYS_PRIO, 65535),
        (b.AD_USER_PORT_KEY, 0),
    ],
)
def test_option(field: Field[Any], value: Any) -> None:
    assert bond(snapshot()).fact(field) == Known(value, "sysfs")


@pytest.mark.parametrize("field", [b.PRIMARY, b.ACTIVE_SLAVE, b.PARTNER_SYSTEM, b.AD_ACTOR_SYSTEM])
def test_empty_names_and_zero_addresses_mean_none(field: Field[Any]) -> None:
    assert bond(snapshot()).fact(field) == Absent("sysfs")


def test_files_that_read_empty_without_privilege_are_unknown() -> None:
    record = bond(snapshot(**dict.fromkeys(GATED, "")))
    for field in (b.ACTOR_KEY, b.PARTNER_KEY, b.PARTNER_SYSTEM, b.AD_ACTOR_SYSTEM):
        assert record.fact(field) == Unknown(sources.NEEDS_ADMIN)
    assert record.fact(b.AGGREGATOR_ID) == Known(2, "sysfs")


def test_no_active_aggregator_reads_as_zero_and_means_none() -> None:
    record = bond(snapshot(ad_aggregator="0\n", ad_num_ports="0\n", ad_partner_mac=""))
    for field in (b.AGGREGATOR_ID, b.AGGREGATOR_PORTS, b.ACTOR_KEY, b.PARTNER_SYSTEM):
        assert record.fact(field) == Absent("sysfs")


def test_an_active_aggregator_may_have_no_port() -> None:
    assert bond(snapshot(ad_num_ports="0\n")).fact(b.AGGREGATOR_PORTS) == Known(0, "sysfs")


def test_lacp_is_absent_in_other_modes() -> None:
    other = snapshot(mode="active-backup 1\n", **dict.fromkeys(GATED, ""), ad_aggregator_id="N/A\n")
    assert bond(other).fact(b.PARTNER_SYSTEM) == Absent("sysfs")
    assert bond(other).fact(b.AD_USER_PORT_KEY) == Absent("sysfs")
    assert member(other).fact(m.AGGREGATOR_ID) == Absent("sysfs")


def test_member() -> None:
    record = member(snapshot())
    expected: dict[Field[Any], Any] = {
        m.STATE: "active",
        m.MII_STATUS: "going down",
        m.LINK_FAILURE_COUNT: 4,
        m.PERMANENT_MAC: "02:00:00:00:00:11",
        m.AGGREGATOR_ID: 2,
        m.ACTOR_STATE: 61,
        m.PARTNER_STATE: 63,
    }
    assert {field: record.value(field) for field in expected} == expected


def test_a_port_without_aggregator_is_unknown() -> None:
    record = member(snapshot(ad_aggregator_id="N/A\n"))
    assert record.fact(m.AGGREGATOR_ID) == Unknown(sources.NO_AGGREGATOR)


@pytest.mark.parametrize("errno", ["ENOENT", "ENODEV"])
def test_a_file_that_is_not_there_belongs_to_a_later_kernel(errno: str) -> None:
    record = bond(snapshot(miimon=ReadFailure(errno, "gone")))
    assert record.fact(b.MIIMON) == Unknown(sources.OLD_KERNEL)


def test_a_read_that_fails_is_never_believed() -> None:
    record = bond(snapshot(miimon=ReadFailure("EINVAL", "Invalid argument")))
    reason = "/sys/class/net/bond0/bonding/miimon: Invalid argument"
    assert record.fact(b.MIIMON) == Unknown(reason)


def test_text_nobody_understands_is_kept() -> None:
    record = bond(snapshot(miimon="often\n"))
    assert isinstance(record.fact(b.MIIMON), Unknown)
    assert record.unrecognised == (("sysfs", "/sys/class/net/bond0/bonding/miimon: often"),)


@pytest.mark.parametrize(
    ("content", "members"),
    [("eno1 eno2\n", ["eno1", "eno2"]), ("\n", []), ("a1 a2 ++more++ \n", None)],
)
def test_members(content: str, members: list[str] | None) -> None:
    assert sysfs.members(snapshot(slaves=content), "bond0") == members


@given(st.dictionaries(st.sampled_from([*BOND, *MEMBER]), st.text(max_size=30)))
def test_any_text_is_read_without_an_exception(changes: dict[str, str]) -> None:
    found = Snapshot(
        files={
            path: changes.get(path.rpartition("/")[2], "").encode("utf-8", "surrogatepass")
            for path in snapshot().files
        }
    )
    assert bond(found).as_result()["unknown"] is not None
    assert member(found).as_result()["unknown"] is not None
